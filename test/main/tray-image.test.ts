import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Status } from '../../proxy/app/contract.ts'
import { imageOf, shapeOf, type Shape } from '../../main/tray-image.ts'

const folder = join(import.meta.dirname, '..', '..', 'assets', 'built', 'icons', 'tray')
const shapes: readonly Shape[] = ['stopped', 'running', 'busy', 'attention', 'error']

const status = (run: Status['run'], more: Partial<Status> = {}) =>
  ({ run, configProblems: [], log: { state: 'ok', dropped: 0 }, ...more }) as unknown as Status

describe('the tray’s picture', () => {
  it('has a shape for each state', () => {
    expect(shapeOf(status('stopped'), 0)).toBe('stopped')
    expect(shapeOf(status('starting'), 0)).toBe('stopped')
    expect(shapeOf(status('running'), 0)).toBe('running')
    expect(shapeOf(status('running'), 3)).toBe('busy')
    expect(shapeOf(status('stopping'), 1)).toBe('busy')
    expect(shapeOf(status('failed'), 0)).toBe('error')
  })

  it('asks for attention when the config is broken or the log can’t be written', () => {
    expect(shapeOf(status('running', { configProblems: ['…'] }), 3)).toBe('attention')
    expect(shapeOf(status('running', { log: { state: 'degraded', dropped: 2 } }), 0)).toBe('attention')
  })

  it.each(['darwin', 'win32', 'linux'] as const)('is there for every shape on %s', platform => {
    for (const shape of shapes) {
      for (const isDark of [true, false]) expect(existsSync(join(folder, imageOf(shape, platform, isDark)))).toBe(true)
    }
  })

  it('is a template on macOS, twice as large for fine screens', () => {
    for (const shape of shapes) {
      const file = imageOf(shape, 'darwin', false)
      expect(file).toMatch(/Template\.png$/)
      expect(pngSize(file)).toBe(18)
      expect(pngSize(file.replace('.png', '@2x.png'))).toBe(36)
    }
  })

  it('is an icon of all taskbar sizes on Windows, for either colour of it', () => {
    for (const shape of shapes) {
      expect(imageOf(shape, 'win32', true)).not.toBe(imageOf(shape, 'win32', false))
      expect(icoSizes(imageOf(shape, 'win32', true))).toEqual([16, 20, 24, 32, 40, 48])
    }
  })
})

function pngSize(file: string) {
  return readFileSync(join(folder, file)).readUInt32BE(16)
}

function icoSizes(file: string) {
  const bytes = readFileSync(join(folder, file))
  return Array.from({ length: bytes.readUInt16LE(4) }, (_, i) => bytes.readUInt8(6 + 16 * i))
}
