import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { anthropic } from '../../../../proxy/protocols/anthropic/index.ts'
import { openaiChat } from '../../../../proxy/protocols/openai-chat/index.ts'
import { codexDialect, type Dialect } from '../../../../proxy/protocols/openai-responses/dialect.ts'
import { openaiResponses, openaiResponsesIn } from '../../../../proxy/protocols/openai-responses/index.ts'
import { protocols } from '../../../../proxy/protocols/index.ts'
import { countPlaces, damaged, strangers } from '../../../support/damage.ts'

type Body = Readonly<Record<string, unknown>>

const hello = { type: 'message', role: 'user', content: 'hello' }
const decode = (fields: object) => openaiResponses.decodeRequest({ model: 'm', input: 'hello', ...fields })

/** What would be sent for a request, as JSON. */
function encode(fields: Partial<Request>, dialect: Dialect = {}): Body {
  const request: Request = {
    model: 'm',
    stream: false,
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
    tools: [],
    sampling: {},
    ...fields,
  }
  return sent(openaiResponsesIn(dialect).encodeRequest(request))
}

/** What would be sent on for a client's body. */
function through(fields: object, dialect: Dialect = {}): Body {
  return sent(openaiResponsesIn(dialect).encodeRequest(decode(fields)))
}

function sent(body: unknown): Body {
  return JSON.parse(JSON.stringify(body)) as Body
}

/** What is thrown, if anything is. */
function refusal(attempt: () => unknown): unknown {
  try {
    attempt()
    return undefined
  } catch (error) {
    return error
  }
}

/** A body with every field of the format. */
const everything = {
  model: 'm',
  instructions: 'be brief',
  input: [
    { type: 'message', role: 'developer', content: 'be kind' },
    {
      type: 'message',
      role: 'system',
      content: [
        { type: 'input_text', text: 'one', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'input_text', text: 'two' },
      ],
    },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'look' },
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' },
        { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
        { type: 'input_image', file_id: 'file-1', detail: 'auto' },
        { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' },
        { type: 'input_file', file_url: 'https://example.com/a.pdf' },
        { type: 'input_file', file_id: 'file-2' },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
        { type: 'input_hologram', beams: 3 },
      ],
    },
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'first' },
        { type: 'summary_text', text: 'then' },
      ],
      encrypted_content: 'gAAAA',
    },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      phase: 'commentary',
      content: [
        {
          type: 'output_text',
          text: 'I will look',
          annotations: [{ type: 'url_citation', url: 'https://a.b', title: 't', start_index: 0, end_index: 3 }],
          logprobs: [],
        },
        { type: 'refusal', refusal: 'not at that' },
      ],
    },
    { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{"b": 1}' },
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'b', name: 'c', input: 'raw' },
    { type: 'function_call', id: 'fc_2', call_id: 'd', name: 'spawn', namespace: 'agents', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: 'one' },
    {
      type: 'custom_tool_call_output',
      call_id: 'b',
      output: [
        { type: 'input_text', text: 'x' },
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
      ],
    },
    { type: 'function_call_output', call_id: 'd', output: '' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    {
      type: 'local_shell_call',
      id: 'lsh_1',
      call_id: 'e',
      status: 'completed',
      action: { type: 'exec', command: ['ls'] },
    },
    { type: 'local_shell_call_output', id: 'lsho_1', output: 'a b c' },
    { type: 'compaction', encrypted_content: 'gBBBB' },
    { type: 'item_reference', id: 'msg_0' },
    { type: 'message', role: 'developer', content: 'by the way' },
    {
      type: 'additional_tools',
      role: 'developer',
      tools: [{ type: 'function', name: 'late', parameters: {}, strict: false }],
    },
    { type: 'message', role: 'user', content: 'go on' },
  ],
  tools: [
    {
      type: 'function',
      name: 'f',
      description: 'd',
      parameters: { type: 'object' },
      strict: false,
      defer_loading: true,
    },
    { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
    {
      type: 'namespace',
      name: 'agents',
      description: 'others',
      tools: [{ type: 'function', name: 'spawn', parameters: { type: 'object' }, strict: false }],
    },
    { type: 'web_search', external_web_access: true },
    { type: 'mcp', server_label: 'docs', server_url: 'https://example.com/mcp' },
  ],
  tool_choice: {
    type: 'allowed_tools',
    mode: 'required',
    tools: [
      { type: 'function', name: 'f' },
      { type: 'custom', name: 'c' },
      { type: 'web_search' },
      { type: 'mcp', server_label: 'docs' },
    ],
  },
  parallel_tool_calls: false,
  max_tool_calls: 3,
  max_output_tokens: 100,
  temperature: 0,
  top_p: 0.5,
  top_logprobs: 2,
  include: ['web_search_call.action.sources', 'reasoning.encrypted_content', 'message.output_text.logprobs'],
  reasoning: { effort: 'xhigh', summary: 'detailed', context: 'all_turns' },
  text: {
    format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: false, description: 'd' },
    verbosity: 'low',
  },
  truncation: 'auto',
  metadata: { a: 'b' },
  service_tier: 'flex',
  prompt_cache_key: 'k',
  prompt_cache_retention: '24h',
  safety_identifier: 's',
  user: 'u',
  background: false,
  store: true,
  client_metadata: { x: 'y' },
  stream: true,
}

