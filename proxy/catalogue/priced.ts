import type { Usage } from '../core/events.ts'
import type { Price } from './catalogue.ts'

/** Tokens at a price, in US dollars; nothing where the price does not hold for so long a prompt, or lacks a kind of them. */
export function priced(usage: Usage, price: Price): number | undefined {
  const { input, output, cacheRead = 0, cacheWrite = 0, cacheWrite1h = 0 } = usage
  if (price.upTo !== undefined && input > price.upTo) return undefined
  const kinds: readonly (readonly [tokens: number, dollars: number | undefined])[] = [
    [input - cacheRead - cacheWrite, price.input],
    [cacheRead, price.cacheRead],
    [cacheWrite - cacheWrite1h, price.cacheWrite],
    [cacheWrite1h, price.cacheWrite1h],
    [output, price.output],
  ]
  let sum = 0
  for (const [tokens, dollars] of kinds) {
    if (tokens <= 0) continue
    if (dollars === undefined) return undefined
    sum += tokens * dollars
  }
  return sum / 1e6
}
