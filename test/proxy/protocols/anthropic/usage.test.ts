import { describe, expect, it } from 'vitest'
import { decodeUsage, encodeUsage } from '../../../../proxy/protocols/anthropic/usage.ts'

describe('usage', () => {
  it('is inclusive with us and exclusive on the wire (T62)', () => {
    const wire = {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 20,
      cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 15 },
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 3 },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
      service_tier: 'priority',
      inference_geo: 'us',
      speed: 'fast',
    }
    const usage = decodeUsage(wire)
    expect(usage).toMatchObject({
      input: 130,
      output: 7,
      cacheRead: 100,
      cacheWrite: 20,
      cacheWrite1h: 15,
      reasoning: 3,
    })
    expect(encodeUsage(usage)).toEqual(wire)
  })

  it('is never negative, whatever another vendor counts', () => {
    expect(encodeUsage({ input: 5, output: 0, cacheRead: 9 })).toMatchObject({
      input_tokens: 0,
      cache_read_input_tokens: 9,
    })
  })

  it('is zero where it is no number', () => {
    expect(decodeUsage({ input_tokens: 'many', output_tokens: -1 })).toEqual({ input: 0, output: 0 })
    expect(decodeUsage(null)).toEqual({ input: 0, output: 0 })
  })
})
