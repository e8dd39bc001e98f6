import { app } from 'electron'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathsOf } from '../proxy/index.ts'
import { readArguments } from './arguments.ts'
import { text } from './text.ts'

/*
 * The Electron program's beginning. A second start of it ends here, before anything is loaded or read, and the first one
 * brings up its window.
 */

const started = readArguments(process.argv)
const paths = pathsOf({
  platform: process.platform,
  env: process.env,
  home: homedir(),
  cwd: process.cwd(),
  dataDir: started.dataDir,
  configFile: started.config,
})

// Chromium litters its folder, so it gets one of its own. The lock lies in there too: one instance for each data folder.
const browserFolder = join(dirname(paths.keysFile), 'browser')
mkdirSync(browserFolder, { recursive: true, mode: 0o700 })
app.setPath('userData', browserFolder)

if (app.requestSingleInstanceLock()) {
  // Electron gets ready when this module is done, and some things have to be said before that.
  const { startDesktop } = await import('./desktop.ts')
  startDesktop({ started, paths, folder: import.meta.dirname })
} else {
  process.stdout.write(`${text.terminal.already}\n`)
  app.quit()
}
