import type { Price } from '../catalogue/price.ts'
import type { ProxyError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { own } from '../core/own.ts'
import type { Request } from '../core/request.ts'
import type { Params } from '../core/selector-params.ts'
import type { ProtocolId } from '../protocols/protocol.ts'
import type { Quirks } from './quirks.ts'

/** A service that answers turns: one we call over the network, or one built in. */
export type Backend = RemoteBackend | LocalBackend

interface BackendCommon {
  /** The name it is picked by: `openai` in `openai:gpt-5`. */
  readonly id: string
  readonly title: string
  /** What it serves, if that is known without asking. */
  readonly models?: readonly string[] | undefined
  /** What it is known to serve, for the times when it can't be asked. */
  readonly usualModels?: readonly string[] | undefined
  /** What is asked for where a client names only the backend. */
  readonly defaultModel?: string | undefined
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
  /** Whether a subscription covers what is asked of it, so that tokens cost nothing more. */
  readonly isSubscription: boolean
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Names of vendors that may stand before its models, and are not its own part of the name: `zhipu/glm-4.6`. */
  readonly prefixes: readonly string[]
  /** What is missing before it can be called at all, with a sentence that says what to do. */
  readonly missing?: { readonly what: 'address' | 'header'; readonly detail: string } | undefined
  /** A server on this computer, which is there only while it runs. */
  readonly isLocalServer: boolean
  /** What each of its models takes and gives, as the config says. */
  readonly limits?: Readonly<Record<string, ModelLimits>> | undefined
  /** How many requests it is sent a minute at the most, over all its models. */
  readonly requestsPerMinute?: number | undefined
  /** How often a request that failed is sent again, and how long after, where that is not as for all. */
  readonly retries?: { readonly most?: number | undefined; readonly delayMs?: number | undefined } | undefined
  /** The service of our list that it is, asked where that is: there, its vendor's prices hold. */
  readonly service?: string | undefined
  /** What its models cost, as the config says. */
  readonly prices?: Readonly<Record<string, Price>> | undefined
  /** What is asked of each of its models where a client says nothing of it. */
  readonly parameters?: Readonly<Record<string, Pick<Params, 'temperature' | 'top_p'>>> | undefined
  /** How long it may stay silent before a request is given up, in milliseconds. */
  readonly timeoutMs: number
}

/** A protocol that a backend serves, where, and in what it differs there from the protocol as its owner has it. */
export interface Api extends Quirks {
  readonly protocol: Exclude<ProtocolId, 'openai-completions'>
  /** As the vendor's documents give it, without a trailing slash: with `/v1` for OpenAI and Anthropic, without a version for Gemini. */
  readonly baseUrl: string
  /** Whether it is only likely to be there: its service's other address was changed. */
  readonly isGuess?: boolean | undefined
  /** How a key is shown; the protocol's own way where nothing is said. */
  readonly auth?: AuthStyle | undefined
}

export type AuthStyle = 'bearer' | 'none' | { readonly header: string } | { readonly query: string }

/** Doors that turned out not to be there. */
const absent = new WeakSet<Api>()

/** The door of a backend for a client's protocol: its own, which spares a translation, else the first. */
export function apiFor(backend: RemoteBackend, protocol: ProtocolId): Api {
  return backend.apis.find(api => api.protocol === protocol && !absent.has(api)) ?? backend.apis[0]
}

/** Whether a refusal means that a door which was only guessed is not there. It is not tried again. */
export function isNoDoor(api: Api, { kind, status }: ProxyError): boolean {
  const isNotThere = (status === 404 && kind !== 'unknown-model') || status === 405 || status === 501
  if (api.isGuess !== true || !isNotThere) return false
  absent.add(api)
  return true
}

/** In tokens. */
export interface ModelLimits {
  readonly contextWindow?: number | undefined
  readonly maxOutput?: number | undefined
  readonly maxInput?: number | undefined
  /** As the config has it; a request that has to wait for too long is not sent. */
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
}

/** The most tokens that an answer may be asked to have; nothing if no limit is known. */
export function mostTokensOf({ limits }: RemoteBackend, { mostTokens }: Api, model: string): number | undefined {
  const most = own(limits, model)?.maxOutput
  return most === undefined ? mostTokens : Math.min(most, mostTokens ?? most)
}

/** The name that a backend knows a model by: without the vendor's before it, where the backend has only that vendor's. */
export function modelAt(backend: Backend, model: string): string {
  if (backend.kind === 'local') return model
  const prefix = backend.prefixes.find(name => model.startsWith(`${name}/`))
  return prefix === undefined ? model : model.slice(prefix.length + 1)
}

/**
 * Where a backend's keys come from: the references of its config entry, else those stored under its name or with a number
 * behind it (`openai`, `openai.2`), else the environment (`OPENAI_API_KEY`, `OPENAI_API_KEY_2`).
 */
export interface KeySource {
  /** What they are stored under, if they are. */
  readonly name: string
  readonly required: boolean
  readonly references?: readonly string[] | undefined
  /** Environment variables that may hold it, first wins; each may have a number behind it. */
  readonly envNames: readonly string[]
  readonly rotation: Rotation
  /** With `fill-first`, the order of the keys, by the names that pin them: `openai.2`. Others come after. */
  readonly order?: readonly string[] | undefined
  /** Whether the numbers of the variables end at the first gap. */
  readonly endsAtGap: boolean
}

export interface LocalBackend extends BackendCommon {
  readonly kind: 'local'
  readonly answer: (request: Request, signal: AbortSignal) => Events
}

/** Which of several keys is next: each in turn, or the first until it is refused. */
export type Rotation = 'round-robin' | 'fill-first'
