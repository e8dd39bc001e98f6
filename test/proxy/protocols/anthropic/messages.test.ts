import { describe, expect, it } from 'vitest'
import { pack } from '../../../../proxy/core/carried.ts'
import type { Message, Part, Request } from '../../../../proxy/core/request.ts'
import { decodeRequest, encodeRequest } from '../../../../proxy/protocols/anthropic/request.ts'

const NEWEST = 'claude-opus-5-5'

function decode(...messages: object[]): readonly Message[] {
  return decodeRequest({ model: 'm', messages }).messages
}

interface Sent {
  readonly system?: unknown
  readonly messages: readonly { readonly role: string; readonly content: readonly object[] }[]
}

/** What would be sent for a conversation, as JSON. */
function send(messages: readonly Message[], fields: Partial<Request> = {}): Sent {
  const request: Request = { model: NEWEST, stream: true, system: [], messages, tools: [], sampling: {}, ...fields }
  return JSON.parse(JSON.stringify(encodeRequest(request))) as Sent
}

const encode = (messages: readonly Message[], fields?: Partial<Request>) => send(messages, fields).messages

const text = (said: string): Part => ({ type: 'text', text: said })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const system = (said: string): Message => ({ role: 'system', parts: [text(said)] })
const call = (id: string, args = '{}'): Part => ({
  type: 'tool-call',
  id,
  name: 'f',
  arguments: args,
  kind: 'function',
})
const result = (callId: string, ...parts: Part[]): Part => ({
  type: 'tool-result',
  callId,
  name: 'f',
  kind: 'function',
  isError: false,
  parts,
})
const wireUse = (id: string, input: object = {}) => ({ type: 'tool_use', id, name: 'f', input })
const wireResult = (tool_use_id: string, said: string) => ({
  type: 'tool_result',
  tool_use_id,
  content: [{ type: 'text', text: said }],
})
const hello = { role: 'user', content: [{ type: 'text', text: 'hello' }] }

describe('what a client sends', () => {
  it('is read with everything in it, and comes out again as it was (T43)', () => {
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'org' } },
          { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' }, transformations: { x: 1 } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' },
            title: 'a.pdf',
            context: 'of last year',
            citations: { enabled: true },
          },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'one' }] } },
          {
            type: 'search_result',
            source: 'https://a.example',
            title: 'A',
            content: [{ type: 'text', text: 'found' }],
          },
          { type: 'container_upload', file_id: 'file_2' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm, “ü” \u2028 \ud83d', signature: 'c2ln+/==' },
          { type: 'redacted_thinking', data: 'ZGF0YQ==' },
          {
            type: 'text',
            text: 'cited',
            citations: [
              { type: 'char_location', cited_text: 'one', document_index: 1, start_char_index: 0, end_char_index: 3 },
            ],
          },
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
          { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
          {
            type: 'tool_use',
            id: 'toolu_1',
            name: 'f',
            input: { a: [1, null, { b: 'c' }] },
            caller: { type: 'code_execution_20250825', tool_id: 'srvtoolu_0' },
          },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [
              { type: 'text', text: 'failed' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgoA' } },
              { type: 'tool_reference', tool_name: 'g' },
            ],
            is_error: true,
            cache_control: { type: 'ephemeral' },
          },
        ],
      },
      { role: 'system', content: [{ type: 'text', text: 'be brief' }] },
    ]
    const body = { model: 'claude-opus-5-5', messages, tools: [{ name: 'f', input_schema: { type: 'object' } }] }
    const sent = JSON.parse(JSON.stringify(encodeRequest(decodeRequest(body)))) as Sent
    expect(sent.messages).toEqual(messages)
  })

  it('is turned into what other formats know', () => {
    expect(
      decode(
        {
          role: 'user',
          content: [
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' }, title: 'a.txt' },
            {
              type: 'search_result',
              source: 'https://a.example',
              title: 'A',
              content: [{ type: 'text', text: 'found' }],
            },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] },
      ),
    ).toMatchObject([
      user(
        { type: 'file', source: { type: 'text', text: 'words' }, name: 'a.txt' },
        text('A\nhttps://a.example\nfound'),
      ),
      assistant(call('t', '{"a":1}')),
      user(result('t', text('done'))),
    ])
  })

  it('has system messages in mid-conversation, last and between turns, as Claude Code sends them', () => {
    expect(
      decode(
        hello,
        { role: 'assistant', content: 'hi' },
        { role: 'user', content: 'go on' },
        { role: 'system', content: 's' },
      ),
    ).toEqual([user(text('hello')), assistant(text('hi')), user(text('go on')), system('s')])
  })
})

