import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findElectron } from '../../main/electron-binary.mjs'
import { makeCheckout } from '../support/checkout.ts'

describe('the Electron to start', () => {
  const installed = { 'node_modules/electron/path.txt': 'electron', 'node_modules/electron/dist/electron': '' }
  const find = (
    files: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>>,
    platform: NodeJS.Platform = 'linux',
  ) => {
    using checkout = makeCheckout(files)
    const under = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace('~', checkout.root)]),
    )
    const found = findElectron(checkout.root, { env: under, platform })
    return 'binary' in found ? found.binary.slice(checkout.root.length + 1) : found.missing
  }

  it.each([{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }])('is the downloaded one, with %o', env => {
    expect(find(installed, env)).toBe(join('node_modules', 'electron', 'dist', 'electron'))
  })

  it('is none where it was never downloaded, or the download is gone', () => {
    const reason = 'Electron is not downloaded (npx install-electron does it)'
    expect(find({ 'node_modules/electron/package.json': '{}' }, { DISPLAY: ':0' })).toBe(reason)
    expect(find({ 'node_modules/electron/path.txt': 'electron' }, { DISPLAY: ':0' })).toBe(reason)
  })

  it('is none without a display, which only Linux has by name', () => {
    expect(find(installed, {})).toBe('there is no display')
    const mac = { 'node_modules/electron/dist/Electron.app/Contents/MacOS/Electron': '' }
    expect(find(mac, {}, 'darwin')).toMatch(/Electron$/)
  })

  it('is the one that ELECTRON_OVERRIDE_DIST_PATH names, before the downloaded one', () => {
    const both = { ...installed, 'own/electron': '' }
    expect(find(both, { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '~/own' })).toBe(join('own', 'electron'))
    expect(find(installed, { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '~/own' })).toBe(
      'ELECTRON_OVERRIDE_DIST_PATH has no electron',
    )
  })
})
