import {
  apiFor,
  isNoDoor,
  modelAt,
  mostTokensOf,
  type Api,
  type Backend,
  type RemoteBackend,
} from '../../backends/backend.ts'
import { call, protocolIn } from '../../backends/call.ts'
import { endpointsOf } from '../../backends/endpoints.ts'
import { withMedia } from '../../backends/media.ts'
import { whyNotRelayed } from '../../backends/quirks.ts'
import { requestIdIn } from '../../backends/upstream.ts'
import type { Credential } from '../../core/credential.ts'
import { ProxyError } from '../../core/errors.ts'
import type { Events } from '../../core/events.ts'
import { own } from '../../core/own.ts'
import type { Request } from '../../core/request.ts'
import { dropped } from '../../protocols/dropped.ts'
import { applyParams, changesNothing } from '../../routing/apply-params.ts'
import type { Target } from '../../routing/route.ts'
import type { Ended, OpenTurn } from '../../traffic/open-turn.ts'
import { answerWith } from './answer.ts'
import type { AnswerDeps, Asking, Refused, Seen } from './asking.ts'
import { relay } from './relay.ts'

/** One try of one target. */
export interface Attempt {
  readonly target: Target
  readonly credential: Credential | undefined
  readonly seen: Seen
  /** Whether another target may be tried, so that the client is told nothing before the first word. */
  readonly mayGoOn: boolean
}

/** Asks a target: relayed where its protocol is the client's and nothing has to change, else translated. */
export async function attempt(deps: AnswerDeps, asking: Asking, tried: Attempt): Promise<Ended | Refused> {
  const { backend } = tried.target
  const api = backend.kind === 'remote' ? apiFor(backend, asking.protocol.id) : undefined
  const result = await attemptAt(deps, asking, tried)
  // A door that was only guessed is not tried again, and there is another one.
  const isGuess = api !== undefined && 'refused' in result && isNoDoor(api, result.refused)
  return isGuess ? attempt(deps, asking, tried) : result
}

async function attemptAt(deps: AnswerDeps, asking: Asking, tried: Attempt): Promise<Ended | Refused> {
  const { turn, asked, response } = asking
  const { target, credential, seen, mayGoOn } = tried
  const { backend } = target
  const model = modelAt(backend, target.model)
  turn.backend = backend.id
  turn.served = model
  turn.credential = credential?.name
  deps.journal.changed(turn)

  if (backend.kind === 'local') {
    note(turn, 'local', 'answered inside the proxy')
    const request = requestFor(target, asked.request())
    return answerWith(deps, asking, { request, mayGoOn }, signal => backend.answer(request, signal))
  }

  const api = apiFor(backend, asking.protocol.id)
  const { body, obstacle } = relayable(asking, { backend, api, model, target, credential })
  // What has been said to a client that waited is the beginning of a translated stream.
  if (body !== undefined && obstacle === undefined && !response.headersSent) {
    const isSame = model === asked.model
    note(turn, 'relayed', isSame ? 'same protocol, nothing to change' : 'same protocol, only the model’s name replaced')
    return relay({ ...asking, upstream: deps.upstream, backend, api, credential, seen, body, holds: mayGoOn })
  }
  note(turn, 'translated', obstacle ?? `${asking.protocol.id} for the client, ${api.protocol} for the backend`)
  const request = requestFor(target, asked.request())
  // Who watches over an answer can end only one that is still coming.
  const wished = asked.guard === undefined ? request : { ...request, stream: true }
  const ended = await answerWith(deps, asking, { request, mayGoOn }, signal =>
    asks(deps, asking, tried, wished, signal),
  )
  turn.dropped = dropped(protocolIn(backend, api), request)
  return ended
}

/** The answer of a target, asked in its own protocol, once its head has come. Throws what it refused with. */
export async function asks(
  { upstream, config }: AnswerDeps,
  { request: { headers }, turn, protocol }: Asking,
  { target, credential, seen }: Omit<Attempt, 'mayGoOn'>,
  request: Request,
  signal: AbortSignal,
): Promise<Events> {
  const { backend } = target
  if (backend.kind === 'local') return backend.answer(request, signal)
  const api = apiFor(backend, protocol.id)
  return call({
    upstream,
    backend,
    api,
    credential,
    agent: headers['user-agent'],
    request: await withMedia(request, api.protocol, config.server.fetch_media, signal),
    signal,
    answered: answered => {
      turn.upstreamId = requestIdIn(answered)
      seen?.(answered)
    },
  })
}

/** What is asked, as a target is to be asked it: under its name of the model, with what its selector wants changed. */
export function requestFor({ backend, model, params }: Target, asked: Request): Request {
  if ((asked.sampling.n ?? 1) > 1) {
    throw new ProxyError('invalid-request', 'One answer at a time is given here: leave "n" out, or set it to 1.', {
      param: 'n',
      code: 'unsupported_value',
    })
  }
  const served = modelAt(backend, model)
  return { ...applyParams(withDefaults(asked, backend, served), params), model: served }
}

/** A request with what the config wants of a model where its client says nothing. */
function withDefaults(asked: Request, backend: Backend, model: string): Request {
  const defaults = defaultsOf(backend, model)
  if (defaults === undefined) return asked
  const { temperature, top_p } = defaults
  const { sampling } = asked
  return {
    ...asked,
    sampling: {
      ...sampling,
      ...(sampling.temperature === undefined && temperature !== undefined && { temperature }),
      ...(sampling.topP === undefined && top_p !== undefined && { topP: top_p }),
    },
  }
}

function defaultsOf(backend: Backend, model: string) {
  return backend.kind === 'remote' ? own(backend.parameters, model) : undefined
}

/** The body that can be relayed, if the protocols are the same; and what stands in the way all the same. */
function relayable(
  { protocol, relays, door, asked }: Asking,
  to: { backend: RemoteBackend; api: Api; model: string; target: Target; credential: Credential | undefined },
): { readonly body?: Buffer | undefined; readonly obstacle?: string | undefined } {
  const { backend, api, model, target, credential } = to
  if (asked.changed !== undefined) return { obstacle: asked.changed }
  if (!relays || api.protocol !== protocol.id) return {}
  if (!changesNothing(target.params)) return { obstacle: 'parameters stand behind the model’s name' }
  if (defaultsOf(backend, model) !== undefined) return { obstacle: 'the config has parameters for this model' }
  if (door === 'compact' && endpointsOf(api, credential).compact === undefined) return {}
  const body = asked.bodyFor(model, backend.id)
  return { body, obstacle: body && whyNotRelayed(api, body, mostTokensOf(backend, api, model)) }
}

function note(turn: OpenTurn, way: NonNullable<OpenTurn['way']>, why: string) {
  turn.way = way
  turn.why = why
}