describe('turns', () => {
  it('of the same role are one, and begin with the user', () => {
    expect(encode([assistant(text('a')), assistant(text('b')), user(text('c')), user(text('d'))])).toEqual([
      { role: 'user', content: [{ type: 'text', text: '(The conversation begins.)' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'c' },
          { type: 'text', text: 'd' },
        ],
      },
    ])
  })

  it('lose texts that say nothing, and are left out if nothing is left (T35)', () => {
    expect(encode([user(text('hello')), assistant(text('')), user(text(' \n'), text('x'))])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'hello' },
          { type: 'text', text: 'x' },
        ],
      },
    ])
  })

  it('keep a beginning of the answer for models that go on with it, and are told to go on otherwise', () => {
    const messages = [user(text('hello')), assistant(text('{ '))]
    expect(encode(messages, { model: 'claude-sonnet-4-5' }).at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: '{' }],
    })
    expect(
      encode(messages, { model: 'claude-sonnet-4-5', reasoning: { mode: 'on', budgetTokens: 2000 } }).at(-1),
    ).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'Continue.' }],
    })
    expect(encode(messages).at(-1)?.role).toBe('user')
  })

  it('that paused in a tool of Anthropic’s go on by themselves', () => {
    const raw = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    expect(encode([user(text('hello')), assistant({ type: 'opaque', protocol: 'anthropic', raw })]).at(-1)).toEqual({
      role: 'assistant',
      content: [raw],
    })
  })

  it('that are only a system prompt are what the user says', () => {
    expect(send([], { system: [{ text: 'be brief', origin: 'system' }] })).toEqual(
      expect.objectContaining({ messages: [{ role: 'user', content: [{ type: 'text', text: 'be brief' }] }] }),
    )
    expect(() => send([user(text(''))])).toThrow('No message says anything.')
  })
})

describe('system messages', () => {
  it('are all sent, those in mid-conversation in their places (T37)', () => {
    const messages = [
      user(text('hello')),
      system('one'),
      assistant(text('hi')),
      user(text('go on')),
      system('two'),
      system('three'),
    ]
    const sent = send(messages, {
      system: [
        { text: 'first', origin: 'system' },
        { text: '', origin: 'system' },
        { text: 'second', origin: 'developer', cache: {} },
      ],
    })
    expect(sent.system).toEqual([
      { type: 'text', text: 'first' },
      { type: 'text', text: 'second', cache_control: { type: 'ephemeral' } },
    ])
    expect(sent.messages.map(({ role }) => role)).toEqual(['user', 'system', 'assistant', 'user', 'system', 'system'])
  })

  it('are the user’s words for models that know none, after the results of tools', () => {
    const messages = [user(text('hello')), assistant(call('a')), system('be brief'), user(result('a', text('done')))]
    expect(encode(messages, { model: 'claude-sonnet-4-6' }).slice(2)).toEqual([
      {
        role: 'user',
        content: [wireResult('a', 'done'), { type: 'text', text: '<system>\nbe brief\n</system>' }],
      },
    ])
  })

  it('are the user’s words in places where no model takes them', () => {
    expect(
      encode([user(text('a')), assistant(text('b')), system('s'), user(text('c')), system('t'), user(text('d'))]),
    ).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'b' }] },
      {
        role: 'user',
        content: ['<system>\ns\n</system>', 'c', '<system>\nt\n</system>', 'd'].map(said => ({
          type: 'text',
          text: said,
        })),
      },
    ])
  })
})

