import type { Credential } from '../core/credential.ts'
import { ProxyError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { replay } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import { restoreTools } from '../core/restore-tools.ts'
import { protocolOf } from '../protocols/index.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { USER_AGENT } from '../version.ts'
import { jsonOrText } from '../wire/json.ts'
import { decodeSse } from '../wire/sse.ts'
import type { Api, RemoteBackend } from './backend.ts'
import { endpointsOf, LOOP_HEADER, openedBy } from './endpoints.ts'
import { textOf, type Upstream, type UpstreamHeaders } from './upstream.ts'

/** A request to a backend in its own protocol, and what is told of its answer besides the events. */
export interface Call {
  readonly upstream: Upstream
  readonly backend: RemoteBackend
  readonly api: Api
  readonly credential: Credential | undefined
  /** With the backend's name of the model. */
  readonly request: Request
  /** Gives the request up at once. */
  readonly signal: AbortSignal
  readonly answered: (headers: UpstreamHeaders) => void
}

/** One attempt on the wire: encode, send, check the status, frame, decode. A stream is asked for whatever the client wants. */
export async function* call({ upstream, backend, api, credential, request, signal, answered }: Call): Events {
  const protocol = protocolIn(backend, api)
  const body = Buffer.from(JSON.stringify(protocol.encodeRequest(request)))
  const { answer, auth, fixed } = endpointsOf(api, credential)
  const response = await upstream.open(
    {
      method: 'POST',
      endpoint: openedBy(answer(request.model, true), api, credential),
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.length),
        accept: 'text/event-stream',
        'user-agent': USER_AGENT,
        [LOOP_HEADER]: '1',
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
  if (response.status !== 200) throw refusal(protocol, response.status, response.headers, await textOf(response.chunks))
  const isStream = String(response.headers['content-type'] ?? '').startsWith('text/event-stream')
  const events = isStream
    ? protocol.decodeStream(decodeSse(response.chunks))
    : replay(protocol.decodeReply(jsonOrText(await textOf(response.chunks))))
  yield* restoreTools(request.tools)(events)
}

function protocolIn(backend: RemoteBackend, api: Api): Protocol {
  const protocol = protocolOf(api.protocol)
  if (protocol !== undefined) return protocol
  throw new ProxyError('invalid-request', `Backend ${backend.id} speaks ${api.protocol}, which is not spoken here yet.`)
}

/** The backend's refusal in our words, with how long it asked us to wait. */
function refusal(protocol: Protocol, status: number, headers: UpstreamHeaders, text: string): ProxyError {
  const error = protocol.decodeError(status, jsonOrText(text))
  const wait = Number(headers['retry-after'])
  if (error.retryAfterMs !== undefined || !Number.isFinite(wait)) return error
  return new ProxyError(error.kind, error.message, {
    param: error.param,
    code: error.code,
    status,
    retryAfterMs: wait * 1000,
    cause: error,
  })
}
