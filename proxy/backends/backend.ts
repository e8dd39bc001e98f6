import type { Events } from '../core/events.ts'
import type { Request } from '../core/request.ts'
import type { ProtocolId } from '../protocols/protocol.ts'

/** A service that answers turns: one we call over the network, or one built in. */
export type Backend = RemoteBackend | LocalBackend

interface BackendCommon {
  /** The name it is picked by: `openai` in `openai:gpt-5`. */
  readonly id: string
  readonly title: string
  /** What it serves, if that is known without asking. */
  readonly models?: readonly string[] | undefined
  /** Whether `models` is all it serves, so that any other is refused without asking. */
  readonly closed: boolean
}

export interface RemoteBackend extends BackendCommon {
  readonly kind: 'remote'
  readonly protocol: ProtocolId
  /** As the vendor's documents give it, without a trailing slash. */
  readonly baseUrl: string
  readonly key: KeySource
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** How long it may stay silent before a request is given up, in milliseconds. */
  readonly timeoutMs: number
}

/** Where a backend's key comes from: the reference of its config entry, else its name in the keychain, else the environment. */
export interface KeySource {
  readonly required: boolean
  readonly reference?: string | undefined
  /** Environment variables that may hold it, first wins. */
  readonly envNames: readonly string[]
}

export interface LocalBackend extends BackendCommon {
  readonly kind: 'local'
  readonly answer: (request: Request, signal: AbortSignal) => Events
}