describe('tool calls and results', () => {
  it('two results of two messages are one turn (T25)', () => {
    expect(
      encode([
        user(text('hello')),
        assistant(call('a'), call('b')),
        user(result('a', text('1'))),
        user(result('b', text('2'))),
      ]),
    ).toEqual([
      hello,
      { role: 'assistant', content: [wireUse('a'), wireUse('b')] },
      { role: 'user', content: [wireResult('a', '1'), wireResult('b', '2')] },
    ])
  })

  it('text between a call and its result goes into the turn of the call (T26)', () => {
    expect(
      encode([user(text('hello')), assistant(call('a')), assistant(text('wait')), user(result('a', text('1')))]),
    ).toEqual([
      hello,
      { role: 'assistant', content: [wireUse('a'), { type: 'text', text: 'wait' }] },
      { role: 'user', content: [wireResult('a', '1')] },
    ])
  })

  it('results stand before the text of their turn, in the order of the calls (T27)', () => {
    expect(
      encode([
        user(text('hello')),
        assistant(call('a'), call('b')),
        user(text('and'), result('b', text('2')), text('then'), result('a', text('1'))),
      ]).at(-1),
    ).toEqual({
      role: 'user',
      content: [
        wireResult('a', '1'),
        wireResult('b', '2'),
        { type: 'text', text: 'and' },
        { type: 'text', text: 'then' },
      ],
    })
  })

  it('a call without a result gets one, a result without a call becomes text, of two results the last counts (T28, T39)', () => {
    expect(
      encode([
        user(text('hello')),
        assistant(call('a'), call('b')),
        user(result('gone', text('left over')), result('b', text('old')), result('b', text('new'))),
      ]).at(-1),
    ).toEqual({
      role: 'user',
      content: [
        wireResult('a', '(no result)'),
        wireResult('b', 'new'),
        { type: 'text', text: '[result of f, whose call is no longer in the conversation]' },
        { type: 'text', text: 'left over' },
      ],
    })
  })

  it('ids are of letters that Anthropic takes, each there once, and the same on every turn', () => {
    const turn = [assistant(call('functions.f:0')), user(result('functions.f:0', text('1')))]
    const once = encode([user(text('hello')), ...turn])
    const twice = encode([user(text('hello')), ...turn, ...turn])
    expect(twice.slice(0, 3)).toEqual(once)
    const ids = twice
      .flatMap(({ content }) => content.flatMap(block => Object.entries(block)))
      .flatMap(([field, id]) => (field === 'id' || field === 'tool_use_id' ? [String(id)] : []))
    expect(ids).toHaveLength(4)
    expect(new Set(ids).size).toBe(2)
    expect(ids[0]).toBe(ids[1])
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it('arguments are an object, whatever the model wrote (T14)', () => {
    const written = ['', ' ', '{"a":1}', '{"a":', '[1]', '"x"']
    const [, said] = encode([user(text('hello')), assistant(...written.map((args, at) => call(`c${at}`, args)))])
    expect(said?.content.map(block => (block as { input?: unknown }).input)).toEqual([
      {},
      {},
      { a: 1 },
      { _raw: '{"a":' },
      { _raw: '[1]' },
      { _raw: '"x"' },
    ])
  })

  it('large numbers keep their last digits', () => {
    const args = '{"id":12345678901234567890,"x":0.1}'
    const messages = [user(text('hello')), assistant(call('a', args)), user(result('a', text('1')))]
    const body = encodeRequest({ model: NEWEST, stream: true, system: [], messages, tools: [], sampling: {} })
    expect(JSON.stringify(body)).toContain(`"input":${args}`)
  })

  it('calls of a custom tool have its text as input (T57)', () => {
    const custom: Part = { type: 'tool-call', id: 'a', name: 'patch', arguments: '*** Begin', kind: 'custom' }
    expect(encode([user(text('hello')), assistant(custom), user(result('a', text('1')))])[1]?.content).toEqual([
      { type: 'tool_use', id: 'a', name: 'patch', input: { input: '*** Begin' } },
    ])
  })

  it('images stay inside of results, and failures have words (T58)', () => {
    const image: Part = { type: 'image', source: { type: 'base64', mediaType: 'image/jpeg', data: 'iVBORw0KGgoA' } }
    expect(
      encode([
        user(text('hello')),
        assistant(call('a'), call('b')),
        user(result('a', image), { ...result('b'), isError: true } as Part),
      ]).at(-1)?.content,
    ).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'a',
        // What the data is counts, not what the client takes it for.
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgoA' } }],
      },
      { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: '(failed)' }], is_error: true },
    ])
  })

  it('an image and text of one message are blocks side by side (T59)', () => {
    const image: Part = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } }
    expect(encode([user(text('look'), image)])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
        ],
      },
    ])
  })
})

