import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBackends } from '../../../proxy/backends/index.ts'
import { presets } from '../../../proxy/backends/presets.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { json } from '../../support/fake-openai.ts'
import { sayHello, sayHelloInMessages, startFakeVendor, type VendorRules } from '../../support/fake-vendor.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

/** What each vendor documents, written down anew: where it answers, how it wants the key, what it refuses. */
interface Vendor {
  readonly chat: string
  readonly messages?: string
  readonly keyVariable?: string
  readonly place?: string
  readonly messagesPlace?: string
  readonly refuses?: readonly string[]
  readonly strangers?: RegExp
}

const openaiOnly = ['max_completion_tokens', 'developer']

const vendors: Readonly<Record<string, Vendor>> = {
  openai: { chat: '/v1/chat/completions', keyVariable: 'OPENAI_API_KEY' },
  openrouter: {
    chat: '/api/v1/chat/completions',
    messages: '/api/v1/messages',
    messagesPlace: 'authorization',
    keyVariable: 'OPENROUTER_API_KEY',
  },
  nvidia: {
    chat: '/v1/chat/completions',
    keyVariable: 'NVIDIA_API_KEY',
    refuses: [...openaiOnly, 'stream_options', 'reasoning', 'reasoning_effort', 'store', 'prompt_cache_key'],
  },
  zenmux: {
    chat: '/api/v1/chat/completions',
    messages: '/api/anthropic/v1/messages',
    keyVariable: 'ZENMUX_API_KEY',
  },
  zai: {
    chat: '/api/paas/v4/chat/completions',
    messages: '/api/anthropic/v1/messages',
    keyVariable: 'ZAI_API_KEY',
    refuses: [...openaiOnly, 'reasoning_effort', 'reasoning'],
  },
  'zai-coding-plan': {
    chat: '/api/coding/paas/v4/chat/completions',
    messages: '/api/anthropic/v1/messages',
    keyVariable: 'ZAI_CODING_PLAN_API_KEY',
    refuses: [...openaiOnly, 'reasoning_effort', 'reasoning'],
    strangers: /^x-(?!api-key)/,
  },
  'kimi-code': {
    chat: '/coding/v1/chat/completions',
    messages: '/coding/v1/messages',
    keyVariable: 'KIMI_API_KEY',
    refuses: openaiOnly,
    strangers: /^x-(?!api-key)/,
  },
  minimax: {
    chat: '/v1/chat/completions',
    messages: '/anthropic/v1/messages',
    keyVariable: 'MINIMAX_API_KEY',
    refuses: openaiOnly,
  },
  internlm: { chat: '/api/v1/chat/completions', keyVariable: 'INTERNAI_API_KEY', refuses: openaiOnly },
  deepseek: {
    chat: '/chat/completions',
    keyVariable: 'DEEPSEEK_API_KEY',
    refuses: openaiOnly,
  },
  groq: { chat: '/openai/v1/chat/completions', keyVariable: 'GROQ_API_KEY', refuses: ['developer'] },
  mistral: {
    chat: '/v1/chat/completions',
    keyVariable: 'MISTRAL_API_KEY',
    refuses: [...openaiOnly, 'stream_options', 'store', 'prompt_cache_key'],
  },
  xai: { chat: '/v1/chat/completions', keyVariable: 'XAI_API_KEY' },
  moonshot: {
    chat: '/v1/chat/completions',
    keyVariable: 'MOONSHOT_API_KEY',
    refuses: openaiOnly,
  },
  together: { chat: '/v1/chat/completions', keyVariable: 'TOGETHER_API_KEY', refuses: openaiOnly },
  fireworks: { chat: '/inference/v1/chat/completions', keyVariable: 'FIREWORKS_API_KEY', refuses: openaiOnly },
  cerebras: { chat: '/v1/chat/completions', keyVariable: 'CEREBRAS_API_KEY', refuses: ['developer'] },
  'azure-openai': { chat: '/openai/v1/chat/completions', keyVariable: 'AZURE_OPENAI_API_KEY', place: 'api-key' },
  ollama: { chat: '/v1/chat/completions', refuses: [...openaiOnly, 'reasoning_effort'] },
  lmstudio: { chat: '/v1/chat/completions', refuses: openaiOnly },
  llamacpp: { chat: '/v1/chat/completions', refuses: openaiOnly },
  vllm: { chat: '/v1/chat/completions', refuses: openaiOnly },
}

