// @vitest-environment node
/// <reference types="node" />
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

const css = await readFile(new URL('../../renderer/styles.css', import.meta.url), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    { light, dark },
  ]),
)

const grounds = ['canvas', 'surface', 'inset']
const tones = ['ok', 'live', 'info', 'warn', 'error']

describe.each(['light', 'dark'] as const)('In the %s theme', theme => {
  test.each<readonly [ink: string, ground: string]>([
    ...grounds.flatMap(ground => ['text', 'text-2', 'text-3'].map(ink => [ink, ground] as const)),
    ['text', 'accent-soft'],
    ['text-2', 'accent-soft'],
    ['accent', 'surface'],
    ['accent', 'accent-soft'],
    ['on-accent', 'accent'],
    ...tones.flatMap(tone => [[tone, `${tone}-soft`] as const, [tone, 'surface'] as const, [tone, 'canvas'] as const]),
  ])('%s on %s can be read (4.5 : 1)', (ink, ground) => {
    expect(contrast(colour(ink, theme), colour(ground, theme))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(grounds)('the border of a field stands out from %s (3 : 1)', ground => {
    expect(contrast(colour('line-strong', theme), colour(ground, theme))).toBeGreaterThanOrEqual(3)
  })
})

function colour(name: string, theme: 'light' | 'dark'): string {
  const token = tokens.get(name)
  if (token === undefined) throw new Error(`there is no token --${name}`)
  return token[theme]
}

/** WCAG 2.2, "contrast ratio". */
function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map(at => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
