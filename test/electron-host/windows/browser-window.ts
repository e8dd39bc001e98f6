import { EventEmitter } from 'node:events'
import { theChromium } from '../chromium/chromium.ts'
import { preventable, type PartOf } from '../double.ts'
import { app, life } from '../life/app.ts'
import { allWindows } from './all-windows.ts'
import { ifGone } from './page.ts'
import { createWebContents, type WebContents } from './web-contents.ts'

type Options = Electron.BrowserWindowConstructorOptions
type Contents = 'webContents' | 'capturePage'

/**
 * The double of Electron's BrowserWindow. Showing, hiding, focusing and sizing are kept as state and told as events; the
 * page itself is drawn whether or not the window is shown.
 */
export class BrowserWindow extends EventEmitter implements PartOf<Electron.BrowserWindow, Contents> {
  readonly id: number
  readonly webContents: WebContents
  readonly #shownContents: ReturnType<typeof createWebContents>
  readonly #bounds: Electron.Rectangle
  #title: string
  #shown: boolean
  #focused = false
  #minimized = false
  #maximized = false
  #fullScreen = false
  #alwaysOnTop: boolean
  #destroyed = false

  static getAllWindows() {
    return [...allWindows.values()]
  }

  static fromId(id: number) {
    return allWindows.get(id) ?? null
  }

  static fromWebContents(contents: WebContents | null | undefined) {
    return BrowserWindow.getAllWindows().find(window => window.webContents === contents) ?? null
  }

  static getFocusedWindow() {
    return BrowserWindow.getAllWindows().find(window => window.isFocused()) ?? null
  }

  constructor(options: Options = {}) {
    super()
    if (!life.ready) throw new Error('Cannot create BrowserWindow before app is ready')
    this.setMaxListeners(0)
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.#bounds = { x, y, width, height }
    this.#title = options.title ?? app.getName()
    this.#shown = options.show ?? true
    this.#alwaysOnTop = options.alwaysOnTop ?? false

    this.#shownContents = createWebContents(theChromium().browser, {
      width,
      height,
      preferences: options.webPreferences ?? {},
      focus: () => this.focus(),
      isFocused: () => this.#focused,
      close: () => this.close(),
      destroy: () => this.destroy(),
      open: (url, overrides) => {
        const window = new BrowserWindow(overrides)
        void window.loadURL(url)
        return window
      },
    })
    this.webContents = this.#shownContents.contents
    this.id = this.webContents.id
    allWindows.set(this.id, this)
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'))
    this.webContents.on('page-title-updated', (event, title: string) => {
      this.#title = title
      this.emit('page-title-updated', event, title, true)
    })
    app.emit('web-contents-created', preventable(), this.webContents)
    app.emit('browser-window-created', preventable(), this)
    if (this.#shown && options.focusable !== false) this.focus()
  }

  loadURL(url: string) {
    this.#mustLive()
    return this.webContents.loadURL(url)
  }

  loadFile(path: string, options?: Electron.LoadFileOptions) {
    this.#mustLive()
    return this.webContents.loadFile(path, options)
  }

  reload() {
    this.webContents.reload()
  }

  capturePage() {
    return this.webContents.capturePage()
  }

  show() {
    this.showInactive()
    this.focus()
  }

  showInactive() {
    this.#mustLive()
    if (this.#shown) return
    this.#shown = true
    this.emit('show')
  }

  hide() {
    this.#mustLive()
    if (!this.#shown) return
    this.#shown = false
    this.blur()
    this.emit('hide')
  }

  focus() {
    this.#mustLive()
    if (this.#focused) return
    BrowserWindow.getFocusedWindow()?.blur()
    this.#focused = true
    void this.#shownContents.page.then(({ cdp }) => cdp.send('Page.bringToFront')).catch(ifGone)
    this.emit('focus')
    app.emit('browser-window-focus', preventable(), this)
  }

  blur() {
    if (!this.#focused) return
    this.#focused = false
    this.emit('blur')
    app.emit('browser-window-blur', preventable(), this)
  }

  minimize() {
    this.#minimized = true
    this.blur()
    this.emit('minimize')
  }

  restore() {
    if (!this.#minimized) return
    this.#minimized = false
    this.emit('restore')
  }

  maximize() {
    this.#maximized = true
    this.emit('maximize')
  }

  unmaximize() {
    this.#maximized = false
    this.emit('unmaximize')
  }

  setFullScreen(on: boolean) {
    this.#fullScreen = on
    this.emit(on ? 'enter-full-screen' : 'leave-full-screen')
  }

  isVisible() {
    this.#mustLive()
    return this.#shown && !this.#minimized
  }

  isFocused() {
    return this.#focused
  }

  isMinimized() {
    return this.#minimized
  }

  isMaximized() {
    return this.#maximized
  }

  isFullScreen() {
    return this.#fullScreen
  }

  isNormal() {
    return !this.#minimized && !this.#maximized && !this.#fullScreen
  }

  isAlwaysOnTop() {
    return this.#alwaysOnTop
  }

  isDestroyed() {
    return this.#destroyed
  }

  isResizable() {
    return true
  }

  /** Asks the window to close: a listener of `close` may prevent it. */
  close() {
    if (this.#destroyed) return
    const event = preventable()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy() {
    if (this.#destroyed) return
    this.#destroyed = true
    this.#focused = false
    allWindows.delete(this.id)
    this.#shownContents.destroy()
    this.emit('closed')
    if (allWindows.size > 0 || life.quitting || life.ended) return
    // An app that does not listen quits with its last window.
    if (!app.emit('window-all-closed')) app.quit()
  }

  getBounds() {
    return { ...this.#bounds }
  }

  getNormalBounds() {
    return this.getBounds()
  }

  getContentBounds() {
    return this.getBounds()
  }

  getSize() {
    return [this.#bounds.width, this.#bounds.height]
  }

  getContentSize() {
    return this.getSize()
  }

  getPosition() {
    return [this.#bounds.x, this.#bounds.y]
  }

  setBounds(bounds: Partial<Electron.Rectangle>) {
    Object.assign(this.#bounds, bounds)
    const { width, height } = this.#bounds
    void this.#shownContents.page.then(page => page.resize(width, height)).catch(ifGone)
    this.emit('resize')
  }

  setSize(width: number, height: number) {
    this.setBounds({ width, height })
  }

  setContentSize(width: number, height: number) {
    this.setBounds({ width, height })
  }

  setPosition(x: number, y: number) {
    Object.assign(this.#bounds, { x, y })
    this.emit('move')
  }

  getTitle() {
    return this.#title
  }

  setTitle(title: string) {
    this.#title = title
  }

  setAlwaysOnTop(on: boolean) {
    this.#alwaysOnTop = on
  }

  #mustLive() {
    if (this.#destroyed) throw new TypeError('Object has been destroyed')
  }
}

/** What a desktop would do to a window, and none is here to do. */
const withoutEffect = [
  ...['center', 'moveTop', 'setMenu', 'removeMenu', 'setMenuBarVisibility', 'setAutoHideMenuBar', 'setIcon'],
  ...['setBackgroundColor', 'setOpacity', 'setResizable', 'setMinimumSize', 'setMaximumSize', 'setProgressBar'],
  ...[
    'setSkipTaskbar',
    'flashFrame',
    'setTitleBarOverlay',
    'setWindowButtonVisibility',
    'setBackgroundMaterial',
    'setVibrancy',
  ],
] as const satisfies readonly (keyof Electron.BrowserWindow)[]

for (const name of withoutEffect) Object.defineProperty(BrowserWindow.prototype, name, { value: () => undefined })
