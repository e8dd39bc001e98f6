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
  /** The protocols it serves. The first is the one that others are translated to. */
  readonly apis: readonly [Api, ...Api[]]
  readonly key: KeySource
  /** The login whose credential it is called with, in place of a key. */
  readonly login?: string | undefined
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** How long it may stay silent before a request is given up, in milliseconds. */
  readonly timeoutMs: number
}

/** A protocol that a backend serves, where, and in what it differs there from the protocol as its owner has it. */
export interface Api {
  readonly protocol: Exclude<ProtocolId, 'openai-completions'>
  /** As the vendor's documents give it, without a trailing slash: with `/v1` for OpenAI and Anthropic, without a version for Gemini. */
  readonly baseUrl: string
  /** How a key is shown; the protocol's own way where nothing is said. */
  readonly auth?: AuthStyle | undefined
}

export type AuthStyle = 'bearer' | 'none' | { readonly header: string } | { readonly query: string }

/** The door of a backend for a client's protocol: its own, which spares a translation, else the first. */
export function apiFor(backend: RemoteBackend, protocol: ProtocolId): Api {
  return backend.apis.find(api => api.protocol === protocol) ?? backend.apis[0]
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
