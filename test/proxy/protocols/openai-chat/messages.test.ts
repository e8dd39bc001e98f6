import { describe, expect, it } from 'vitest'
import type { Message, Part, Request } from '../../../../proxy/core/request.ts'
import type { Dialect } from '../../../../proxy/protocols/openai-chat/dialect.ts'
import { decodeRequest, encodeRequest } from '../../../../proxy/protocols/openai-chat/request.ts'

function decode(...messages: object[]): Pick<Request, 'system' | 'messages'> {
  const { system, messages: decoded } = decodeRequest({ model: 'm', messages })
  return { system, messages: decoded }
}

function encode(
  { system = [], messages = [] }: Partial<Pick<Request, 'system' | 'messages'>>,
  dialect?: Dialect,
): unknown {
  const body = encodeRequest({ model: 'm', stream: true, system, messages, tools: [], sampling: {} }, dialect)
  return (JSON.parse(JSON.stringify(body)) as { messages: unknown }).messages
}

const text = (said: string): Part => ({ type: 'text', text: said })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const call = (id: string): Part => ({ type: 'tool-call', id, name: 'f', arguments: '{}', kind: 'function' })
const result = (callId: string, ...parts: Part[]): Part => ({
  type: 'tool-result',
  callId,
  name: 'f',
  kind: 'function',
  isError: false,
  parts,
})
const wireCall = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
const image: Part = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } }
const wireImage = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }

describe('system messages', () => {
  it('keeps every one of several, those in mid-conversation in their places (T37)', () => {
    const wire = [
      { role: 'system', content: 'one' },
      { role: 'developer', content: 'two' },
      { role: 'user', content: 'hi' },
      { role: 'system', content: 'three' },
      { role: 'user', content: 'ho' },
    ]
    const decoded = decode(...wire)
    expect(decoded).toEqual({
      system: [
        { text: 'one', origin: 'system' },
        { text: 'two', origin: 'developer' },
      ],
      messages: [user(text('hi')), { role: 'system', parts: [text('three')] }, user(text('ho'))],
    })
    expect(encode(decoded)).toEqual(wire)
  })

  it('sends the role developer as system where it is refused (T73)', () => {
    const decoded = decode(
      { role: 'developer', content: 'one' },
      { role: 'user', content: 'hi' },
      { role: 'developer', content: 'two' },
    )
    expect(encode(decoded, { developerRole: false })).toEqual([
      { role: 'system', content: 'one' },
      { role: 'user', content: 'hi' },
      { role: 'system', content: 'two' },
    ])
  })

  it('is one message, and later ones the user’s words, where only one is taken', () => {
    const system = [
      { text: 'one', origin: 'system' },
      { text: 'two', origin: 'instructions' },
    ] as const
    const messages: Message[] = [user(text('hi')), { role: 'system', parts: [text('three')] }]
    expect(encode({ system, messages }, { systemMessages: 'one' })).toEqual([
      { role: 'system', content: 'one\n\ntwo' },
      { role: 'user', content: 'hi' },
      { role: 'user', content: '<system>\nthree\n</system>' },
    ])
  })

  it('drops empty ones', () => {
    expect(encode({ system: [{ text: '', origin: 'system' }], messages: [user(text('hi'))] })).toEqual([
      { role: 'user', content: 'hi' },
    ])
  })

  it('may stand alone', () => {
    expect(decode({ role: 'system', content: 'one' })).toEqual({
      system: [{ text: 'one', origin: 'system' }],
      messages: [],
    })
  })

  it('marks the prompt cache in the way of the dialect', () => {
    const system = [{ text: 'one', origin: 'system', cache: { ttl: '1h' } }] as const
    const marked = (mark: object) => [{ role: 'system', content: [{ type: 'text', text: 'one', ...mark }] }]
    expect(encode({ system })).toEqual([{ role: 'system', content: 'one' }])
    expect(encode({ system }, { cacheMarks: 'cache_control' })).toEqual(
      marked({ cache_control: { type: 'ephemeral', ttl: '1h' } }),
    )
    expect(encode({ system }, { cacheMarks: 'prompt_cache_breakpoint' })).toEqual(
      marked({ prompt_cache_breakpoint: { mode: 'explicit' } }),
    )
  })
})

