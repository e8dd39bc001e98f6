import type { FastifyInstance } from 'fastify'
import { apiFor, type RemoteBackend } from '../backends/backend.ts'
import { ask } from '../backends/ask.ts'
import { endpointsOf } from '../backends/endpoints.ts'
import { estimateInput } from '../core/estimate.ts'
import { toProxyError } from '../core/errors.ts'
import { anthropic } from '../protocols/anthropic/index.ts'
import { record, type Fields } from '../protocols/fields.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { parseJson } from '../wire/json.ts'
import { readAsked } from './asked.ts'
import { bodyOf, hangUpOf } from './incoming.ts'
import type { ServerState } from './state.ts'

/** How an API asks for the tokens of a request, and is told. */
interface Counter {
  readonly protocol: Protocol
  /** The body as a turn would have it, so that it can be read by its protocol. */
  readonly asTurn: (body: Fields) => Fields
  readonly answer: (tokens: number) => unknown
}

/** A count needs no limit of the answer, which a turn does. */
const messages: Counter = {
  protocol: anthropic,
  asTurn: body => ({ max_tokens: 1, ...body }),
  answer: tokens => ({ input_tokens: tokens }),
}

const counters: Readonly<Record<string, Counter>> = {
  '/anthropic/v1/messages/count_tokens': messages,
  '/v1/messages/count_tokens': messages,
}

/** The paths that count tokens. Counting is no turn: nothing is answered, nothing is billed, and it does not stand in the log. */
export function serveCounts(app: FastifyInstance, state: () => ServerState) {
  for (const [path, counter] of Object.entries(counters)) {
    app.post(path, (request, reply) => count(state(), counter, bodyOf(request), hangUpOf(reply.raw)))
  }
}

/**
 * How many tokens a request would cost: as the backend counts, where it speaks the client's protocol and counts at all; else
 * our estimate, since clients ask before each turn, and can go on with a rough number but not with an error.
 */
async function count(state: ServerState, counter: Counter, body: Buffer, signal: AbortSignal): Promise<unknown> {
  const asked = readAsked(counter.protocol, body)
  const { backend, model } = state.plan.target(asked.model)
  const sent = record(parseJson(body))
  if (backend.kind === 'remote') {
    const counted = await countThere(state, backend, counter.protocol, { ...sent, model }, signal)
    if (counted !== undefined) return counted
  }
  return counter.answer(estimateInput(counter.protocol.decodeRequest(counter.asTurn(sent))))
}

/** The backend's own count; nothing where it has none. A body that it refuses would be refused as a turn, too. */
async function countThere(
  { upstream, credentialsOf }: ServerState,
  backend: RemoteBackend,
  { id }: Protocol,
  body: Fields & { readonly model: string },
  signal: AbortSignal,
): Promise<unknown> {
  const api = apiFor(backend, id)
  if (api.protocol !== id) return undefined
  try {
    const credential = await credentialsOf(backend).take([])
    const endpoint = endpointsOf(api, credential).countTokens?.(body.model, false)
    return endpoint && (await ask({ upstream, backend, api, credential, endpoint, body, signal }))
  } catch (thrown) {
    const error = toProxyError(thrown)
    if (error.kind === 'invalid-request' || error.kind === 'cancelled') throw error
    return undefined
  }
}
