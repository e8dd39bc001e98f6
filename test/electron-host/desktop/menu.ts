import { EventEmitter } from 'node:events'
import { preventable, type PartOf } from '../double.ts'
import { app } from '../life/app.ts'
import { BrowserWindow } from '../windows/browser-window.ts'

type ItemOptions = Electron.MenuItemConstructorOptions
type Own = 'menu' | 'submenu' | 'click' | 'role'

/** The double of Electron's MenuItem. Tests click it by its `click`, as they do on Electron. */
export class MenuItem implements PartOf<Electron.MenuItem, Own> {
  readonly id: string
  readonly role: string | undefined
  readonly type: NonNullable<ItemOptions['type']>
  readonly submenu: Menu | undefined
  readonly accelerator: Electron.Accelerator | null
  readonly commandId: number
  menu: Menu | undefined
  label: string
  sublabel: string
  toolTip: string
  icon?: NonNullable<ItemOptions['icon']>
  enabled: boolean
  visible: boolean
  readonly click: (event?: Electron.KeyboardEvent, window?: BrowserWindow) => void
  #checked: boolean

  constructor(options: ItemOptions) {
    const { submenu, click } = options
    this.commandId = ++lastCommand
    this.id = options.id ?? ''
    this.role = options.role?.toLowerCase()
    const role = this.role === undefined ? undefined : roleOf(this.role)
    this.label = options.label ?? role?.label ?? ''
    this.sublabel = options.sublabel ?? ''
    this.toolTip = options.toolTip ?? ''
    this.accelerator = options.accelerator ?? null
    if (options.icon !== undefined) this.icon = options.icon
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : (submenu as unknown as Menu | undefined)
    this.type = options.type ?? (this.submenu === undefined ? 'normal' : 'submenu')
    if (!types.includes(this.type)) throw new Error(`Unknown menu item type: ${this.type}`)
    if (this.type === 'submenu' && this.submenu === undefined) throw new Error('Invalid submenu')
    this.#checked = options.checked ?? false

    this.click = (event = {}, window = BrowserWindow.getFocusedWindow() ?? undefined) => {
      if (this.type === 'checkbox' || this.type === 'radio') this.checked = !this.checked
      if (role !== undefined) role.act(window)
      else click?.(this as unknown as Electron.MenuItem, window as unknown as Electron.BrowserWindow, event)
    }
  }

  get checked() {
    return this.#checked
  }

  /** Checking a radio item unchecks its neighbours, and it cannot be unchecked by itself. */
  set checked(on: boolean) {
    if (this.type === 'radio') for (const neighbour of this.#radioGroup()) neighbour.#checked = false
    this.#checked = this.type === 'radio' || on
  }

  /** The radio items about this one that nothing else parts from it. */
  #radioGroup(): readonly MenuItem[] {
    const items = this.menu?.items ?? []
    const others = items.map(item => item.type !== 'radio')
    const at = items.indexOf(this)
    const end = others.indexOf(true, at)
    return items.slice(others.lastIndexOf(true, at) + 1, end === -1 ? undefined : end)
  }
}

/** The double of Electron's Menu. */
export class Menu
  extends EventEmitter
  implements PartOf<Electron.Menu, 'items' | 'append' | 'insert' | 'getMenuItemById'>
{
  readonly items: MenuItem[] = []

  static buildFromTemplate(template: readonly (ItemOptions | MenuItem)[]) {
    if (!Array.isArray(template)) throw new TypeError('Invalid template for Menu: Menu template must be an array')
    const menu = new Menu()
    for (const item of template) {
      const options = item as ItemOptions
      if (options.label === undefined && options.role === undefined && options.type !== 'separator') {
        throw new TypeError('Invalid template for MenuItem: must have label, role or type')
      }
      menu.append(item instanceof MenuItem ? item : new MenuItem(options))
    }
    return menu
  }

  static setApplicationMenu(menu: Menu | null) {
    app.applicationMenu = menu as unknown as Electron.Menu | null
  }

  static getApplicationMenu() {
    return app.applicationMenu
  }

  append(item: MenuItem) {
    this.insert(this.items.length, item)
  }

  insert(position: number, item: MenuItem) {
    item.menu = this
    this.items.splice(position, 0, item)
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }

  popup() {
    this.emit('menu-will-show', preventable())
  }

  closePopup() {
    this.emit('menu-will-close', preventable())
  }
}

const types: readonly string[] = ['normal', 'separator', 'submenu', 'checkbox', 'radio', 'header', 'palette']
let lastCommand = 0

interface Role {
  readonly label: string
  readonly act: (window: BrowserWindow | undefined) => void
}

function roleOf(name: string): Role {
  const role = roles[name]
  if (role === undefined) throw new Error(`electron-host has no menu role '${name}'`)
  return role
}

/** What each role is called and does; editing is left to the page, which does it by keys. */
const roles: Readonly<Record<string, Role>> = {
  about: { label: 'About', act: nothing },
  appmenu: { label: 'App', act: nothing },
  close: { label: 'Close Window', act: window => window?.close() },
  copy: { label: 'Copy', act: nothing },
  cut: { label: 'Cut', act: nothing },
  editmenu: { label: 'Edit', act: nothing },
  help: { label: 'Help', act: nothing },
  hide: { label: 'Hide', act: nothing },
  hideothers: { label: 'Hide Others', act: nothing },
  minimize: { label: 'Minimize', act: window => window?.minimize() },
  paste: { label: 'Paste', act: nothing },
  quit: { label: 'Quit', act: () => app.quit() },
  redo: { label: 'Redo', act: nothing },
  reload: { label: 'Reload', act: window => window?.reload() },
  selectall: { label: 'Select All', act: nothing },
  services: { label: 'Services', act: nothing },
  toggledevtools: { label: 'Toggle Developer Tools', act: nothing },
  undo: { label: 'Undo', act: nothing },
  unhide: { label: 'Show All', act: nothing },
  viewmenu: { label: 'View', act: nothing },
  windowmenu: { label: 'Window', act: nothing },
}

function nothing() {
  return undefined
}
