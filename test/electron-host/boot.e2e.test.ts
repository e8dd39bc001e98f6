import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeCheckout } from '../support/checkout.ts'

const program = join(import.meta.dirname, 'electron')

/** Starts an app of these files in the stand-in; none of those here comes as far as a window. */
function start(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  using app = makeCheckout({ 'app/package.json': '{}', ...files })
  const started = spawnSync(program, [join(app.root, 'app'), `--user-data-dir=${join(app.root, 'data')}`], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { ...started, stderr: started.stderr.replaceAll(app.root, '') }
}

describe.skipIf(process.platform === 'win32')('the stand-in for the Electron program', () => {
  it('says which Electron it stands in for', () => {
    expect(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout).toMatch(/^v45\.\d+\.\d+\n$/)
  })

  it('says how it is used when no app is named', () => {
    const { stderr, status } = spawnSync(program, ['--no-sandbox'], { encoding: 'utf8' })
    expect({ stderr, status }).toEqual({ stderr: 'usage: electron [-r module] app\n', status: 2 })
  })

  it('is a plain Node when asked to be', () => {
    const { stdout } = spawnSync(program, ['-p', 'process.type'], {
      encoding: 'utf8',
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    })
    expect(stdout).toBe('undefined\n')
  })

  it.each([
    ['app/index.js', "const { app } = require('electron')\napp.exit(app.isReady() ? 1 : 7)"],
    [
      'app/index.mjs',
      "import { app } from 'electron'\nimport all from 'electron'\nall.app.exit(app.isReady() ? 1 : 7)",
    ],
  ])('gives its modules to a main module of either kind: %s', (file, source) => {
    const { status, stderr } = start({ 'app/package.json': JSON.stringify({ main: file.slice(4) }), [file]: source })
    expect({ status, stderr }).toEqual({ status: 7, stderr: '' })
  })

  it('fails loudly where an app asks for what it has not', () => {
    const member = start({ 'app/index.js': "require('electron').app.getFileIcon('x')" })
    expect(member.stderr).toContain('electron-host has no app.getFileIcon')
    expect(member.status).toBe(1)
    const module = start({ 'app/index.js': "const { autoUpdater } = require('electron')" })
    expect(module.stderr).toContain('electron-host has no electron.autoUpdater')
    expect(module.status).toBe(1)
  })

  it('says why an app that waits for itself never starts', () => {
    const { stderr, status } = start({
      'app/package.json': '{ "main": "index.mjs" }',
      'app/index.mjs': "import { app } from 'electron'\nawait app.whenReady()",
    })
    expect(stderr).toContain('the main module waits at its top level for `ready`, and that waits for it')
    expect(status).not.toBe(0)
  })

  it('says which program it needs where there is no Chromium', () => {
    const { stderr, status } = start({ 'app/index.js': '' }, { ELECTRON_HOST_CHROMIUM: '/nowhere/chromium' })
    expect(stderr).toContain('electron-host needs Chromium')
    expect(status).toBe(1)
  })
})