describe('a request that goes on in the same format', () => {
  it('says all that the client said', () => {
    const { include, ...rest } = through(everything)
    const { include: asked, ...expected } = everything
    expect(rest).toEqual(expected)
    expect([...(include as string[])].sort()).toEqual([...asked].sort())
  })

  it('takes its input as a string', () => {
    expect(through({})['input']).toEqual([hello])
  })

  it('has no word left over for what means nothing', () => {
    expect(through({ store: false })).toEqual({
      model: 'm',
      input: [hello],
      include: ['reasoning.encrypted_content'],
      store: false,
      stream: false,
    })
  })

  it('keeps what stands behind an id for the server to find', () => {
    for (const field of ['previous_response_id', 'conversation'] as const) {
      const request = openaiResponses.decodeRequest({ model: 'm', [field]: 'x_1' })
      expect(request.messages).toEqual([])
      expect(request.extras).toEqual({ 'openai-responses': { [field]: 'x_1', store: true } })
    }
  })

  it('has none of the ids that a server would not know, where nothing is kept', () => {
    const { input } = through({ ...everything, store: false })
    const own = (input as Body[]).filter(({ type }) => /^(message|function_call|custom_tool_call)/.test(String(type)))
    expect(own.filter(item => 'id' in item)).toEqual([])
    expect((input as Body[]).find(({ type }) => type === 'reasoning')).toMatchObject({ encrypted_content: 'gAAAA' })
    // What the model said goes without an id in the format's short form.
    expect(input).toContainEqual({
      type: 'message',
      role: 'assistant',
      phase: 'commentary',
      content: 'I will looknot at that',
    })
  })

  it('asks for a tool of the vendor by its type', () => {
    const tools = [{ type: 'web_search' }, { type: 'mcp', server_label: 'wiki' }]
    for (const tool_choice of [{ type: 'web_search' }, { type: 'mcp', server_label: 'wiki', name: 'ask' }])
      expect(through({ tools, tool_choice })).toMatchObject({ tools, tool_choice })
    expect(decode({ tools, tool_choice: { type: 'web_search' } }).toolChoice).toEqual({
      type: 'tool',
      name: 'web_search',
    })
  })

  it('leaves strictness to the vendor where the client did', () => {
    const tools = [
      { type: 'function', name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } },
    ]
    expect(through({ tools })['tools']).toEqual([{ ...tools[0], strict: null }])
  })
})

