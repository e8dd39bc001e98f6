import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { faultOf } from './gemini-rules.ts'

type Body = Readonly<Record<string, unknown>>

/** What the fake was asked. */
export interface AskedGemini {
  readonly model: string
  /** How the answer is to come. */
  readonly form: 'whole' | 'sse' | 'array'
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** The request itself, without an envelope. */
  readonly body: Body
  /** The body as it came. */
  readonly sent: Body
}

export type GeminiAnswer = (response: ServerResponse, asked: AskedGemini) => void | Promise<void>

/** A piece of a streamed answer. */
export function geminiChunk(parts: readonly Body[], finishReason?: string): Body {
  return {
    candidates: [{ content: { parts, role: 'model' }, ...(finishReason !== undefined && { finishReason }), index: 0 }],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, thoughtsTokenCount: 2, totalTokenCount: 20 },
    modelVersion: 'gemini-x',
    responseId: 'resp-1',
  }
}

/** Gives an answer in the form that was asked for: whole, as server-sent events with Google's line ends, or as an array. */
export function answerGemini(response: ServerResponse, asked: AskedGemini, chunks: readonly Body[]) {
  const wrapped = asked.body === asked.sent ? chunks : chunks.map(chunk => ({ response: chunk, traceId: 'trace-1' }))
  if (asked.form === 'whole') {
    giveJson(
      response,
      200,
      asked.body === asked.sent ? merged(chunks) : { response: merged(chunks), traceId: 'trace-1' },
    )
    return
  }
  const isSse = asked.form === 'sse'
  response.writeHead(200, { 'content-type': isSse ? 'text/event-stream' : 'application/json; charset=UTF-8' })
  for (const [at, chunk] of wrapped.entries()) {
    if (isSse) response.write(`data: ${JSON.stringify(chunk)}\r\n\r\n`)
    else response.write(`${at === 0 ? '[' : '\n,\r\n'}${JSON.stringify(chunk, null, 2)}`)
  }
  response.end(isSse ? '' : '\n]')
}

/** An error in Google's shape. */
export function refuseGemini(
  response: ServerResponse,
  code: number,
  status: string,
  message: string,
  details: readonly Body[] = [],
) {
  giveJson(response, code, { error: { code, message, status, ...(details.length > 0 && { details }) } })
}

/**
 * Google's Gemini API as strict as the vendor's (see `gemini-rules.ts`), under `/v1beta` and `/v1`: key, unknown fields, calls and
 * results, signatures and schemas; with its list of models and its counting of tokens.
 */
export async function startFakeGemini(options: { key?: string; models?: readonly string[] } = {}) {
  const { key = 'AIzaFakeUpstream0001', models = ['gemini-2.5-flash', 'gemini-3-pro-preview'] } = options
  return serve(async (request, sent, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    if ((request.headers['x-goog-api-key'] ?? url.searchParams.get('key')) !== key) {
      refuseGemini(response, 400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'API_KEY_INVALID',
          domain: 'googleapis.com',
        },
      ])
      return undefined
    }
    const [, id = '', method] = /^\/v1(?:beta)?\/models(?:\/([^:]+)(?::(\w+))?)?$/.exec(url.pathname) ?? []
    const model = decodeURIComponent(id)
    if (request.method === 'GET' && model === '') {
      giveJson(response, 200, { models: models.map(modelOf) })
      return undefined
    }
    if (!models.includes(model)) {
      const call = method ?? 'getModel'
      refuseGemini(
        response,
        404,
        'NOT_FOUND',
        `models/${model} is not found for API version v1beta, or is not supported for ${call}.`,
      )
      return undefined
    }
    if (request.method === 'GET') {
      giveJson(response, 200, modelOf(model))
      return undefined
    }
    if (method === 'countTokens') {
      const { model: _, ...counted } = (sent['generateContentRequest'] ?? sent) as Body
      const fault = faultOf(counted, model)
      if (fault !== undefined) refuseGemini(response, 400, 'INVALID_ARGUMENT', fault)
      else giveJson(response, 200, { totalTokens: JSON.stringify(counted).length })
      return undefined
    }
    return { model, method, body: sent, isSse: url.searchParams.get('alt') === 'sse' }
  }, key)
}

