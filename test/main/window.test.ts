import type { BrowserWindowConstructorOptions } from 'electron'
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WindowPlace } from '../../main/window-place.ts'
import { createWindow, type WindowDeps } from '../../main/window.ts'

const display = { id: 7, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }
const MINUTE = 60_000

/** As much of a window of Electron's as ours is made with. */
class FakeWindow extends EventEmitter {
  readonly webContents = Object.assign(new EventEmitter(), { reload: vi.fn() })
  readonly options: BrowserWindowConstructorOptions
  shown = false
  minimized = false
  maximized = false
  destroyed = false
  focused = false

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
    made.push(this)
  }
  loadURL = () => new Promise<void>((_, reject) => (failToLoad = reject))
  show() {
    this.shown = true
    this.emit('show')
  }
  hide() {
    this.shown = false
    this.emit('hide')
  }
  focus() {
    this.focused = true
  }
  blur() {
    this.focused = false
    this.emit('blur')
  }
  minimize() {
    this.minimized = true
  }
  restore() {
    this.minimized = false
  }
  maximize() {
    this.maximized = true
  }
  isVisible = () => this.shown
  isMinimized = () => this.minimized
  isMaximized = () => this.maximized
  isFullScreen = () => false
  isFocused = () => this.focused
  isDestroyed = () => this.destroyed
  getNormalBounds = () => ({ x: 5, y: 6, width: 1000, height: 700 })
  destroy() {
    this.destroyed = true
    this.emit('closed')
  }
  /** As the button in its frame does. */
  close() {
    const event = { prevented: false, preventDefault: () => (event.prevented = true) }
    this.emit('close', event)
    if (!event.prevented) this.destroy()
  }
}

let made: FakeWindow[] = []
let failToLoad: (error: Error) => void = () => undefined

function open(more: Partial<WindowDeps> = {}, remembered: Partial<WindowPlace> = {}) {
  let place: WindowPlace = { displays: {}, maximized: false, ...remembered }
  const showMessageBox = vi.fn(async () => ({ response: 0, checkboxChecked: false }))
  const deps: WindowDeps = {
    electron: {
      BrowserWindow: FakeWindow,
      screen: { getPrimaryDisplay: () => display, getAllDisplays: () => [display], getDisplayMatching: () => display },
      nativeTheme: { shouldUseDarkColors: false },
      dialog: { showMessageBox },
    } as unknown as WindowDeps['electron'],
    platform: 'linux',
    preload: '/preload.cjs',
    icon: '/icon.png',
    place: {
      get: () => place,
      set: change => {
        place = { ...place, ...change }
      },
      saved: async () => undefined,
    },
    hasTrayHost: async () => true,
    isQuitting: () => false,
    onPutAway: vi.fn(),
    onShown: vi.fn(),
    onSessionEnd: vi.fn(),
    ...more,
  }
  return { window: createWindow(deps), deps, place: () => place, showMessageBox }
}

/** The window that was made last. */
function latest(): FakeWindow {
  const window = made.at(-1)
  if (window === undefined) throw new Error('no window was made')
  return window
}

function openDrawn(...args: Parameters<typeof open>) {
  const opened = open(...args)
  opened.window.show()
  latest().emit('ready-to-show')
  return opened
}