describe('tool calls and results', () => {
  it('reads tool messages in a row as one message of results (T25)', () => {
    expect(
      decode(
        {
          role: 'assistant',
          content: '',
          tool_calls: [wireCall('a'), { id: 'b', type: 'custom', custom: { name: 'c', input: 'x' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
        { role: 'user', content: 'go on' },
      ).messages,
    ).toEqual([
      assistant(call('a'), { type: 'tool-call', id: 'b', name: 'c', arguments: 'x', kind: 'custom' }),
      user(result('a', text('one')), { ...result('b', text('two')), name: 'c', kind: 'custom' } as Part),
      user(text('go on')),
    ])
  })

  it('sends results before the text of the same message (T29)', () => {
    expect(encode({ messages: [assistant(call('a')), user(result('a', text('one')), text('go on'))] })).toEqual([
      { role: 'assistant', content: null, tool_calls: [wireCall('a')] },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
      { role: 'user', content: 'go on' },
    ])
  })

  it('sends one result for each call, in order, whatever came of them (T28, T30, T39)', () => {
    expect(
      encode({
        messages: [
          assistant(call('a'), call('b'), call('c')),
          user(result('b', text('old')), result('gone', text('left over'))),
          user(result('b', text('new')), result('a', text('one'))),
        ],
      }),
    ).toEqual([
      { role: 'assistant', content: null, tool_calls: [wireCall('a'), wireCall('b'), wireCall('c')] },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
      { role: 'tool', tool_call_id: 'b', content: 'new' },
      { role: 'tool', tool_call_id: 'c', content: '(no result)' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[result of f, whose call is no longer in the conversation]' },
          { type: 'text', text: 'left over' },
        ],
      },
    ])
  })

  it('keeps a message that stands between a call and its result out from between them (T26)', () => {
    expect(
      encode({ messages: [assistant(call('a')), assistant(text('meanwhile')), user(result('a', text('one')))] }),
    ).toEqual([
      { role: 'assistant', content: 'meanwhile', tool_calls: [wireCall('a')] },
      { role: 'tool', tool_call_id: 'a', content: 'one' },
    ])
  })

  it('shows images of results to the model as the user’s, after all tool messages (T58)', () => {
    expect(
      encode({
        messages: [assistant(call('a'), call('b')), user(result('a', text('shot:'), image), result('b', text('two')))],
      }),
    ).toEqual([
      { role: 'assistant', content: null, tool_calls: [wireCall('a'), wireCall('b')] },
      {
        role: 'tool',
        tool_call_id: 'a',
        content: [
          { type: 'text', text: 'shot:' },
          { type: 'text', text: '[image in the next message]' },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: 'two' },
      { role: 'user', content: [{ type: 'text', text: 'From the result of a:' }, wireImage] },
    ])
  })

  it('says in words that a tool failed', () => {
    const failed = { ...result('a', text('no such file')), isError: true } as Part
    expect(encode({ messages: [assistant(call('a')), user(failed)] })).toMatchObject([
      {},
      { role: 'tool', content: 'Error:\n\nno such file' },
    ])
  })

  it('sends empty arguments as an empty object (T14)', () => {
    const bare: Part = { type: 'tool-call', id: 'a', name: 'f', arguments: '', kind: 'function' }
    expect(encode({ messages: [assistant(bare)] })).toMatchObject([
      { tool_calls: [{ function: { arguments: '{}' } }] },
      {},
    ])
  })

  it('sends invalid arguments as they are', () => {
    const cut: Part = { type: 'tool-call', id: 'a', name: 'f', arguments: '{"a": 9007199254740993', kind: 'function' }
    expect(encode({ messages: [assistant(cut)] })).toMatchObject([
      { tool_calls: [{ function: { arguments: '{"a": 9007199254740993' } }] },
      {},
    ])
  })

  it('shortens ids alike in calls and results', () => {
    const id = 'i'.repeat(100)
    const [said, answered] = encode({ messages: [assistant(call(id)), user(result(id, text('one')))] }) as [
      { tool_calls: [{ id: string }] },
      { tool_call_id: string },
    ]
    expect(answered.tool_call_id).toHaveLength(64)
    expect(said.tool_calls[0].id).toBe(answered.tool_call_id)
  })

  it('keeps Gemini’s signature of a call, for Gemini and for its own compatible endpoint', () => {
    const signed = { ...wireCall('a'), extra_content: { google: { thought_signature: 's' } } }
    const decoded = decode({ role: 'assistant', content: null, tool_calls: [signed] })
    expect(decoded.messages[0]?.parts[0]).toMatchObject({ signature: { protocol: 'gemini', value: 's' } })
    expect(encode(decoded)).toMatchObject([{ tool_calls: [signed] }, {}])
  })

  it('does not send another vendor’s signature of a call', () => {
    const signed = { ...call('a'), signature: { protocol: 'gemini', value: 's' } } as Part
    expect(JSON.stringify(encode({ messages: [assistant(signed)] }))).not.toContain('"s"')
  })
})

describe('thoughts of earlier turns', () => {
  const thought: Part = { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 's' } }

  it.each(['reasoning_content', 'reasoning'])('go back in the field %s in which the client sent them', field => {
    const wire = [{ role: 'assistant', content: 'yes', [field]: 'hm' }]
    const decoded = decode(...wire)
    expect(decoded.messages[0]?.parts).toMatchObject([{ type: 'reasoning', text: 'hm' }, text('yes')])
    expect(encode(decoded)).toEqual(wire)
  })

  it('go back as a part of the content to Mistral', () => {
    const wire = [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'yes' },
        ],
      },
    ]
    expect(encode(decode(...wire))).toEqual(wire)
  })

  it('are not sent where nobody asked for them', () => {
    expect(encode({ messages: [assistant(thought, text('yes'))] })).toEqual([{ role: 'assistant', content: 'yes' }])
    expect(
      encode(decode({ role: 'assistant', content: 'yes', reasoning_content: 'hm' }), { reasoningField: 'none' }),
    ).toEqual([{ role: 'assistant', content: 'yes' }])
  })

  it('are on every turn with tool calls for servers that miss them (T44)', () => {
    const deepSeek = { reasoningField: 'reasoning_content' } as const
    const answered = user(result('a', text('1')))
    expect(encode({ messages: [assistant(thought, call('a')), answered] }, deepSeek)).toMatchObject([
      { reasoning_content: 'hm' },
      {},
    ])
    expect(encode({ messages: [assistant(call('a')), answered] }, deepSeek)).toMatchObject([
      { reasoning_content: '' },
      {},
    ])
    expect(encode({ messages: [assistant(text('yes'))] }, deepSeek)).toEqual([{ role: 'assistant', content: 'yes' }])
  })

  it('go back with the details that OpenRouter gave', () => {
    const details = [
      { type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'e', id: 'rs_1', format: 'openai-responses-v1', index: 1 },
    ]
    const wire = [{ role: 'assistant', content: 'yes', reasoning: 'hm', reasoning_details: details }]
    const decoded = decode(...wire)
    expect(decoded.messages[0]?.parts[0]).toMatchObject({
      type: 'reasoning',
      text: 'hm',
      signature: { protocol: 'openai-chat', value: JSON.stringify(details) },
    })
    expect(encode(decoded)).toEqual(wire)
  })

  it('bring back the tokens of other protocols that we gave the client', () => {
    expect(
      decode({
        role: 'assistant',
        content: 'yes',
        reasoning_content: 'hm',
        reasoning_details: [
          { type: 'reasoning.text', format: 'anthropic', text: 'hm', signature: 's' },
          { type: 'reasoning.encrypted', format: 'anthropic', data: 'r' },
          { type: 'reasoning.encrypted', format: 'openai-responses', id: 'rs_1', summary: 'sum', data: 'e' },
        ],
      }).messages[0]?.parts,
    ).toMatchObject([
      { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 's' } },
      { type: 'reasoning', text: '', redacted: 'r' },
      {
        type: 'reasoning',
        text: 'sum',
        summary: true,
        itemId: 'rs_1',
        encrypted: { protocol: 'openai-responses', value: 'e' },
      },
      text('yes'),
    ])
  })
})

