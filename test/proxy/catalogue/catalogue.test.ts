import { describe, expect, it } from 'vitest'
import { factsIn, factsOf, families } from '../../../proxy/catalogue/catalogue.ts'

describe('the catalogue', () => {
  it('says when and from where each of its families is', () => {
    for (const { asOf, from } of families)
      expect([asOf, from]).toEqual([expect.stringMatching(/^20\d\d-\d\d$/), expect.stringMatching(/\w/)])
  })

  it('knows a model by its family, with or without the vendor’s name before it', () => {
    const sonnet = { contextWindow: 1_000_000, maxOutput: 128_000, source: 'catalogue' }
    expect(factsOf('claude-sonnet-5')).toMatchObject(sonnet)
    expect(factsOf('anthropic/claude-sonnet-4-6-20260101')).toMatchObject(sonnet)
    expect(factsOf('claude-haiku-4-5')).toMatchObject({ maxOutput: 64_000 })
    expect(factsOf('claude-sonnet-5-5')?.contextWindow).toBeUndefined()
    expect(factsOf('MiniMax-M2.5-highspeed')).toMatchObject({ contextWindow: 204_800 })
  })

  it('says nothing of what it does not know', () => {
    expect(factsOf('some-model')).toBeUndefined()
    expect(factsOf('claude-sonnet-5')?.price).toBeUndefined()
  })
})

describe('a backend’s list', () => {
  it.each([
    [
      'OpenRouter',
      { context_length: 200_000, pricing: { prompt: '0.000003', completion: '0.000015' } },
      { contextWindow: 200_000, price: { input: 3, output: 15 } },
    ],
    ['vLLM', { max_model_len: 32_768 }, { contextWindow: 32_768 }],
    [
      'Anthropic',
      { max_input_tokens: 1_000_000, max_tokens: 128_000 },
      { contextWindow: 1_000_000, maxOutput: 128_000 },
    ],
    [
      'Gemini',
      { inputTokenLimit: 1_048_576, outputTokenLimit: 65_536 },
      { contextWindow: 1_048_576, maxOutput: 65_536 },
    ],
  ])('of %s tells of its models', (_, entry, facts) => {
    expect(factsIn(entry)).toMatchObject({ ...facts, source: 'list' })
  })

  it('that tells nothing, or a price that depends, is taken for that', () => {
    expect(factsIn({ id: 'm', context_length: 0 })).toBeUndefined()
    expect(factsIn({ context_length: 5, pricing: { prompt: '-1', completion: '-1' } })?.price).toBeUndefined()
  })
})
