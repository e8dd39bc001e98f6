import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { _electron, type ElectronApplication } from 'playwright-core'
import { findElectron } from '../../main/electron-binary.mjs'
import { findChromium } from '../electron-host/chromium/find.ts'

const root = resolve(import.meta.dirname, '../..')
const standIn = join(root, 'test', 'electron-host')
/** Looked for once, before we name the stand-in in its place. */
const real = findElectron(root)

export interface LaunchOptions {
  /** The app's folder, with its package.json; the checkout where it is left out. */
  readonly folder?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The home of an app that was launched before, for one that is to find what that one left. */
  readonly home?: string
}

export interface LaunchedApp {
  /** Playwright's hold on the app, the same on Electron and on its stand-in. */
  readonly app: ElectronApplication
  readonly kind: 'electron' | 'stand-in'
  /** Where this app keeps everything it keeps: its user data, and what goes to the XDG folders. */
  readonly home: string
  /** What the main process has written to its standard output and error so far. */
  readonly output: () => string
  /** Starts the app once more, as a click on its icon would, and resolves with its exit code. */
  readonly startAgain: (...args: readonly string[]) => Promise<number | null>
  /** Quits the app, by force where it does not within ten seconds, and removes its home. */
  readonly end: () => Promise<void>
}

/** Why no app can be launched here, to skip a test with; nothing where one can. */
export function whyNoApp(): string | undefined {
  if ('binary' in real) return undefined
  if (process.platform === 'win32') return `${real.missing}, and its stand-in does not run on Windows`
  return findChromium() === undefined ? `${real.missing}, and its stand-in needs Chromium` : undefined
}

/**
 * Launches an app by Playwright: in Electron where its program and a display are there, else in the stand-in. The app is
 * alone with a home of its own, and its tray is watched (`tray.ts`).
 */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const { folder = root, args = [] } = options
  const kind = 'binary' in real ? 'electron' : 'stand-in'
  // Playwright takes the program from the package `electron`, which would start a download where it has none.
  if (kind === 'stand-in') process.env.ELECTRON_OVERRIDE_DIST_PATH = standIn

  const home = options.home ?? mkdtempSync(join(tmpdir(), 'app-home-'))
  const env = { ...(process.env as Record<string, string>), ...xdgFolders(home), ...options.env }
  const appArgs = [folder, `--user-data-dir=${join(home, 'user-data')}`, ...args]
  const app = await _electron.launch({ args: ['-r', join(import.meta.dirname, 'tray-spy.cjs'), ...appArgs], env })

  let output = ''
  const main = app.process()
  const exited = once(main, 'exit')
  for (const stream of [main.stdout, main.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))

  return {
    app,
    kind,
    home,
    output: () => output,
    startAgain: async (...more) => {
      const program = 'binary' in real ? real.binary : join(standIn, 'electron')
      const second = spawn(program, ['--no-sandbox', ...appArgs, ...more], { env, stdio: 'ignore' })
      const [code] = (await once(second, 'exit')) as [number | null]
      return code
    },
    end: async () => {
      const force = setTimeout(() => main.kill('SIGKILL'), 10_000)
      // Playwright waits for ever for an app that cannot answer any more, even when it is gone.
      await Promise.race([app.close(), exited])
      clearTimeout(force)
      rmSync(home, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Folders of the desktop's own, so that no test reads or writes the user's. */
function xdgFolders(home: string) {
  const folders = { XDG_CONFIG_HOME: 'config', XDG_DATA_HOME: 'data', XDG_STATE_HOME: 'state', XDG_CACHE_HOME: 'cache' }
  return Object.fromEntries(
    Object.entries(folders).map(([name, folder]) => {
      const path = join(home, folder)
      mkdirSync(path, { recursive: true })
      return [name, path]
    }),
  )
}
