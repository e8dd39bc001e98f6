import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, damaged, type Damage } from '../../../support/damage.ts'
import { startApp, type StartedApp } from '../../../support/start-app.ts'
import { startFakes, type Fake } from './fakes.ts'
import { TOOL } from './scenario.ts'

/** Bodies that no client should send, made from ones that it does, over real sockets towards backends of other protocols. */

type Body = Readonly<Record<string, unknown>>

const RUNS = 30
const SEED = 20_261_123
const PIXEL = 'iVBORw0KGgo='

/** One API: where it is asked, a body with a bit of everything, and what its errors look like. */
interface Front {
  readonly name: string
  /** Where a model is asked. */
  readonly path: (model: string) => string
  /** Backends of other protocols. */
  readonly foreign: readonly string[]
  readonly body: Body
  readonly error: object
  /** The same call twice, with one id. */
  readonly twice: Body
}

const text = expect.any(String) as string
const call = { type: 'function', id: 'a', function: { name: TOOL.name, arguments: '{"at":"sea"}' } }
const item = { type: 'function_call', call_id: 'a', name: TOOL.name, arguments: '{"at":"sea"}' }
const block = { type: 'tool_use', id: 'a', name: TOOL.name, input: { at: 'sea' } }
const part = { functionCall: { id: 'a', name: TOOL.name, args: { at: 'sea' } } }

const chat = (calls: readonly object[]): Body => ({
  messages: [
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      name: 'ada',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: 'low' } },
      ],
    },
    { role: 'assistant', content: null, tool_calls: calls },
    { role: 'tool', tool_call_id: 'a', content: 'a boat' },
  ],
  tools: [{ type: 'function', function: { name: TOOL.name, description: 'Looks.', parameters: TOOL.schema } }],
  tool_choice: { type: 'function', function: { name: TOOL.name } },
  temperature: 0.5,
  max_completion_tokens: 500,
  stop: ['END'],
  reasoning_effort: 'low',
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: TOOL.schema } },
  metadata: { a: 'b' },
})

const responses = (calls: readonly object[]): Body => ({
  instructions: 'Be brief.',
  store: false,
  input: [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'What is it?' },
        { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'auto' },
      ],
    },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'gAAAAA' },
    ...calls,
    { type: 'function_call_output', call_id: 'a', output: 'a boat' },
  ],
  tools: [{ type: 'function', name: TOOL.name, description: 'Looks.', parameters: TOOL.schema, strict: false }],
  tool_choice: 'auto',
  max_output_tokens: 500,
  reasoning: { effort: 'low', summary: 'auto' },
  text: { format: { type: 'json_schema', name: 'answer', schema: TOOL.schema }, verbosity: 'low' },
  include: ['reasoning.encrypted_content'],
})

const anthropic = (calls: readonly object[]): Body => ({
  max_tokens: 4000,
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
      ],
    },
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }, ...calls] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'a boat' }] }] },
  ],
  tools: [{ name: TOOL.name, description: 'Looks.', input_schema: TOOL.schema }],
  tool_choice: { type: 'auto' },
  thinking: { type: 'enabled', budget_tokens: 1024 },
  stop_sequences: ['END'],
  metadata: { user_id: 'ada' },
})

const gemini = (calls: readonly object[]): Body => ({
  systemInstruction: { parts: [{ text: 'Be brief.' }] },
  contents: [
    { role: 'user', parts: [{ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data: PIXEL } }] },
    { role: 'model', parts: [{ text: 'Hm.', thought: true, thoughtSignature: 'c2ln' }, ...calls] },
    { role: 'user', parts: [{ functionResponse: { id: 'a', name: TOOL.name, response: { output: 'a boat' } } }] },
  ],
  tools: [{ functionDeclarations: [{ name: TOOL.name, description: 'Looks.', parametersJsonSchema: TOOL.schema }] }],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [TOOL.name] } },
  generationConfig: {
    temperature: 0.5,
    maxOutputTokens: 500,
    stopSequences: ['END'],
    thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 },
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT', properties: { at: { type: 'STRING' } } },
  },
})

