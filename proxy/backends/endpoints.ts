import type { ProtocolId } from '../protocols/protocol.ts'
import type { RemoteBackend } from './backend.ts'

/** Sent with every request we make, so that one which comes back to us is known. */
export const LOOP_HEADER = 'x-lip-loop'

interface Endpoints {
  /** Path of an answer, below the base URL. */
  readonly answer: string
  /** Path of the model list, below the base URL. */
  readonly models: string
  /** The headers that carry a key. */
  readonly auth: (key: string) => Readonly<Record<string, string>>
  /** Headers that a request must have, where its client did not send them. */
  readonly fixed: Readonly<Record<string, string>>
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const endpoints: Readonly<Partial<Record<ProtocolId, Endpoints>>> = {
  'openai-chat': { answer: '/chat/completions', models: '/models', auth: bearer, fixed: {} },
  anthropic: {
    answer: '/messages',
    models: '/models?limit=1000',
    auth: key => ({ 'x-api-key': key }),
    fixed: { 'anthropic-version': '2023-06-01' },
  },
}

/** Where a backend's protocol has its doors, and how a key is shown at them. */
export function endpointsOf(backend: RemoteBackend): Endpoints {
  const found = endpoints[backend.protocol]
  if (found === undefined) throw new Error(`no endpoints are known for protocol ${backend.protocol}`)
  return found
}
