import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import type { Dialect } from '../../../../proxy/protocols/openai-chat/dialect.ts'
import { openaiChat, openaiChatIn } from '../../../../proxy/protocols/openai-chat/index.ts'
import { decodeRequest, encodeRequest } from '../../../../proxy/protocols/openai-chat/request.ts'
import { countPlaces, damaged, strangers } from '../../../support/damage.ts'

const hello = { role: 'user', content: 'hello' }
const decode = (fields: object) => decodeRequest({ model: 'm', messages: [hello], ...fields })

/** What would be sent for a request, as JSON. */
function encode(fields: Partial<Request>, dialect?: Dialect): Readonly<Record<string, unknown>> {
  const request: Request = {
    model: 'm',
    stream: true,
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
    tools: [],
    sampling: {},
    ...fields,
  }
  return JSON.parse(JSON.stringify(encodeRequest(request, dialect))) as Record<string, unknown>
}

/** What would be sent on for a client's body. */
function through(body: object, dialect?: Dialect): unknown {
  return JSON.parse(JSON.stringify(encodeRequest(decodeRequest(body), dialect)))
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

/** A body with every field of the format, and some of other servers. */
const everything = {
  model: 'm',
  messages: [
    { role: 'developer', content: 'be kind', name: 'boss' },
    {
      role: 'system',
      content: [
        { type: 'text', text: 'one', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: 'two' },
      ],
    },
    {
      role: 'user',
      name: 'ann',
      content: [
        { type: 'text', text: 'look', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'original', novel: 1 } },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
        { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } },
        { type: 'file', file: { file_id: 'file-1' } },
        { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'let me see',
      audio: { id: 'audio_1' },
      novel: true,
      tool_calls: [
        {
          id: 'a',
          type: 'function',
          function: { name: 'f', arguments: '{"b": 1}' },
          extra_content: { google: { thought_signature: 's' } },
        },
        { id: 'b', type: 'custom', custom: { name: 'c', input: 'raw' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'one', name: 'f' },
    {
      role: 'tool',
      tool_call_id: 'b',
      content: [
        { type: 'text', text: 'x' },
        { type: 'text', text: 'y' },
      ],
    },
    { role: 'developer', content: 'by the way' },
    { role: 'assistant', content: 'said', refusal: 'no', name: 'bot' },
    { role: 'user', content: 'go on' },
  ],
  tools: [
    {
      type: 'function',
      function: { name: 'f', description: 'd', parameters: { type: 'object' }, novel: 1 },
      cache_control: {},
    },
    {
      type: 'custom',
      custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'regex', definition: 'a+' } } },
    },
    { type: 'builtin_function', function: { name: '$web_search' } },
  ],
  tool_choice: { type: 'custom', custom: { name: 'c' } },
  parallel_tool_calls: true,
  max_completion_tokens: 100,
  temperature: 0,
  top_p: 0.5,
  top_k: 40,
  min_p: 0.1,
  frequency_penalty: 1,
  presence_penalty: -1,
  seed: 1,
  stop: ['a', 'b'],
  logprobs: true,
  top_logprobs: 2,
  logit_bias: { '1': 2 },
  reasoning_effort: 'minimal',
  verbosity: 'low',
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: false } },
  web_search_options: { search_context_size: 'low' },
  prompt_cache_key: 'k',
  prompt_cache_retention: 'in_memory',
  prompt_cache_options: { mode: 'implicit' },
  metadata: { a: 'b' },
  user: 'u',
  safety_identifier: 's',
  service_tier: 'priority',
  store: true,
  modalities: ['text', 'audio'],
  audio: { voice: 'alloy', format: 'wav' },
  prediction: { type: 'content', content: 'x' },
  moderation: { model: 'x' },
  chat_template_kwargs: { enable_thinking: false },
  stream: true,
  stream_options: { include_obfuscation: false },
}

const OURS = { stream: true, stream_options: { include_usage: true } }

