import { app, BrowserWindow, ipcMain, protocol } from 'electron'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApp, pathsOf } from '../proxy/index.ts'
import { readArguments } from './arguments.ts'
import { serveIpc } from './ipc.ts'
import { PAGE, registerScheme, serveBundle } from './protocol.ts'

const asked = readArguments(process.argv)
const paths = pathsOf({
  platform: process.platform,
  env: process.env,
  home: homedir(),
  cwd: process.cwd(),
  dataDir: asked.dataDir,
  configFile: asked.config,
})

// Chromium litters its folder, so it gets one of its own. The lock of the single instance lies in there too.
const browserFolder = join(dirname(paths.keysFile), 'browser')
mkdirSync(browserFolder, { recursive: true, mode: 0o700 })
app.setPath('userData', browserFolder)
registerScheme(protocol)

if (app.requestSingleInstanceLock()) void app.whenReady().then(run)
else app.quit()

async function run() {
  const rendererDir = fileURLToPath(new URL('../renderer', import.meta.url))
  serveBundle(protocol, rendererDir)
  const proxyApp = await createApp({
    paths,
    env: process.env,
    flags: asked.flags,
    shell: 'desktop',
    rendererDir,
    warn: message => process.stderr.write(`${message}\n`),
  })
  serveIpc(ipcMain, proxyApp)
  void proxyApp.start()
  const window = new BrowserWindow({
    width: 1180,
    height: 760,
    webPreferences: {
      preload: fileURLToPath(new URL('../preload/index.cjs', import.meta.url)),
      contextIsolation: true,
      nodeIntegration: false,
      sandbox: true,
      webSecurity: true,
    },
  })
  await window.loadURL(PAGE)
}
