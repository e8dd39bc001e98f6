import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import type { Reasoning, Request, Tool } from '../../../../proxy/core/request.ts'
import { decodeRequest, encodeRequest } from '../../../../proxy/protocols/anthropic/request.ts'

const hello = { role: 'user', content: [{ type: 'text', text: 'hello' }] }
const decode = (fields: object) => decodeRequest({ model: 'm', max_tokens: 100, messages: [hello], ...fields })

/** What would be sent for a request, as JSON. */
function encode(fields: Partial<Request>): Readonly<Record<string, unknown>> {
  const request: Request = {
    model: 'claude-opus-5-5',
    stream: false,
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
    tools: [],
    sampling: {},
    ...fields,
  }
  return JSON.parse(JSON.stringify(encodeRequest(request))) as Record<string, unknown>
}

/** What would be sent on for a client's body. */
function through(body: object): unknown {
  return JSON.parse(JSON.stringify(encodeRequest(decodeRequest(body))))
}

function refusal(attempt: () => unknown): unknown {
  try {
    attempt()
    return undefined
  } catch (error) {
    return error
  }
}

const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const tool: Tool = { type: 'function', name: 'f', parameters: schema }

describe('decodeRequest', () => {
  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'user', content: [hello.content[0], { type: 'text' }] }] }, 'messages.0.content.1.text'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'z' } }] }] },
      'messages.0.content.0.source.type',
    ],
    [
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: 'x' }] }] },
      'messages.0.content.0.input',
    ],
    [{ max_tokens: 'many' }, 'max_tokens'],
    [{ tools: [{ name: 'f' }] }, 'tools.0.input_schema'],
    [{ tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ output_config: { effort: 'huge' } }, 'output_config.effort'],
    [{ system: 5 }, 'system'],
  ])('refuses %j and names the field as Anthropic spells it', (fields, param) => {
    const error = refusal(() => decode(fields))
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ kind: 'invalid-request', param })
    expect((error as ProxyError).message).toContain(param)
  })

  it('keeps what it has no word for, at every level', () => {
    const body = {
      model: 'claude-opus-5-5',
      max_tokens: 100,
      system: [{ type: 'text', text: 's', novel: 1, cache_control: { type: 'ephemeral' } }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hello', novel: 2 }], novel: 3 }],
      tools: [
        { type: 'custom', name: 'f', input_schema: schema, defer_loading: true, novel: 4 },
        { type: 'memory_20250818', name: 'memory', novel: 5 },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'omitted', novel: 6 },
      output_config: { effort: 'high', task_budget: { type: 'tokens', total: 9 } },
      metadata: { user_id: 'u', novel: 7 },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      speed: 'fast',
      service_tier: 'auto',
      stop_sequences: ['x'],
      stream: true,
    }
    expect(through(body)).toEqual(body)
  })

  it('takes the body of Claude Code: a budget without its display, tools that wait to be found, a user in JSON (T56)', () => {
    const user_id = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: '1234-abcd' })
    const decoded = decode({
      thinking: { type: 'enabled', budget_tokens: 31_999, display: 'omitted' },
      max_tokens: 32_000,
      metadata: { user_id },
      tools: [{ name: 'Later', description: 'x', input_schema: { type: 'object' }, defer_loading: true }],
    })
    expect(decoded).toMatchObject({
      reasoning: { mode: 'on', budgetTokens: 31_999, visible: false },
      user: user_id,
      cache: { key: '1234-abcd' },
      sampling: { maxTokens: 32_000 },
    })
    expect(decode({ metadata: { user_id: 'user_1_account__session_5-6' } }).cache).toEqual({ key: '5-6' })
    expect(decode({ metadata: { user_id: 'u' } }).cache).toBeUndefined()
  })

  it('keeps the accounting line of Claude Code from other vendors, whose caches it would spoil', () => {
    const system = ['x-anthropic-billing-header: cc_version=2;', 'You are an agent.'].map(said => ({
      type: 'text',
      text: said,
    }))
    const body = { model: 'claude-opus-5-5', max_tokens: 9, system, messages: [hello], stream: true }
    expect(decode({ system }).system).toEqual([{ text: 'You are an agent.', origin: 'system' }])
    expect(through(body)).toEqual(body)
  })

  it('reads a request that only warms the cache as one for a single token, since it can’t be streamed', () => {
    expect(decode({ max_tokens: 0 }).sampling.maxTokens).toBe(1)
  })

  it('needs no limit, as for a count of tokens', () => {
    expect(decode({ max_tokens: undefined }).sampling).toEqual({})
  })
})