describe('content', () => {
  it('reads every kind of part', () => {
    expect(
      decode({
        role: 'user',
        content: [
          { type: 'image_url', image_url: 'https://example.com/a.png' },
          { type: 'image_url', image_url: { url: 'data:image/svg+xml,<svg/>', detail: 'low' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
          { type: 'file', file: { file_data: 'JVBERi0xLjQ=' } },
          { type: 'file', file: { file_data: 'data:application/pdf;name=a.pdf;base64,AAAA' } },
          { type: 'file', file: { file_data: 'https://example.com/a.pdf' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } },
        ],
      }).messages[0]?.parts,
    ).toMatchObject([
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'image', source: { type: 'url', url: 'data:image/svg+xml,<svg/>' }, detail: 'low' },
      { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
      { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0xLjQ=' } },
      { type: 'file', source: { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' } },
      { type: 'file', source: { type: 'url', url: 'https://example.com/a.pdf' } },
      { type: 'file', source: { type: 'file-id', protocol: 'openai-chat', id: 'file-1' } },
      { type: 'text', text: 'x', cache: {} },
    ])
  })

  it('sends a plain text document as text and other files by data and name', () => {
    const pdf = { type: 'base64', mediaType: 'application/pdf', data: 'AAAA' } as const
    expect(
      encode({
        messages: [user({ type: 'file', source: { type: 'text', text: 'plain' } }, { type: 'file', source: pdf })],
      }),
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'plain' },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'file' } },
        ],
      },
    ])
  })

  it.each<[string, Part]>([
    ['a file of another vendor', { type: 'file', source: { type: 'file-id', protocol: 'anthropic', id: 'file_1' } }],
    ['an image of another vendor', { type: 'image', source: { type: 'file-id', protocol: 'gemini', id: 'x' } }],
    ['a film', { type: 'file', source: { type: 'base64', mediaType: 'video/mp4', data: 'AAAA' } }],
    ['a sound by its address', { type: 'audio', source: { type: 'url', url: 'https://example.com/a.mp3' } }],
  ])('refuses %s rather than to leave it out', (_, part) => {
    expect(() => encode({ messages: [user(part)] })).toThrow(/can't carry/)
  })

  it('drops what only another protocol knows', () => {
    const opaque: Part = { type: 'opaque', protocol: 'anthropic', raw: { type: 'server_tool_use' } }
    expect(encode({ messages: [user(text('hi'), opaque)] })).toEqual([{ role: 'user', content: 'hi' }])
    // Of an answer that was nothing else no empty message is left.
    const answer: Message = { role: 'assistant', parts: [opaque, { type: 'reasoning', text: 'hm' }] }
    expect(encode({ messages: [user(text('hi')), answer, user(text('ho'))] })).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'user', content: 'ho' },
    ])
  })

  it('joins texts where lists of parts are not taken', () => {
    expect(encode({ messages: [user(text('one'), text('two'))] }, { textParts: false })).toEqual([
      { role: 'user', content: 'one\n\ntwo' },
    ])
  })

  it('notes an image of the model, which cannot be told back to it', () => {
    expect(encode({ messages: [assistant(text('here:'), image)] })).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'here:' },
          { type: 'text', text: '[image]' },
        ],
      },
    ])
  })

  it('has empty content for an assistant that said nothing', () => {
    expect(encode(decode({ role: 'assistant', content: null }))).toEqual([{ role: 'assistant', content: '' }])
  })
})