describe('decodeRequest', () => {
  it('reads what a client asks', () => {
    expect(
      decode({
        stream: true,
        stream_options: { include_usage: true },
        max_completion_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        frequency_penalty: 0.1,
        presence_penalty: 0.2,
        seed: 7,
        stop: 'END',
        n: 2,
        logprobs: true,
        top_logprobs: 3,
        logit_bias: { '50256': -100 },
        reasoning_effort: 'low',
        verbosity: 'high',
        parallel_tool_calls: false,
        prompt_cache_key: 'session',
        prompt_cache_retention: '24h',
        metadata: { team: 'a' },
        user: 'u',
        service_tier: 'flex',
      }),
    ).toEqual({
      model: 'm',
      stream: true,
      streamUsage: true,
      system: [],
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
      tools: [],
      parallelTools: false,
      sampling: {
        maxTokens: 100,
        temperature: 0.5,
        topP: 0.9,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        seed: 7,
        stop: ['END'],
        n: 2,
        logprobs: true,
        topLogprobs: 3,
        logitBias: { '50256': -100 },
      },
      reasoning: { effort: 'low' },
      verbosity: 'high',
      cache: { key: 'session', retention: '24h' },
      metadata: { team: 'a' },
      user: 'u',
      serviceTier: 'flex',
    })
  })

  it('takes null for absent, and a client that names no model', () => {
    const nothing = {
      temperature: null,
      stop: null,
      tools: null,
      tool_choice: null,
      response_format: null,
      stream: null,
    }
    expect(decodeRequest({ model: null, messages: [hello], ...nothing })).toEqual({
      model: '',
      stream: false,
      system: [],
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
      tools: [],
      sampling: {},
    })
  })

  it('reads the older name of the token limit', () => {
    expect(decode({ max_tokens: 5 }).sampling).toEqual({ maxTokens: 5 })
    expect(decode({ max_tokens: 5, max_completion_tokens: 6 }).sampling).toEqual({ maxTokens: 6 })
  })

  it('reads OpenRouter’s object of reasoning', () => {
    expect(decode({ reasoning: { max_tokens: 2000, exclude: true } }).reasoning).toEqual({
      budgetTokens: 2000,
      visible: false,
    })
    expect(decode({ reasoning: { enabled: false } }).reasoning).toEqual({ mode: 'off' })
    expect(decode({ reasoning: { effort: 'xhigh' } }).reasoning).toEqual({ effort: 'xhigh' })
  })

  it('reads tools of every kind', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } }
    const grammar = { syntax: 'lark', definition: 'start: "a"' }
    expect(
      decode({
        tools: [
          { type: 'function', function: { name: 'weather', description: 'tells it', parameters, strict: true } },
          {
            type: 'custom',
            custom: { name: 'patch', description: 'changes it', format: { type: 'grammar', grammar } },
          },
          { type: 'builtin_function', function: { name: '$web_search' } },
        ],
        web_search_options: { search_context_size: 'low' },
      }).tools,
    ).toEqual([
      { type: 'function', name: 'weather', description: 'tells it', parameters, strict: true },
      { type: 'custom', name: 'patch', description: 'changes it', grammar },
      {
        type: 'server',
        protocol: 'openai-chat',
        name: 'builtin_function',
        raw: { type: 'builtin_function', function: { name: '$web_search' } },
      },
      { type: 'server', protocol: 'openai-chat', name: 'web_search', raw: { search_context_size: 'low' } },
    ])
  })

  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'c' } },
      { type: 'tool', name: 'c' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [
            { type: 'function', function: { name: 'f' } },
            { type: 'custom', custom: { name: 'c' } },
          ],
        },
      },
      { type: 'allowed', mode: 'required', names: ['f', 'c'] },
    ],
  ])('reads the tool choice %j', (tool_choice, choice) => {
    expect(decode({ tool_choice }).toolChoice).toEqual(choice)
  })

  it.each([
    [{ type: 'text' }, { type: 'text' }],
    [{ type: 'json_object' }, { type: 'json' }],
    [
      { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true } },
      { type: 'json-schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
    ],
  ])('reads the response format %j', (response_format, format) => {
    expect(decode({ response_format }).format).toEqual(format)
  })

  it.each([
    ['not an object', [], undefined, /object/],
    ['no messages', { model: 'm' }, 'messages', /Missing/],
    ['an empty conversation', { messages: [] }, 'messages', /at least 1/],
    ['a message without a role', { messages: [{ content: 'x' }] }, 'messages[0].role', /"user"/],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role', /got "robot"/],
    [
      'content that is a number',
      { messages: [{ role: 'user', content: 1 }] },
      'messages[0].content',
      /a string or an array/,
    ],
    ['no content', { messages: [{ role: 'user' }] }, 'messages[0].content', /Missing/],
    [
      'a text part without text',
      { messages: [hello, { role: 'user', content: [{ type: 'text', text: 'x' }, { type: 'text' }] }] },
      'messages[1].content[1].text',
      /a string/,
    ],
    [
      'a part without a type',
      { messages: [{ role: 'user', content: [{}] }] },
      'messages[0].content[0].type',
      /"image_url"/,
    ],
    [
      'an image without an address',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages[0].content[0].image_url.url',
      /a string/,
    ],
    [
      'a file without data',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { filename: 'a.pdf' } }] }] },
      'messages[0].content[0].file',
      /file_data or file_id/,
    ],
    [
      'a tool message without an id',
      { messages: [{ role: 'tool', content: 'x' }] },
      'messages[0].tool_call_id',
      /a string/,
    ],
    [
      'arguments that are no text',
      {
        messages: [
          {
            role: 'assistant',
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: { a: 1 } } }],
          },
        ],
      },
      'messages[0].tool_calls[0].function.arguments',
      /a string, got an object/,
    ],
    ['a tool without a name', { tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name', /a string/],
    ['an unknown tool choice', { tool_choice: 'maybe' }, 'tool_choice', /"auto"/],
    ['a temperature in words', { temperature: 'hot' }, 'temperature', /a number, got "hot"/],
    ['too many choices', { n: 900 }, 'n', /at most 128/],
    ['half a token', { max_tokens: 1.5 }, 'max_tokens', /an integer/],
    ['an unknown effort', { reasoning_effort: 'heroic' }, 'reasoning_effort', /"medium"/],
    ['an unknown format', { response_format: { type: 'xml' } }, 'response_format.type', /"json_schema"/],
  ])('refuses %s, naming the field', (_, fields, param, message) => {
    const body = Array.isArray(fields)
      ? fields
      : { messages: 'messages' in fields || 'model' in fields ? undefined : [hello], ...fields }
    const error = refusal(() => decodeRequest(JSON.parse(JSON.stringify(body))))
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ kind: 'invalid-request', param })
    expect((error as ProxyError).message).toMatch(message)
  })

  it('takes a body with a strange value at any place, or refuses it by the name of the field', () => {
    const inside = Array.from({ length: countPlaces(everything) - 1 }, (_, at) => at + 1)
    const refusals = inside.flatMap(place =>
      strangers.map(value => {
        const body = damaged(structuredClone(everything), { place, value, twice: false })
        return refusal(() => decodeRequest(body))
      }),
    )
    const named = (error: unknown) =>
      error instanceof ProxyError && error.kind === 'invalid-request' && error.param !== undefined
    expect(refusals.filter(error => error !== undefined && !named(error))).toEqual([])
    expect(refusals.filter(named).length).toBeGreaterThan(inside.length)
  })

  it('refuses a body that is nested deeper than any JSON writer goes', () => {
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(() => decode({ tools: [{ type: 'function', function: { name: 'f', parameters: { deep } } }] })).toThrow(
      /nested deeper/,
    )
  })
})

