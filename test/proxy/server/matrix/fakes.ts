import type { ServerResponse } from 'node:http'
import {
  answerBlocks,
  refuse as refuseAnthropic,
  startFakeAnthropic,
  type FakeBlock,
} from '../../../support/fake-anthropic.ts'
import {
  answerGemini,
  geminiChunk,
  refuseGemini,
  startFakeCodeAssist,
  startFakeGemini,
} from '../../../support/fake-gemini.ts'
import { beginStream, chunkOf, done, json, refuse, startFakeOpenai, usageChunk } from '../../../support/fake-openai.ts'
import { answerItems, startFakeResponses, type FakeItem } from '../../../support/fake-responses.ts'
import type { Refusal, Said } from './scenario.ts'

type Body = Readonly<Record<string, unknown>>

/** A backend of one protocol: it says what it is told to in its own form, and tells what it was asked in none. */
export interface Fake {
  readonly id: string
  readonly protocol: string
  readonly model: string
  readonly url: string
  readonly key: string
  readonly says: (said: Said) => void
  readonly refuses: (refusal: Refusal) => void
  /** It says one word and then nothing more, to a client that asks for a stream; settles when it was hung up on. */
  readonly stalls: () => Promise<void>
  /** How many requests it has had. */
  readonly count: () => number
  /** The results of tools in the last request, as JSON, in their order. */
  readonly results: () => readonly string[]
  /** What proves thoughts: the tokens in the last request, and all that were given out since this was asked last. */
  readonly tokens: () => { readonly got: readonly unknown[]; readonly issued: readonly unknown[] }
  /** The last request as JSON. */
  readonly body: () => string
  readonly close: () => Promise<void>
}

/** All backends, one of each protocol. */
export function startFakes(): Promise<readonly Fake[]> {
  return Promise.all([chat(), responses(), anthropic(), gemini(), codeAssist()])
}

/** What a fake of test/support offers. */
interface Server<Asked> {
  readonly url: string
  readonly key: string
  readonly asked: readonly { readonly body: Body }[]
  readonly answers: (answer: (response: ServerResponse, asked: Asked) => void) => void
  readonly close: () => Promise<void>
}

/** What is particular to a protocol. */
interface Dialect<Asked> {
  readonly id: string
  readonly protocol: string
  readonly model: string
  readonly say: (response: ServerResponse, asked: Asked, said: Said, issue: (token: string) => string) => void
  readonly refusals: Readonly<Record<Refusal, (response: ServerResponse) => void>>
  /** The beginning of a stream, with one word. */
  readonly begin: (response: ServerResponse) => void
  readonly resultsIn: (body: Body) => readonly unknown[]
  /** The field that holds what proves thoughts. */
  readonly token: string
}

function fakeOf<Asked>(server: Server<Asked>, dialect: Dialect<Asked>): Fake {
  const last = () => server.asked.at(-1)?.body ?? {}
  let issued: string[] = []
  const issue = (token: string) => {
    issued.push(token)
    return token
  }
  return {
    id: dialect.id,
    protocol: dialect.protocol,
    model: `${dialect.id}:${dialect.model}`,
    url: server.url,
    key: server.key,
    says: said => {
      server.answers((response, asked) => {
        dialect.say(response, asked, said, issue)
      })
    },
    refuses: refusal => {
      server.answers(dialect.refusals[refusal])
    },
    stalls: () =>
      new Promise(resolve => {
        server.answers(response => {
          response.once('close', resolve)
          dialect.begin(response)
        })
      }),
    count: () => server.asked.length,
    results: () => dialect.resultsIn(last()).map(result => JSON.stringify(result)),
    tokens: () => {
      const before = issued
      issued = []
      return { got: valuesOf(last(), dialect.token), issued: before }
    },
    body: () => JSON.stringify(last()),
    close: server.close,
  }
}

// ── OpenAI ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const openaiRefusals: Readonly<Record<Refusal, (response: ServerResponse) => void>> = {
  unauthenticated: response => {
    refuse(response, 401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.')
  },
  'not-found': response => {
    refuse(response, 404, 'invalid_request_error', 'model_not_found', 'The model `x` does not exist.')
  },
  'rate-limited': response => {
    refuse(response, 429, 'requests', 'rate_limit_exceeded', 'Rate limit reached.', { 'retry-after': '7' })
  },
  failed: response => {
    refuse(response, 500, 'server_error', null, 'The server had an error.')
  },
  overloaded: response => {
    refuse(response, 503, 'server_error', 'overloaded', 'The engine is currently overloaded.')
  },
  'context-too-long': response => {
    refuse(
      response,
      400,
      'invalid_request_error',
      'context_length_exceeded',
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 250000 tokens.",
    )
  },
}