beforeEach(() => {
  vi.useFakeTimers()
  made = []
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the window', () => {
  it('is not made before it is wanted', () => {
    open()
    expect(made).toEqual([])
  })

  it('is shown when its page is drawn', () => {
    const { window } = open()
    window.show()
    window.show()
    expect(made).toHaveLength(1)
    expect(latest().shown).toBe(false)
    latest().emit('ready-to-show')
    expect(latest().shown).toBe(true)
    expect(latest().focused).toBe(true)
    expect(window.isShown()).toBe(true)
  })

  it('is shown even where its page can’t be loaded', async () => {
    open().window.show()
    failToLoad(new Error('ERR_FILE_NOT_FOUND'))
    await vi.advanceTimersByTimeAsync(0)
    expect(latest().shown).toBe(true)
  })

  it('is brought back from the taskbar', () => {
    const { window } = openDrawn()
    latest().minimize()
    expect(window.isShown()).toBe(false)
    window.show()
    expect(latest().minimized).toBe(false)
  })

  it('opens where it was, and as large as it was', () => {
    const bounds = { x: 30, y: 40, width: 1300, height: 800 }
    openDrawn({}, { displays: { 7: bounds }, last: '7', maximized: true })
    expect(latest().options).toMatchObject(bounds)
    expect(latest().maximized).toBe(true)
  })

  it('remembers where it is, once it rests', () => {
    const { place } = openDrawn()
    latest().emit('move')
    latest().emit('resize')
    expect(place().displays).toEqual({})
    vi.advanceTimersByTime(1000)
    expect(place()).toEqual({
      displays: { 7: { x: 5, y: 6, width: 1000, height: 700 } },
      last: '7',
      maximized: false,
    })
  })

  it('is still in use a moment after a click elsewhere has taken the focus', () => {
    const { window } = openDrawn()
    latest().blur()
    expect(window.isInUse()).toBe(true)
    vi.advanceTimersByTime(1000)
    expect(window.isInUse()).toBe(false)
  })
})

describe('closing the window', () => {
  it('hides it in the tray', async () => {
    const { window, deps } = openDrawn()
    latest().close()
    await vi.advanceTimersByTimeAsync(0)
    expect(latest().shown).toBe(false)
    expect(latest().destroyed).toBe(false)
    expect(deps.onPutAway).toHaveBeenCalledWith('tray')
    expect(window.isShown()).toBe(false)
    window.show()
    expect(made).toHaveLength(1)
    expect(window.isShown()).toBe(true)
  })

  it('puts it into the taskbar where there is no tray', async () => {
    const { deps } = openDrawn({ hasTrayHost: async () => false })
    latest().close()
    await vi.advanceTimersByTimeAsync(0)
    expect(latest().minimized).toBe(true)
    expect(latest().shown).toBe(true)
    expect(deps.onPutAway).toHaveBeenCalledWith('taskbar')
  })

  it('closes it when the app quits', async () => {
    const { deps } = openDrawn({ isQuitting: () => true })
    latest().close()
    await vi.advanceTimersByTimeAsync(0)
    expect(latest().destroyed).toBe(true)
    expect(deps.onPutAway).not.toHaveBeenCalled()
  })
})

describe('a hidden window', () => {
  it('is let go of after five minutes, and built anew when it is wanted', () => {
    const { window } = openDrawn()
    window.hide()
    vi.advanceTimersByTime(5 * MINUTE - 1)
    expect(latest().destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(latest().destroyed).toBe(true)
    window.show()
    expect(made).toHaveLength(2)
    latest().emit('ready-to-show')
    expect(window.isShown()).toBe(true)
  })

  it('is kept when it was shown in between', () => {
    const { window } = openDrawn()
    window.hide()
    vi.advanceTimersByTime(4 * MINUTE)
    window.show()
    vi.advanceTimersByTime(10 * MINUTE)
    expect(latest().destroyed).toBe(false)
  })
})

describe('a page that dies', () => {
  const die = (reason = 'crashed') => latest().webContents.emit('render-process-gone', {}, { reason })

  it('is loaded again, and the user is told that the proxy goes on', () => {
    const { showMessageBox } = openDrawn()
    die()
    expect(latest().webContents.reload).toHaveBeenCalledOnce()
    expect(showMessageBox).toHaveBeenCalledWith(
      latest(),
      expect.objectContaining({ detail: 'The proxy was not affected: requests go on.' }),
    )
  })

  it('is loaded again only if the user wants it, when that happens again at once', async () => {
    const { showMessageBox } = openDrawn()
    die()
    showMessageBox.mockResolvedValueOnce({ response: 1, checkboxChecked: false })
    die()
    await vi.advanceTimersByTimeAsync(0)
    expect(latest().webContents.reload).toHaveBeenCalledOnce()
    expect(latest().destroyed).toBe(true)
  })

  it('is no crash when it ended as it should', () => {
    const { showMessageBox } = openDrawn()
    die('clean-exit')
    expect(showMessageBox).not.toHaveBeenCalled()
  })
})
