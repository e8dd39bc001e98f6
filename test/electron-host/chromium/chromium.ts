import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { connect, type Connection } from './connection.ts'
import { findChromium } from './find.ts'

export interface Chromium {
  readonly browser: Connection
  /** Resolves with how it ended, asked or not. */
  readonly exited: Promise<string>
  /** Ends it, by force if it takes longer than two seconds. */
  readonly stop: () => Promise<void>
}

let running: Chromium | undefined

/** The one that runs. Windows are made when the app is ready, and the app is ready when Chromium runs. */
export function theChromium(): Chromium {
  if (running === undefined) throw new Error('electron-host: Chromium does not run yet')
  return running
}

/** Whether windows are to be seen on a real display, rather than drawn in memory. */
const headed = process.env.ELECTRON_HOST_HEADED !== undefined

/**
 * Starts the Chromium that shows the windows; it ends when this process does, because its pipe closes. `switches` are the
 * app's and the test's own, and go before ours. Throws where no Chromium is installed.
 */
export async function startChromium(profile: string, switches: ReadonlyMap<string, string>): Promise<Chromium> {
  const program = findChromium()
  if (program === undefined) throw new Error('electron-host needs Chromium (apt-get install chromium)')

  mkdirSync(profile, { recursive: true })
  const child = spawn(program, commandLine(profile, switches), { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] })
  const [, , stderr, output, input] = child.stdio
  passOnAddress(stderr as Readable)
  const browser = connect(output as Writable, input as Readable)

  const exited = new Promise<string>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`))
  })
  void exited.then(browser.end)

  async function stop() {
    browser.send('Browser.close').catch(() => undefined)
    const force = setTimeout(() => child.kill('SIGKILL'), 2000)
    await exited
    clearTimeout(force)
  }
  await browser.send('Target.setDiscoverTargets', { discover: true })
  running = { browser, exited, stop }
  return running
}

/** Playwright waits for the line that tells where Chromium listens for it; the rest is noise unless someone looks for trouble. */
function passOnAddress(stderr: Readable) {
  createInterface(stderr).on('line', line => {
    if (line.startsWith('DevTools listening on ') || process.env.ELECTRON_HOST_DEBUG !== undefined) {
      process.stderr.write(`${line}\n`)
    }
  })
}

function commandLine(profile: string, switches: ReadonlyMap<string, string>) {
  const all = new Map([
    ...switchedOn('no-first-run', 'no-default-browser-check', 'no-startup-window', 'metrics-recording-only'),
    ...switchedOn('disable-gpu', 'disable-quic', 'disable-dev-shm-usage', 'disable-extensions', 'disable-sync'),
    ...switchedOn('disable-background-networking', 'disable-component-update', 'disable-default-apps'),
    // Pages loaded by file: have modules of their own, as they do in Electron.
    ...switchedOn('allow-file-access-from-files'),
    ...(headed ? [] : switchedOn('headless', 'hide-scrollbars')),
    // Chromium's sandbox does not work as root.
    ...(process.getuid?.() === 0 ? switchedOn('no-sandbox') : []),
    ['password-store', 'basic'],
    // No test may depend on a network, or tell one anything.
    [
      'host-resolver-rules',
      'MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]',
    ],
    ...switches,
    ['user-data-dir', profile],
  ])
  const features = [all.get('disable-features'), 'Translate', 'MediaRouter', 'DialMediaRouteProvider']
  all.set('disable-features', features.filter(Boolean).join(','))
  return [
    '--remote-debugging-pipe',
    ...[...all].map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`)),
  ]
}

function switchedOn(...names: readonly string[]) {
  return names.map(name => [name, ''] as const)
}
