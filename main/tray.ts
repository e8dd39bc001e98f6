import type { Menu, NativeTheme, Tray } from 'electron'
import { join } from 'node:path'
import { imageOf, shapeOf } from './tray-image.ts'
import { toolTip, trayMenu, type TrayActions, type TrayState } from './tray-menu.ts'

/** The least time between two changes of what is shown, but for the proxy's starting and stopping. */
const CALM_MS = 1000
/** Within this time a second click on Windows makes a double click of the first. */
const DOUBLE_CLICK_MS = 300

export interface TrayDeps {
  readonly electron: {
    readonly Tray: typeof Tray
    readonly Menu: typeof Menu
    readonly nativeTheme: Pick<NativeTheme, 'shouldUseDarkColorsForSystemIntegratedUI'> & {
      on: (event: 'updated', listener: () => void) => unknown
    }
  }
  readonly platform: NodeJS.Platform
  /** The folder of tray pictures. */
  readonly images: string
  readonly state: () => TrayState
  readonly actions: TrayActions
  readonly window: {
    readonly show: () => void
    readonly hide: () => void
    readonly isShown: () => boolean
    readonly isInUse: () => boolean
  }
  /** Told of every new menu: macOS has it in the Dock too. */
  readonly onMenu: (menu: Electron.Menu) => void
}

export interface ShownTray {
  /** Something changed: shown soon, or at once where the proxy starts or stops. */
  readonly update: () => void
  /** Shows all of it anew, whatever was shown: a click checks an item by itself. */
  readonly redraw: () => void
}

function runOf({ status }: TrayState): string {
  return `${status.run} ${status.endsAt ?? ''}`
}

/** The icon in the tray, its menu and its tooltip. */
export function createTray(deps: TrayDeps): ShownTray {
  const { electron, platform, state } = deps
  const tray = new electron.Tray(image())
  let shown = ''
  /** What is never shown late: whether the proxy runs, and whether the program is about to end. */
  let shownRun = ''
  let shownImage = ''
  let isOpen = false
  let waiting: NodeJS.Timeout | undefined
  let shownAt = -Infinity

  electron.nativeTheme.on('updated', () => draw())
  listenToClicks()
  draw()

  function update() {
    if (runOf(state()) !== shownRun) {
      draw()
      return
    }
    waiting ??= setTimeout(draw, Math.max(0, shownAt + CALM_MS - Date.now()))
  }

  function draw(force = false) {
    clearTimeout(waiting)
    waiting = undefined
    const now = state()
    if (image() !== shownImage) {
      shownImage = image()
      tray.setImage(shownImage)
    }
    const template = trayMenu(now, platform, deps.actions)
    const look = JSON.stringify([template, toolTip(now)])
    // What counts down is looked at again, whether anything else happens or not.
    if (now.status.endsAt !== undefined) waiting = setTimeout(draw, CALM_MS)
    if (isOpen || (look === shown && !force)) return
    shown = look
    shownRun = runOf(now)
    shownAt = Date.now()
    tray.setToolTip(toolTip(now))
    const menu = electron.Menu.buildFromTemplate(template)
    if (platform !== 'linux') keepWhileOpen(menu)
    tray.setContextMenu(menu)
    deps.onMenu(menu)
  }

  /** A menu is not replaced while it is open: it would close under the pointer. (On Linux the panel does not tell.) */
  function keepWhileOpen(menu: Electron.Menu) {
    menu.on('menu-will-show', () => {
      isOpen = true
    })
    menu.on('menu-will-close', () => {
      isOpen = false
      update()
    })
  }

  /** On macOS a click opens the menu; on Linux it is the panel that says what a click is, if it tells us at all. */
  function listenToClicks() {
    const { window } = deps
    if (platform === 'linux') tray.on('click', window.show)
    if (platform !== 'win32') return
    let hiding: NodeJS.Timeout | undefined
    tray.on('click', () => {
      if (window.isShown() && window.isInUse()) hiding = setTimeout(window.hide, DOUBLE_CLICK_MS)
      else window.show()
    })
    tray.on('double-click', () => {
      clearTimeout(hiding)
      window.show()
    })
  }

  function image() {
    const { status, openTurns } = state()
    const isDark = platform === 'win32' && electron.nativeTheme.shouldUseDarkColorsForSystemIntegratedUI
    return join(deps.images, imageOf(shapeOf(status, openTurns), platform, isDark))
  }

  return { update, redraw: () => draw(true) }
}
