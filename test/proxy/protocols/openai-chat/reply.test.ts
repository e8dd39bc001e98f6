import { describe, expect, it } from 'vitest'
import type { Reply } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { decodeReply, encodeReply } from '../../../../proxy/protocols/openai-chat/reply.ts'
import { decodeRequest } from '../../../../proxy/protocols/openai-chat/request.ts'

const body = (message: object, finish_reason = 'stop', fields: object = {}) => ({
  id: 'r',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason }],
  ...fields,
})

const asked: Request = { model: 'm', stream: false, system: [], messages: [], tools: [], sampling: {} }

/** What is written of a reply: its message, its reason and the rest. */
function encode(reply: Partial<Reply>, request = asked) {
  const written = encodeReply({ id: 'r', model: 'm', parts: [], reason: 'end', ...reply }, request)
  const { choices, ...rest } = JSON.parse(JSON.stringify(written)) as {
    choices: { message: object; finish_reason: string; logprobs: unknown }[]
  }
  return { ...choices[0], rest }
}

describe('decodeReply', () => {
  it('reads everything that a message can hold', () => {
    const signed = { google: { thought_signature: 's' } }
    expect(
      decodeReply(
        body(
          {
            content: 'yes',
            reasoning_content: 'hm',
            refusal: null,
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: signed },
              { id: 'b', type: 'custom', custom: { name: 'c', input: 'raw' } },
            ],
          },
          'tool_calls',
          { system_fingerprint: 'fp', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
        ),
      ),
    ).toEqual({
      id: 'r',
      model: 'm',
      parts: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'yes' },
        {
          type: 'tool-call',
          id: 'a',
          name: 'f',
          arguments: '{}',
          kind: 'function',
          signature: { protocol: 'gemini', value: 's' },
        },
        { type: 'tool-call', id: 'b', name: 'c', arguments: 'raw', kind: 'custom' },
      ],
      reason: 'tool-calls',
      rawReason: 'tool_calls',
      usage: { input: 1, output: 2 },
      extras: { 'openai-chat': { system_fingerprint: 'fp' } },
    })
  })

  it('reads two calls of Mistral, which have no type and no index', () => {
    const call = (id: string) => ({ id, function: { name: 'f', arguments: '{}' } })
    expect(decodeReply(body({ content: '', tool_calls: [call('a'), call('b')] })).parts).toMatchObject([
      { id: 'a' },
      { id: 'b' },
    ])
  })

  it('keeps two calls apart that have the same id', () => {
    const call = (name: string) => ({ id: 'call_0', type: 'function', function: { name, arguments: '{}' } })
    expect(decodeReply(body({ tool_calls: [call('f'), call('g')] })).parts).toMatchObject([
      { id: 'call_0', name: 'f' },
      { id: 'call_0_2', name: 'g' },
    ])
  })

  it.each([
    ['text', 'hello'],
    ['nothing', null],
    ['no choices', { choices: [] }],
    ['an empty object', {}],
  ])('refuses %s as an answer', (_, wrong) => {
    expect(() => decodeReply(wrong)).toThrow(expect.objectContaining({ kind: 'bad-upstream' }) as Error)
  })

  it('tells an error that comes with status 200', () => {
    expect(() => decodeReply({ error: { message: 'no credit', code: 402 } })).toThrow(
      expect.objectContaining({ kind: 'out-of-credit', message: 'no credit' }) as Error,
    )
  })
})

