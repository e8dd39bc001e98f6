import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { sourcesHash } from '../../main/prepare.mjs'
import { copyInto, makeCheckout, type Checkout } from '../support/checkout.ts'

/** A built program that tells how it was called; with `--wait` it stays until a signal comes, and says which. */
const cli = `
process.exitCode = 5
if (process.argv.includes('--die')) process.kill(process.pid, 'SIGKILL')
if (process.argv.includes('--wait')) {
  const alive = setInterval(() => {}, 1000)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { console.log('got', signal); clearInterval(alive) })
}
console.log('cli', ...process.argv.slice(2))
`

const checkouts: Checkout[] = []
/** A checkout in which all is installed and built. */
function builtCheckout() {
  const checkout = makeCheckout({
    'package.json': '{ "type": "module" }',
    'package-lock.json': '{ "packages": {} }',
    'node_modules/.package-lock.json': '{ "packages": {} }',
    'out/main/cli.js': cli,
    'electron/electron': '#!/bin/sh\necho electron "$@"\n',
  })
  checkouts.push(checkout)
  copyInto(checkout, ['main/start.mjs', 'main/prepare.mjs', 'main/electron-binary.mjs'])
  checkout.write({ 'out/.sources': sourcesHash(checkout.root) })
  return checkout
}

afterEach(() => {
  for (const checkout of checkouts.splice(0)) checkout[Symbol.dispose]()
})

function start(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(root, 'main', 'start.mjs'), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ stdout, stderr, code: code as number | null }))
  return { child, ended }
}

describe('npm start', () => {
  it('says why there is no window and serves without one, with all our arguments', async () => {
    const { root } = builtCheckout()
    expect(await start(root, ['--port', '9000']).ended).toEqual({
      stdout: 'cli serve --port 9000\n',
      stderr: 'No window: Electron is not downloaded (npx install-electron does it). Starting without one.\n',
      code: 5,
    })
  })

  it('serves without a word when asked for it', async () => {
    const { root } = builtCheckout()
    const desktop = { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'electron'), DISPLAY: ':0' }
    expect(await start(root, ['--headless', '--port', '9000'], desktop).ended).toEqual({
      stdout: 'cli serve --port 9000\n',
      stderr: '',
      code: 5,
    })
  })

  it('runs any command of the CLI, an argument of which may look like one of ours', async () => {
    const { root } = builtCheckout()
    expect(await start(root, ['--cli', 'keys', 'set', '--headless']).ended).toEqual({
      stdout: 'cli keys set --headless\n',
      stderr: '',
      code: 5,
    })
  })

  it.skipIf(process.platform === 'win32')('opens the desktop app where Electron and a display are', async () => {
    const { root } = builtCheckout()
    const desktop = { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'electron'), DISPLAY: ':0' }
    const { stdout, stderr, code } = await start(root, ['--hidden'], desktop).ended
    expect({ stdout: stdout.replace('--no-sandbox ', ''), stderr, code }).toEqual({
      stdout: `electron ${root} --hidden\n`,
      stderr: '',
      code: 0,
    })
  })

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'passes %s on and ends when and as the program does',
    async signal => {
      const { root } = builtCheckout()
      const { child, ended } = start(root, ['--headless', '--wait'])
      await once(child.stdout, 'data')
      child.kill(signal)
      expect(await ended).toEqual({ stdout: expect.stringMatching(`got ${signal}\n$`) as string, stderr: '', code: 5 })
    },
  )

  it.skipIf(process.platform === 'win32')('tells of a program that was killed as a shell does', async () => {
    const { root } = builtCheckout()
    expect((await start(root, ['--headless', '--die']).ended).code).toBe(128 + 9)
  })
})
