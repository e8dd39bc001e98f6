import type { Credential } from '../core/credential.ts'
import { ProxyError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { replay, type Reply } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import { restoreTools } from '../core/restore-tools.ts'
import { isApiError } from '../protocols/error-body.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { USER_AGENT } from '../version.ts'
import { encodeJson, jsonOrText } from '../wire/json.ts'
import { decodeSse, type Frames } from '../wire/sse.ts'
import { mostTokensOf, type Api, type RemoteBackend } from './backend.ts'
import { sessionHeadersFor } from './demands.ts'
import { endpointsOf, LOOP_HEADER, openedBy, type Endpoint } from './endpoints.ts'
import { enveloped } from './envelope.ts'
import { dialectOf, explained, refuseInside, straightened, withFacts, withinLimit } from './quirks.ts'
import { textOf, type Upstream, type UpstreamHeaders } from './upstream.ts'
import { waitIn } from './wait.ts'
import { asksForStream } from './whole.ts'

/** A request to a backend in its own protocol, and what is told of its answer besides the events. */
export interface Call {
  readonly upstream: Upstream
  readonly backend: RemoteBackend
  readonly api: Api
  readonly credential: Credential | undefined
  /** With the backend's name of the model. */
  readonly request: Request
  /** The client's `user-agent`, for backends that serve known agents only. */
  readonly agent?: string | undefined
  /** Gives the request up at once. */
  readonly signal: AbortSignal
  readonly answered: (headers: UpstreamHeaders) => void
}

/**
 * One attempt on the wire: encode, send, check the status, frame, decode. Streamed or whole, the answer is told as events, which
 * are there to be read once its head has come. Throws what the backend refused with.
 */
export async function call(asked: Call): Promise<Events> {
  const { upstream, backend, api, credential, agent, request, signal, answered } = asked
  const protocol = protocolIn(backend, api)
  const streams = asksForStream(api, request)
  const taken = { ...withinLimit(request, mostTokensOf(backend, api, request.model)), stream: streams }
  const encoded = enveloped(api, withFacts(api, protocol.encodeRequest(taken), taken), credential)
  const body = encodeJson(encoded)
  const { answer, auth, fixed } = endpointsOf(api, credential)
  const endpoint = openedBy(answer(request.model, streams), api, credential)
  const response = await upstream.open(
    {
      method: 'POST',
      endpoint,
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.length),
        accept: streams ? 'text/event-stream' : 'application/json',
        'user-agent': agentFor(api, agent),
        ...(api.bareHeaders !== true && { [LOOP_HEADER]: '1' }),
        ...api.identity,
        ...sessionHeadersFor(api, encoded),
        ...fixed,
        ...(credential !== undefined && auth(credential)),
        ...backend.headers,
      },
      body,
      timeoutMs: backend.timeoutMs,
    },
    signal,
  )
  answered(response.headers)
  if (response.status !== 200) {
    const text = await textOf(response.chunks)
    throw explained(api, refusal(protocol, { ...response, text }, { backend, endpoint }), text)
  }
  const isStream = String(response.headers['content-type'] ?? '').startsWith('text/event-stream')
  const events = isStream
    ? protocol.decodeStream(checked(api, decodeSse(response.chunks)))
    : replay(wholeIn(api, protocol, await textOf(response.chunks)))
  return restoreTools(request.tools)(straightened(api, events))
}

/** Who calls, to a backend that looks at it: the client, where it is an agent that names itself; else we do. */
export function agentFor({ agentsOnly }: Api, client: string | undefined): string {
  return agentsOnly === true && client !== undefined && AGENTS.test(client) ? client : USER_AGENT
}

const AGENTS =
  /^(claude-(cli|code)|codex|kimi|geminicli|qwencode|opencode|crush|aider|goose)\b|\b(cline|roo-?code|kilo-?code)\//i

function wholeIn(api: Api, protocol: Protocol, text: string): Reply {
  refuseInside(api, text)
  return protocol.decodeReply(jsonOrText(text))
}

function checked(api: Api, frames: Frames): Frames {
  return api.errorsInside200 === true ? withoutErrors(api, frames) : frames
}

async function* withoutErrors(api: Api, frames: Frames): Frames {
  for await (const batch of frames) {
    for (const { data } of batch) refuseInside(api, data)
    yield batch
  }
}

/** How a backend's API speaks: its protocol, in its dialect. Throws for one that is not spoken here. */
export function protocolIn(backend: RemoteBackend, api: Api): Protocol {
  const protocol = dialectOf(api)
  if (protocol !== undefined) return protocol
  throw new ProxyError('invalid-request', `Backend ${backend.id} speaks ${api.protocol}, which is not spoken here yet.`)
}

/** A refusal as it came. */
interface RefusedWith {
  readonly status: number
  readonly headers: UpstreamHeaders
  readonly text: string
}

/** A backend's refusal in our words, with how long it asked us to wait, and where it was asked if no API seems to be there. */
export function refusal(
  protocol: Protocol,
  { status, headers, text }: RefusedWith,
  { backend, endpoint }: { readonly backend: RemoteBackend; readonly endpoint: Endpoint },
): ProxyError {
  const error = protocol.decodeError(status, jsonOrText(text))
  const { kind, param, code } = error
  const retryAfterMs = error.retryAfterMs ?? waitIn(headers)
  const message = isAstray(error, text) ? nothingAt(endpoint, backend, error) : error.message
  if (retryAfterMs === error.retryAfterMs && message === error.message) return error
  return new ProxyError(kind, message, { param, code, status, retryAfterMs, cause: error })
}

/** Whether a refusal comes from a server that knows no API at that path, so that the address is wrong. */
export function isAstray({ kind }: ProxyError, text: string): boolean {
  return kind === 'not-found' && !isApiError(jsonOrText(text))
}

function nothingAt({ origin, path }: Endpoint, { id }: RemoteBackend, { message }: ProxyError): string {
  const [address = ''] = path.split('?')
  return `Nothing is served at ${origin}${address} (${message}). Check api_url of backend ${id}, with and without /v1.`
}
