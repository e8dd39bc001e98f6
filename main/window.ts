import type { BrowserWindow, Dialog, NativeTheme, Screen } from 'electron'
import type { Memory } from './memory.ts'
import { PAGE } from './protocol.ts'
import { text } from './text.ts'
import { windowOptions } from './window-options.ts'
import { moved, openingBounds, type Display, type WindowPlace } from './window-place.ts'

/** How long a hidden window is kept. After that it is built anew when it is wanted, and costs nothing until then. */
const KEPT_HIDDEN_MS = 5 * 60_000
/** A page that dies twice within this time is not loaded again by itself. */
const CRASH_LOOP_MS = 60_000
/** A click elsewhere takes the focus away before it is told of. */
const FOCUS_LOST_MS = 300

export interface WindowDeps {
  readonly electron: {
    readonly BrowserWindow: typeof BrowserWindow
    readonly screen: Pick<Screen, 'getAllDisplays' | 'getPrimaryDisplay' | 'getDisplayMatching'>
    readonly nativeTheme: Pick<NativeTheme, 'shouldUseDarkColors'>
    readonly dialog: Pick<Dialog, 'showMessageBox'>
  }
  readonly platform: NodeJS.Platform
  readonly preload: string
  readonly icon: string
  readonly place: Memory<WindowPlace>
  readonly hasTrayHost: () => Promise<boolean>
  /** While the app quits, the window closes as it is told. */
  readonly isQuitting: () => boolean
  /** The window was closed by its button, and went to the tray or to the taskbar instead. */
  readonly onPutAway: (where: 'tray' | 'taskbar') => void
  /** The window came into sight or went out of it. */
  readonly onShown: (shown: boolean) => void
  /** Windows is about to end the user's session. */
  readonly onSessionEnd: () => void
}

/** The one window. */
export interface MainWindow {
  /** Brings it before the user, built anew if need be. */
  readonly show: () => void
  readonly hide: () => void
  /** Whether the user sees it, or is about to. */
  readonly isShown: () => boolean
  /** Whether the user works in it, or did until a moment ago: a click on the tray takes the focus away. */
  readonly isInUse: () => boolean
  /** The window itself, while there is one. */
  readonly current: () => BrowserWindow | undefined
  /** Closes it for good. */
  readonly end: () => void
}

export function createWindow(deps: WindowDeps): MainWindow {
  const { electron, platform, place } = deps
  let window: BrowserWindow | undefined
  let isDrawn = false
  let leftAt = -Infinity
  let crashedAt = -Infinity
  let forgetting: NodeJS.Timeout | undefined
  let noting: NodeJS.Timeout | undefined

  function show() {
    window ??= build()
    if (isDrawn) bringUp(window)
  }

  function build(): BrowserWindow {
    const built = new electron.BrowserWindow(
      windowOptions({
        platform,
        isDark: electron.nativeTheme.shouldUseDarkColors,
        bounds: openingBounds(place.get(), displays()),
        preload: deps.preload,
        icon: deps.icon,
      }),
    )
    const drawn = () => {
      if (isDrawn || built.isDestroyed()) return
      isDrawn = true
      if (place.get().maximized) built.maximize()
      bringUp(built)
    }
    built.once('ready-to-show', drawn)
    // Even a window without a page is better than a click that does nothing.
    built.loadURL(PAGE).catch(drawn)

    built.on('show', () => {
      clearTimeout(forgetting)
      deps.onShown(true)
    })
    built.on('hide', () => {
      forgetting = setTimeout(() => built.destroy(), KEPT_HIDDEN_MS)
      deps.onShown(false)
    })
    built.on('blur', () => {
      leftAt = Date.now()
    })
    built.on('close', event => {
      if (deps.isQuitting()) return
      event.preventDefault()
      void putAway(built)
    })
    built.on('closed', () => {
      clearTimeout(forgetting)
      clearTimeout(noting)
      window = undefined
      isDrawn = false
      deps.onShown(false)
    })
    built.on('session-end', deps.onSessionEnd)
    built.webContents.on('render-process-gone', (_, { reason }) => {
      if (reason !== 'clean-exit') void reviveAfterCrash(built)
    })
    rememberPlace(built)
    return built
  }

  function bringUp(shown: BrowserWindow) {
    if (shown.isMinimized()) shown.restore()
    shown.show()
    shown.focus()
  }

  async function putAway(closed: BrowserWindow) {
    const where = (await deps.hasTrayHost()) ? 'tray' : 'taskbar'
    if (closed.isDestroyed()) return
    if (where === 'tray') hide()
    else closed.minimize()
    deps.onPutAway(where)
  }

  function hide() {
    if (window?.isFullScreen() !== true) {
      window?.hide()
      return
    }
    // macOS leaves a black screen where a window is hidden that fills it.
    window.once('leave-full-screen', () => window?.hide())
    window.setFullScreen(false)
  }

  function rememberPlace(of: BrowserWindow) {
    const noteSoon = () => {
      clearTimeout(noting)
      noting = setTimeout(() => notePlace(of), 500)
    }
    of.on('resize', noteSoon)
    of.on('move', noteSoon)
    of.on('maximize', noteSoon)
    of.on('unmaximize', noteSoon)
    of.on('close', () => notePlace(of))
  }

  function notePlace(of: BrowserWindow) {
    const bounds = of.getNormalBounds()
    const display = electron.screen.getDisplayMatching(bounds)
    place.set({ ...moved(place.get(), display, bounds), maximized: of.isMaximized() })
  }

  /** A page that died is loaded again, once; the proxy does not live in it and goes on. */
  async function reviveAfterCrash(crashed: BrowserWindow) {
    const isLoop = Date.now() - crashedAt < CRASH_LOOP_MS
    crashedAt = Date.now()
    if (!isLoop) crashed.webContents.reload()
    const { response } = await electron.dialog.showMessageBox(crashed, {
      type: 'warning',
      message: isLoop ? text.crashed.messageAgain : text.crashed.message,
      detail: text.crashed.detail,
      buttons: isLoop ? [text.crashed.reload, text.crashed.close] : [text.crashed.ok],
      noLink: true,
    })
    if (!isLoop || crashed.isDestroyed()) return
    if (response === 0) crashed.webContents.reload()
    else crashed.destroy()
  }

  function displays(): readonly [Display, ...Display[]] {
    const first = electron.screen.getPrimaryDisplay()
    return [first, ...electron.screen.getAllDisplays().filter(({ id }) => id !== first.id)]
  }

  return {
    show,
    hide,
    isShown: () => window !== undefined && (!isDrawn || (window.isVisible() && !window.isMinimized())),
    isInUse: () => window !== undefined && (window.isFocused() || Date.now() - leftAt < FOCUS_LOST_MS),
    current: () => window,
    end: () => {
      if (window !== undefined) notePlace(window)
      window?.destroy()
    },
  }
}