describe('the length of the answer', () => {
  it('is always limited, by the most that the model can', () => {
    expect(encode({})).toMatchObject({ max_tokens: 128_000 })
    expect(encode({ model: 'anthropic/claude-opus-4.1' })).toMatchObject({ max_tokens: 32_000 })
    expect(encode({ model: 'kimi-k3' })).toMatchObject({ max_tokens: 4096 })
    expect(encode({ model: 'claude-3-haiku-20240307', sampling: { maxTokens: 9999 } })).toMatchObject({
      max_tokens: 4096,
    })
    expect(encode({ sampling: { maxTokens: 9 } })).toMatchObject({ max_tokens: 9 })
  })
})

describe('sampling', () => {
  const sampling = { temperature: 1.5, topP: 0.9, topK: 40, seed: 1, stop: ['a', ' '] }

  it('goes as far as the model takes it', () => {
    const sent = (model: string, reasoning?: Reasoning) => {
      const { temperature, top_p, top_k, stop_sequences } = encode({ model, sampling, reasoning })
      return { temperature, top_p, top_k, stop_sequences }
    }
    expect(sent('kimi-k3')).toEqual({ temperature: 1, top_p: 0.9, top_k: 40, stop_sequences: ['a'] })
    expect(sent('claude-sonnet-4-5')).toEqual({ temperature: 1, top_k: 40, stop_sequences: ['a'] })
    expect(sent('claude-sonnet-4-5', { mode: 'on', budgetTokens: 2000 })).toEqual({ stop_sequences: ['a'] })
    expect(sent('claude-opus-5-5')).toEqual({ stop_sequences: ['a'] })
  })
})

