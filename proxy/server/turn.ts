import type { IncomingMessage, ServerResponse } from 'node:http'
import { apiFor, type Api, type Backend, type RemoteBackend } from '../backends/backend.ts'
import { call } from '../backends/call.ts'
import type { CredentialsOf } from '../backends/credentials.ts'
import { LOOP_HEADER } from '../backends/endpoints.ts'
import { requestIdIn, type Upstream } from '../backends/upstream.ts'
import { ProxyError, toProxyError } from '../core/errors.ts'
import type { Protocol } from '../protocols/protocol.ts'
import type { Plan } from '../routing/plan.ts'
import type { Journal } from '../traffic/journal.ts'
import type { OpenTurn } from '../traffic/open-turn.ts'
import { parseJson } from '../wire/json.ts'
import { findModelField, replaceModel, type ModelField } from '../wire/model-field.ts'
import { answer } from './answer.ts'
import type { Observed } from './observer.ts'
import { relay } from './relay.ts'
import { sendError, TURN_HEADER } from './send.ts'

/** What a turn needs of the program. */
export interface TurnDeps {
  /** Where an asked-for model goes, by the config of this moment. */
  readonly plan: Plan
  readonly credentialsOf: CredentialsOf
  readonly upstream: Upstream
  readonly journal: Journal
}

/** One request of a client, read whole, and the answer that waits to be written. */
export interface Exchange {
  readonly protocol: Protocol
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}

/** The whole life of a turn: what is asked, where it goes, whether it is relayed or translated, and how it ended. */
export async function runTurn(deps: TurnDeps, exchange: Exchange): Promise<void> {
  const { protocol, request, response, body } = exchange
  const turn = deps.journal.open({ protocol: protocol.id, request, body })
  turn.breakOff = () => response.destroy()
  try {
    refuseLoops(request)
    const asked = readModel(body)
    turn.asked = asked.model
    const { backend, model } = deps.plan(asked.model)
    turn.backend = backend.id
    turn.served = model
    deps.journal.changed(turn)
    const api = backend.kind === 'remote' ? apiFor(backend, protocol.id) : undefined
    const ended =
      backend.kind === 'remote' && api?.protocol === protocol.id && protocol.holdsOurs?.(body) !== true
        ? await relayTo(deps, exchange, { backend, api }, { ...asked, served: model }, turn)
        : await translateTo(deps, exchange, backend, model, turn)
    deps.journal.close(turn, ended)
  } catch (thrown) {
    const error = toProxyError(thrown)
    const { status, bytes } = sendError(response, protocol, error, { [TURN_HEADER]: turn.id })
    turn.status = status
    turn.responseBytes += bytes.length
    turn.responseCapture?.append(bytes)
    deps.journal.close(turn, { error, interrupted: false })
  }
}

async function relayTo(
  deps: TurnDeps,
  exchange: Exchange,
  { backend, api }: { readonly backend: RemoteBackend; readonly api: Api },
  asked: AskedModel & { served: string },
  turn: OpenTurn,
): Promise<Observed> {
  turn.way = 'relayed'
  turn.why = 'same protocol, nothing to change'
  const credential = await deps.credentialsOf(backend).take([])
  const body = withModel(exchange.body, asked)
  return relay({ ...exchange, upstream: deps.upstream, backend, api, credential, body, turn })
}

async function translateTo(
  deps: TurnDeps,
  { protocol, response, body }: Exchange,
  backend: Backend,
  model: string,
  turn: OpenTurn,
): Promise<Observed> {
  turn.way = backend.kind === 'local' ? 'local' : 'translated'
  turn.why =
    backend.kind === 'local'
      ? 'answered inside the proxy'
      : `${protocol.id} for the client, ${apiFor(backend, protocol.id).protocol} for the backend`
  const asked = protocol.decodeRequest(parseJson(body))
  if ((asked.sampling.n ?? 1) > 1) {
    throw new ProxyError(
      'invalid-request',
      `${backend.id} gives one answer at a time: leave out "n", or set it to 1.`,
      {
        param: 'n',
        code: 'unsupported_value',
      },
    )
  }
  turn.streamed = asked.stream
  const hangUp = new AbortController()
  response.once('close', () => hangUp.abort())
  const request = { ...asked, model }
  const events =
    backend.kind === 'local'
      ? backend.answer(request, hangUp.signal)
      : call({
          upstream: deps.upstream,
          backend,
          api: apiFor(backend, protocol.id),
          credential: await deps.credentialsOf(backend).take([]),
          request,
          signal: hangUp.signal,
          answered: headers => (turn.upstreamId = requestIdIn(headers)),
        })
  const error = await answer({ protocol, response, asked, turn, events })
  return { error, interrupted: error !== undefined }
}

/** A request that carries our own mark has come back to us: answering it would go round for ever. */
function refuseLoops(request: IncomingMessage) {
  if (request.headers[LOOP_HEADER] === undefined) return
  throw new ProxyError(
    'loop',
    'This request was sent by this proxy and came back to it. A backend’s api_url points at the proxy itself.',
  )
}

/** The model that a body names, empty if it names none, and where: by bytes where that is sure, else by the parsed body. */
interface AskedModel {
  readonly model: string
  readonly field?: ModelField | undefined
  readonly parsed?: Readonly<Record<string, unknown>> | undefined
}

/** Bodies up to this size are checked to be JSON even where that is not needed: it costs next to nothing there. */
const CHECKED_BYTES = 8192

function readModel(body: Buffer): AskedModel {
  const field = findModelField(body)
  if (field !== undefined && body.length > CHECKED_BYTES) return { model: field.value, field }
  const parsed = parseJson(body)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ProxyError('invalid-request', 'The body must be a JSON object.')
  }
  if (field !== undefined) return { model: field.value, field }
  const model: unknown = 'model' in parsed ? parsed.model : undefined
  if (model !== undefined && model !== null && typeof model !== 'string') {
    throw new ProxyError('invalid-request', 'The field "model" must be a string.', {
      param: 'model',
      code: 'invalid_type',
    })
  }
  return { model: model ?? '', parsed: parsed as Readonly<Record<string, unknown>> }
}

/** The client's body with the backend's name of the model; the very same bytes where the names are the same. */
function withModel(body: Buffer, { model, field, parsed, served }: AskedModel & { served: string }): Buffer {
  if (field === undefined) return Buffer.from(JSON.stringify({ ...parsed, model: served }))
  return model === served ? body : replaceModel(body, field, served)
}
