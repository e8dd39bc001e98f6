import * as electron from 'electron'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { LoginItem, Status, TurnRow } from '../proxy/app/contract.ts'
import { createApp, VERSION, type Paths } from '../proxy/index.ts'
import { appMenu } from './app-menu.ts'
import { readArguments, type Arguments } from './arguments.ts'
import { choices as choicesSchema, chosen, used } from './choices.ts'
import { APP_ID } from './ids.ts'
import { serveIpc } from './ipc.ts'
import { jumpList } from './jump-list.ts'
import { addressOf } from './links.ts'
import { followApp, type Live } from './live.ts'
import { createLogFile } from './log-file.ts'
import { createLoginItem } from './login-item.ts'
import { remember } from './memory.ts'
import { createNotify } from './notices.ts'
import { lockPages, lockSession } from './page-rules.ts'
import { registerScheme, serveBundle } from './protocol.ts'
import { askToQuit } from './quit-question.ts'
import { createQuit } from './quit.ts'
import { systemAutostart } from './system-autostart.ts'
import { text } from './text.ts'
import { hasTrayHost } from './tray-host.ts'
import { endpointOf, type Target, type TrayState } from './tray-menu.ts'
import { createTray } from './tray.ts'
import { windowPlace } from './window-place.ts'
import { createWindow } from './window.ts'

const { app: electronApp, dialog } = electron
const { platform, env } = process

export interface DesktopOptions {
  readonly started: Arguments
  readonly paths: Paths
  /** Where the built program lies, with its pictures in it and the page beside it. */
  readonly folder: string
}

/** The desktop program around the proxy. To be called before Electron is ready. */
export function startDesktop(options: DesktopOptions): void {
  registerScheme(electron.protocol)
  lockPages(electronApp)
  if (platform === 'win32') electronApp.setAppUserModelId(APP_ID)
  // We live in the tray, so the last window may go.
  electronApp.on('window-all-closed', () => undefined)
  electronApp
    .whenReady()
    .then(() => run(options))
    .catch((error: unknown) => {
      dialog.showErrorBox(text.noDesktop, error instanceof Error ? error.message : String(error))
      electronApp.exit(1)
    })
}