async function chat(): Promise<Fake> {
  return fakeOf(await startFakeOpenai(), {
    id: 'chat',
    protocol: 'openai-chat',
    model: 'gpt-x',
    say: (response, { body }, { thought, text, calls = [] }) => {
      const toolCalls = calls.map(({ name, input }, index) => ({
        id: `call_${index}`,
        type: 'function',
        function: { name, arguments: JSON.stringify(input) },
      }))
      const finish = calls.length > 0 ? 'tool_calls' : 'stop'
      if (body['stream'] !== true) {
        const message = {
          role: 'assistant',
          content: text?.join('') ?? null,
          refusal: null,
          ...(thought !== undefined && { reasoning_content: thought }),
          ...(calls.length > 0 && { tool_calls: toolCalls }),
        }
        json(response, 200, {
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 1700000000,
          model: 'gpt-x-2026',
          choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
          usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
        })
        return
      }
      beginStream(response)
      response.write(chunkOf({ role: 'assistant', content: text === undefined ? null : '' }))
      if (thought !== undefined) response.write(chunkOf({ reasoning_content: thought }))
      for (const piece of text ?? []) response.write(chunkOf({ content: piece }))
      for (const [index, call] of toolCalls.entries()) response.write(chunkOf({ tool_calls: [{ index, ...call }] }))
      response.write(chunkOf({}, finish))
      response.end(usageChunk + done)
    },
    refusals: openaiRefusals,
    begin: response => {
      beginStream(response)
      response.write(chunkOf({ role: 'assistant', content: 'never ' }))
    },
    resultsIn: body => recordsIn(body['messages']).flatMap(({ role, content }) => (role === 'tool' ? [content] : [])),
    token: 'signature',
  })
}

async function responses(): Promise<Fake> {
  return fakeOf(await startFakeResponses(), {
    id: 'responses',
    protocol: 'openai-responses',
    model: 'gpt-x',
    say: (response, body, { thought, text, calls = [] }, issue) => {
      const items: FakeItem[] = [
        ...(thought === undefined ? [] : [{ type: 'reasoning' as const, text: [thought] }]),
        ...(text === undefined ? [] : [{ type: 'message' as const, text }]),
        ...calls.map(({ name, input }, index) => ({
          type: 'function_call' as const,
          id: `call_${index}_${nextId++}`,
          name,
          input: [JSON.stringify(input)],
        })),
      ]
      if (thought !== undefined) issue('gAAAAA-fake-0')
      answerItems(response, body, items)
    },
    refusals: openaiRefusals,
    begin: response => {
      beginStream(response)
      const item = { id: 'msg_fake_0', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
      const begun = {
        id: 'resp_1',
        object: 'response',
        created_at: 1,
        status: 'in_progress',
        model: 'gpt-x',
        output: [],
      }
      const at = { item_id: 'msg_fake_0', output_index: 0, content_index: 0 }
      const events = [
        { type: 'response.created', response: begun },
        { type: 'response.output_item.added', output_index: 0, item },
        { type: 'response.content_part.added', ...at, part: { type: 'output_text', text: '', annotations: [] } },
        { type: 'response.output_text.delta', ...at, delta: 'never ' },
      ]
      for (const [sequence_number, event] of events.entries())
        response.write(`event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`)
    },
    resultsIn: body =>
      recordsIn(body['input']).flatMap(({ type, output }) => (type === 'function_call_output' ? [output] : [])),
    token: 'encrypted_content',
  })
}

// ── Anthropic ────────────────────────────────────────────────────────────────────────────────────────────────────────

let nextId = 0

async function anthropic(): Promise<Fake> {
  return fakeOf(await startFakeAnthropic(), {
    id: 'claude',
    protocol: 'anthropic',
    model: 'claude-opus-4-6',
    say: (response, body, { thought, text, calls = [] }, issue) => {
      const blocks: FakeBlock[] = [
        ...(thought === undefined
          ? []
          : [{ type: 'thinking' as const, text: [thought], signature: issue(tokenOf(nextId++)) }]),
        ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
        ...calls.map(({ name, input }) => ({
          type: 'tool_use' as const,
          id: `toolu_${nextId++}`,
          name,
          input: [JSON.stringify(input)],
        })),
      ]
      answerBlocks(response, body, blocks, calls.length > 0 ? 'tool_use' : 'end_turn')
    },
    refusals: {
      unauthenticated: response => {
        refuseAnthropic(response, 401, 'authentication_error', 'invalid x-api-key')
      },
      'not-found': response => {
        refuseAnthropic(response, 404, 'not_found_error', 'model: claude-x')
      },
      'rate-limited': response => {
        refuseAnthropic(response, 429, 'rate_limit_error', 'Rate limited.', { 'retry-after': '7' })
      },
      failed: response => {
        refuseAnthropic(response, 500, 'api_error', 'Internal server error')
      },
      overloaded: response => {
        refuseAnthropic(response, 529, 'overloaded_error', 'Overloaded')
      },
      'context-too-long': response => {
        refuseAnthropic(response, 400, 'invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum')
      },
    },
    begin: response => {
      beginStream(response)
      const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [] }
      const events = [
        { type: 'message_start', message: { ...message, usage: { input_tokens: 5, output_tokens: 1 } } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'never ' } },
      ]
      for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    },
    resultsIn: body =>
      recordsIn(body['messages'])
        .flatMap(({ content }) => recordsIn(content))
        .flatMap(({ type, content }) => (type === 'tool_result' ? [content] : [])),
    token: 'signature',
  })
}