const KEY = 'the-vendors-key-0123456789'

function rulesOf(vendor: Vendor): VendorRules {
  const {
    chat,
    messages,
    keyVariable,
    place = 'authorization',
    messagesPlace = 'x-api-key',
    refuses,
    strangers,
  } = vendor

  const values = place === 'authorization' ? [`Bearer ${KEY}`] : [KEY]
  return {
    doors: {
      [`POST ${chat}`]: sayHello,
      ...(messages !== undefined && { [`POST ${messages}`]: sayHelloInMessages }),
    },
    auth: keyVariable === undefined ? undefined : { place, values },
    messagesAuth: { place: messagesPlace, values: messagesPlace === 'authorization' ? [`Bearer ${KEY}`] : [KEY] },
    refuses,
    strangers,
  }
}

describe('every vendor of Chat Completions', () => {
  const fakes = new Map<string, Awaited<ReturnType<typeof startFakeVendor>>>()
  let started: StartedApp

  beforeAll(async () => {
    const lines = ['backends:']
    const env: Record<string, string> = {}
    for (const [id, vendor] of Object.entries(vendors)) {
      const fake = await startFakeVendor(rulesOf(vendor))
      fakes.set(id, fake)
      const address = vendor.chat.replace('/chat/completions', '')
      lines.push(`  ${id}:`, `    api_url: ${fake.origin}${id === 'azure-openai' ? '' : address}`)
      if (vendor.keyVariable !== undefined) env[vendor.keyVariable] = KEY
    }
    started = await startApp(lines.join('\n'), env)
  })
  afterAll(async () => {
    await started.close()
    for (const fake of fakes.values()) await fake.close()
  })

  function askedLast(id: string) {
    const last = fakes.get(id)?.asked.at(-1)
    if (last === undefined) throw new Error(`${id} was not asked`)
    return last
  }

  async function ask(path: string, body: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${started.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    return { status: response.status, text: await response.text() }
  }

  /** All that clients of OpenAI's newest models send and other vendors may refuse. */
  const demanding = {
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 100,
    reasoning_effort: 'high',
    messages: [
      { role: 'developer', content: 'Be short.' },
      { role: 'user', content: 'Hi' },
    ],
  }

  it.each(Object.keys(vendors))('%s answers a demanding client, in its own words', async id => {
    const { status, text } = await ask('/v1/chat/completions', { model: `${id}:some-model`, ...demanding })
    expect(text).toContain('Hello')
    expect({ status, ended: text.includes('data: [DONE]') }).toEqual({ status: 200, ended: true })
    const { what, body } = askedLast(id)
    expect(what).toBe(`POST ${vendors[id]?.chat ?? ''}`)
    expect(body['model']).toBe('some-model')
    expect(body['max_tokens'] ?? body['max_completion_tokens']).toBe(100)
  })

  it.each(Object.entries(vendors).flatMap(([id, { messages }]) => (messages === undefined ? [] : [[id, messages]])))(
    '%s spares a client of Messages the translation: %s',
    async (id, door) => {
      const body = { max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }
      const { status, text } = await ask('/v1/messages', { model: `${id}:some-model`, ...body })
      expect(text).toContain('Hello there')
      expect(status).toBe(200)
      const asked = askedLast(id)
      expect(asked.what).toBe(`POST ${door}`)
      expect(asked.body).toEqual({ model: 'some-model', ...body })
      expect(asked.headers['anthropic-version']).toBe('2023-06-01')
    },
  )

  it('a plain request goes through byte for byte where nothing is in its way', async () => {
    const body = { messages: [{ role: 'user', content: 'Hi' }], odd: { kept: [1, null] } }
    await ask('/v1/chat/completions', { model: 'nvidia:meta/llama', ...body })
    expect(askedLast('nvidia').body).toEqual({ model: 'meta/llama', ...body })
  })

  it('the vendor before a model is left out where the service has only that vendor', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    await ask('/v1/chat/completions', { model: 'zai:zhipu/glm-4.6', messages })
    expect(askedLast('zai').body['model']).toBe('glm-4.6')
    await ask('/v1/chat/completions', { model: 'openrouter:zhipu/glm-4.6', messages })
    expect(askedLast('openrouter').body['model']).toBe('zhipu/glm-4.6')
  })

  it('OpenRouter and ZenMux are told who calls, unless the client says so itself', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    await ask('/v1/chat/completions', { model: 'openrouter:m', messages })
    expect(askedLast('openrouter').headers['x-title']).toBe('LLM Interactive Proxy')
    await ask('/v1/chat/completions', { model: 'openrouter:m', messages }, { 'x-title': 'Cline' })
    expect(askedLast('openrouter').headers['x-title']).toBe('Cline')
  })

  it('Kimi is told which coding agent calls; anything else calls under our own name', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    await ask('/v1/chat/completions', { model: 'kimi-code:m', messages }, { 'user-agent': 'opencode/1.2.3' })
    expect(askedLast('kimi-code').headers['user-agent']).toBe('opencode/1.2.3')
    await ask('/v1/messages', { model: 'kimi-code:m', max_tokens: 5, messages }, { 'user-agent': 'claude-cli/2.0' })
    expect(askedLast('kimi-code').headers['user-agent']).toBe('claude-cli/2.0')
    await ask('/v1/chat/completions', { model: 'kimi-code:m', messages }, { 'user-agent': 'Mozilla/5.0' })
    expect(askedLast('kimi-code').headers['user-agent']).toMatch(/^llm-interactive-proxy\//)
  })

  it('Kimi gets a thought beside every tool call, since it refuses calls without one', async () => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'done' },
    ]
    await ask('/v1/chat/completions', { model: 'kimi-code:m', messages, tools })
    const sent = askedLast('kimi-code').body['messages'] as Record<string, unknown>[]
    expect(sent[1]).toMatchObject({ role: 'assistant', reasoning_content: ' ' })
  })

  it('OpenRouter knows the greatest effort by another word', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    await ask('/v1/chat/completions', { model: 'openrouter:m', messages, reasoning_effort: 'max' })
    expect(askedLast('openrouter').body['reasoning']).toMatchObject({ effort: 'xhigh' })
  })

  it('Z.AI is never asked for more tokens than it gives, and told to think by its own switch', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    await ask('/v1/chat/completions', { model: 'zai:m', messages, max_tokens: 1_000_000 })
    expect(askedLast('zai').body['max_tokens']).toBe(200_000)
    await ask('/v1/chat/completions', { model: 'zai:m', messages, reasoning_effort: 'high' })
    expect(askedLast('zai').body).toMatchObject({ thinking: { type: 'enabled' } })
    await ask('/v1/chat/completions', { model: 'zai:m', messages, reasoning_effort: 'none' })
    expect(askedLast('zai').body).toMatchObject({ thinking: { type: 'disabled' } })
  })

  it('InternLM is asked for a whole answer, which a client gets as the stream it asked for', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    const { text } = await ask('/v1/chat/completions', { model: 'internlm:internlm/intern-s1', messages, stream: true })
    expect(askedLast('internlm').body).toMatchObject({ model: 'intern-s1', stream: false, thinking_mode: true })
    expect(text).toContain('chat.completion.chunk')
    expect(text).toContain('data: [DONE]')
  })
})

