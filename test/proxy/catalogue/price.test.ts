import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../proxy/catalogue/catalogue.ts'
import { priced, type Price } from '../../../proxy/catalogue/price.ts'

const price: Price = { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5, cacheWrite1h: 8, source: 'config' }

describe('tokens cost', () => {
  it('each kind at its own price', () => {
    const usage = { input: 1_000_000, output: 100_000, cacheRead: 600_000, cacheWrite: 300_000, cacheWrite1h: 100_000 }
    expect(priced(usage, price)).toBeCloseTo(0.1 * 4 + 0.6 * 0.2 + 0.2 * 5 + 0.1 * 8 + 0.1 * 20, 9)
    expect(priced({ input: 1_000_000, output: 0 }, price)).toBe(4)
  })

  it('nothing that could be told where a kind of them has no price, or the prompt is too long for it', () => {
    const plain: Price = { input: 4, output: 20, upTo: 1000, source: 'list' }
    expect(priced({ input: 900, output: 5, cacheRead: 10 }, plain)).toBeUndefined()
    expect(priced({ input: 900, output: 5, cacheWrite: 10 }, plain)).toBeUndefined()
    expect(priced({ input: 1001, output: 5 }, plain)).toBeUndefined()
    expect(priced({ input: 1000, output: 0 }, plain)).toBe(0.004)
  })

  it('at Anthropic what its own table has for a cache', () => {
    expect(factsOf('claude-opus-5-5', 'anthropic')?.price).toMatchObject({
      cacheRead: 0.2,
      cacheWrite: 5,
      cacheWrite1h: 8,
    })
    expect(factsOf('claude-haiku-5-5', 'anthropic')?.price).toMatchObject({ input: 0.1, upTo: 100_000 })
  })
})
