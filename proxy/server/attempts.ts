import { apiFor, isNoDoor, modelAt, mostTokensOf, type Api, type RemoteBackend } from '../backends/backend.ts'
import { call, protocolIn } from '../backends/call.ts'
import type { CredentialsOf } from '../backends/credentials.ts'
import { endpointsOf } from '../backends/endpoints.ts'
import { withMedia } from '../backends/media.ts'
import { whyNotRelayed } from '../backends/quirks.ts'
import { requestIdIn, type Upstream } from '../backends/upstream.ts'
import type { Config } from '../config/schema.ts'
import type { Credential, Credentials } from '../core/credential.ts'
import { ProxyError, toProxyError, type ErrorKind } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import type { Request } from '../core/request.ts'
import { dropped } from '../protocols/dropped.ts'
import { applyParams, changesNothing } from '../routing/apply-params.ts'
import type { Target } from '../routing/route.ts'
import type { Journal } from '../traffic/journal.ts'
import type { Ended, OpenTurn } from '../traffic/open-turn.ts'
import { answer } from './answer.ts'
import type { Asked } from './asked.ts'
import type { Exchange } from './exchange.ts'
import { relay, type Refused } from './relay.ts'

export interface AttemptDeps {
  readonly config: { readonly server: Pick<Config['server'], 'fetch_media' | 'keep_alive_seconds'> }
  readonly credentialsOf: CredentialsOf
  readonly upstream: Upstream
  readonly journal: Pick<Journal, 'changed'>
}

/** A turn that knows what is asked and waits to be answered. */
export interface Asking extends Exchange {
  readonly asked: Asked
  readonly turn: OpenTurn
}

/**
 * Answers a turn from a target: with its credential, and where the backend refuses that one, with the next. What the last
 * refusal said is the client's answer. Throws what went wrong before anything was sent.
 */
export async function answerFrom(deps: AttemptDeps, asking: Asking, target: Target): Promise<Ended> {
  const { turn } = asking
  const { backend, instance, params } = target
  const model = modelAt(backend, target.model)
  turn.backend = backend.id
  turn.served = model
  deps.journal.changed(turn)
  if (backend.kind === 'local') {
    note(turn, 'local', 'answered inside the proxy')
    const result = await translated(deps, asking, { model, params }, (request, signal) =>
      backend.answer(request, signal),
    )
    return 'refused' in result ? result.tell() : result
  }

  const credentials = deps.credentialsOf(backend, instance)
  const tried: Credential[] = []
  let last: Refused | undefined
  for (;;) {
    const credential = await nextOf(() => credentials.take(tried), last)
    if (last !== undefined && (credential === undefined || tried.includes(credential))) return last.tell()
    turn.credential = credential?.name
    const api = apiFor(backend, asking.protocol.id)
    const result = await attempt(deps, asking, { backend, api, model, params, credential, seen: credentials.seen })
    if (!('refused' in result)) {
      if (credential !== undefined) credentials.report(credential)
      return { ...result, recovered: last === undefined ? undefined : 'retry' }
    }
    if (isNoDoor(api, result.refused)) continue
    if (credential === undefined || !aboutCredentials.has(result.refused.kind)) return result.tell()
    credentials.report(credential, result.refused)
    turn.failedAttempts.push({ backend: backend.id, model, credential: credential.name, error: result.refused.message })
    tried.push(credential)
    last = result
  }
}

/** Refusals that another key or account may not meet. */
const aboutCredentials: ReadonlySet<ErrorKind> = new Set([
  'unauthenticated',
  'out-of-credit',
  'forbidden',
  'rate-limited',
])

/** Where nothing is left to try, the backend's own refusal says more than ours would. */
async function nextOf(take: () => Credential | undefined | Promise<Credential | undefined>, last: Refused | undefined) {
  if (last === undefined) return take()
  try {
    return await take()
  } catch {
    return undefined
  }
}

/** Who is asked, and as whom. */
interface Door {
  readonly backend: RemoteBackend
  readonly api: Api
  readonly model: string
  readonly params: Target['params']
  readonly credential: Credential | undefined
  /** Told the headers of the answer. */
  readonly seen: Credentials['seen']
}

/** One request to a backend: relayed where its protocol is the client's and nothing has to change, else translated. */
async function attempt(deps: AttemptDeps, asking: Asking, door: Door): Promise<Ended | Refused> {
  const { protocol, relays, asked, turn } = asking
  const { backend, api, model, params, credential, seen } = door
  const isPlain = changesNothing(params)
  const hasDoor = asking.door !== 'compact' || endpointsOf(api, credential).compact !== undefined
  const isSame = relays && isPlain && hasDoor && api.protocol === protocol.id
  const body = isSame ? asked.bodyFor(model, backend.id) : undefined
  const obstacle = isPlain
    ? body && whyNotRelayed(api, body, mostTokensOf(backend, api, model))
    : 'parameters stand behind the model’s name'
  if (body !== undefined && obstacle === undefined) {
    note(turn, 'relayed', 'same protocol, nothing to change')
    return relay({ ...asking, upstream: deps.upstream, backend, api, credential, seen, body })
  }
  note(turn, 'translated', obstacle ?? `${protocol.id} for the client, ${api.protocol} for the backend`)
  let sent: Request | undefined
  const ended = await translated(deps, asking, door, async function* (request, signal) {
    sent = await withMedia(request, api.protocol, deps.config.server.fetch_media, signal)
    yield* call({
      ...door,
      agent: asking.request.headers['user-agent'],
      upstream: deps.upstream,
      request: sent,
      signal,
      answered: headers => {
        turn.upstreamId = requestIdIn(headers)
        seen?.(headers)
      },
    })
  })
  if (sent !== undefined) turn.dropped = dropped(protocolIn(backend, api), sent)
  return ended
}

/** A turn through the canonical model; `ask` gives the answer to the request under the backend's name of the model. */
async function translated(
  { config }: AttemptDeps,
  { protocol, response, asked, turn, framing = 'sse' }: Asking,
  { model, params }: Pick<Target, 'model' | 'params'>,
  ask: (request: Request, signal: AbortSignal) => Events,
): Promise<Ended | Refused> {
  const request = applyParams(asked.request(), params)
  refuseSeveralAnswers(request)
  turn.streamed = request.stream
  const hangUp = new AbortController()
  const abort = () => hangUp.abort()
  response.once('close', abort)
  try {
    const error = await answer({
      protocol,
      response,
      asked: request,
      framing,
      turn,
      events: ask({ ...request, model }, hangUp.signal),
      keepAliveMs: config.server.keep_alive_seconds * 1000,
    })
    return { error, interrupted: error !== undefined }
  } catch (thrown) {
    const refused = toProxyError(thrown)
    return {
      refused,
      tell() {
        throw refused
      },
    }
  } finally {
    response.off('close', abort)
  }
}

function refuseSeveralAnswers({ sampling }: Request) {
  if ((sampling.n ?? 1) === 1) return
  throw new ProxyError('invalid-request', 'One answer at a time is given here: leave "n" out, or set it to 1.', {
    param: 'n',
    code: 'unsupported_value',
  })
}

function note(turn: OpenTurn, way: NonNullable<OpenTurn['way']>, why: string) {
  turn.way = way
  turn.why = why
}
