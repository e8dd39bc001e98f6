import { extractAll, extractFile, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchApp, whyNoApp } from '../support/launch-app.ts'

/* Assembles the package as a release does, around a stub of Electron, and looks at what is in it. */

const root = resolve(import.meta.dirname, '../..')
const why = process.platform === 'linux' ? undefined : 'a package without Electron in it can be made on Linux only'

let folder: string
let unpacked: string
let archive: string
let files: readonly string[]

beforeEach(({ skip }) => {
  skip(why !== undefined, why)
})

beforeAll(async () => {
  if (why !== undefined) return
  folder = await mkdtemp(join(tmpdir(), 'package-'))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'main', 'package.mjs'), '--dir', '--without-electron', `-c.directories.output=${folder}`],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stdout + stderr)
  unpacked = join(folder, 'linux-unpacked')
  archive = join(unpacked, 'resources', 'app.asar')
  files = listPackage(archive, { isPack: false })
}, 300_000)

afterAll(async () => {
  if (why === undefined) await rm(folder, { recursive: true, force: true })
})

describe('the package', () => {
  it('holds the program, its page and its pictures', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/out/main/index.js',
        '/out/main/store-worker.js',
        '/out/main/icons/window.png',
        '/out/main/icons/tray/linux/running.png',
        '/out/main/icons/tray/mac/runningTemplate@2x.png',
        '/out/main/icons/tray/windows/running-on-dark.ico',
        '/out/preload/index.cjs',
        '/out/renderer/index.html',
      ]),
    )
  })

  it('holds nothing that is not needed to run', () => {
    const top = new Set(files.map(file => file.split('/', 3).slice(0, 3).join('/')))
    expect([...top].sort()).toEqual([
      '/node_modules',
      '/node_modules/@napi-rs',
      '/out',
      '/out/main',
      '/out/preload',
      '/out/renderer',
      '/package.json',
    ])
    expect(files.filter(file => /\.(map|tsx?|mjs|env)$|\.test\.|\/\.sources$/.test(file))).toEqual([])
  })

  it('tells nothing of how it was made', () => {
    const manifest = JSON.parse(String(extractFile(archive, 'package.json'))) as Record<string, unknown>
    expect(manifest).toMatchObject({ name: 'llm-interactive-proxy', main: 'out/main/index.js' })
    expect(manifest).not.toHaveProperty('devDependencies')
    expect(manifest).not.toHaveProperty('scripts')
  })

  it('has the native keychain beside the archive, since the system can’t load it from within', () => {
    const native = files.filter(file => file.endsWith('.node'))
    expect(native).toHaveLength(1)
    const magic = readFileSync(join(unpacked, 'resources', 'app.asar.unpacked', native[0] ?? '')).subarray(0, 4)
    expect(magic).toEqual(Buffer.from('\x7fELF', 'latin1'))
  })

  it('has its fuses set', async () => {
    const fuses = await getCurrentFuseWire(join(unpacked, 'llm-interactive-proxy'))
    // Each is a digit in the program.
    const [off, on] = ['0', '1'].map(digit => digit.charCodeAt(0))
    expect(fuses).toMatchObject({
      [FuseV1Options.RunAsNode]: off,
      [FuseV1Options.EnableCookieEncryption]: on,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: off,
      [FuseV1Options.EnableNodeCliInspectArguments]: off,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: on,
      [FuseV1Options.OnlyLoadAppFromAsar]: on,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: off,
    })
  })

  it('runs from what is in it alone', async ({ skip }) => {
    skip(whyNoApp() !== undefined, whyNoApp())
    const extracted = join(folder, 'extracted')
    extractAll(archive, extracted)
    const data = join(folder, 'data')
    const launched = await launchApp({ folder: extracted, args: [`--data-dir=${data}`, '--port=0'] })
    try {
      const page = await launched.app.firstWindow()
      await page.getByText('Running', { exact: true }).waitFor()
    } finally {
      await launched.end()
    }
  })
})