/** From the top: what we remember, the proxy, the way out, the window, the tray, and what comes from outside. */
async function run({ started, paths, folder }: DesktopOptions): Promise<void> {
  const dataFolder = dirname(paths.keysFile)
  const choices = await remember(join(dataFolder, 'desktop.json'), choicesSchema)
  const place = await remember(join(dataFolder, 'window.json'), windowPlace)
  const loginItem = createLoginItem(await systemAutostart(electronApp, started), choices)
  let launchAtLogin = isLaunched(await loginItem.read())

  const log = createLogFile({ folder: paths.logsFolder, otherwise: process.stderr })
  const rendererDir = join(folder, '..', 'renderer')
  const app = await createApp({
    paths,
    env,
    flags: started.flags,
    shell: 'desktop',
    rendererDir,
    desktop: {
      loginItem: loginItem.read,
      setLoginItem: async choice => {
        const now = await loginItem.set(choice)
        launchAtLogin = isLaunched(now)
        tray.redraw()
        return now
      },
      openLink: async link => electron.shell.openExternal(addressOf(link)),
      openFolder,
      decideQuit: choice => (choice === 'now' ? quit.hurry() : quit.stay()),
    },
    logTo: log,
  })
  lockSession(electron.session.defaultSession)
  serveBundle(electron.protocol, rendererDir)
  serveIpc(electron.ipcMain, app)

  // No waiting from here on: what follows refers to each other, and events must find all of it.
  const live = followApp(app, changed)

  const quit = createQuit({
    openTurns: app.openTurns,
    terminalWaitMs: async () => Number(await settingOf('server.drain_seconds')) * 1000,
    ask: (openTurns, waitMs) => askToQuit(dialog, { openTurns, waitMs, parent: window.current() }),
    leave: app.leave,
    stop: app.stop,
    close: async () => {
      window.end()
      await app.close()
      await Promise.all([choices.saved(), place.saved(), finished(log.end())])
    },
    exit: () => electronApp.quit(),
  })
  const quitAsUser = () => void quit.ask('user')

  const window = createWindow({
    electron,
    platform,
    preload: join(folder, '..', 'preload', 'index.cjs'),
    icon: join(folder, 'icons', 'window.png'),
    place,
    hasTrayHost: () => hasTrayHost(platform, env),
    isQuitting: quit.isQuitting,
    onPutAway: where => {
      if (choices.get().closeExplained) return
      choices.set({ closeExplained: true })
      notify.putAway(where)
    },
    onShown: shown => {
      // Out of the Dock while there is no window.
      if (platform === 'darwin') electronApp.setActivationPolicy(shown ? 'regular' : 'accessory')
    },
    onSessionEnd: () => void quit.ask('system'),
  })
  const notify = createNotify(electron.Notification, { open: window.show, quit: quitAsUser })

  const tray = createTray({
    electron,
    platform,
    images: join(folder, 'icons', 'tray'),
    state: (): TrayState => ({
      ...live.now(),
      openTurns: app.openTurns(),
      recent: choices.get().recent,
      launchAtLogin,
      now: Date.now(),
    }),
    actions: {
      start: port => void app.handlers['proxy.start']({ port }),
      stop: () => void app.stop(),
      open: window.show,
      copyEndpoint: () => void electron.clipboard.writeText(endpointOf(app.status())),
      openLogs: () =>
        void openFolder(paths.logsFolder).catch((error: unknown) => dialog.showErrorBox(text.noLogs, String(error))),
      setRoute: target => void setRoute(target),
      setLaunchAtLogin: on => void setLaunchAtLogin(on),
      quit: quitAsUser,
      hurryQuit: quit.hurry,
      stay: quit.stay,
    },
    window,
    onMenu: menu => {
      if (platform === 'darwin') electronApp.dock?.setMenu(menu)
    },
  })

  electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(appMenu(platform, quitAsUser)))
  if (platform === 'win32' && electronApp.isPackaged) electronApp.setUserTasks(jumpList(process.execPath))
  electronApp.on('activate', window.show)
  electronApp.on('second-instance', (_, argv) => obeySecondStart(readArguments(argv)))
  electronApp.on('before-quit', event => {
    if (quit.isReady()) return
    event.preventDefault()
    quitAsUser()
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void quit.ask('terminal'))
  electron.powerMonitor.on('resume', () => void app.wake())
  electron.powerMonitor.on('shutdown', (event?: Electron.Event) => {
    event?.preventDefault()
    void quit.ask('system')
  })

  if (!isLogin(started) || !choices.get().startHidden) window.show()
  else if (platform === 'darwin') electronApp.setActivationPolicy('accessory')
  if (choices.get().startProxyAtLaunch) sayWhere(await app.start())

  function changed(now: Live, before: Live, ended: readonly TurnRow[]) {
    const recent = ended.flatMap(targetOf).reduce(used, choices.get().recent)
    if (recent !== choices.get().recent) choices.set({ recent })
    tray.update()
    const failsNow = now.status.run === 'failed' && before.status.run !== 'failed'
    if (failsNow && !window.isShown()) notify.couldNotStart(now.status.trouble?.message ?? '')
  }

  async function settingOf(key: string) {
    const { settings } = await app.handlers['settings.list']()
    return settings.find(setting => setting.key === key)?.value
  }

  async function setRoute(target: Target) {
    const answer = await app.handlers['route.set'](target)
    if (answer.ok) choices.set({ recent: chosen(choices.get().recent, target) })
    tray.redraw()
    if (!answer.ok) await dialog.showMessageBox({ type: 'warning', message: text.notChanged, detail: answer.reason })
  }

  async function setLaunchAtLogin(on: boolean) {
    await app.handlers['loginItem.set']({ launchAtLogin: on })
    // The window's settings show it too.
    app.notices.tell('settings', {})
  }

  function obeySecondStart({ order, hidden }: Arguments) {
    if (order === 'start') void app.start()
    else if (order === 'stop') void app.stop()
    else if (!hidden) window.show()
  }
}

/** Shows a folder, which may not be there yet: it is made when the first line is written. */
async function openFolder(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const problem = await electron.shell.openPath(folder)
  if (problem !== '') throw new Error(problem)
}

/** Where a turn went, if it got an answer there. */
function targetOf({ backend, served, outcome }: TurnRow): Target[] {
  if (backend === undefined || served === undefined || outcome?.startsWith('ok') !== true) return []
  return [{ backend, model: served }]
}

function isLaunched(item: LoginItem): boolean | undefined {
  return item.supported ? item.launchAtLogin : undefined
}

/** Whether the system started us, at login, rather than the user. */
function isLogin({ hidden }: Arguments): boolean {
  return hidden || (platform === 'darwin' && electronApp.getLoginItemSettings().wasOpenedAtLogin)
}

/** For who started us in a terminal. */
function sayWhere({ run, url, trouble }: Status) {
  if (run === 'running') process.stdout.write(`${text.terminal.listens(VERSION, url)}\n${text.terminal.tryIt(url)}\n`)
  else if (trouble !== undefined) process.stderr.write(`${trouble.message}\n`)
}
