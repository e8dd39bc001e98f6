import { registerHooks } from 'node:module'
import { clipboard } from './desktop/clipboard.ts'
import { dialog } from './desktop/dialog.ts'
import { crashReporter, globalShortcut, net, powerMonitor, screen } from './desktop/machine.ts'
import { Menu, MenuItem } from './desktop/menu.ts'
import { nativeImage } from './desktop/native-image.ts'
import { nativeTheme } from './desktop/native-theme.ts'
import { Notification } from './desktop/notification.ts'
import { safeStorage } from './desktop/safe-storage.ts'
import { shell } from './desktop/shell.ts'
import { Tray } from './desktop/tray.ts'
import { loud } from './double.ts'
import { ipcMain } from './ipc/ipc-main.ts'
import { app } from './life/app.ts'
import { protocol } from './session/schemes.ts'
import { session } from './session/session.ts'
import { BrowserWindow } from './windows/browser-window.ts'
import { contentsByTarget } from './windows/web-contents.ts'

const webContents = loud('webContents', {
  getAllWebContents: () => BrowserWindow.getAllWindows().map(window => window.webContents),
  getFocusedWebContents: () => BrowserWindow.getFocusedWindow()?.webContents ?? null,
  fromId: (id: number) => BrowserWindow.fromId(id)?.webContents,
  fromDevToolsTargetId: (targetId: string) => contentsByTarget.get(targetId),
})

/** What `import … from 'electron'` and `require('electron')` give the main process. */
const electron = {
  app: loud('app', app),
  BrowserWindow,
  clipboard,
  crashReporter,
  dialog,
  globalShortcut,
  ipcMain: loud('ipcMain', ipcMain.api),
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol: loud('protocol', protocol),
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  webContents,
}

const names = ['electron', 'electron/main', 'electron/common']
const key = 'electron-host.module'

/** Puts the doubles in the place of the package `electron`, whichever way a module asks for it. */
export function replaceElectron() {
  Object.defineProperty(globalThis, Symbol.for(key), { value: loud('electron', electron) })
  const doubles = `globalThis[Symbol.for('${key}')]`
  const sources = {
    commonjs: `module.exports = ${doubles}`,
    module: `export default ${doubles}; export const { ${Object.keys(electron).join(', ')} } = ${doubles}`,
  }
  registerHooks({
    resolve: (specifier, context, next) =>
      names.includes(specifier)
        ? {
            url: 'electron-host:electron',
            format: context.conditions.includes('require') ? 'commonjs' : 'module',
            shortCircuit: true,
          }
        : next(specifier, context),
    load: (url, context, next) =>
      url === 'electron-host:electron'
        ? {
            format: context.format,
            source: context.format === 'commonjs' ? sources.commonjs : sources.module,
            shortCircuit: true,
          }
        : next(url, context),
  })
}