describe('thinking', () => {
  const sent = (model: string, reasoning: Reasoning, maxTokens = 20_000) => {
    const { thinking, output_config, max_tokens } = encode({ model, reasoning, sampling: { maxTokens } })
    return { thinking, ...(output_config as object | undefined), ...(max_tokens !== maxTokens && { max_tokens }) }
  }

  it.each<[string, Reasoning, object]>([
    [
      'claude-opus-5-5',
      { effort: 'xhigh' },
      { thinking: { type: 'adaptive', display: 'summarized' }, effort: 'xhigh' },
    ],
    ['claude-opus-4-6', { effort: 'xhigh' }, { thinking: { type: 'adaptive', display: 'summarized' }, effort: 'max' }],
    [
      'claude-opus-4-7',
      { effort: 'minimal' },
      { thinking: { type: 'adaptive', display: 'summarized' }, effort: 'low' },
    ],
    ['claude-opus-4-7', { mode: 'on', budgetTokens: 31_999 }, { thinking: { type: 'adaptive' }, effort: 'xhigh' }],
    ['claude-opus-4-6', { mode: 'on', budgetTokens: 5000 }, { thinking: { type: 'enabled', budget_tokens: 5000 } }],
    [
      'claude-sonnet-4-5',
      { mode: 'adaptive', effort: 'medium' },
      { thinking: { type: 'enabled', budget_tokens: 8192 } },
    ],
    ['claude-sonnet-4-5', { mode: 'auto' }, { thinking: { type: 'enabled', budget_tokens: 8192 } }],
    ['kimi-k3', { mode: 'on', budgetTokens: 5000 }, { thinking: { type: 'enabled', budget_tokens: 5000 } }],
    ['kimi-k3', { mode: 'adaptive', effort: 'high' }, { thinking: { type: 'adaptive' }, effort: 'high' }],
    ['claude-opus-5-5', { mode: 'auto', effort: 'low' }, { effort: 'low' }],
    ['claude-opus-5-5', { mode: 'adaptive', visible: true }, { thinking: { type: 'adaptive', display: 'summarized' } }],
  ])('%s is asked for %j in its own way (T47)', (model, reasoning, wanted) => {
    expect(sent(model, reasoning)).toEqual(wanted)
  })

  it.each<[string, object]>([
    ['claude-opus-5', { thinking: { type: 'disabled' } }],
    ['claude-sonnet-5-5', { thinking: { type: 'between_tools' } }],
    ['claude-fable-5-1', { effort: 'low' }],
    ['claude-sonnet-4-5', { thinking: { type: 'disabled' } }],
  ])('%s is switched off as far as it can be', (model, wanted) => {
    expect(sent(model, { effort: 'none' })).toEqual(wanted)
    expect(sent(model, { mode: 'off' })).toEqual(wanted)
  })

  it('is not spoken of to models that don’t', () => {
    for (const reasoning of [{ effort: 'high' }, { mode: 'off' }, { mode: 'adaptive' }] as const)
      expect(encode({ model: 'claude-3-5-haiku-20241022', reasoning })).toEqual(
        encode({ model: 'claude-3-5-haiku-20241022' }),
      )
  })

  it('asks for no more than high effort where nothing is thought', () => {
    expect(sent('claude-haiku-5-5', { mode: 'off', effort: 'max' })).toEqual({
      thinking: { type: 'disabled' },
      effort: 'high',
    })
  })

  it('has a budget of at least 1024 tokens that leaves room for the answer', () => {
    const budget = (reasoning: Reasoning, maxTokens: number) => sent('claude-sonnet-4-5', reasoning, maxTokens)
    expect(budget({ mode: 'on', budgetTokens: 100 }, 2000)).toMatchObject({ thinking: { budget_tokens: 1024 } })
    expect(budget({ mode: 'on', budgetTokens: 31_999 }, 32_000)).toMatchObject({ thinking: { budget_tokens: 31_999 } })
    expect(budget({ mode: 'on', budgetTokens: 9000 }, 5000)).toMatchObject({ thinking: { budget_tokens: 4999 } })
    expect(budget({ effort: 'high' }, 10_000)).toMatchObject({ thinking: { budget_tokens: 5904 } })
    expect(budget({ effort: 'low' }, 500)).toMatchObject({ thinking: { budget_tokens: 1024 }, max_tokens: 1524 })
  })

  it('between tools only comes back as that', () => {
    const body = {
      model: 'claude-sonnet-5-5',
      max_tokens: 9,
      messages: [hello],
      thinking: { type: 'between_tools' },
      stream: true,
    }
    expect(through(body)).toEqual(body)
  })
})

