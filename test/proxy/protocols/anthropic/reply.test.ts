import { describe, expect, it } from 'vitest'
import { pack } from '../../../../proxy/core/carried.ts'
import type { StopReason } from '../../../../proxy/core/events.ts'
import type { Reply } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { decodeReply, encodeReply } from '../../../../proxy/protocols/anthropic/reply.ts'

const asked: Request = { model: 'm', stream: false, system: [], messages: [], tools: [], sampling: {} }
const reply = (fields: Partial<Reply>): Reply => ({ id: 'r', model: 'm', parts: [], reason: 'end', ...fields })

function encode(fields: Partial<Reply>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(encodeReply(reply(fields), asked))) as Record<string, unknown>
}

describe('decodeReply', () => {
  it.each([[null], ['<html>'], [{}], [{ content: 'x' }]])('refuses %j, which is no message', body => {
    expect(() => decodeReply(body)).toThrow(expect.objectContaining({ kind: 'bad-upstream' }) as Error)
  })

  it('throws the error that came as an answer', () => {
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }
    expect(() => decodeReply(body)).toThrow(expect.objectContaining({ kind: 'rate-limited' }) as Error)
  })

  it('keeps citations, and what stands beside the content', () => {
    const citation = { type: 'web_search_result_location', url: 'u', title: 't', cited_text: 'q', encrypted_index: 'e' }
    const body = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'hi', citations: [citation] }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: { id: 'c', expires_at: 'x' },
      diagnostics: null,
      usage: { input_tokens: 1, output_tokens: 2, service_tier: 'standard' },
    }
    const decoded = decodeReply(body)
    expect(decoded.parts).toEqual([
      {
        type: 'text',
        text: 'hi',
        citations: [
          {
            url: 'u',
            title: 't',
            quote: 'q',
            extras: { anthropic: { type: 'web_search_result_location', encrypted_index: 'e' } },
          },
        ],
      },
    ])
    expect(encodeReply(decoded, asked)).toMatchObject({ ...body, usage: expect.objectContaining(body.usage) as object })
  })
})

describe('encodeReply', () => {
  it('has all fields of a message, whatever the answer lacks', () => {
    expect(encode({ id: '' })).toEqual({
      id: expect.stringMatching(/^msg_[0-9a-f]{32}$/) as string,
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: expect.objectContaining({ input_tokens: 1, output_tokens: 0, cache_read_input_tokens: null }) as object,
    })
  })

  it('gives parts of every kind', () => {
    const signature = { protocol: 'gemini', value: 's' }
    expect(
      encode({
        parts: [
          { type: 'reasoning', text: 'hm' },
          { type: 'reasoning', text: '', redacted: 'x' },
          { type: 'text', text: '' },
          { type: 'refusal', text: 'no' },
          { type: 'image', source: { type: 'url', url: 'u' } },
          { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1', kind: 'function', signature },
          { type: 'opaque', protocol: 'openai-chat', raw: {} },
        ],
      }).content,
    ).toEqual([
      { type: 'thinking', thinking: 'hm', signature: pack({ of: 'thought' }) },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'text', text: 'no', citations: null },
      { type: 'text', text: '[image]', citations: null },
      { type: 'thinking', thinking: '', signature: pack({ of: 'call', call: 'a', signature }) },
      { type: 'tool_use', id: 'a', name: 'f', input: { _raw: '{"x":1' }, caller: { type: 'direct' } },
    ])
  })

  it('gives thoughts without their words to who wants them omitted, with what proves them', () => {
    const signature = { protocol: 'anthropic', value: 's' }
    const parts: Reply['parts'] = [{ type: 'reasoning', text: 'hm', signature }]
    expect(encodeReply(reply({ parts }), { ...asked, reasoning: { mode: 'adaptive', visible: false } })).toMatchObject({
      content: [{ type: 'thinking', thinking: '', signature: 's' }],
    })
  })

  it.each<[StopReason, string]>([
    ['end', 'end_turn'],
    ['stop-sequence', 'stop_sequence'],
    ['length', 'max_tokens'],
    ['context-window', 'model_context_window_exceeded'],
    ['tool-calls', 'tool_use'],
    ['content-filter', 'refusal'],
    ['recitation', 'refusal'],
    ['refusal', 'refusal'],
    ['pause', 'pause_turn'],
    ['cancelled', 'end_turn'],
    ['other', 'end_turn'],
  ])('says of %s that it is %s', (reason, word) => {
    expect(encode({ reason }).stop_reason).toBe(word)
  })

  it('says Anthropic’s own word again, and the sequence that was met (T55)', () => {
    expect(encode({ reason: 'pause', rawReason: 'compaction' }).stop_reason).toBe('compaction')
    expect(encode({ reason: 'stop-sequence', stopSequence: 'END' })).toMatchObject({ stop_sequence: 'END' })
  })

  it('refuses a call that the model did not manage (T64)', () => {
    expect(() => encode({ reason: 'malformed-tool-call' })).toThrow(
      expect.objectContaining({ kind: 'bad-upstream' }) as Error,
    )
  })
})
