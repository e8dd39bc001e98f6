import { once } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Connection } from '../chromium/connection.ts'
import { nativeImage } from '../desktop/native-image.ts'
import { nativeTheme } from '../desktop/native-theme.ts'
import { emitterWith, preventable, type PartOf } from '../double.ts'
import { createIpc } from '../ipc/ipc-main.ts'
import { receive } from '../ipc/messages.ts'
import { app } from '../life/app.ts'
import { makeCodec } from '../page-world/codec.ts'
import { fromWire, toWire } from '../session/schemes.ts'
import { fromPartition, type Session } from '../session/session.ts'
import { ifGone, openPage, type Page } from './page.ts'
import { watchPopups } from './popups.ts'
import { answerRequests } from './requests.ts'

/** What a window is to the contents that it shows. */
export interface Holder {
  readonly width: number
  readonly height: number
  readonly preferences: Electron.WebPreferences
  readonly focus: () => void
  readonly isFocused: () => boolean
  readonly close: () => void
  /** Ends without being asked again: the page is gone. */
  readonly destroy: () => void
  /** Opens another window for an address, as a page asked and the app allowed. */
  readonly open: (url: string, options: Electron.BrowserWindowConstructorOptions) => unknown
}

export type WebContents = ReturnType<typeof createWebContents>['contents']

/** Contents by the id that debuggers know their page by. */
export const contentsByTarget = new Map<string, WebContents>()

const codec = makeCodec()
let lastId = 0