describe('a request of another format', () => {
  it('is not kept by the vendor, and asks for the tokens of its thoughts', () => {
    expect(encode({})).toEqual({
      model: 'm',
      input: [hello],
      include: ['reasoning.encrypted_content'],
      store: false,
      stream: false,
    })
  })

  it('asks models that do not think neither to think nor for tokens of thoughts', () => {
    const body = encode({ model: 'gpt-4.1', reasoning: { effort: 'high' }, sampling: { temperature: 0.5 } })
    expect(body).not.toHaveProperty('include')
    expect(body).not.toHaveProperty('reasoning')
    expect(body).toMatchObject({ temperature: 0.5 })
  })

  it.each([
    ['o3', 'none', 'low'],
    ['gpt-5', 'none', 'minimal'],
    ['gpt-5-mini', 'max', 'high'],
    ['gpt-5.1', 'minimal', 'none'],
    ['gpt-5.4', 'max', 'xhigh'],
    ['gpt-5.6-sol', 'max', 'max'],
    ['gpt-5.1-codex', 'none', 'low'],
    ['gpt-5.3-codex', 'max', 'xhigh'],
    ['openai/gpt-7', 'max', 'max'],
    ['another', 'minimal', 'minimal'],
  ] as const)('tells %s to think %s in the nearest effort that it has, %s', (model, effort, told) => {
    expect(encode({ model, reasoning: { effort } })['reasoning']).toEqual({ effort: told })
  })

  it('does not tune models that refuse it', () => {
    const sampling = { temperature: 1, topP: 0.9, topLogprobs: 2, logprobs: true, maxTokens: 50 }
    const body = encode({ model: 'gpt-5', sampling })
    expect(body).toMatchObject({ max_output_tokens: 50, include: ['reasoning.encrypted_content'] })
    for (const field of ['temperature', 'top_p', 'top_logprobs']) expect(body).not.toHaveProperty(field)
    expect(encode({ model: 'gpt-5.5', sampling, reasoning: { effort: 'none' } })).toMatchObject({ temperature: 1 })
  })

  it('tunes models that do not think unasked, and no longer where they are asked to', () => {
    const sampling = { temperature: 1, topP: 0.9 }
    expect(encode({ model: 'gpt-5.1', sampling })).toMatchObject({ temperature: 1, top_p: 0.9 })
    expect(encode({ model: 'gpt-5.1', sampling, reasoning: { effort: 'low' } })).not.toHaveProperty('temperature')
    for (const model of ['gpt-5.5', 'gpt-5.2-codex', 'gpt-5.2-pro'])
      expect(encode({ model, sampling })).not.toHaveProperty('temperature')
  })

  it('shows thoughts to who wants to see them', () => {
    const summaryOf = (reasoning: Request['reasoning']) =>
      (encode({ reasoning })['reasoning'] as { summary?: string } | undefined)?.summary
    expect(summaryOf({ mode: 'adaptive' })).toBe('auto')
    expect(summaryOf({ mode: 'on', budgetTokens: 9000 })).toBe('auto')
    expect(summaryOf({ mode: 'on', visible: false })).toBeUndefined()
    expect(summaryOf({ effort: 'high', visible: true })).toBe('auto')
    expect(summaryOf({ effort: 'high' })).toBeUndefined()
    expect(summaryOf({ mode: 'off' })).toBeUndefined()
  })

  it('is limited to no less than OpenAI takes', () => {
    expect(encode({ sampling: { maxTokens: 1 } })['max_output_tokens']).toBe(16)
  })

  it('searches the web as OpenAI does, and runs no other vendor’s tools', () => {
    const server = (protocol: string, name: string, raw: Body) => ({ type: 'server', protocol, name, raw }) as const
    const tools = [
      server('anthropic', 'web_search', { type: 'web_search_20250305', name: 'web_search' }),
      server('anthropic', 'bash', { type: 'bash_20250124', name: 'bash' }),
    ]
    expect(encode({ tools })['tools']).toEqual([{ type: 'web_search' }])
    expect(encode({ tools }, { webSearch: false })).not.toHaveProperty('tools')
    const near = { search_context_size: 'low', user_location: { type: 'approximate', approximate: { city: 'Bonn' } } }
    expect(encode({ tools: [server('openai-chat', 'web_search', near)] })['tools']).toEqual([
      { type: 'web_search', search_context_size: 'low', user_location: { type: 'approximate', city: 'Bonn' } },
    ])
  })

  it('chooses no other vendor’s tool but the web search', () => {
    const bash = { type: 'server', protocol: 'anthropic', name: 'bash', raw: { type: 'bash_20250124' } } as const
    const search = { ...bash, name: 'web_search', raw: { type: 'web_search_20250305' } } as const
    const tools = [bash, search]
    expect(encode({ tools, toolChoice: { type: 'tool', name: 'bash' } })).not.toHaveProperty('tool_choice')
    expect(encode({ tools, toolChoice: { type: 'tool', name: 'web_search' } })).toMatchObject({
      tool_choice: { type: 'web_search' },
    })
  })

  it('says tools’ strictness, since the default here is the other one', () => {
    const closed = { type: 'object', properties: {}, required: [], additionalProperties: false }
    const tool = (fields: object) => encode({ tools: [{ type: 'function', name: 'f', ...fields }] })['tools']
    expect(tool({})).toEqual([
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
    ])
    expect(tool({ strict: true, parameters: closed })).toMatchObject([{ strict: true }])
    expect(tool({ strict: true, parameters: { type: 'object' } })).toMatchObject([{ strict: false }])
  })

  it.each([
    [{ type: 'json-schema', schema: { type: 'array', items: { type: 'string' } } }, '{"type":"array","items"'],
    [{ type: 'json-schema', schema: { anyOf: [{ type: 'object' }] } }, '{"anyOf"'],
    [{ type: 'enum', schema: { type: 'string', enum: ['a', 'b'] } }, 'without quotation marks'],
  ] as const)('tells in words a form of the answer to which OpenAI binds none: %j', (format, words) => {
    const sent = encode({ format })
    expect(sent).not.toHaveProperty('text')
    expect(sent['input']).toEqual([
      { type: 'message', role: 'system', content: expect.stringContaining(words) as string },
      hello,
    ])
  })

  it('holds the word JSON where OpenAI wants it, which is not the instructions', () => {
    const format = { type: 'json' } as const
    expect(encode({ format })['input']).toEqual([
      { type: 'message', role: 'system', content: 'Answer in JSON.' },
      hello,
    ])
    expect(encode({ format, system: [{ text: 'JSON!', origin: 'instructions' }] })['input']).toHaveLength(2)
    expect(encode({ format, system: [{ text: 'JSON!', origin: 'system' }] })['input']).toHaveLength(2)
  })

  it('has a user’s long id cut to what OpenAI takes, and caches by the session alone (T56)', () => {
    const session = 'a2f6b9b1-7e0f-4f36-a54a-3e4d9a6b8e11'
    const user_id = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: session })
    const request = anthropic.decodeRequest({
      model: 'm',
      max_tokens: 10,
      messages: [{ role: 'user', content: 'x' }],
      metadata: { user_id },
    })
    const body = sent(openaiResponses.encodeRequest(request))
    expect(body['prompt_cache_key']).toBe(session)
    expect(String(body['user']).length).toBeLessThanOrEqual(64)
  })
})

