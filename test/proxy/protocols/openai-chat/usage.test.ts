import { describe, expect, it } from 'vitest'
import { decodeUsage, encodeUsage, usageIn } from '../../../../proxy/protocols/openai-chat/usage.ts'

describe('decodeUsage', () => {
  it('reads totals that include cached and reasoning tokens', () => {
    expect(
      decodeUsage({
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 30 },
      }),
    ).toEqual({ input: 100, output: 50, cacheRead: 80, cacheWrite: 10, reasoning: 30 })
  })

  it('adds the reasoning that xAI leaves out', () => {
    const usage = {
      prompt_tokens: 291,
      completion_tokens: 26,
      total_tokens: 513,
      completion_tokens_details: { reasoning_tokens: 196 },
    }
    expect(decodeUsage(usage)).toEqual({ input: 291, output: 222, reasoning: 196 })
  })

  it.each([
    ['DeepSeek', { prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 }],
    ['Moonshot', { cached_tokens: 8 }],
  ])('reads what %s took from the cache', (_, fields) => {
    expect(decodeUsage({ prompt_tokens: 10, completion_tokens: 1, ...fields })).toMatchObject({ cacheRead: 8 })
  })

  it('keeps what it has no word for, and writes it again', () => {
    const usage = {
      prompt_tokens: 1,
      completion_tokens: 2,
      total_tokens: 3,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 0, accepted_prediction_tokens: 5 },
      cost_in_usd_ticks: 6,
    }
    expect(encodeUsage(decodeUsage(usage))).toEqual(usage)
  })

  it('counts nothing where nothing can be counted', () => {
    expect(decodeUsage({ prompt_tokens: 'many', completion_tokens: -1 })).toEqual({ input: 0, output: 0 })
  })
})

describe('usageIn', () => {
  const usage = { prompt_tokens: 1 }

  it.each([
    ['at the top', { usage }],
    ['under one that is empty', { usage: {}, x_groq: { usage } }],
    ['in the choice', { usage: null, choices: [{ usage }] }],
    ['in Groq’s field', { choices: [], x_groq: { usage } }],
  ])('finds usage %s', (_, chunk) => {
    expect(usageIn(chunk)).toEqual(usage)
  })

  it('finds none where there is none', () => {
    expect(usageIn({ usage: null, choices: [] })).toBeUndefined()
    expect(usageIn({ usage: {}, choices: [{ usage: {} }] })).toBeUndefined()
  })
})
