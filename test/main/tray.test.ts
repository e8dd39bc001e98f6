import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TrayState } from '../../main/tray-menu.ts'
import { createTray, type TrayDeps } from '../../main/tray.ts'
import type { Status } from '../../proxy/app/contract.ts'

/** As much of a tray of Electron's as ours is made with. */
class FakeTray extends EventEmitter {
  constructor() {
    super()
    icons.push(this)
  }
  setImage = (file: string) => void told.push(`image ${file}`)
  setToolTip = () => undefined
  setContextMenu = (menu: Menu) => void told.push(`menu ${menu.labels[1] ?? ''}`)
}

const icons: EventEmitter[] = []
let told: string[] = []

/** A tray on a system of its own, whose state the test changes. */
function show(platform: NodeJS.Platform) {
  told = []
  const theme = Object.assign(new EventEmitter(), { shouldUseDarkColorsForSystemIntegratedUI: true })
  const menus: Menu[] = []
  const electron = {
    Tray: FakeTray,
    Menu: {
      buildFromTemplate: (template: readonly { readonly label: string }[]) => {
        const menu = Object.assign(new EventEmitter(), { labels: template.map(({ label }) => label) })
        menus.push(menu)
        return menu
      },
    },
    nativeTheme: theme,
  } as unknown as TrayDeps['electron']
  let state = stateOf('running')
  const window = { shown: false, inUse: false }
  const tray = createTray({
    electron,
    platform,
    images: '/icons',
    state: () => ({ ...state, now: Date.now() }),
    actions: {} as TrayDeps['actions'],
    window: {
      show: () => {
        told.push('show')
        Object.assign(window, { shown: true, inUse: true })
      },
      hide: () => {
        told.push('hide')
        Object.assign(window, { shown: false, inUse: false })
      },
      isShown: () => window.shown,
      isInUse: () => window.inUse,
    },
    onMenu: () => undefined,
  })
  const become = (next: TrayState) => {
    state = next
    tray.update()
  }
  /** What the system was told since the last time. */
  const news = () => told.splice(0)
  const click = (event: 'click' | 'double-click' = 'click') => icons.at(-1)?.emit(event)
  return { tray, theme, menus, window, become, news, click }
}

interface Menu extends EventEmitter {
  readonly labels: readonly string[]
}

function stateOf(run: Status['run'], openTurns = 0): TrayState {
  const status = { run, port: 8000, url: 'http://127.0.0.1:8000', configProblems: [], log: { state: 'ok', dropped: 0 } }
  return {
    status: status as unknown as Status,
    openTurns,
    tokensToday: 0,
    route: { backend: 'demo' },
    recent: [],
    backends: [],
    models: [],
    launchAtLogin: false,
    now: 0,
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the tray', () => {
  it('shows the state at once when it appears', () => {
    expect(show('linux').news()).toEqual(['image /icons/linux/running.png', 'menu 0 streams · today 0 tokens'])
  })

  it('shows a quit that waits at once, and counts down by itself', () => {
    const { become, menus } = show('linux')
    const state = stateOf('running', 1)
    become({ ...state, status: { ...state.status, endsAt: Date.now() + 30_000 } })
    expect(menus.at(-1)?.labels[0]).toBe('○ Quitting in 30 s · 1 stream open')
    vi.advanceTimersByTime(6000)
    expect(menus.at(-1)?.labels[0]).toBe('○ Quitting in 25 s · 1 stream open')
    become(state)
    expect(menus.at(-1)?.labels[0]).toBe('● Running · 127.0.0.1:8000')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('shows a start or a stop at once', () => {
    const { become, news } = show('linux')
    news()
    become(stateOf('stopped'))
    expect(news()).toEqual(['image /icons/linux/stopped.png', expect.stringContaining('menu')])
  })

  it('shows other changes together, a second after the last', () => {
    const { become, news } = show('linux')
    news()
    for (let open = 1; open <= 20; open++) become(stateOf('running', open))
    expect(news()).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(news()).toEqual(['image /icons/linux/busy.png', 'menu 20 streams · today 0 tokens'])
    vi.advanceTimersByTime(60_000)
    expect(news()).toEqual([])
  })

  it('tells the system nothing where nothing changed', () => {
    const { become, news } = show('linux')
    news()
    become(stateOf('running'))
    vi.advanceTimersByTime(1000)
    expect(news()).toEqual([])
  })

  it('sets the menu again when it is told to, because a click has checked an item by itself', () => {
    const { tray, news } = show('linux')
    news()
    tray.redraw()
    expect(news()).toEqual(['menu 0 streams · today 0 tokens'])
  })

  it('leaves a menu alone while it is open', () => {
    const { become, news, menus } = show('darwin')
    news()
    menus[0]?.emit('menu-will-show')
    become(stateOf('stopped'))
    vi.advanceTimersByTime(5000)
    expect(news()).toEqual(['image /icons/mac/stoppedTemplate.png'])
    menus[0]?.emit('menu-will-close')
    expect(news()).toEqual([expect.stringContaining('menu')])
  })

  it('follows the taskbar’s colour on Windows', () => {
    const { theme, news } = show('win32')
    expect(news()[0]).toBe('image /icons/windows/running-on-dark.ico')
    theme.shouldUseDarkColorsForSystemIntegratedUI = false
    theme.emit('updated')
    expect(news()).toEqual(['image /icons/windows/running-on-light.ico'])
  })
})

describe('a click on the tray', () => {
  it('brings the window up on Linux, where the panel tells of it', () => {
    const { click, news, window } = show('linux')
    news()
    Object.assign(window, { shown: true, inUse: true })
    click()
    vi.advanceTimersByTime(1000)
    expect(news()).toEqual(['show'])
  })

  it('is left to macOS, which opens the menu', () => {
    const { click, news } = show('darwin')
    news()
    click()
    expect(news()).toEqual([])
  })

  it('shows the window on Windows, brings it before others, and hides it when it is in use', () => {
    const { click, news, window } = show('win32')
    news()
    click()
    expect(news()).toEqual(['show'])
    window.inUse = false
    click()
    expect(news()).toEqual(['show'])
    click()
    vi.advanceTimersByTime(1000)
    expect(news()).toEqual(['hide'])
  })

  it('opens the window on Windows when it is a double click, and does not hide it between', () => {
    const { click, news, window } = show('win32')
    news()
    Object.assign(window, { shown: true, inUse: true })
    click()
    click('double-click')
    vi.advanceTimersByTime(1000)
    expect(news()).toEqual(['show'])
  })
})
