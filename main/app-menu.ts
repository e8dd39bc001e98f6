import type { MenuItemConstructorOptions } from 'electron'
import { text } from './text.ts'

/**
 * The application's menu. On macOS it is the menu bar, by which the clipboard's keys work in text fields. Elsewhere it is
 * out of sight and is there for its key: where a desktop has no tray, it is the way to quit.
 */
export function appMenu(platform: NodeJS.Platform, quit: () => void): MenuItemConstructorOptions[] {
  if (platform === 'darwin') return [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]
  return [{ label: text.menu.file, submenu: [{ label: text.menu.quit, accelerator: 'Ctrl+Q', click: quit }] }]
}
