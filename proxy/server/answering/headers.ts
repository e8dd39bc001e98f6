import type { Api, RemoteBackend } from '../../backends/backend.ts'
import { agentFor } from '../../backends/call.ts'
import { endpointsOf, LOOP_HEADER } from '../../backends/endpoints.ts'
import type { Credential } from '../../core/credential.ts'

/** An HTTP message's headers as Node and undici give them: lower-case names. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/**
 * Headers of a client that do not go on to a backend: those of the connection (RFC 9110, 7.6.1), the client's own key,
 * what a browser or another proxy tells of itself, and encodings, since a watched answer must be readable.
 */
const notForBackends = new Set(
  `connection keep-alive te trailer transfer-encoding upgrade expect host content-length content-encoding content-type
   accept-encoding authorization x-api-key x-goog-api-key api-key cookie origin referer user-agent forwarded via
   access-control-request-method access-control-request-headers ${LOOP_HEADER}`.split(/\s+/),
)

/** Prefixes of the same. */
const notForBackendsPrefix = /^(?:sec-|proxy-|x-forwarded-|x-real-ip|cf-)/

/** All that goes on to a backend that takes no header but its protocol's. */
const bare = /^(accept$|anthropic-)/

/** Headers of a backend that do not go on to a client: those of the connection, and those that speak for the vendor's origin. */
const notForClients = new Set(
  `connection keep-alive te trailer transfer-encoding upgrade set-cookie alt-svc strict-transport-security nel report-to
   access-control-allow-origin access-control-allow-credentials access-control-expose-headers`.split(/\s+/),
)

/** Who a relayed request goes to, and what it proves itself with. */
export interface Receiver {
  readonly backend: RemoteBackend
  readonly api: Api
  readonly credential: Credential | undefined
}

/** What a relayed request sends: the client's own headers where they mean something to the backend, then ours, then the backend's from the config. */
export function headersForBackend(
  client: Headers,
  { backend, api, credential }: Receiver,
  length: number,
): Record<string, string> {
  const { auth, fixed } = endpointsOf(api, credential)
  const headers: Record<string, string> = { ...fixed, ...api.identity }
  for (const name in client) {
    const value = client[name]
    if (value === undefined || notForBackends.has(name) || notForBackendsPrefix.test(name)) continue
    if (api.bareHeaders === true && !bare.test(name)) continue
    headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  headers['content-type'] = 'application/json'
  headers['content-length'] = String(length)
  const agent = client['user-agent']
  headers['user-agent'] = agentFor(api, typeof agent === 'string' ? agent : undefined)
  if (api.bareHeaders !== true) headers[LOOP_HEADER] = '1'
  const own = credential === undefined ? {} : auth(credential)
  const betas = headers[BETA]
  Object.assign(headers, own, backend.headers)
  if (betas !== undefined && own[BETA] !== undefined) headers[BETA] = union(own[BETA], betas)
  return headers
}

/** Features are named in one header by the client and by what a login needs: both count. */
const BETA = 'anthropic-beta'

function union(...lists: readonly string[]): string {
  return [
    ...new Set(
      lists
        .join(',')
        .split(',')
        .map(name => name.trim()),
    ),
  ]
    .filter(name => name !== '')
    .join(',')
}

/** What the head of a relayed answer holds. */
export function headersForClient(backend: Headers): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const name in backend) {
    const value = backend[name]
    if (value !== undefined && !notForClients.has(name)) headers[name] = value
  }
  return headers
}
