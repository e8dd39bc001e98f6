import type { Credential } from '../core/credential.ts'
import { USER_AGENT } from '../version.ts'
import { encodeJson, jsonOrText } from '../wire/json.ts'
import type { Api, RemoteBackend } from './backend.ts'
import { protocolIn, refusal } from './call.ts'
import { endpointsOf, LOOP_HEADER, openedBy, type Endpoint } from './endpoints.ts'
import { textOf, type Upstream } from './upstream.ts'

/** A question to a backend that is no turn: how many tokens, which embeddings. */
export interface Question {
  readonly upstream: Upstream
  readonly backend: RemoteBackend
  readonly api: Api
  readonly credential: Credential | undefined
  readonly endpoint: Endpoint
  readonly body: unknown
  readonly signal: AbortSignal
}

/** Sends JSON to a backend and gives the JSON that comes back. Throws what its refusal means. */
export async function ask({ upstream, backend, api, credential, endpoint, body, signal }: Question): Promise<unknown> {
  const { auth, fixed } = endpointsOf(api, credential)
  const bytes = encodeJson(body)
  const { status, headers, chunks } = await upstream.open(
    {
      method: 'POST',
      endpoint: openedBy(endpoint, api, credential),
      headers: {
        'content-type': 'application/json',
        'content-length': String(bytes.length),
        accept: 'application/json',
        'user-agent': USER_AGENT,
        [LOOP_HEADER]: '1',
        ...fixed,
        ...(credential !== undefined && auth(credential)),
        ...backend.headers,
      },
      body: bytes,
      timeoutMs: backend.timeoutMs,
    },
    signal,
  )
  const text = await textOf(chunks)
  if (status === 200) return jsonOrText(text)
  throw refusal(protocolIn(backend, api), { status, headers, text }, { backend, endpoint })
}