describe('Codex’s backend', () => {
  it('is asked for nothing that it refuses', () => {
    const body = through(everything, codexDialect)
    expect(Object.keys(body).sort()).toEqual([
      'client_metadata',
      'include',
      'input',
      'instructions',
      'model',
      'parallel_tool_calls',
      'prompt_cache_key',
      'reasoning',
      'service_tier',
      'store',
      'stream',
      'text',
      'tool_choice',
      'tools',
    ])
    expect(body).toMatchObject({ store: false, stream: true })
  })

  it('is given every system prompt as instructions, and has them even if there are none', () => {
    expect(encode({}, codexDialect)['instructions']).toBe('')
    const system = [
      { text: 'one', origin: 'system' },
      { text: 'two', origin: 'developer' },
    ] as const
    expect(encode({ system }, codexDialect)).toMatchObject({ instructions: 'one\n\ntwo', input: [hello] })
    const messages = [
      { role: 'user', parts: [{ type: 'text', text: 'hello' }] },
      { role: 'system', parts: [{ type: 'text', text: 'by the way' }] },
    ] as const
    expect(encode({ messages }, codexDialect)['input']).toEqual([
      hello,
      { type: 'message', role: 'developer', content: 'by the way' },
    ])
  })
})

describe('a dialect', () => {
  const tools = [
    { type: 'custom', name: 'patch', description: 'edits' },
    { type: 'function', name: 'spawn', namespace: 'agents' },
  ] as const
  const messages = [
    {
      role: 'assistant',
      parts: [
        { type: 'tool-call', id: '1', name: 'patch', arguments: 'raw', kind: 'custom' },
        { type: 'tool-call', id: '2', name: 'spawn', namespace: 'agents', arguments: '{}', kind: 'function' },
      ],
    },
  ] as const

  it('without custom tools has functions in their place', () => {
    const body = encode({ tools, messages, toolChoice: { type: 'tool', name: 'patch' } }, { customTools: false })
    expect(body['tools']).toMatchObject([{ type: 'function', name: 'patch' }, { type: 'namespace' }])
    expect(body['tool_choice']).toEqual({ type: 'function', name: 'patch' })
    expect(body['input']).toMatchObject([
      { type: 'function_call', name: 'patch', arguments: '{"input":"raw"}' },
      { type: 'function_call', name: 'spawn', namespace: 'agents' },
      { type: 'function_call_output', call_id: '1' },
      { type: 'function_call_output', call_id: '2' },
    ])
  })

  it('without namespaces has them in the names', () => {
    const body = encode({ tools, messages }, { namespaces: false })
    expect(body['tools']).toMatchObject([{ name: 'patch' }, { type: 'function', name: 'agents__spawn' }])
    const call = (body['input'] as Body[])[1]
    expect(call).toMatchObject({ name: 'agents__spawn' })
    expect(call).not.toHaveProperty('namespace')
  })

  it('without allowed tools offers only these', () => {
    const toolChoice = { type: 'allowed', mode: 'required', names: ['patch'] } as const
    expect(encode({ tools, toolChoice }, { allowedTools: false })).toMatchObject({
      tools: [{ name: 'patch' }],
      tool_choice: 'required',
    })
  })

  it('without a role for developers calls them the system', () => {
    const system = [{ text: 'be kind', origin: 'developer' }] as const
    expect((encode({ system }, { developerRole: false })['input'] as Body[])[0]).toMatchObject({ role: 'system' })
  })
})