describe('tools', () => {
  it('are declared with names and schemas that Anthropic takes', () => {
    const { tools } = encode({
      tools: [
        { type: 'function', name: 'a.b/c', description: '' },
        { type: 'function', name: 'f', parameters: schema, strict: true, namespace: 'ns' },
        {
          type: 'function',
          name: 'f',
          parameters: { ...schema, additionalProperties: true },
          strict: true,
          cache: { ttl: '1h' },
        },
        { type: 'function', name: 'f' },
        { type: 'custom', name: 'patch', description: 'Patch.', grammar: { syntax: 'lark', definition: 'start: x' } },
        { type: 'server', protocol: 'openai-responses', name: 'web_search', raw: { type: 'web_search' } },
        { type: 'server', protocol: 'openai-responses', name: 'file_search', raw: { type: 'file_search' } },
      ],
    })
    expect(tools).toEqual([
      {
        type: 'custom',
        name: expect.stringMatching(/^a_b_c_[0-9a-f]{8}$/) as string,
        input_schema: { type: 'object', properties: {} },
      },
      { type: 'custom', name: 'ns__f', input_schema: schema, strict: true },
      {
        type: 'custom',
        name: 'f',
        input_schema: { ...schema, additionalProperties: true },
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
      {
        type: 'custom',
        name: 'patch',
        description: 'Patch.\n\nThe input must follow this lark grammar:\nstart: x',
        input_schema: {
          type: 'object',
          properties: { input: { type: 'string' } },
          required: ['input'],
          additionalProperties: false,
        },
      },
      { type: 'web_search_20250305', name: 'web_search' },
    ])
  })

  it('are strict only with schemas that strict mode takes', () => {
    const next = { $ref: '#' }
    const parameters = { type: 'object', properties: { next }, required: [], additionalProperties: false }
    expect(encode({ tools: [{ type: 'function', name: 'f', parameters, strict: true }] }).tools).toEqual([
      { type: 'custom', name: 'f', input_schema: parameters },
    ])
  })

  it('that were called are declared where the client offers none, and none may be called', () => {
    const { tools, tool_choice } = encode({
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'hello' }] },
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '', kind: 'function' }] },
      ],
    })
    expect(tools).toEqual([{ type: 'custom', name: 'f', input_schema: { type: 'object', properties: {} } }])
    expect(tool_choice).toEqual({ type: 'none' })
  })

  const model = 'claude-opus-5'
  const tools: Tool[] = [tool, { type: 'function', name: 'g.h' }]

  it.each<[Partial<Request>, unknown]>([
    [{}, undefined],
    [{ parallelTools: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ toolChoice: { type: 'auto' } }, { type: 'auto' }],
    [{ toolChoice: { type: 'none' }, parallelTools: false }, { type: 'none' }],
    [
      { toolChoice: { type: 'required' }, parallelTools: true },
      { type: 'any', disable_parallel_tool_use: false },
    ],
    [{ toolChoice: { type: 'tool', name: 'f' } }, { type: 'tool', name: 'f' }],
    [{ toolChoice: { type: 'tool', name: 'missing' } }, undefined],
    [{ tools: [], toolChoice: { type: 'required' } }, undefined],
  ])('are chosen by %j', (fields, wanted) => {
    expect(encode({ model, tools, ...fields }).tool_choice).toEqual(wanted)
  })

  it('of an allowed set are the only ones offered', () => {
    const sent = encode({ model, tools, toolChoice: { type: 'allowed', mode: 'required', names: ['f'] } })
    expect(sent.tools).toMatchObject([{ name: 'f' }])
    expect(sent.tool_choice).toEqual({ type: 'any' })
  })

  it('of another vendor can’t be made to be called, nor asked for in words', () => {
    const served = { type: 'server', protocol: 'openai-responses', name: 'file_search', raw: {} } as const
    const sent = encode({ tools: [...tools, served], toolChoice: { type: 'tool', name: 'file_search' } })
    expect(sent).not.toHaveProperty('tool_choice')
    expect(sent).not.toHaveProperty('system')
  })

  it('that a model can’t be made to call are asked for in words (T46)', () => {
    const forced = encode({ tools, toolChoice: { type: 'tool', name: 'f' } })
    expect(forced.tool_choice).toEqual({ type: 'auto' })
    expect(forced.system).toEqual([{ type: 'text', text: 'Answer with a call of the tool `f`.' }])
    const toolChoice = { type: 'required' } as const
    expect(encode({ model: 'claude-sonnet-4-5', tools, toolChoice })).toMatchObject({ tool_choice: { type: 'any' } })
    expect(
      encode({ model: 'claude-sonnet-4-5', tools, toolChoice, reasoning: { mode: 'on', budgetTokens: 2000 } }),
    ).toMatchObject({ tool_choice: { type: 'auto' }, system: [{ text: 'Answer with a call of one of the tools.' }] })
  })
})

