import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the fake was asked, and when its client went away before the answer was over. */
export interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly raw: Buffer
  readonly body: Record<string, unknown>
  /** Settles when the connection is closed before the answer has ended. */
  readonly hungUp: Promise<void>
}

export type Answer = (response: ServerResponse, asked: Asked) => void | Promise<void>

interface FakeOptions {
  readonly key?: string
  readonly models?: readonly string[]
  /** Dollars for a token of each of its models, as OpenRouter tells them in its list. */
  readonly pricing?: Readonly<Record<string, string>>
}

/**
 * An OpenAI-compatible server that is as strict as the vendor: it refuses a missing or wrong key (401), bodies that are no
 * JSON (400), fields of the wrong type (400) and models it does not have (404), in OpenAI's own words and shapes. What it
 * answers to a good request is the test's to say.
 */
export async function startFakeOpenai(options: FakeOptions = {}) {
  const { key = 'sk-upstream', models = ['gpt-x', 'gpt-y'], pricing } = options
  const asked: Asked[] = []
  let answer: Answer = (response, { body }) =>
    body['stream'] === true ? streamWords(response, ['Hello', ' there']) : wholeWords(response, 'Hello there')

  const server = createServer((request, response) => {
    void take(request, response)
  })

  async function take(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const path = request.url ?? ''
    if (request.headers.authorization !== `Bearer ${key}`) {
      refuse(response, 401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.')
      return
    }
    if (path === '/v1/models' && request.method === 'GET') {
      json(response, 200, {
        object: 'list',
        data: models.map(id => ({ id, object: 'model', created: 1, owned_by: 'fake', ...(pricing && { pricing }) })),
      })
      return
    }
    if (path === '/v1/embeddings' && request.method === 'POST') {
      embed(response, parsed(raw) ?? {}, models)
      return
    }
    if (path !== '/v1/chat/completions' || request.method !== 'POST') {
      refuse(
        response,
        404,
        'invalid_request_error',
        'unknown_url',
        `Unknown request URL: ${request.method ?? ''} ${path}.`,
      )
      return
    }
    const body = parsed(raw)
    if (request.headers['content-type'] !== 'application/json' || body === undefined) {
      refuse(response, 400, 'invalid_request_error', null, 'We could not parse the JSON body of your request.')
      return
    }
    const fault = faultOf(body)
    if (fault !== undefined) {
      refuse(response, 400, 'invalid_request_error', 'invalid_type', fault)
      return
    }
    if (!models.includes(String(body['model']))) {
      refuse(
        response,
        404,
        'invalid_request_error',
        'model_not_found',
        `The model \`${String(body['model'])}\` does not exist.`,
      )
      return
    }
    const hungUp = new Promise<void>(resolve => {
      response.once('close', () => {
        if (!response.writableEnded) resolve()
      })
    })
    const entry = { path, headers: request.headers, raw, body, hungUp }
    asked.push(entry)
    await answer(response, entry)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    key,
    asked,
    answers: (next: Answer) => {
      answer = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** A chunk of a streamed answer, as the vendor sends it. */
export function chunkOf(delta: Record<string, unknown>, finish: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1700000000, model: 'gpt-x-2026', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`
}

/** What an answer has cost: whole and streamed alike. */
const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3 },
}

export const usageChunk = `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1700000000, model: 'gpt-x-2026', choices: [], usage: USAGE })}\n\n`
export const done = 'data: [DONE]\n\n'

/** The head of a streamed answer. */
export function beginStream(response: ServerResponse) {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'x-request-id': 'req_fake',
    'x-ratelimit-remaining-requests': '59',
  })
}

export function streamWords(response: ServerResponse, words: readonly string[]) {
  beginStream(response)
  response.write(chunkOf({ role: 'assistant', content: '' }))
  for (const word of words) response.write(chunkOf({ content: word }))
  response.write(chunkOf({}, 'stop'))
  response.write(usageChunk)
  response.end(done)
}

export function wholeWords(response: ServerResponse, text: string) {
  json(response, 200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1700000000,
    model: 'gpt-x-2026',
    choices: [
      { index: 0, message: { role: 'assistant', content: text, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: USAGE,
  })
}

/** A vector of two for each text, which tells the length of the text; base64 where it is asked for. */
function embed(response: ServerResponse, body: Record<string, unknown>, models: readonly string[]) {
  const input: unknown = body['input']
  if (!models.includes(String(body['model'])) || (typeof input !== 'string' && !Array.isArray(input))) {
    refuse(response, 400, 'invalid_request_error', null, "'model' and 'input' are required.")
    return
  }
  const texts = (Array.isArray(input) ? input : [input]).map(String)
  json(response, 200, {
    object: 'list',
    data: texts.map((text, index) => {
      const vector = new Float32Array([text.length, 0.5])
      const embedding =
        body['encoding_format'] === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]
      return { object: 'embedding', index, embedding }
    }),
    model: body['model'],
    usage: { prompt_tokens: 4, total_tokens: 4 },
  })
}

/** An error in OpenAI's shape. */
export function refuse(
  response: ServerResponse,
  status: number,
  type: string,
  code: string | null,
  message: string,
  headers: Record<string, string> = {},
) {
  json(response, status, { error: { message, type, param: null, code } }, headers)
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_fake', ...headers })
  response.end(JSON.stringify(body))
}

function parsed(raw: Buffer): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(raw.toString())
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function faultOf(body: Record<string, unknown>): string | undefined {
  if (typeof body['model'] !== 'string') return 'you must provide a model parameter'
  if (!Array.isArray(body['messages']) || body['messages'].length === 0)
    return "Invalid type for 'messages': expected a non-empty array."
  if (body['stream'] !== undefined && typeof body['stream'] !== 'boolean')
    return "Invalid type for 'stream': expected a boolean."
  if (body['stream_options'] !== undefined && body['stream'] !== true)
    return "The 'stream_options' parameter is only allowed when 'stream' is enabled."
  return undefined
}