describe('a request to the other formats', () => {
  const foreign = protocols.filter(({ id }) => id !== 'openai-responses')

  it.each(foreign)('to $id has no trace of items that only Responses knows', ({ encodeRequest }) => {
    const input = everything.input.filter(
      item => item.type !== 'message' || !JSON.stringify(item).includes('input_audio'),
    )
    const body = JSON.stringify(encodeRequest(decode({ ...everything, tool_choice: 'auto', input: [hello, ...input] })))
    for (const word of ['web_search_call', 'local_shell', 'compaction', 'item_reference', 'gAAAA', 'client_metadata'])
      expect(body).not.toContain(word)
    for (const word of ['be brief', 'be kind', 'I will look', 'by the way', 'go on', 'agents__spawn', 'late'])
      expect(body).toContain(word)
  })

  const f = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }
  const served = [{ type: 'web_search' }, { type: 'mcp', server_label: 'wiki' }, { type: 'image_generation' }]

  it.each(foreign)('to $id chooses no tool that is not sent', ({ encodeRequest }) => {
    const tools = [f, ...served]
    const choices = [{ type: 'image_generation' }, { type: 'allowed_tools', mode: 'required', tools }]
    for (const tool_choice of choices) {
      const body = JSON.stringify(encodeRequest(decode({ tools, tool_choice })))
      for (const name of ['wiki', 'image_generation']) expect(body).not.toContain(name)
    }
  })

  it('to Chat Completions chooses among the functions that are sent, and none where none is allowed', () => {
    const choiceOf = (tool_choice: object) =>
      (openaiChat.encodeRequest(decode({ tools: [f, ...served], tool_choice })) as Body)['tool_choice']
    expect(choiceOf({ type: 'allowed_tools', mode: 'required', tools: [f, ...served] })).toEqual({
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
    })
    expect(choiceOf({ type: 'allowed_tools', mode: 'auto', tools: served })).toBe('none')
    expect(choiceOf({ type: 'web_search' })).toBeUndefined()
  })

  it('to Anthropic, and back, searches the web within the client’s limits', () => {
    const user_location = { type: 'approximate', city: 'Bern', country: 'CH' }
    const search = { type: 'web_search', filters: { allowed_domains: ['a.example'] }, user_location }
    const body = anthropic.encodeRequest(decode({ model: 'claude-sonnet-4-5', tools: [search] })) as Body
    expect(body['tools']).toEqual([
      { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.example'], user_location },
    ])
    expect(sent(openaiResponses.encodeRequest(anthropic.decodeRequest(sent(body))))['tools']).toEqual([search])
  })

  it('to Anthropic calls the web search that it has to, there by Anthropic’s name', () => {
    const asked = decode({
      model: 'claude-sonnet-4-5',
      tools: [f, ...served],
      tool_choice: { type: 'web_search_preview' },
    })
    expect(anthropic.encodeRequest(asked)).toMatchObject({ tool_choice: { type: 'tool', name: 'web_search' } })
  })

  it('to Chat Completions has no empty messages where such items stood', () => {
    const input = [hello, { type: 'local_shell_call_output', id: 'x', output: 'y' }, { ...hello, content: 'bye' }]
    expect((openaiChat.encodeRequest(decode({ input })) as Body)['messages']).toEqual([
      { role: 'user', content: 'hello' },
      { role: 'user', content: 'bye' },
    ])
  })

  it('offers a custom tool as a function and gives back what it was called with (T57)', () => {
    const body = decode({ tools: [{ type: 'custom', name: 'apply_patch', format: { type: 'text' } }] })
    expect(sent(anthropic.encodeRequest(body))['tools']).toMatchObject([
      { name: 'apply_patch', input_schema: { properties: { input: { type: 'string' } } } },
    ])
  })
})

