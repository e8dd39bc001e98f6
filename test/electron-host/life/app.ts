import { EventEmitter, once } from 'node:events'
import process from 'node:process'
import { emitterWith, preventable, type PartOf } from '../double.ts'
import { allWindows } from '../windows/all-windows.ts'
import { commandLine } from './command-line.ts'
import { movePath, pathOf } from './paths.ts'
import { handedOver, holdsLock, releaseLock, takeLock } from './single-instance.ts'

/** How far the app has come. */
export const life = { ready: false, quitting: false, ended: false }

const about = { name: 'Electron', version: '0.0.0', path: process.cwd() }
const login = { openAtLogin: false, wasOpenedAtLogin: false, executableWillLaunchAtLogin: false }
const signals = new EventEmitter()
const ready = once(signals, 'ready')
let applicationMenu: Electron.Menu | null = null
let badgeCount = 0
let stopChromium = () => Promise.resolve()

/** The double of Electron's `app`. Where a method does nothing, its effect would be on a desktop that is not there. */
export const app = emitterWith({
  commandLine,
  isPackaged: false,
  // There is one on macOS only.
  dock: undefined,
  userAgentFallback: '',
  get name() {
    return about.name
  },
  set name(name: string) {
    about.name = name
  },
  get applicationMenu() {
    return applicationMenu
  },
  set applicationMenu(menu: Electron.Menu | null) {
    applicationMenu = menu
  },

  whenReady: () => ready.then(() => undefined),
  isReady: () => life.ready,
  quit,
  exit: (code = 0) => void exit(code),
  relaunch: () => undefined,

  getName: () => about.name,
  setName: name => {
    about.name = name
  },
  getVersion: () => about.version,
  getAppPath: () => about.path,
  getPath: name => pathOf(name, about.name),
  setPath: movePath,
  setAppLogsPath: path => {
    if (path !== undefined) movePath('logs', path)
  },
  getLocale: () => 'en-US',
  getSystemLocale: () => 'en-US',
  getLocaleCountryCode: () => 'US',
  getPreferredSystemLanguages: () => ['en-US'],

  requestSingleInstanceLock: data =>
    takeLock(pathOf('userData', about.name), { argv: process.argv, cwd: process.cwd(), data }, theirs => {
      void ready.then(() => app.emit('second-instance', preventable(), theirs.argv, theirs.cwd, theirs.data))
    }),
  hasSingleInstanceLock: holdsLock,
  releaseSingleInstanceLock: releaseLock,

  // Does nothing on Linux, as in Electron: an app writes its own autostart file there.
  setLoginItemSettings: settings => {
    if (process.platform !== 'linux') login.openAtLogin = settings.openAtLogin ?? false
  },
  getLoginItemSettings: () => ({
    ...login,
    openAsHidden: false,
    wasOpenedAsHidden: false,
    restoreState: false,
    status: login.openAtLogin ? 'enabled' : 'not-registered',
    launchItems: [],
  }),
  setBadgeCount: (count = 0) => {
    badgeCount = count
    return true
  },
  getBadgeCount: () => badgeCount,

  focus: () => undefined,
  hide: () => undefined,
  show: () => undefined,
  setAppUserModelId: () => undefined,
  setDesktopName: () => undefined,
  setActivationPolicy: () => undefined,
  setAboutPanelOptions: () => undefined,
  showAboutPanel: () => undefined,
  setUserTasks: () => true,
  setJumpList: () => 'ok',
  setAsDefaultProtocolClient: () => true,
  removeAsDefaultProtocolClient: () => true,
  isDefaultProtocolClient: () => false,
  enableSandbox: () => undefined,
  disableHardwareAcceleration: () => undefined,
  configureHostResolver: () => undefined,
  isAccessibilitySupportEnabled: () => false,
  setAccessibilitySupportEnabled: () => undefined,
  isInApplicationsFolder: () => false,
  getAppMetrics: () => [],
} satisfies PartOf<Electron.App, 'commandLine' | 'dock'>)

/** What package.json says of the app, before its main module is loaded. */
export function describeApp(description: Partial<typeof about>) {
  Object.assign(about, description)
}

/** Tells the app that it may open windows now. `stop` ends the browser when the app ends. */
export function becomeReady(stop: () => Promise<void>) {
  stopChromium = stop
  life.ready = true
  app.emit('will-finish-launching')
  app.emit('ready', {}, {})
  signals.emit('ready')
}

/** Closes every window and ends, unless a listener of `before-quit`, of a window's `close` or of `will-quit` prevents it. */
function quit() {
  if (life.quitting) return
  const beforeQuit = preventable()
  app.emit('before-quit', beforeQuit)
  if (beforeQuit.defaultPrevented) return

  life.quitting = true
  for (const window of allWindows.values()) {
    window.close()
    if (!window.isDestroyed()) {
      life.quitting = false
      return
    }
  }
  const willQuit = preventable()
  app.emit('will-quit', willQuit)
  if (willQuit.defaultPrevented) life.quitting = false
  else void exit(0)
}

async function exit(code: number) {
  if (life.ended) return
  life.ended = true
  for (const window of allWindows.values()) window.destroy()
  app.emit('quit', preventable(), code)
  await Promise.all([handedOver(), stopChromium()])
  releaseLock()
  process.exit(code)
}
