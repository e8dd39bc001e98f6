import type { FastifyInstance } from 'fastify'
import { apiFor, type RemoteBackend } from '../backends/backend.ts'
import { ask } from '../backends/ask.ts'
import { endpointsOf } from '../backends/endpoints.ts'
import { toProxyError } from '../core/errors.ts'
import { estimateInput } from '../core/estimate.ts'
import { anthropic } from '../protocols/anthropic/index.ts'
import { record, type Fields } from '../protocols/fields.ts'
import { gemini } from '../protocols/gemini/index.ts'
import { openaiResponses } from '../protocols/openai-responses/index.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { encodeJson, parseJson } from '../wire/json.ts'
import { bodyOf, hangUpOf, type SideRequest } from './incoming.ts'
import type { ServerState } from './state.ts'
import { mayHoldTalk } from './talk.ts'

/** How an API asks for the tokens of a request, and is told. */
interface Counter {
  readonly protocol: Protocol
  /** The body as a turn would have it, so that it can be read by its protocol. */
  readonly asTurn: (body: Fields) => Fields
  /** The body for a backend that calls the model so. */
  readonly under: (body: Fields, model: string) => Fields
  readonly answer: (tokens: number) => unknown
}

const named = (body: Fields, model: string) => ({ ...body, model })

/** A count needs no limit of the answer, which a turn does. */
const messages: Counter = {
  protocol: anthropic,
  asTurn: body => ({ max_tokens: 1, ...body }),
  under: named,
  answer: tokens => ({ input_tokens: tokens }),
}

const responses: Counter = {
  protocol: openaiResponses,
  asTurn: body => body,
  under: named,
  answer: tokens => ({ object: 'response.input_tokens', input_tokens: tokens }),
}

/** Either the conversation alone, or a whole request. */
const contents: Counter = {
  protocol: gemini,
  asTurn: body => record(body['generateContentRequest'] ?? body),
  under: ({ generateContentRequest: whole, ...body }, model) =>
    whole === undefined ? body : { generateContentRequest: { ...record(whole), model: `models/${model}` } },
  answer: tokens => ({ totalTokens: tokens }),
}

const counters: Readonly<Record<string, Counter>> = {
  '/anthropic/v1/messages/count_tokens': messages,
  '/v1/messages/count_tokens': messages,
  '/v1/responses/input_tokens': responses,
}

/** The paths that count tokens. Counting is no turn: nothing is answered, nothing is billed, and it does not stand in the log. */
export function serveCounts(app: FastifyInstance, state: () => ServerState) {
  for (const [path, counter] of Object.entries(counters)) {
    app.post(path, (request, reply) => {
      const body = record(parseJson(bodyOf(request)))
      return count(state(), counter, { model: modelIn(body), body, signal: hangUpOf(reply.raw) })
    })
  }
}

/** The same for Gemini, whose model stands in the path. */
export function countGemini(state: ServerState, asked: SideRequest): Promise<unknown> {
  return count(state, contents, asked)
}

function modelIn({ model }: Fields): string {
  return typeof model === 'string' ? model : ''
}

/**
 * How many tokens a request would cost: as the backend counts, where it speaks the client's protocol and counts at all; else
 * our estimate, since clients ask before each turn, and can go on with a rough number but not with an error.
 */
async function count(state: ServerState, counter: Counter, asked: SideRequest): Promise<unknown> {
  const { protocol, asTurn, answer } = counter
  const { backend, model } = state.plan.target(asked.model)
  // Talk with us is no backend's to see, not even to be counted.
  if (backend.kind === 'remote' && !mayHoldTalk(state, encodeJson(asked.body))) {
    const counted = await countThere(state, backend, counter, { ...asked, model })
    if (counted !== undefined) return counted
  }
  return answer(estimateInput(protocol.decodeRequest(asTurn(asked.body), { model, stream: false })))
}

/** The backend's own count; nothing where it has none. A body that it refuses would be refused as a turn, too. */
async function countThere(
  { upstream, credentialsOf }: ServerState,
  backend: RemoteBackend,
  { protocol, under }: Counter,
  { model, body, signal }: SideRequest,
): Promise<unknown> {
  const api = apiFor(backend, protocol.id)
  if (api.protocol !== protocol.id) return undefined
  try {
    const credential = await credentialsOf(backend).take([])
    const endpoint = endpointsOf(api, credential).countTokens?.(model, false)
    if (endpoint === undefined) return undefined
    return await ask({ upstream, backend, api, credential, endpoint, body: under(body, model), signal })
  } catch (thrown) {
    const error = toProxyError(thrown)
    if (error.kind === 'invalid-request' || error.kind === 'cancelled') throw error
    return undefined
  }
}