/**
 * Code Assist as strict as Google's: a login's token, the project that pays, and in the envelope what Gemini takes. It answers
 * what is asked when a login begins, too. With the project null, none pays.
 */
export async function startFakeCodeAssist(options: { token?: string; project?: string | null } = {}) {
  const { token = 'ya29.fake-token-0001', project = 'fake-project' } = options
  return serve(async (request, sent, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    if (request.headers.authorization !== `Bearer ${token}`) {
      refuseGemini(response, 401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
      return undefined
    }
    const method = /^\/v1internal:(\w+)$/.exec(url.pathname)?.[1]
    if (method === 'loadCodeAssist') {
      giveJson(response, 200, { currentTier: { id: 'standard-tier' }, cloudaicompanionProject: project })
      return undefined
    }
    const { model, project: paying, request: inner, user_prompt_id: _, enabled_credit_types: __, ...unknown } = sent
    const { session_id: ___, model: countedModel, ...body } = (inner ?? {}) as Body
    const named = String(method === 'countTokens' ? String(countedModel).replace(/^models\//, '') : model)
    const [strange] = Object.keys(unknown)
    const fault =
      strange === undefined
        ? faultOf(body, named)
        : `Invalid JSON payload received. Unknown name "${strange}": Cannot find field.`
    if (fault !== undefined || named.startsWith('models/') || named === 'undefined') {
      refuseGemini(response, 400, 'INVALID_ARGUMENT', fault ?? 'Request contains an invalid argument.')
      return undefined
    }
    if (method === 'countTokens') {
      giveJson(response, 200, { totalTokens: JSON.stringify(body).length })
      return undefined
    }
    if ((paying ?? null) !== project) {
      refuseGemini(response, 403, 'PERMISSION_DENIED', `Permission denied on resource project ${String(paying)}.`)
      return undefined
    }
    return { model: named, method, body, isSse: url.searchParams.get('alt') === 'sse' }
  }, token)
}

/** A turn that the routes of a fake let pass. */
interface Passed {
  readonly model: string
  readonly method: string | undefined
  readonly body: Body
  readonly isSse: boolean
}

type Routes = (request: IncomingMessage, sent: Body, response: ServerResponse) => Promise<Passed | undefined>

async function serve(routes: Routes, key: string) {
  const asked: AskedGemini[] = []
  let answer: GeminiAnswer = (response, turn) => {
    answerGemini(response, turn, [geminiChunk([{ text: 'Hello' }]), geminiChunk([{ text: ' there' }], 'STOP')])
  }

  const server = createServer((request, response) => {
    void take(request, response)
  })

  async function take(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const sent = parsed(Buffer.concat(chunks))
    if (sent === undefined) {
      refuseGemini(response, 400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.')
      return
    }
    const passed = await routes(request, sent, response)
    if (passed === undefined) return
    const { model, method, body, isSse } = passed
    if (method !== 'generateContent' && method !== 'streamGenerateContent') {
      refuseGemini(response, 404, 'NOT_FOUND', `Method not found: ${String(method)}.`)
      return
    }
    const form = method === 'generateContent' ? 'whole' : isSse ? 'sse' : 'array'
    const turn: AskedGemini = { model, form, url: request.url ?? '', headers: request.headers, body, sent }
    asked.push(turn)
    const fault = faultOf(body, model)
    if (fault !== undefined) refuseGemini(response, 400, 'INVALID_ARGUMENT', fault)
    else await answer(response, turn)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key,
    asked,
    answers: (next: GeminiAnswer) => {
      answer = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function parsed(raw: Buffer): Body | undefined {
  try {
    return JSON.parse(raw.length === 0 ? '{}' : raw.toString()) as Body
  } catch {
    return undefined
  }
}

function modelOf(id: string): Body {
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    thinking: true,
  }
}

/** The whole answer that was cut into chunks. */
function merged(chunks: readonly Body[]): Body {
  const candidates = chunks.map(chunk => (chunk['candidates'] as readonly Body[])[0] ?? {})
  const parts = candidates.flatMap(({ content }) => (content as { parts: readonly Body[] }).parts)
  return { ...chunks.at(-1), candidates: [{ ...candidates.at(-1), content: { parts, role: 'model' } }] }
}

function giveJson(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
  response.end(JSON.stringify(body))
}