const fronts: readonly Front[] = [
  {
    name: 'Chat Completions',
    path: () => '/v1/chat/completions',
    foreign: ['claude', 'gemini', 'responses', 'assist'],
    body: chat([call]),
    twice: chat([call, call]),
    error: { error: { message: text, type: text } },
  },
  {
    name: 'Responses',
    path: () => '/v1/responses',
    foreign: ['claude', 'gemini', 'chat', 'assist'],
    body: responses([item]),
    twice: responses([item, item]),
    error: { error: { message: text, type: text } },
  },
  {
    name: 'Anthropic',
    path: () => '/anthropic/v1/messages',
    foreign: ['chat', 'responses', 'gemini', 'assist'],
    body: anthropic([block]),
    twice: anthropic([block, block]),
    error: { type: 'error', error: { type: text, message: text } },
  },
  {
    name: 'Gemini',
    path: model => `/v1beta/models/${model}:generateContent`,
    foreign: ['responses', 'chat', 'claude', 'assist'],
    body: gemini([part]),
    twice: gemini([part, part]),
    error: { error: { code: expect.any(Number) as number, message: text, status: text } },
  },
]

/** What each backend is asked for. */
const MODELS: Readonly<Record<string, string>> = {
  chat: 'chat:gpt-x',
  responses: 'responses:gpt-x',
  claude: 'claude:claude-opus-4-6',
  gemini: 'gemini:gemini-3-pro-preview',
  assist: 'assist:gemini-3-pro-preview',
}

let fakes: readonly Fake[]
let proxy: StartedApp

beforeAll(async () => {
  fakes = await startFakes()
  for (const fake of fakes) fake.says({ text: ['Fine.'] })
  const backends = fakes.map(
    ({ id, protocol, url }) =>
      `  ${id}: { type: custom, protocol: ${protocol}, api_url: ${url}, api_key: env:${id.toUpperCase()}_KEY }`,
  )
  proxy = await startApp(
    [
      'failure_handling: { enabled: false }',
      'resilience: { circuit_breaker: { enabled: false } }',
      'server: { body_limit_mb: 1, fetch_media: off }',
      'backends:',
      ...backends,
    ].join('\n'),
    Object.fromEntries(fakes.map(({ id, key }) => [`${id.toUpperCase()}_KEY`, key])),
  )
})

afterAll(async () => {
  await proxy.close()
  await Promise.all(fakes.map(fake => fake.close()))
})

/** Sends a body, and says how it was answered; the answer is of the API's own shape, whatever it is. */
async function send({ path, error }: Front, model: string, body: string | Buffer): Promise<number> {
  const response = await fetch(proxy.url + path(model), { method: 'POST', body })
  const answer: unknown = await response.json()
  if (response.status !== 200) expect(answer).toMatchObject(error)
  return response.status
}

const NEST = '{"a":'

const pairs = fronts.flatMap(front => front.foreign.map(id => ({ ...front, id })))

describe.each(pairs)('$name on $id', ({ id, ...front }) => {
  const model = MODELS[id] ?? ''
  // Google's API has the model in its path.
  const named = (body: Body) => (front.path(model).includes(model) ? body : { model, ...body })

  it('takes the whole body', async () => {
    expect(await send(front, model, JSON.stringify(named(front.body)))).toBe(200)
  })

  it('answers every damaged body in its own shape, as the client’s fault if at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async damages => {
        const body = damages.reduce<unknown>(damagedAgain, structuredClone(named(front.body)))
        const status = await send(front, model, JSON.stringify(body))
        if (status !== 200) expect(status).toSatisfy(isClients)
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    )
  })

  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['no JSON', '{"model":'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['more than is allowed', JSON.stringify({ ...named(front.body), more: 'x'.repeat(2 ** 20) })],
    ['very deep JSON', `{"metadata":${NEST.repeat(20_000)}1${'}'.repeat(20_000)}}`],
    ['deep lists', `{"messages":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('refuses %s', async (_, body) => {
    expect(await send(front, model, body)).toSatisfy(isClients)
  })

  it.each([
    ['lone surrogates', '\\ud800'],
    ['NULs', '\\u0000'],
    ['line ends that are none in JSON', '\\u2028\\u2029'],
  ])('takes %s in a text', async (_, escaped) => {
    const body = JSON.stringify(named(front.body)).replaceAll('What is it?', `a${escaped}b`)
    expect(await send(front, model, body)).toBe(200)
  })

  it('takes or refuses a call that stands there twice, and is still there', async () => {
    const status = await send(front, model, JSON.stringify(named(front.twice)))
    if (status !== 200) expect(status).toSatisfy(isClients)
    expect(await send(front, model, JSON.stringify(named(front.body)))).toBe(200)
  })
})

/** What stands somewhere already may be damaged itself, so that each place gets a copy of its own. */
function damagedAgain(body: unknown, { value, ...rest }: Damage): unknown {
  return damaged(body, { ...rest, value: structuredClone(value) })
}

function isClients(status: number): boolean {
  return status >= 400 && status < 500
}
