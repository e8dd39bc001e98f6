import { readFileSync, statSync } from 'node:fs'
import inspector from 'node:inspector'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { startChromium } from './chromium/chromium.ts'
import { replaceElectron } from './electron-module.ts'
import { app, becomeReady, describeApp, life } from './life/app.ts'
import { switches } from './life/command-line.ts'
import { outside } from './outside.ts'

/*
 * What Electron does from its start to the app's `ready`: takes the command line, loads the modules given with `-r`, reads
 * package.json, loads the main module, starts the browser.
 */

const require = createRequire(import.meta.url)
const given = process.argv.slice(2)
if (given.includes('--version') || given.includes('-v')) {
  console.log(`v${electronVersion()}`)
  process.exit(0)
}

const { modules, main } = takeCommandLine(given)
if (main === undefined) {
  console.error('usage: electron [-r module] app')
  process.exit(2)
}
beElectron()
replaceElectron()
surviveLikeElectron()

for (const path of modules) require(resolve(path))
await loadMain(resolve(main))
if (!life.ended && !life.quitting) {
  const profile = join(app.getPath('sessionData'), 'Chromium')
  const { stop, exited, browser } = await startChromium(profile, switchesForChromium())
  void exited.then(how => {
    if (life.ended) return
    console.error(`electron-host: Chromium ended by itself (${how})`)
    process.exit(1)
  })
  const { product } = await browser.send('Browser.getVersion')
  define('versions', { ...process.versions, chrome: product.replace(/^.*\//, '') })
  becomeReady(stop)
}

/** Electron's own switches come before the app; what follows it is the app's, though Chromium sees that too. */
function takeCommandLine(args: readonly string[]) {
  const modules: string[] = []
  let main: string | undefined
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '-r' || arg === '--require') {
      modules.push(rest.shift() ?? '')
      continue
    }
    const [, name, value = ''] = /^--([^=]+)(?:=(.*))?$/.exec(arg) ?? []
    if (name === 'inspect') inspector.open(value === '' ? 9229 : Number(value), '127.0.0.1')
    else if (name !== undefined) switches.set(name, value)
    else if (!arg.startsWith('-')) main ??= arg
  }
  return { modules, main }
}

/** Makes this process look like Electron's main process to what runs in it. */
function beElectron() {
  const program = join(import.meta.dirname, 'electron')
  process.argv = [program, ...given]
  define('execPath', program)
  define('versions', { ...process.versions, electron: electronVersion() })
  define('type', 'browser')
  define('defaultApp', true)
  define('resourcesPath', join(import.meta.dirname, 'resources'))
  Object.assign(globalThis, { electronHost: outside })
  // Ours alone: set for this process by the script that started it.
  delete process.env.NODE_COMPILE_CACHE
}

function surviveLikeElectron() {
  // Electron goes on with a dialog; here nobody would see it.
  process.on('uncaughtException', error => {
    console.error('A JavaScript error occurred in the main process\n', error)
    process.exit(1)
  })
  process.on('unhandledRejection', reason => {
    console.error('UnhandledPromiseRejectionWarning:', reason)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      app.quit()
    })
  }
}

/** Loads the app's main module, CommonJS or ESM; `ready` waits for its top level, as in Electron. */
async function loadMain(path: string) {
  let file = path
  if (statSync(path).isDirectory()) {
    const about = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as AppPackage
    describeApp({ name: about.productName ?? about.name ?? 'Electron', version: about.version ?? '0.0.0', path })
    file = join(path, about.main ?? 'index.js')
  } else describeApp({ path: dirname(path) })

  const waits = () => {
    if (!life.ended)
      console.error('electron-host: the main module waits at its top level for `ready`, and that waits for it')
  }
  process.once('exit', waits)
  try {
    await import(pathToFileURL(file).href)
  } catch (error) {
    console.error('App threw an error during load\n', error)
    life.ended = true
    process.exit(1)
  }
  process.off('exit', waits)
}

interface AppPackage {
  readonly name?: string
  readonly productName?: string
  readonly version?: string
  readonly main?: string
}

/** Where the profile is, we say ourselves; the rest would mean something else to Chromium. */
function switchesForChromium() {
  return new Map([...switches].filter(([name]) => name !== 'user-data-dir' && name !== 'inspect'))
}

function electronVersion() {
  const file = join(import.meta.dirname, '..', '..', 'node_modules', 'electron', 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

function define(name: string, value: unknown) {
  Object.defineProperty(process, name, { value, enumerable: true, configurable: true, writable: true })
}
