/**
 * Everything that can go wrong with a turn, in our words. Each protocol has a table from kind to its own status and
 * type (`protocols/<id>/errors.ts`), which the compiler keeps complete.
 */
export type ErrorKind =
  | 'invalid-request'
  | 'too-large'
  | 'context-too-long'
  | 'unauthenticated'
  | 'out-of-credit'
  | 'forbidden'
  | 'not-found'
  | 'unknown-model'
  | 'conflict'
  | 'rate-limited'
  | 'overloaded'
  | 'bad-upstream'
  | 'unreachable'
  | 'timeout'
  | 'loop'
  | 'cancelled'
  | 'internal'

/** What may be said of an error beyond its kind and message. */
export interface ErrorFacts {
  /** How long the one who refused asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The field of the request that is to blame, as the client spells it: `messages[0].content`. */
  readonly param?: string | undefined
  /** The vendor's own code, kept for clients of the same protocol: `insufficient_quota`. */
  readonly code?: string | undefined
  /** The status the backend answered with, if one answered. */
  readonly status?: number | undefined
  readonly cause?: unknown
}

/** The one error of the program: a kind that code decides by and a message that people act on. No secret may stand in either. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  readonly kind: ErrorKind
  readonly retryAfterMs: number | undefined
  readonly param: string | undefined
  readonly code: string | undefined
  readonly status: number | undefined

  constructor(kind: ErrorKind, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.kind = kind
    this.retryAfterMs = facts.retryAfterMs
    this.param = facts.param
    this.code = facts.code
    this.status = facts.status
  }
}

/** Any thrown value as a ProxyError; what we did not foresee becomes `internal`, with its cause kept. */
export function toProxyError(thrown: unknown): ProxyError {
  if (thrown instanceof ProxyError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new ProxyError('internal', `unexpected: ${message}`, { cause: thrown })
}

const kindsByStatus: Readonly<Record<number, ErrorKind>> = {
  401: 'unauthenticated',
  402: 'out-of-credit',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  429: 'rate-limited',
  503: 'overloaded',
  504: 'timeout',
  508: 'loop',
  529: 'overloaded',
}

/** The kind that an HTTP status of a backend stands for, where its body says nothing more exact. */
export function kindOfStatus(status: number): ErrorKind {
  return kindsByStatus[status] ?? (status >= 400 && status < 500 ? 'invalid-request' : 'bad-upstream')
}
