import { describe, expect, it } from 'vitest'
import { asksForStream } from '../../../proxy/backends/whole.ts'
import { presets } from '../../../proxy/backends/presets.ts'
import { loginPresets } from '../../../proxy/backends/login-presets.ts'
import type { Request } from '../../../proxy/core/request.ts'

const asked = (stream: boolean, maxTokens?: number): Request => ({
  model: 'm',
  stream,
  system: [],
  messages: [],
  tools: [],
  sampling: maxTokens === undefined ? {} : { maxTokens },
})

describe('a backend is asked', () => {
  it('as the client asks: for a stream, or for a whole answer', () => {
    const [openai] = presets.openai.apis
    expect(asksForStream(openai, asked(true))).toBe(true)
    expect(asksForStream(openai, asked(false))).toBe(false)
  })

  it('for a whole answer where it can’t stream, and for a stream where it gives nothing else', () => {
    expect(asksForStream(presets.internlm.apis[0], asked(true))).toBe(false)
    for (const id of ['openai-codex', 'gemini-oauth-plan', 'antigravity-oauth', 'cline'] as const)
      expect(asksForStream(loginPresets[id].apis[0], asked(false))).toBe(true)
  })

  it('for a stream where Anthropic’s own SDKs would not wait for the whole', () => {
    const [anthropic] = presets.anthropic.apis
    expect(asksForStream(anthropic, asked(false, 8192))).toBe(false)
    expect(asksForStream(anthropic, asked(false, 64_000))).toBe(true)
    expect(asksForStream(anthropic, asked(false))).toBe(true)
  })
})