describe('the format of the answer', () => {
  const format = {
    type: 'json-schema',
    schema: { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } },
  } as const

  it('is a schema without what Anthropic refuses, where the model takes one', () => {
    expect(encode({ format })).toMatchObject({
      output_config: {
        format: {
          type: 'json_schema',
          schema: {
            type: 'object',
            properties: { a: { type: 'integer', description: '(minimum: 1)' } },
            additionalProperties: false,
          },
        },
      },
    })
  })

  it('is told to older models, and never a forced tool (T46)', () => {
    const sent = encode({ model: 'claude-sonnet-4', format, reasoning: { mode: 'on', budgetTokens: 2000 } })
    expect(sent).not.toHaveProperty('output_config')
    expect(sent).not.toHaveProperty('tool_choice')
    expect(sent.system).toEqual([{ type: 'text', text: expect.stringContaining('"minimum":1') as string }])
    expect(encode({ format: { type: 'json' } }).system).toEqual([
      { type: 'text', text: 'When you answer, answer with a JSON object and nothing else.' },
    ])
    expect(encode({ format: { type: 'text' } })).not.toHaveProperty('system')
  })

  it('is told to any model where Anthropic can’t bind an answer to it', () => {
    const map = { type: 'object', additionalProperties: { type: 'string' } }
    const sent = encode({ format: { type: 'json-schema', schema: map } })
    expect(sent).not.toHaveProperty('output_config')
    expect(sent.system).toEqual([{ type: 'text', text: expect.stringContaining(JSON.stringify(map)) as string }])
  })

  it('is told where it is a choice of texts, which structured output would put in quotation marks', () => {
    const sent = encode({ format: { type: 'enum', schema: { type: 'string', enum: ['a', 'b'] } } })
    expect(sent).not.toHaveProperty('output_config')
    expect(sent.system).toEqual([{ type: 'text', text: expect.stringContaining('without quotation marks') as string }])
  })

  it('of the beta’s name is read as the one of today', () => {
    const { output_format } = { output_format: { type: 'json_schema', schema } }
    expect(decode({ output_format }).format).toEqual({ type: 'json-schema', schema })
  })
})

describe('marks of the prompt cache', () => {
  it('are four at most, the last ones, and none lasts longer than one before it', () => {
    const marked = (text: string, ttl?: '1h') => ({ type: 'text', text, cache: { ...(ttl && { ttl }) } }) as const
    const sent = encode({
      tools: [{ ...tool, cache: {} }],
      system: [{ text: 's', origin: 'system', cache: { ttl: '1h' } }],
      messages: [
        { role: 'user', parts: [marked('a', '1h'), marked('b')] },
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '', kind: 'function' }] },
        {
          role: 'user',
          parts: [
            {
              type: 'tool-result',
              callId: 'c',
              kind: 'function',
              isError: false,
              parts: [marked('d', '1h')],
              cache: {},
            },
          ],
        },
      ],
    })
    expect(JSON.stringify(sent).match(/"cache_control":\{[^}]*\}/g)).toEqual([
      '"cache_control":{"type":"ephemeral","ttl":"1h"}',
      '"cache_control":{"type":"ephemeral"}',
      '"cache_control":{"type":"ephemeral","ttl":"5m"}',
      '"cache_control":{"type":"ephemeral"}',
    ])
    expect(sent.tools).not.toMatchObject([{ cache_control: {} }])
    expect(sent.system).not.toMatchObject([{ cache_control: {} }])
  })
})

describe('the rest', () => {
  it('is what Anthropic has of it: one user, its own tiers, no second answer', () => {
    const sent = encode({
      user: 'u'.repeat(600),
      metadata: { run: '7' },
      serviceTier: 'default',
      sampling: { n: 3, frequencyPenalty: 1, logprobs: true },
      verbosity: 'low',
    })
    expect(Object.keys(sent).sort()).toEqual(['max_tokens', 'messages', 'metadata', 'model', 'service_tier', 'stream'])
    expect(sent).toMatchObject({ service_tier: 'standard_only', stream: false })
    expect((sent.metadata as { user_id: string }).user_id).toHaveLength(512)
    expect(encode({ serviceTier: 'flex' })).not.toHaveProperty('service_tier')
  })
})
