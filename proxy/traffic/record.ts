import type { Cost } from '../core/cost.ts'
import type { ProtocolId } from '../protocols/protocol.ts'
import type { Outcome } from './outcome.ts'

/**
 * What is kept of a turn: flat, so that a batch of them crosses to the writer's thread cheaply and is a row each. Times are
 * milliseconds, sizes bytes, and tokens follow `Usage`: `inputTokens` and `outputTokens` are totals, the rest shares of
 * them. `undefined` is what is not known, or not yet.
 */
export interface TurnRecord {
  /** 26 characters that sort by the time the turn began: `turn-id.ts`. */
  readonly id: string
  /** When the turn began, in milliseconds since 1970. */
  readonly at: number
  /** The protocol in which the client asked. */
  readonly frontend: ProtocolId
  /** The path that was called, without its query, which may hold a key. */
  readonly path: string
  /** The client's short name: `client.ts`. */
  readonly client: string
  readonly userAgent: string | undefined
  /** The model as the client named it. */
  readonly asked: string | undefined
  readonly backend: string | undefined
  /** The model as the backend was asked for it. */
  readonly served: string | undefined
  readonly way: Way | undefined
  /** Why it went this way, in words. */
  readonly why: string | undefined
  readonly streamed: boolean
  /** `undefined` while the turn is open. */
  readonly outcome: Outcome | undefined
  /** The HTTP status that the client got. */
  readonly status: number | undefined
  readonly firstByteMs: number | undefined
  readonly firstTokenMs: number | undefined
  readonly durationMs: number | undefined
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly cacheReadTokens: number | undefined
  readonly cacheWriteTokens: number | undefined
  readonly reasoningTokens: number | undefined
  readonly requestBytes: number
  readonly responseBytes: number
  /** Why the model stopped, in the vendor's own word. */
  readonly stopReason: string | undefined
  /** The vendor's id of the request. */
  readonly upstreamId: string | undefined
  readonly error: string | undefined
  /** The name of the key or account that the backend was called with. */
  readonly credential: string | undefined
  /** What of the request the backend's protocol has no words for, with commas between. */
  readonly dropped: string | undefined
  /** The tries before the answer, and the phases of one by two models, as JSON: a list of `TurnAttempt`. */
  readonly attempts: string | undefined
  /** The id of the session it belongs to, where that is known. */
  readonly session: string | undefined
  readonly cost: Cost | undefined
}

/** How a turn was answered: bytes through, by way of the canonical model, or by the proxy itself. */
type Way = 'relayed' | 'translated' | 'local'

/** The fields of a record in their order, which is also the order of `Object.values(record)` and the names of the columns. */
export const columns = [
  'id',
  'at',
  'frontend',
  'path',
  'client',
  'userAgent',
  'asked',
  'backend',
  'served',
  'way',
  'why',
  'streamed',
  'outcome',
  'status',
  'firstByteMs',
  'firstTokenMs',
  'durationMs',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'requestBytes',
  'responseBytes',
  'stopReason',
  'upstreamId',
  'error',
  'credential',
  'dropped',
  'attempts',
  'session',
  'cost',
] as const satisfies readonly (keyof TurnRecord)[]