describe('encodeRequest', () => {
  it('sends on everything that a client of the same format sent', () => {
    expect(through(everything)).toEqual({
      ...everything,
      stream_options: { include_obfuscation: false, include_usage: true },
    })
  })

  it('asks for a stream always with its usage, and for a whole answer without options of streams (T61)', () => {
    expect(encode({ stream: true })).toEqual({ model: 'm', messages: [hello], ...OURS })
    expect(encode({ stream: false })).toEqual({ model: 'm', messages: [hello], stream: false })
  })

  it('sends the deprecated functions in their new form, for one call at a time', () => {
    expect(
      through({
        model: 'm',
        stream: true,
        messages: [
          hello,
          { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
          { role: 'function', name: 'f', content: 'done' },
        ],
        functions: [{ name: 'f', parameters: { type: 'object' } }],
        function_call: { name: 'f' },
      }),
    ).toEqual({
      model: 'm',
      messages: [
        hello,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_legacy_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call_legacy_1', content: 'done' },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
      ...OURS,
    })
  })

  it('names the token limit as the dialect does (T54)', () => {
    expect(encode({ sampling: { maxTokens: 9 } })).toMatchObject({ max_completion_tokens: 9 })
    const older = encode({ sampling: { maxTokens: 9 } }, { maxTokensField: 'max_tokens' })
    expect(older).toMatchObject({ max_tokens: 9 })
    expect(older).not.toHaveProperty('max_completion_tokens')
  })

  it('is the protocol of a server that differs from OpenAI’s', () => {
    const { encodeRequest: encodeIn, ...rest } = openaiChatIn({ maxTokensField: 'max_tokens' })
    expect(encodeIn(decode({ max_completion_tokens: 9 }))).toMatchObject({ max_tokens: 9 })
    expect(rest).toEqual({ ...openaiChat, encodeRequest: undefined })
  })

  it('sends stop sequences as a list of at most four (T55)', () => {
    expect(encode({ sampling: { stop: ['1'] } })).toMatchObject({ stop: ['1'] })
    expect(encode({ sampling: { stop: ['1', '2', '3', '4', '5'] } })).toMatchObject({ stop: ['1', '2', '3', '4'] })
    expect(encode({ sampling: { stop: [] } })).not.toHaveProperty('stop')
  })

  const tuned = {
    temperature: 1,
    topP: 1,
    frequencyPenalty: 1,
    presencePenalty: 1,
    logprobs: true,
    topLogprobs: 2,
    logitBias: { '1': 2 },
    seed: 3,
    stop: ['a'],
  }

  it.each([
    ['o1', ['seed', 'stop']],
    ['o3', ['seed']],
    ['gpt-5', ['seed']],
    ['openai/gpt-5-mini', ['seed']],
    ['gpt-5.1', ['logprobs', 'seed', 'temperature', 'top_logprobs', 'top_p']],
    ['gpt-5.6', ['seed']],
  ])('leaves out of sampling what %s refuses', (model, kept) => {
    const fields = Object.keys(encode({ model, sampling: tuned }))
    expect(fields.filter(name => !['model', 'messages', ...Object.keys(OURS)].includes(name)).toSorted()).toEqual(kept)
  })

  it('tunes models that do not think, and those of other vendors, whatever a server of open models calls them', () => {
    const whole = encode({ sampling: tuned })
    expect(encode({ model: 'gpt-4o', sampling: tuned })).toEqual({ ...whole, model: 'gpt-4o' })
    expect(encode({ model: 'openai/gpt-oss-120b', sampling: tuned })).toMatchObject({ temperature: 1, stop: ['a'] })
    const open = encode({ model: 'gpt-5', sampling: tuned, reasoning: { effort: 'max' } }, { openaiModels: false })
    expect(open).toEqual({ ...whole, model: 'gpt-5', reasoning_effort: 'max' })
  })

  it.each([
    ['gpt-5', { mode: 'off' }, 'minimal'],
    ['o3', { mode: 'off' }, 'low'],
    ['gpt-5.1', { mode: 'off' }, 'none'],
    ['gpt-5.1', { effort: 'max' }, 'high'],
    ['gpt-5.4', { effort: 'max' }, 'xhigh'],
    ['gpt-4o', { mode: 'off' }, undefined],
    ['gpt-4o', { effort: 'max' }, undefined],
  ] as const)('tells %s to think %j as hard as it can, %s', (model, reasoning, effort) => {
    expect(encode({ model, reasoning })['reasoning_effort']).toBe(effort)
  })

  it('asks how likely other words were only beside how likely the words are', () => {
    expect(encode({ sampling: { topLogprobs: 2 } })).not.toHaveProperty('top_logprobs')
    expect(encode({ sampling: { topLogprobs: 2, logprobs: true } })).toMatchObject({ logprobs: true, top_logprobs: 2 })
  })

  it('sends top_k only where it is known', () => {
    expect(encode({ sampling: { topK: 5, minP: 0.1 } })).toEqual({ model: 'm', messages: [hello], ...OURS })
    expect(encode({ sampling: { topK: 5, minP: 0.1 } }, { topK: true })).toMatchObject({ top_k: 5, min_p: 0.1 })
  })

  it('says nothing of choice and parallel calls where there are no tools', () => {
    expect(encode({ toolChoice: { type: 'auto' }, parallelTools: true })).toEqual({
      model: 'm',
      messages: [hello],
      ...OURS,
    })
  })

  it('shortens tool names that are too long or strange, in declaration, choice and history alike (T53)', () => {
    const name = `mcp.${'server/'.repeat(12)}`
    const call = { type: 'tool-call', id: 'a', name, arguments: '{}', kind: 'function' } as const
    const sent = encode({
      tools: [{ type: 'function', name }],
      toolChoice: { type: 'tool', name },
      messages: [{ role: 'assistant', parts: [call] }],
    })
    const short = (sent['tools'] as { function: { name: string } }[])[0]?.function.name ?? ''
    expect(short).toMatch(/^[A-Za-z0-9_-]{64}$/)
    expect(sent).toMatchObject({
      tool_choice: { type: 'function', function: { name: short } },
      messages: [{ tool_calls: [{ function: { name: short } }] }, { role: 'tool' }],
    })
  })

  it('declares a namespaced tool by its full name, and equal names once', () => {
    const search = { type: 'function', name: 'search', namespace: 'docs' } as const
    expect(encode({ tools: [search, search] })).toMatchObject({ tools: [{ function: { name: 'docs__search' } }] })
    expect(encode({ tools: [search, search] })['tools']).toHaveLength(1)
  })

  it('offers custom tools as functions of one text where they are not known (T57)', () => {
    const patch = {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits.',
      grammar: { syntax: 'lark', definition: 'G' },
    } as const
    const call = { type: 'tool-call', id: 'a', name: 'apply_patch', arguments: '*** Begin\n', kind: 'custom' } as const
    const request = {
      tools: [patch],
      toolChoice: { type: 'tool', name: 'apply_patch' },
      messages: [{ role: 'assistant', parts: [call] }],
    } as const
    expect(encode(request)).toMatchObject({
      tools: [{ type: 'custom', custom: { name: 'apply_patch', format: { type: 'grammar', grammar: patch.grammar } } }],
      tool_choice: { type: 'custom', custom: { name: 'apply_patch' } },
      messages: [{ tool_calls: [{ type: 'custom', custom: { name: 'apply_patch', input: '*** Begin\n' } }] }, {}],
    })
    expect(encode(request, { customTools: false })).toMatchObject({
      tools: [
        {
          type: 'function',
          function: {
            name: 'apply_patch',
            description: 'Edits.\n\nThe input must follow this lark grammar:\nG',
            parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
          },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'apply_patch' } },
      messages: [{ tool_calls: [{ type: 'function', function: { arguments: '{"input":"*** Begin\\n"}' } }] }, {}],
    })
  })

  it('drops tools that run at another vendor', () => {
    const foreign = {
      type: 'server',
      protocol: 'anthropic',
      name: 'web_search',
      raw: { type: 'web_search_20250305' },
    } as const
    expect(encode({ tools: [foreign] })).toEqual({ model: 'm', messages: [hello], ...OURS })
  })

  it('offers only the allowed tools where sets of tools are not known', () => {
    const tools = ['a', 'b', 'c'].map(name => ({ type: 'function', name }) as const)
    const toolChoice = { type: 'allowed', mode: 'required', names: ['a', 'c'] } as const
    expect(encode({ tools, toolChoice })).toMatchObject({
      tools: [{}, {}, {}],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [
            { type: 'function', function: { name: 'a' } },
            { type: 'function', function: { name: 'c' } },
          ],
        },
      },
    })
    expect(encode({ tools, toolChoice }, { allowedTools: false })).toMatchObject({
      tools: [{ function: { name: 'a' } }, { function: { name: 'c' } }],
      tool_choice: 'required',
    })
  })

  it('asks for strict mode only with schemas that it takes', () => {
    const open = { type: 'object', properties: { a: {} } }
    const closed = { ...open, required: ['a'], additionalProperties: false }
    const format = (schema: object) => ({ type: 'json-schema', schema: { ...schema }, strict: true }) as const
    expect(encode({ format: format(open) })).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'response', schema: open, strict: false } },
    })
    expect(encode({ format: format(closed) })).toMatchObject({ response_format: { json_schema: { strict: true } } })
    expect(encode({ tools: [{ type: 'function', name: 'f', parameters: open, strict: true }] })).toMatchObject({
      tools: [{ function: { strict: false } }],
    })
  })

  it.each([
    [{ type: 'json-schema', schema: { type: 'array', items: { type: 'string' } } }, '{"type":"array","items"'],
    [{ type: 'json-schema', schema: { anyOf: [{ type: 'object' }] } }, '{"anyOf"'],
    [{ type: 'enum', schema: { type: 'string', enum: ['a', 'b'] } }, 'without quotation marks'],
  ] as const)('tells in words a form of the answer to which OpenAI binds none: %j', (format, words) => {
    const sent = encode({ format })
    expect(sent).not.toHaveProperty('response_format')
    expect(sent['messages']).toEqual([{ role: 'system', content: expect.stringContaining(words) as string }, hello])
  })

  it('says the word JSON where JSON mode would be refused without it', () => {
    expect(encode({ format: { type: 'json' } })['messages']).toEqual([
      { role: 'system', content: 'Answer in JSON.' },
      hello,
    ])
    const system = [{ text: 'Give json.', origin: 'system' }] as const
    expect(encode({ format: { type: 'json' }, system })['messages']).toHaveLength(2)
  })

  it('makes an effort of a budget, and never sends both to OpenRouter (T48)', () => {
    expect(encode({ reasoning: { budgetTokens: 16_000 } })).toMatchObject({ reasoning_effort: 'high' })
    expect(encode({ reasoning: { mode: 'off' } })).toMatchObject({ reasoning_effort: 'none' })
    const openRouter = { reasoningControl: 'reasoning' } as const
    const both = { budgetTokens: 16_000, effort: 'low', visible: false } as const
    expect(encode({ reasoning: both }, openRouter)).toMatchObject({ reasoning: { max_tokens: 16_000, exclude: true } })
    expect(encode({ reasoning: both }, openRouter)).not.toHaveProperty('reasoning.effort')
    expect(encode({ reasoning: { effort: 'low' } }, openRouter)).toMatchObject({ reasoning: { effort: 'low' } })
    expect(encode({ reasoning: { mode: 'off' } }, openRouter)).toMatchObject({ reasoning: { enabled: false } })
    const mustThink = { model: 'openai/gpt-5', reasoning: { mode: 'off' } } as const
    expect(encode(mustThink, openRouter)).toMatchObject({ reasoning: { effort: 'minimal' } })
  })

  it('keeps the names of users and caches within what is taken (T56)', () => {
    const long = JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's'.repeat(36) })
    const { user, prompt_cache_key: key } = encode({ user: long, cache: { key: long } }) as Record<string, string>
    expect(user).toHaveLength(64)
    expect(key).toHaveLength(64)
  })

  it('says Anthropic’s service tiers in OpenAI’s words', () => {
    expect(encode({ serviceTier: 'standard_only' })).toMatchObject({ service_tier: 'default' })
    expect(encode({ serviceTier: 'flex' })).toMatchObject({ service_tier: 'flex' })
  })

  it('asks for one answer, since one is read', () => {
    expect(encode({ sampling: { n: 3 } })).not.toHaveProperty('n')
  })
})