describe('encodeReply', () => {
  it('writes an answer as OpenAI does', () => {
    expect(
      encodeReply(
        {
          id: 'r',
          model: 'm',
          parts: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'Hel' },
            { type: 'text', text: 'lo' },
          ],
          reason: 'end',
          usage: { input: 3, output: 2, reasoning: 1 },
          extras: { 'openai-chat': { system_fingerprint: 'fp' }, anthropic: { container: 1 } },
        },
        asked,
      ),
    ).toEqual({
      id: 'r',
      object: 'chat.completion',
      created: expect.any(Number) as number,
      model: 'm',
      system_fingerprint: 'fp',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null, reasoning_content: 'hm' },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    })
  })

  it('guesses usage that nobody told', () => {
    expect(encode({ parts: [{ type: 'text', text: 'Hello you' }] }).rest).toMatchObject({
      usage: { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 },
    })
  })

  it('has no content beside calls, and empty content if there is nothing at all (T22)', () => {
    const call = { type: 'tool-call', id: 'a', name: 'f', arguments: '{}', kind: 'function' } as const
    expect(encode({ parts: [call], reason: 'tool-calls' })).toMatchObject({
      message: { content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      finish_reason: 'tool_calls',
    })
    expect(encode({ reason: 'length' })).toMatchObject({ message: { content: '' }, finish_reason: 'length' })
  })

  it('gives a function that is called without arguments an empty object, which clients can parse (T14)', () => {
    const call = (kind: 'function' | 'custom') =>
      ({ type: 'tool-call', id: 'a', name: 'f', arguments: '', kind }) as const
    expect(encode({ parts: [call('function'), call('custom')], reason: 'tool-calls' }).message).toMatchObject({
      tool_calls: [{ function: { arguments: '{}' } }, { custom: { input: '' } }],
    })
  })

  it('writes a refusal', () => {
    expect(encode({ parts: [{ type: 'refusal', text: 'no' }], reason: 'refusal' })).toMatchObject({
      message: { content: null, refusal: 'no' },
      finish_reason: 'stop',
    })
  })

  it('gives the client what it has to send back', () => {
    expect(
      encode({
        parts: [
          { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 's' } },
          { type: 'reasoning', text: '', redacted: 'r' },
          {
            type: 'tool-call',
            id: 'a',
            name: 'f',
            arguments: '{}',
            kind: 'function',
            signature: { protocol: 'gemini', value: 'g' },
          },
        ],
        reason: 'tool-calls',
      }).message,
    ).toMatchObject({
      reasoning_details: [
        { type: 'reasoning.text', format: 'anthropic', text: 'hm', signature: 's' },
        { type: 'reasoning.encrypted', format: 'anthropic', data: 'r' },
      ],
      tool_calls: [{ extra_content: { google: { thought_signature: 'g' } } }],
    })
  })

  it('holds every piece of a thought in its details, so that none is lost on the way back', () => {
    const pieces: Reply['parts'] = [
      { type: 'reasoning', text: 'S1', summary: true, itemId: 'rs_1' },
      {
        type: 'reasoning',
        text: 'S2',
        summary: true,
        itemId: 'rs_1',
        encrypted: { protocol: 'openai-responses', value: 'e' },
      },
    ]
    const { message } = encode({ parts: pieces })
    expect(decodeRequest({ model: 'm', messages: [message] }).messages[0]?.parts).toMatchObject(pieces)
  })

  it('tells no thoughts to who excludes them, and brings what proves them', () => {
    const signature = { protocol: 'anthropic', value: 's' }
    const { message } = encode(
      { parts: [{ type: 'reasoning', text: 'hm', signature }] },
      { ...asked, reasoning: { visible: false } },
    )
    expect(message).toEqual({
      role: 'assistant',
      content: '',
      refusal: null,
      reasoning_details: [{ type: 'reasoning.text', format: 'anthropic', index: 0, signature: 's' }],
    })
  })

  it('gives citations, log probabilities, images and sound', () => {
    const tokens = [{ token: 'hi' }]
    const { message, logprobs } = encode({
      parts: [
        {
          type: 'text',
          text: 'hi',
          logprobs: tokens,
          citations: [{ url: 'https://example.com', title: 't', start: 0, end: 2 }],
        },
        { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
        { type: 'opaque', protocol: 'openai-chat', raw: { audio: { id: 'a' } } },
        { type: 'opaque', protocol: 'anthropic', raw: { container: 1 } },
      ],
    })
    expect(logprobs).toEqual({ content: tokens, refusal: null })
    expect(message).toEqual({
      role: 'assistant',
      content: 'hi',
      refusal: null,
      annotations: [
        {
          type: 'url_citation',
          url_citation: { url: 'https://example.com', title: 't', start_index: 0, end_index: 2 },
        },
      ],
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
      audio: { id: 'a' },
    })
  })

  it('places citations in the whole content, and leaves out those of what has no address', () => {
    const said = (text: string, start: number, end: number) =>
      ({
        type: 'text',
        text,
        citations: [{ url: 'https://example.com', start, end }, { title: 'A document' }],
      }) as const
    expect(encode({ parts: [said('Hello A.', 6, 7), said('Bye B.', 4, 5)] }).message).toMatchObject({
      content: 'Hello A.Bye B.',
      annotations: [
        { url_citation: { start_index: 6, end_index: 7 } },
        { url_citation: { start_index: 12, end_index: 13 } },
      ],
    })
  })

  it('speaks the deprecated functions to a client that does', () => {
    const legacy: Request = { ...asked, extras: { 'openai-chat': { functions: [{ name: 'f' }] } } }
    const call = { type: 'tool-call', id: 'a', name: 'f', arguments: '{}', kind: 'function' } as const
    const { message, finish_reason } = encode({ parts: [call], reason: 'tool-calls' }, legacy)
    expect(message).toEqual({
      role: 'assistant',
      content: null,
      refusal: null,
      function_call: { name: 'f', arguments: '{}' },
    })
    expect(finish_reason).toBe('function_call')
  })

  it('refuses to make an answer of a call that the model did not manage (T64)', () => {
    expect(() => encode({ reason: 'malformed-tool-call' })).toThrow(
      expect.objectContaining({ kind: 'bad-upstream' }) as Error,
    )
  })
})
