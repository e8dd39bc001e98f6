import type { CapturedTurn, ReadableTurn } from './bodies.ts'
import type { TurnQuery } from './query.ts'
import type { TurnRecord } from './record.ts'
import type { BackendUsage, HourUsage } from './usage.ts'

/** What the store asks of its writer's thread. The answer bears the same number. */
export type Call = { readonly call: number } & (
  WriteCall | QueryCall | UsageCall | BackendsCall | BodiesCall | LimitCall | CloseCall
)

/** Records and the bodies of some of them. Done whole or not at all; answered with `Written`. */
interface WriteCall {
  readonly type: 'write'
  /** The values of `columns`, record after record. */
  readonly values: readonly unknown[]
  readonly bodies: readonly NewBodies[]
  readonly knownSecrets: readonly string[]
}

/** Answered with records. */
interface QueryCall {
  readonly type: 'query'
  readonly query: TurnQuery
}

/** Answered with the hours since then. */
interface UsageCall {
  readonly type: 'usage'
  readonly since: number
}

/** Answered with the backends that turns went to since then. */
interface BackendsCall {
  readonly type: 'backends'
  readonly since: number
}

/** Answered with what a turn carried, if that was written. */
interface BodiesCall {
  readonly type: 'bodies'
  readonly turn: string
}

interface LimitCall {
  readonly type: 'limit'
  readonly limits: StoreLimits
}

/** Answered when the file is closed; the thread ends by itself. */
interface CloseCall {
  readonly type: 'close'
}

export interface NewBodies {
  readonly turn: string
  readonly captured: CapturedTurn
}

export type Answer =
  | { readonly call: number; readonly result: Result }
  /** Why it can't be done, in words that fit after "because". */
  | { readonly call: number; readonly failure: string }

export type Result =
  Written | readonly TurnRecord[] | readonly HourUsage[] | readonly BackendUsage[] | ReadableTurn | undefined

export interface Written {
  /** Where a file went that was no sound database, if it was in the way. */
  readonly setAside: string | undefined
}

/** How long and how much is kept. */
export interface StoreLimits {
  readonly retentionMs: number
  /** Bytes of the database that may be in use. */
  readonly maxBytes: number
}

/** What the thread is started with. */
export interface WorkerStart {
  readonly file: string
  readonly limits: StoreLimits
}