// ── Gemini ───────────────────────────────────────────────────────────────────────────────────────────────────────────

async function gemini(): Promise<Fake> {
  return fakeOf(await startFakeGemini(), { ...googles, id: 'gemini', protocol: 'gemini' })
}

async function codeAssist(): Promise<Fake> {
  return fakeOf(await startFakeCodeAssist({ project: null }), {
    ...googles,
    id: 'assist',
    protocol: 'code-assist',
    begin: response => {
      beginStream(response)
      response.write(`data: ${JSON.stringify({ response: geminiChunk([{ text: 'never ' }]) })}\r\n\r\n`)
    },
  })
}

const googles: Omit<Dialect<Parameters<typeof answerGemini>[1]>, 'id' | 'protocol'> = {
  model: 'gemini-3-pro-preview',
  say: (response, asked, { thought, text = [], calls = [] }, issue) => {
    const parts: Body[] = [
      ...(thought === undefined ? [] : [{ text: thought, thought: true }]),
      ...text.map(piece => ({ text: piece })),
      // The first call of a step is signed, whether the model thought aloud or not.
      ...calls.map(({ name, input }, at) => ({
        functionCall: { name, args: input },
        ...(at === 0 && { thoughtSignature: issue(tokenOf(nextId++)) }),
      })),
    ]
    const chunks = parts.map((part, at) => geminiChunk([part], at === parts.length - 1 ? 'STOP' : undefined))
    answerGemini(response, asked, chunks)
  },
  refusals: {
    unauthenticated: response => {
      refuseGemini(response, 401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    },
    'not-found': response => {
      refuseGemini(response, 404, 'NOT_FOUND', 'models/x is not found for API version v1beta.')
    },
    'rate-limited': response => {
      refuseGemini(response, 429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' },
      ])
    },
    failed: response => {
      refuseGemini(response, 500, 'INTERNAL', 'An internal error has occurred.')
    },
    overloaded: response => {
      refuseGemini(response, 503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')
    },
    'context-too-long': response => {
      refuseGemini(
        response,
        400,
        'INVALID_ARGUMENT',
        'The input token count (2500000) exceeds the maximum number of tokens allowed (1048576).',
      )
    },
  },
  begin: response => {
    beginStream(response)
    response.write(`data: ${JSON.stringify(geminiChunk([{ text: 'never ' }]))}\r\n\r\n`)
  },
  resultsIn: body =>
    recordsIn(body['contents'])
      .flatMap(({ parts }) => recordsIn(parts))
      .flatMap(({ functionResponse }) => (functionResponse === undefined ? [] : [functionResponse])),
  token: 'thoughtSignature',
}

/** A token as vendors make them: base64 that means nothing to others. */
function tokenOf(number: number): string {
  return Buffer.from(`proof of thought ${number}`).toString('base64')
}

/** All values of a field, wherever it stands. */
function valuesOf(value: unknown, field: string): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    name === field ? [inner] : valuesOf(inner, field),
  )
}

function recordsIn(value: unknown): Body[] {
  return Array.isArray(value) ? value.filter((item): item is Body => typeof item === 'object' && item !== null) : []
}
