import { ProxyError } from '../core/errors.ts'
import type { ProtocolId } from '../protocols/protocol.ts'
import type { RemoteBackend } from './backend.ts'

/** Sent with every request we make, so that one which comes back to us is known. */
export const LOOP_HEADER = 'x-lip-loop'

/** A place of a backend, taken apart once: turns come by the thousand, and an address does not change. */
export interface Endpoint {
  readonly origin: string
  /** Name and port, for people. */
  readonly host: string
  /** Path and query. */
  readonly path: string
}

export interface Endpoints {
  readonly answer: Endpoint
  readonly models: Endpoint
  /** The headers that carry a key. */
  readonly auth: (key: string) => Readonly<Record<string, string>>
  /** Headers that a request must have, where its client did not send them. */
  readonly fixed: Readonly<Record<string, string>>
}

/** Paths are below the base URL. */
interface ProtocolPlaces extends Pick<Endpoints, 'auth' | 'fixed'> {
  readonly answer: string
  readonly models: string
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const places: Readonly<Partial<Record<ProtocolId, ProtocolPlaces>>> = {
  'openai-chat': { answer: '/chat/completions', models: '/models', auth: bearer, fixed: {} },
  anthropic: {
    answer: '/messages',
    models: '/models?limit=1000',
    auth: key => ({ 'x-api-key': key }),
    fixed: { 'anthropic-version': '2023-06-01' },
  },
}

const known = new WeakMap<RemoteBackend, Endpoints>()

/** Where a backend's protocol has its doors, and how a key is shown at them. Throws for a protocol we don't speak yet. */
export function endpointsOf(backend: RemoteBackend): Endpoints {
  const remembered = known.get(backend)
  if (remembered !== undefined) return remembered
  const found = places[backend.protocol]
  if (found === undefined) {
    throw new ProxyError(
      'invalid-request',
      `Backend ${backend.id} speaks ${backend.protocol}, which is not spoken here yet.`,
    )
  }
  const endpoints = { ...found, answer: endpoint(backend, found.answer), models: endpoint(backend, found.models) }
  known.set(backend, endpoints)
  return endpoints
}

function endpoint({ baseUrl }: RemoteBackend, place: string): Endpoint {
  const { origin, host, pathname, search } = new URL(baseUrl + place)
  return { origin, host, path: pathname + search }
}