describe('files', () => {
  const file = (mediaType: string, said: string): Part => ({
    type: 'file',
    name: 'a',
    source: { type: 'base64', mediaType, data: Buffer.from(said).toString('base64') },
  })

  it('are documents or images by what they are', () => {
    const [sent] = encode([
      user(
        file('application/octet-stream', '%PDF-1.7'),
        file('text/markdown', '# a'),
        file('application/json', '{}'),
        file('image/gif', 'GIF89a'),
        { type: 'file', source: { type: 'url', url: 'https://a.example/b.pdf' } },
      ),
    ])
    expect(sent?.content).toEqual([
      { type: 'document', title: 'a', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjc=' } },
      { type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: '# a' } },
      { type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: '{}' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'R0lGODlh' } },
      { type: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' } },
    ])
  })

  it.each<[string, Part]>([
    ['an image of type image/bmp', { type: 'image', source: { type: 'base64', mediaType: 'image/bmp', data: 'Qk0=' } }],
    ['a file of type video/mp4', file('video/mp4', 'x')],
    [
      'an image uploaded to another vendor',
      { type: 'image', source: { type: 'file-id', protocol: 'gemini', id: 'f' } },
    ],
    ['audio', { type: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'AAAA' } }],
    ['an image with the address gs://', { type: 'image', source: { type: 'url', url: 'gs://a/b.png' } }],
  ])('are refused where they can’t be carried: %s', (what, part) => {
    expect(() => encode([user(part)])).toThrow(
      expect.objectContaining({ kind: 'invalid-request', message: expect.stringContaining(what) as string }) as Error,
    )
  })
})

describe('thoughts', () => {
  const own: Part = { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 'sig' } }
  const foreign: Part = { type: 'reasoning', text: 'hm', signature: { protocol: 'gemini', value: 'g' } }

  it('of other vendors are left away, with signatures and without', () => {
    const messages = [
      user(text('hello')),
      assistant(foreign, { type: 'reasoning', text: 'ho' }, own, text('hi')),
      user(text('x')),
    ]
    expect(encode(messages)[1]?.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'text', text: 'hi' },
    ])
  })

  it('stay away while nothing is thought', () => {
    const messages = [user(text('hello')), assistant(own, text('hi')), user(text('x'))]
    expect(encode(messages, { model: 'claude-sonnet-4-5' })[1]?.content).toEqual([{ type: 'text', text: 'hi' }])
    expect(encode(messages, { model: 'claude-opus-5', reasoning: { mode: 'off' } })[1]?.content).toEqual([
      { type: 'text', text: 'hi' },
    ])
  })

  it('go back as they are to servers that are not Anthropic', () => {
    const messages = [user(text('hello')), assistant({ type: 'reasoning', text: 'ho' }, text('hi')), user(text('x'))]
    expect(encode(messages, { model: 'kimi-k3' })[1]?.content).toEqual([
      { type: 'thinking', thinking: 'ho', signature: '' },
      { type: 'text', text: 'hi' },
    ])
  })

  it('end thinking for a turn where another vendor called the tool and left none behind', () => {
    const request: Partial<Request> = { model: 'claude-sonnet-4-5', reasoning: { mode: 'on', budgetTokens: 2000 } }
    const turn = (thought: Part) => [user(text('hello')), assistant(thought, call('a')), user(result('a', text('1')))]
    expect(send(turn(foreign), request)).not.toHaveProperty('thinking')
    expect(send(turn(own), request)).toHaveProperty('thinking')
    const later = { ...request, model: 'claude-opus-5' }
    expect(send([...turn(foreign), system('be brief')], later)).not.toHaveProperty('thinking')
  })

  it('bring back what other vendors want to see again, from tokens in the signature’s place', () => {
    const signature = { protocol: 'gemini', value: 'g' }
    const encrypted = { protocol: 'openai-responses', value: 'e' }
    const thinking = (token: string, said = '') => ({ type: 'thinking', thinking: said, signature: token })
    expect(
      decode(hello, {
        role: 'assistant',
        content: [
          thinking(pack({ of: 'thought', encrypted, itemId: 'rs_1', summary: true }), 'hm'),
          { type: 'text', text: 'hi' },
          thinking(pack({ of: 'text', signature })),
          thinking(pack({ of: 'call', call: 'a', signature })),
          wireUse('a'),
          thinking(pack({ of: 'thought' }), 'plain'),
          thinking('', 'bare'),
        ],
      })[1]?.parts,
    ).toEqual([
      { type: 'reasoning', text: 'hm', encrypted, itemId: 'rs_1', summary: true },
      { type: 'text', text: 'hi', signature },
      { ...call('a'), signature },
      { type: 'reasoning', text: 'plain' },
      { type: 'reasoning', text: 'bare' },
    ])
  })
})