/** The double of Electron's WebContents: one page of Chromium's and what the app may do with it; and what its window may. */
export function createWebContents(browser: Connection, holder: Holder) {
  const { preferences } = holder
  refuseUnsafe(preferences)
  const session = (preferences.session as unknown as Session | undefined) ?? fromPartition(preferences.partition ?? '')
  const ipc = createIpc()
  const id = ++lastId
  let url = ''
  let title = ''
  let loading = false
  let crashed = false
  let destroyed = false
  /** The address, as Chromium asks for it, that the app itself is loading. */
  let asked: string | undefined
  /** Whether Chromium shows a page of its own that says why there is none of the app's. */
  let unreachable = false
  /** Whether anything was ever loaded: the empty document of a new page is none of the app's. */
  let begun = false
  let windowOpenHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | undefined
  let page: Page | undefined

  const mainFrame = {
    routingId: 1,
    processId: 1,
    frameTreeNodeId: id,
    name: '',
    parent: null,
    get url() {
      return url
    },
    get origin() {
      return url === '' ? 'null' : url.split('/', 3).join('/')
    },
    isDestroyed: () => destroyed,
    send,
    executeJavaScript,
  } satisfies PartOf<Electron.WebFrameMain>

  const contents = emitterWith({
    id,
    session,
    ipc: ipc.api,
    mainFrame,
    loadURL,
    loadFile: (path: string, { query = {}, search, hash = '' }: Electron.LoadFileOptions = {}) => {
      const file = pathToFileURL(resolve(app.getAppPath(), path))
      file.search = search ?? new URLSearchParams(query).toString()
      file.hash = hash
      return loadURL(file.href)
    },
    reload,
    reloadIgnoringCache: reload,
    send,
    executeJavaScript,
    capturePage: async () => {
      const { data } = await (await ready).cdp.send('Page.captureScreenshot', { format: 'png' })
      return nativeImage.createFromBuffer(Buffer.from(data, 'base64'))
    },
    setWindowOpenHandler: handler => {
      windowOpenHandler = handler
    },
    /** Ends the page's process, as a crash does. */
    forcefullyCrashRenderer: () => void ready.then(({ cdp }) => cdp.send('Page.crash')).catch(ifGone),
    focus: holder.focus,
    isFocused: holder.isFocused,
    close: holder.close,
    getURL: () => url,
    getTitle: () => title,
    getType: () => 'window',
    isLoading: () => loading,
    isCrashed: () => crashed,
    isDestroyed: () => destroyed,
    stop: () => undefined,
    openDevTools: () => undefined,
    closeDevTools: () => undefined,
    isDevToolsOpened: () => false,
    toggleDevTools: () => undefined,
    setZoomFactor: () => undefined,
    getZoomFactor: () => 1,
    setZoomLevel: () => undefined,
    getZoomLevel: () => 0,
    setBackgroundThrottling: () => undefined,
    setVisualZoomLevelLimits: () => Promise.resolve(),
  } satisfies PartOf<Electron.WebContents, 'session' | 'ipc' | 'mainFrame' | 'capturePage'>)

  const ready = open()
  ready.catch((error: unknown) => {
    if (!destroyed) console.error('electron-host: a window has no page:', error)
  })

  async function open() {
    const { width, height } = holder
    const onMessage = receive.bind(undefined, { contents, frame: mainFrame, ipc, reply: send })
    const opened = await openPage(browser, { width, height, preload: preferences.preload, onMessage })
    page = opened
    contentsByTarget.set(opened.targetId, contents)
    listen(opened)
    watchPopups(browser, opened, openWindow)
    await answerRequests({ browser, page: opened, contents, isLoading: wireUrl => wireUrl === asked })
    await followTheme(opened)
    return opened
  }

  function listen({ cdp, targetId, mainFrame: mainFrameId }: Page) {
    cdp.on('Page.frameStartedLoading', ({ frameId }) => {
      if (frameId !== mainFrameId || !begun) return
      loading = true
      contents.emit('did-start-loading')
    })
    cdp.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId !== undefined || !begun) return
      crashed = false
      asked = undefined
      unreachable = frame.unreachableUrl !== undefined
      url = fromWire(frame.unreachableUrl ?? frame.url) + (frame.urlFragment ?? '')
      if (!unreachable) contents.emit('did-navigate', preventable(), url, 200, '')
    })
    cdp.on('Page.navigatedWithinDocument', ({ frameId, url: now }) => {
      if (frameId !== mainFrameId) return
      url = fromWire(now)
      contents.emit('did-navigate-in-page', preventable(), url, true)
    })
    cdp.on('Page.domContentEventFired', () => {
      if (begun && !unreachable) contents.emit('dom-ready', preventable())
    })
    cdp.on('Page.loadEventFired', () => {
      if (!begun) return
      loading = false
      if (!unreachable) contents.emit('did-finish-load')
      contents.emit('did-stop-loading')
    })
    cdp.on('Inspector.targetCrashed', () => {
      crashed = true
      contents.emit('render-process-gone', preventable(), { reason: 'crashed', exitCode: 5 })
    })
    cdp.on('Runtime.consoleAPICalled', ({ type, args }) => {
      const message = args.map(arg => String(arg.value ?? arg.description ?? arg.type)).join(' ')
      const level = type === 'warning' || type === 'error' || type === 'debug' ? type : 'info'
      const details = { level, message, lineNumber: 0, sourceId: '', frame: mainFrame }
      contents.emit('console-message', preventable(details))
    })
    browser.on('Target.targetInfoChanged', ({ targetInfo }) => {
      // A document without a title is given the end of its address as one.
      if (targetInfo.targetId !== targetId || targetInfo.url.endsWith(targetInfo.title)) return
      if (targetInfo.title === title) return
      title = targetInfo.title
      contents.emit('page-title-updated', preventable(), title, true)
    })
    browser.on('Target.targetDestroyed', gone => {
      if (gone.targetId === targetId) holder.destroy()
    })
  }

  /** Shows the page in the app's theme, which is also what the page's CSS asks for. */
  async function followTheme({ cdp }: Page) {
    const apply = async () => {
      const value = nativeTheme.shouldUseDarkColors ? 'dark' : 'light'
      await cdp.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
    }
    const applyLater = () => void apply().catch(ifGone)
    nativeTheme.on('updated', applyLater)
    contents.once('destroyed', () => nativeTheme.off('updated', applyLater))
    await apply()
  }

  async function loadURL(target: string) {
    const { navigate } = await ready
    begun = true
    asked = withoutFragment(toWire(target))
    const ended = once(contents, 'destroyed').then(() => 'net::ERR_FAILED')
    const failure = await Promise.race([navigate(toWire(target)), ended])
    if (failure === undefined) return
    contents.emit('did-fail-load', preventable(), -2, failure, target, true)
    const code = failure.replace('net::', '')
    throw Object.assign(new Error(`${code} (-2) loading '${target}'`), { code, errno: -2, url: target })
  }

  function reload() {
    asked = withoutFragment(toWire(url))
    void ready.then(({ cdp }) => cdp.send('Page.reload')).catch(ifGone)
  }

  async function executeJavaScript(code: string) {
    return (await ready).evaluate(code)
  }

  function send(channel: string, ...args: unknown[]) {
    if (destroyed) throw new TypeError('Object has been destroyed')
    page?.tell({ kind: 'send', channel, args: codec.encode(args) })
  }

  function openWindow(wanted: string, frameName: string) {
    const details = {
      url: wanted,
      frameName,
      features: '',
      disposition: 'foreground-tab',
      referrer: { url: '', policy: 'default' },
    }
    const decision = windowOpenHandler?.(details as Electron.HandlerDetails) ?? { action: 'allow' }
    if (decision.action === 'deny') return
    const opened = holder.open(wanted, decision.overrideBrowserWindowOptions ?? {})
    contents.emit('did-create-window', opened, { url: wanted })
  }

  async function closePage() {
    const { targetId, close } = await ready
    contentsByTarget.delete(targetId)
    await close()
  }

  return {
    contents,
    /** The page as soon as there is one. */
    page: ready,
    destroy: () => {
      destroyed = true
      void closePage().catch(ifGone)
      contents.emit('destroyed')
    },
  }
}

/** An address as it is asked of a server. */
function withoutFragment(address: string) {
  const url = new URL(address)
  url.hash = ''
  return url.href
}

/** What stands behind the double gives isolation whatever an app sets, so it must not be told to do without. */
function refuseUnsafe(preferences: Electron.WebPreferences) {
  const { contextIsolation, sandbox, webSecurity, nodeIntegration } = preferences
  if (contextIsolation === false || sandbox === false || webSecurity === false || nodeIntegration === true) {
    throw new Error('electron-host: only isolated, sandboxed windows without Node integration are possible here')
  }
}
