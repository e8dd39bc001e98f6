import type { ElectronApplication } from 'playwright-core'

/*
 * A tray can neither be read nor clicked by Electron or by Playwright. Every app that is launched for a test carries
 * `tray-spy.cjs`, which remembers what its trays were told; here is how a test reads that and clicks.
 */

interface Watched {
  readonly trays: readonly WatchedTray[]
}

interface WatchedTray {
  readonly tray: Electron.Tray
  readonly toolTip?: string
  readonly menu?: Electron.Menu
}

/** A line of a menu as its reader sees it; a separator has no label. */
export interface MenuLine {
  readonly label: string
  readonly type: Electron.MenuItem['type']
  readonly checked: boolean
  readonly enabled: boolean
  readonly submenu: readonly MenuLine[]
}

/** What the app's tray shows; nothing where it has none. */
export function readTray(app: ElectronApplication): Promise<{ toolTip: string; menu: MenuLine[] } | undefined> {
  return app.evaluate(() => {
    const lines = (menu: Electron.Menu | null | undefined): MenuLine[] =>
      (menu?.items ?? [])
        .filter(item => item.visible)
        .map(({ label, type, checked, enabled, submenu }) => ({
          label,
          type,
          checked,
          enabled,
          submenu: lines(submenu),
        }))
    const [shown] = (globalThis as unknown as Watched).trays
    return shown && { toolTip: shown.toolTip ?? '', menu: lines(shown.menu) }
  })
}

/** Clicks the tray's icon. */
export function clickTray(app: ElectronApplication): Promise<void> {
  return app.evaluate(() => {
    const [shown] = (globalThis as unknown as Watched).trays
    if (shown === undefined) throw new Error('there is no tray')
    shown.tray.emit('click', {}, { x: 0, y: 0, width: 22, height: 22 }, { x: 0, y: 0 })
  })
}

/** Clicks an item of the tray's menu, by its label and those of the menus that it is in. Throws for one that cannot be clicked. */
export function clickTrayItem(app: ElectronApplication, ...labels: readonly string[]): Promise<void> {
  return app.evaluate((_, path) => {
    const [shown] = (globalThis as unknown as Watched).trays
    let menu: Electron.Menu | null | undefined = shown?.menu
    let item: Electron.MenuItem | undefined
    for (const label of path) {
      item = menu?.items.find(candidate => candidate.visible && candidate.label === label)
      if (item?.enabled !== true) throw new Error(`the tray's menu has no ${path.join(' > ')} to click`)
      menu = item.submenu
    }
    // Electron's typings do not say that an item can be clicked without an event.
    ;(item as unknown as { click: () => void }).click()
  }, labels)
}