describe('a malformed body', () => {
  it.each([
    [{ input: 5 }, 'input'],
    [{ input: undefined }, 'input'],
    [{ input: [{ role: 'wizard', content: 'x' }] }, 'input[0].role'],
    [{ input: [{ role: 'user' }] }, 'input[0].content'],
    [{ input: [hello, { role: 'user', content: [{ type: 'input_text' }] }] }, 'input[1].content[0].text'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, 'input[0].content[0]'],
    [{ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'function_call', call_id: 'a', name: 'f', arguments: {} }] }, 'input[0].arguments'],
    [{ input: [{ type: 'function_call_output', call_id: 'a' }] }, 'input[0].output'],
    [{ input: [{ type: 'reasoning', summary: 'x' }] }, 'input[0].summary'],
    [{ instructions: [] }, 'instructions'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tools: [{ type: 'namespace', name: 'n' }] }, 'tools[0].tools'],
    [{ tool_choice: 'maybe' }, 'tool_choice'],
    [{ reasoning: { effort: 'heroic' } }, 'reasoning.effort'],
    [{ text: { format: { type: 'json_schema' } } }, 'text.format.schema'],
    [{ max_output_tokens: 'many' }, 'max_output_tokens'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ stream: 'yes' }, 'stream'],
  ])('%j is told by the name of the field', (fields, param) => {
    const error = refusal(() => decode(fields))
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ kind: 'invalid-request', param })
  })

  it('of any kind is a request or an invalid one, whatever field is damaged', () => {
    for (let place = 0; place < countPlaces(everything); place++) {
      for (const value of strangers) {
        const body = damaged(structuredClone(everything), { place, value, twice: place % 2 === 0 })
        const error = refusal(() => {
          const request = openaiResponses.decodeRequest(body)
          for (const protocol of protocols) {
            const failed = refusal(() => JSON.stringify(protocol.encodeRequest(request)))
            if (failed !== undefined && !(failed instanceof ProxyError)) throw failed as Error
          }
        })
        if (error !== undefined) expect(error).toMatchObject({ kind: 'invalid-request' })
      }
    }
  })
})