describe('vendors of other protocols', () => {
  const sse =
    (frames: readonly object[], named = false) =>
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const name = (frame: object) => (named && 'type' in frame ? `event: ${String(frame.type)}\n` : '')
      response.end(frames.map(frame => `${name(frame)}data: ${JSON.stringify(frame)}\n\n`).join(''))
    }
  const gemini = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hello there' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
    modelVersion: 'gemini-x',
    responseId: 'r1',
  }
  const text = { type: 'output_text', text: 'Hello there', annotations: [] }
  const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [text] }
  const answered = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-x', status: 'completed' }
  const responses = [
    { type: 'response.created', response: { ...answered, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...message, status: 'in_progress', content: [] } },
    {
      type: 'response.content_part.added',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      part: { ...text, text: '' },
    },
    { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hello there' },
    { type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, content_index: 0, text: 'Hello there' },
    { type: 'response.content_part.done', item_id: 'msg_1', output_index: 0, content_index: 0, part: text },
    { type: 'response.output_item.done', output_index: 0, item: message },
    {
      type: 'response.completed',
      response: { ...answered, output: [message], usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 } },
    },
  ].map((event, sequence_number) => ({ ...event, sequence_number }))

  const inMessages = { id: 'anthropic', path: '/v1', auth: { place: 'x-api-key', values: [KEY] } }
  const inGemini = { id: 'gemini', path: '', auth: { place: 'x-goog-api-key', values: [KEY] } }
  const inResponses = {
    id: 'openai-responses',
    path: '/v1',
    auth: { place: 'authorization', values: [`Bearer ${KEY}`] },
  }

  it.each([
    { ...inMessages, stream: true, door: 'POST /v1/messages', answer: sayHelloInMessages },
    {
      ...inGemini,
      stream: true,
      door: 'POST /v1beta/models/some-model:streamGenerateContent?alt=sse',
      answer: sse([gemini]),
    },
    { ...inResponses, stream: true, door: 'POST /v1/responses', answer: sse(responses, true) },
    { ...inMessages, stream: false, max_tokens: 9, door: 'POST /v1/messages', answer: sayHelloInMessages },
    {
      ...inGemini,
      stream: false,
      door: 'POST /v1beta/models/some-model:generateContent',
      answer: (response: ServerResponse) => json(response, 200, gemini),
    },
    {
      ...inResponses,
      stream: false,
      door: 'POST /v1/responses',
      answer: (response: ServerResponse) => json(response, 200, responses.at(-1)?.response),
    },
  ])(
    '$id answers a client of Chat Completions; streamed: $stream',
    async ({ id, path, door, auth, answer, ...asks }) => {
      const fake = await startFakeVendor({ doors: { [door]: answer }, auth, messagesAuth: auth })
      const variable = `${presets[id as keyof typeof presets].envPrefixes[0]}_API_KEY`
      const app = await startApp(`backends: { ${id}: { api_url: "${fake.origin}${path}" } }`, { [variable]: KEY })
      const response = await fetch(`${app.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: `${id}:some-model`, messages: [{ role: 'user', content: 'Hi' }], ...asks }),
      })
      const answered = await response.text()
      await app.close()
      await fake.close()
      expect(answered).toContain('Hello there')
      expect(response.status).toBe(200)
      expect(fake.asked.map(({ what }) => what)).toEqual([door])
      if (id !== 'gemini') expect(fake.asked[0]?.body['stream']).toBe(asks.stream)
    },
  )
})

describe('the list of vendors', () => {
  const backends = createBackends(configSchema.parse({}))

  it('has every service of the documents', () => {
    const documented =
      'openai openai-responses anthropic gemini openrouter nvidia zenmux zai zai-coding-plan kimi-code minimax internlm ' +
      'ollama lmstudio llamacpp vllm deepseek groq mistral xai moonshot together fireworks cerebras azure-openai'
    expect(Object.keys(presets).sort()).toEqual(documented.split(' ').sort())
  })

  it('calls each where its documents say, when nothing is configured', () => {
    const places = [...backends.values()].flatMap(backend =>
      backend.kind === 'remote' ? [[backend.id, backend.apis.map(api => `${api.protocol} ${api.baseUrl}`)]] : [],
    )
    expect(Object.fromEntries(places)).toMatchObject({
      openai: ['openai-chat https://api.openai.com/v1', 'openai-responses https://api.openai.com/v1'],
      'openai-responses': ['openai-responses https://api.openai.com/v1'],
      anthropic: ['anthropic https://api.anthropic.com/v1'],
      gemini: ['gemini https://generativelanguage.googleapis.com'],
      nvidia: ['openai-chat https://integrate.api.nvidia.com/v1'],
      zai: ['openai-chat https://api.z.ai/api/paas/v4', 'anthropic https://api.z.ai/api/anthropic/v1'],
      'kimi-code': ['openai-chat https://api.kimi.com/coding/v1', 'anthropic https://api.kimi.com/coding/v1'],
      internlm: ['openai-chat https://chat.intern-ai.org.cn/api/v1'],
      ollama: ['openai-chat http://127.0.0.1:11434/v1'],
    })
  })
})
