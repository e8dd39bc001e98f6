import { describe, expect, it } from 'vitest'
import type { Request } from '../../../proxy/core/request.ts'
import { anthropic } from '../../../proxy/protocols/anthropic/index.ts'
import { dropped } from '../../../proxy/protocols/dropped.ts'
import { openaiChat } from '../../../proxy/protocols/openai-chat/index.ts'
import { openaiResponses } from '../../../proxy/protocols/openai-responses/index.ts'

const asked: Request = {
  model: 'claude-sonnet-4-5',
  stream: true,
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: {},
}

describe('what a protocol has no words for', () => {
  it('is named, and what it has words for is not', () => {
    const request: Request = { ...asked, sampling: { seed: 7, topP: 0.9, logprobs: true }, verbosity: 'low' }
    expect(dropped(anthropic, request)).toEqual(['seed', 'logprobs', 'verbosity'])
    expect(dropped(openaiChat, request)).toEqual([])
  })

  it('goes by the model', () => {
    const request: Request = { ...asked, sampling: { temperature: 0.5, stop: ['END'] }, reasoning: { mode: 'off' } }
    expect(dropped(openaiChat, { ...request, model: 'gpt-5' })).toEqual(['temperature', 'stop'])
    expect(dropped(openaiChat, { ...request, model: 'gpt-4o' })).toEqual(['reasoning'])
  })

  it('is nothing where nothing was set', () => {
    expect(dropped(anthropic, { ...asked, sampling: { logprobs: false } })).toEqual([])
  })

  it('counts limits of a web search that the other vendor’s does not have', () => {
    const raw = {
      type: 'web_search_20250305',
      name: 'web_search',
      allowed_domains: ['a.example'],
      max_uses: 3,
      blocked_domains: null,
      user_location: { type: 'approximate', city: 'Bern' },
    }
    const tools = [{ type: 'server', protocol: 'anthropic', name: 'web_search', raw } as const]
    expect(dropped(openaiResponses, { ...asked, tools })).toEqual(['tool web_search: max_uses'])
  })

  it('counts tools and parts that only another protocol knows', () => {
    const request: Request = {
      ...asked,
      tools: ['web_search', 'image_generation'].map(type => ({
        type: 'server',
        protocol: 'openai-responses',
        name: type,
        raw: { type },
      })),
      messages: [
        ...asked.messages,
        { role: 'assistant', parts: [{ type: 'opaque', protocol: 'openai-responses', raw: { type: 'mcp_call' } }] },
      ],
    }
    const chosen: Request = { ...request, toolChoice: { type: 'tool', name: 'web_search' } }
    expect(dropped(anthropic, chosen)).not.toContain('tool_choice')
    expect(dropped(openaiChat, chosen)).toContain('tool_choice')
    // Anthropic has a web search of its own, which takes the other's place.
    expect(dropped(anthropic, request)).toEqual(['tool image_generation', 'parts of openai-responses'])
  })
})
