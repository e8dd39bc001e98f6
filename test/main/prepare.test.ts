import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { missingPackages, prepare, sourcesHash, staleBuild, toolEnvironment } from '../../main/prepare.mjs'
import { makeCheckout, type Checkout } from '../support/checkout.ts'

const packages = {
  '': { name: 'ours' },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/knip/node_modules/zod': { version: '4.0.0' },
  'node_modules/keyring-darwin': { version: '2.1.2', optional: true },
}
const lockFile = JSON.stringify({ packages })
/** What npm writes when it has installed all of it on a machine that is no Mac. */
const npmRecord = JSON.stringify({
  packages: {
    'node_modules/zod': packages['node_modules/zod'],
    'node_modules/knip/node_modules/zod': packages['node_modules/knip/node_modules/zod'],
  },
})

const npm = `
const fs = require('node:fs')
fs.appendFileSync('calls', 'npm ' + process.argv.slice(2).join(' ') + '\\n')
if (fs.existsSync('offline')) { console.log('getaddrinfo EAI_AGAIN'); process.exit(7) }
fs.mkdirSync('node_modules', { recursive: true })
fs.writeFileSync('node_modules/.package-lock.json', ${JSON.stringify(npmRecord)})
`
const electronVite = `
import fs from 'node:fs'
fs.appendFileSync('calls', 'electron-vite ' + process.argv.slice(2).join(' ') + '\\n')
if (fs.readFileSync('main/index.ts', 'utf8').includes('syntax error')) { console.error('line 1 is wrong'); process.exit(1) }
fs.mkdirSync('out/main', { recursive: true })
`

const checkouts: Checkout[] = []
/** A checkout whose npm and whose build tool only note that they were called, and fail when told to. */
function freshClone() {
  const checkout = makeCheckout({
    'package.json': '{}',
    'package-lock.json': lockFile,
    'main/index.ts': 'export {}',
    'elsewhere/npm-cli.js': npm,
    'node_modules/electron-vite/bin/electron-vite.js': electronVite,
    calls: '',
  })
  checkouts.push(checkout)
  vi.stubEnv('npm_execpath', join(checkout.root, 'elsewhere/npm-cli.js'))
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  return {
    ...checkout,
    calls: () => readFileSync(join(checkout.root, 'calls'), 'utf8').trim().split('\n').filter(Boolean),
    said: () => said.mock.calls.map(([line]) => String(line)),
  }
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  for (const checkout of checkouts.splice(0)) checkout[Symbol.dispose]()
})

describe('preparing a checkout', () => {
  it('installs and builds in a fresh clone, and says why', async () => {
    const clone = freshClone()
    await prepare(clone.root)
    expect(clone.calls()).toEqual([
      'npm ci --include=dev --no-audit --no-fund --loglevel=error',
      'electron-vite build --logLevel warn',
    ])
    expect(clone.said()).toEqual([
      'Installing packages: there is no node_modules yet; this takes a minute.',
      'Building: there is no build yet.',
    ])
  })

  it('does and says nothing where all is up to date', async () => {
    const clone = freshClone()
    await prepare(clone.root)
    const before = { calls: clone.calls(), said: clone.said() }
    await prepare(clone.root)
    expect({ calls: clone.calls(), said: clone.said() }).toEqual(before)
  })

  it('builds again when a source has changed', async () => {
    const clone = freshClone()
    await prepare(clone.root)
    clone.write({ 'proxy/new.ts': 'export {}' })
    await prepare(clone.root)
    expect(clone.calls().slice(2)).toEqual(['electron-vite build --logLevel warn'])
    expect(clone.said().slice(2)).toEqual(['Building: the sources have changed.'])
  })

  it('fails with what the tool said, and tries again the next time', async () => {
    const clone = freshClone()
    clone.write({ offline: '' })
    await expect(prepare(clone.root)).rejects.toThrow(/EAI_AGAIN[^]*npm-cli\.js ci .* failed \(exit code 7\)/)
    clone.remove('offline')
    clone.write({ 'main/index.ts': 'syntax error' })
    await expect(prepare(clone.root)).rejects.toThrow(/line 1 is wrong[^]*electron-vite\.js build .* failed/)
    clone.write({ 'main/index.ts': 'export {}' })
    await prepare(clone.root)
    expect(clone.calls().map(call => call.split(' ')[0])).toEqual(['npm', 'npm', 'electron-vite', 'electron-vite'])
  })

  it('takes a build that failed for no build, even over an older one', async () => {
    const clone = freshClone()
    await prepare(clone.root)
    const sources = sourcesHash(clone.root)
    clone.write({ 'main/index.ts': 'syntax error' })
    await expect(prepare(clone.root)).rejects.toThrow()
    expect(staleBuild(clone.root, sources)).toBe('there is no build yet')
  })
})

describe('missing packages', () => {
  function reasonFor(record: object | undefined) {
    using checkout = makeCheckout({ 'package-lock.json': lockFile })
    if (record !== undefined) checkout.write({ 'node_modules/.package-lock.json': JSON.stringify(record) })
    return missingPackages(checkout.root)
  }

  it('are none where npm has installed the lock file, whatever it left out for other platforms', () => {
    expect(reasonFor(JSON.parse(npmRecord) as object)).toBeUndefined()
  })

  it('are all without a node_modules', () => {
    expect(reasonFor(undefined)).toBe('there is no node_modules yet; this takes a minute')
  })

  it('are those of another version, and those not there', () => {
    expect(reasonFor({ packages: { 'node_modules/zod': { version: '4.6.6' } } })).toBe('zod 4.6.7 and 1 more missing')
  })

  it('are a platform package of another version than the lock file asks for', () => {
    const all = { ...packages, 'node_modules/keyring-darwin': { version: '2.1.1' } }
    expect(reasonFor({ packages: all })).toBe('keyring-darwin 2.1.2 missing')
  })
})

describe('the hash of the sources', () => {
  const sources = { 'main/index.ts': 'a', 'proxy/core/events.ts': 'b', 'package-lock.json': 'c' }
  const hashOf = (files: Readonly<Record<string, string>>) => {
    using checkout = makeCheckout(files)
    return sourcesHash(checkout.root)
  }

  it('is the same for the same sources anywhere, whatever else is in the checkout', () => {
    expect(hashOf({ ...sources, 'test/a.test.ts': '', 'README.md': '' })).toBe(hashOf(sources))
  })

  it.each([
    ['is edited', { ...sources, 'proxy/core/events.ts': 'B' }],
    ['is added', { ...sources, 'assets/icon.svg': '' }],
    ['is deleted', { 'main/index.ts': 'a', 'package-lock.json': 'c' }],
    ['is renamed', { 'main/main.ts': 'a', 'proxy/core/events.ts': 'b', 'package-lock.json': 'c' }],
    ['is a package of another version', { ...sources, 'package-lock.json': 'C' }],
  ])('is another when one of them %s', (_, changed) => {
    expect(hashOf(changed)).not.toBe(hashOf(sources))
  })
})

describe('the environment of tools', () => {
  it("finds the project's programs first", () => {
    expect(toolEnvironment('/checkout', { PATH: '/usr/bin', HOME: '/home/me' })).toEqual({
      PATH: `${join('/checkout', 'node_modules', '.bin')}${delimiter}/usr/bin`,
      HOME: '/home/me',
    })
  })

  it('keeps to one path where Windows spells it its own way', () => {
    expect(Object.keys(toolEnvironment('/checkout', { Path: 'C:\\Windows' }))).toEqual(['Path'])
  })
})
