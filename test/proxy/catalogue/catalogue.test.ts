import { describe, expect, it } from 'vitest'
import { factsIn, factsOf } from '../../../proxy/catalogue/catalogue.ts'
import { families } from '../../../proxy/catalogue/families.ts'

describe('the catalogue', () => {
  it('says when and from where each of its families is', () => {
    for (const { asOf, from } of families)
      expect([asOf, from]).toEqual([expect.stringMatching(/^20\d\d-\d\d$/), expect.stringMatching(/\w/)])
  })

  it('knows a model by its family, with or without the vendor’s name before it', () => {
    const sonnet = { contextWindow: 1_000_000, maxOutput: 128_000, source: 'catalogue' }
    expect(factsOf('claude-sonnet-5', 'anthropic')).toMatchObject(sonnet)
    expect(factsOf('anthropic/claude-sonnet-4-6-20260101', 'openrouter')).toMatchObject(sonnet)
    expect(factsOf('claude-haiku-4-5', 'anthropic')).toMatchObject({ maxOutput: 64_000 })
    expect(factsOf('MiniMax-M2.5-highspeed', 'minimax')).toMatchObject({ contextWindow: 204_800 })
  })

  it.each([
    ['claude-opus-5-5', 4, 20],
    ['claude-opus-5-20260724', 5, 25],
    ['claude-opus-4-8', 5, 25],
    ['claude-fable-5-1', 10, 50],
    ['claude-sonnet-5-5-20260901', 2, 10],
    ['claude-haiku-4-5-20251001', 1, 5],
  ])('has what the vendor of %s asks for it, with when and where that was read', (model, input, output) => {
    expect(factsOf(model, 'anthropic')?.price).toMatchObject({
      input,
      output,
      source: 'catalogue',
      asOf: expect.stringMatching(/^20\d\d-\d\d$/) as string,
      from: expect.stringContaining('platform.claude.com') as string,
    })
  })

  it('tells up to which prompt a price holds, and tells models apart that begin alike', () => {
    expect(factsOf('gpt-5.4', 'openai')).toMatchObject({ price: { input: 2.5, output: 15, upTo: 272_000 } })
    expect(factsOf('gpt-5.4-2026-03-05', 'openai')).toMatchObject({ price: { input: 2.5 } })
    expect(factsOf('gpt-5.4-mini', 'openai')).toMatchObject({ price: { input: 0.75 }, contextWindow: undefined })
    expect(factsOf('gpt-5.4-pro', 'openai')).toBeUndefined()
    expect(factsOf('gemini-3.5-flash', 'gemini')).toMatchObject({ price: { output: 9 } })
    expect(factsOf('gemini-3.5-flash-lite', 'gemini')).toMatchObject({ price: { output: 2.5 } })
  })

  it('prices nothing that is not its vendor’s own service, or that it is not sure of', () => {
    for (const service of ['openrouter', 'anthropic-oauth', undefined])
      expect(factsOf('claude-sonnet-5', service)).toMatchObject({ contextWindow: 1_000_000, price: undefined })
    for (const model of ['claude-opus-5-7', 'claude-sonnet-5-9', 'claude-fable-5-2'])
      expect(factsOf(model, 'anthropic')?.price).toBeUndefined()
    for (const model of ['gpt-5.6-sol', 'gpt-5.5', 'some-model']) expect(factsOf(model, 'openai')).toBeUndefined()
  })
})

describe('a backend’s list', () => {
  it.each([
    [
      'OpenRouter',
      {
        context_length: 200_000,
        pricing: { prompt: '0.000003', completion: '0.000015', input_cache_read: '0.0000003' },
      },
      { contextWindow: 200_000, price: { input: 3, output: 15, cacheRead: 0.3, source: 'list' } },
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
