import type { Usage } from '../core/events.ts'

/** Who says so: the config, the backend's own list of models, or the catalogue. */
export type Source = 'config' | 'list' | 'catalogue'

/** US dollars for a million tokens. What is absent is not known: tokens of that kind then have no price. */
export interface Price {
  readonly input: number
  readonly output: number
  /** For input that came from the prompt cache. */
  readonly cacheRead?: number | undefined
  /** For input that was written to it, kept for five minutes or for an hour. */
  readonly cacheWrite?: number | undefined
  readonly cacheWrite1h?: number | undefined
  /** The longest prompt that it holds for, in tokens; longer ones cost more. */
  readonly upTo?: number | undefined
  readonly source: Source
  /** When it was read, and where, if the catalogue has it. */
  readonly asOf?: string | undefined
  readonly from?: string | undefined
}

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
