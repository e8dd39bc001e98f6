import { kindOfStatus, type ErrorKind } from '../core/errors.ts'

/** How a turn ended, in the words that the log and the window use. It is not the HTTP status: a stream may break after a 200. */
export const outcomes = [
  'ok',
  'ok after retry',
  'ok via fallback',
  'interrupted',
  'client cancelled',
  'rate limited',
  'auth failed',
  'rejected',
  'upstream error',
  'network',
  'timeout',
  'blocked',
] as const

export type Outcome = (typeof outcomes)[number]

/** What the outcome is told from. */
export interface Ending {
  readonly error?: ErrorKind | undefined
  /** The status that the client got. */
  readonly status?: number | undefined
  /** Whether the client hung up before the end; whatever broke after that is its doing. */
  readonly clientGone: boolean
  /** Whether a stream stopped without its end mark. */
  readonly interrupted: boolean
  /** What it took to get there, where the first attempt failed. */
  readonly recovered?: 'retry' | 'fallback' | undefined
}

/** The outcome of a turn that ended so. */
export function outcomeOf({ error, status, clientGone, interrupted, recovered }: Ending): Outcome {
  if (clientGone) return 'client cancelled'
  if (error === 'cancelled') return 'client cancelled'
  if (interrupted) return 'interrupted'
  if (error !== undefined) return outcomesByKind[error]
  if (status !== undefined && status >= 400) return outcomesByKind[kindOfStatus(status)]
  if (recovered === 'retry') return 'ok after retry'
  return recovered === 'fallback' ? 'ok via fallback' : 'ok'
}

/** Whether a turn counts as failed: a client that changes its mind has not met a failure. */
export function isFailure(outcome: Outcome): boolean {
  return !outcome.startsWith('ok') && outcome !== 'client cancelled'
}

/** Whether a turn failed by its backend's doing: what a backend rejects, or we block, was wrong with the request. */
export function isBackendFailure(outcome: Outcome): boolean {
  return isFailure(outcome) && outcome !== 'rejected' && outcome !== 'blocked'
}

const outcomesByKind: Readonly<Record<ErrorKind, Outcome>> = {
  'invalid-request': 'rejected',
  'too-large': 'rejected',
  'context-too-long': 'rejected',
  unauthenticated: 'auth failed',
  'out-of-credit': 'rejected',
  forbidden: 'auth failed',
  'not-found': 'rejected',
  'unknown-model': 'rejected',
  conflict: 'rejected',
  'rate-limited': 'rate limited',
  overloaded: 'upstream error',
  'bad-upstream': 'upstream error',
  unreachable: 'network',
  timeout: 'timeout',
  loop: 'blocked',
  cancelled: 'client cancelled',
  // Our own fault has no word of its own; to the client everything behind the proxy is upstream, and the message says it.
  internal: 'upstream error',
}
