import { ProxyError, type ErrorKind } from '../core/errors.ts'

/** Why an attempt failed, as far as it matters for what is done next. */
export type FailureClass =
  | 'connect'
  | 'timeout'
  | 'rate-limit-with-reset'
  | 'rate-limit'
  | 'auth'
  | 'credit'
  | 'forbidden'
  | 'server-error'
  | 'overloaded'
  | 'empty'
  | 'cut'
  | 'model-missing'
  | 'context-too-long'
  | 'policy'
  | 'request'
  | 'ours'

/** What can be done: ask the same target again after a wait, with another of its keys, or ask the next target. */
export type Action = 'wait' | 'next-key' | 'next-target'

export interface FailureRow {
  readonly means: string
  /** What is tried, the first that can be done; nothing means that the failure is the client's answer. */
  readonly actions: readonly Action[]
  /** Whether it speaks against the target itself, so that enough of them in a row let it rest. */
  readonly countsAgainst: boolean
}

/**
 * What is done about a failure before the first output. The table of docs/routing.md is this one. After the first output
 * an error is an error.
 */
export const failures: Readonly<Record<FailureClass, FailureRow>> = {
  connect: { means: 'it could not be reached', actions: ['wait', 'next-target'], countsAgainst: true },
  timeout: { means: 'it did not answer in time', actions: ['next-target'], countsAgainst: true },
  'rate-limit-with-reset': {
    means: 'too many requests (429), and it says when to come back',
    // Another key is free at once; waiting keeps the client at the model it asked for.
    actions: ['next-key', 'wait', 'next-target'],
    countsAgainst: false,
  },
  'rate-limit': {
    means: 'too many requests (429), without a time',
    actions: ['next-key', 'next-target', 'wait'],
    countsAgainst: false,
  },
  auth: { means: 'the key is refused (401)', actions: ['next-key', 'next-target'], countsAgainst: false },
  credit: { means: 'the account is used up (402)', actions: ['next-key', 'next-target'], countsAgainst: false },
  forbidden: { means: 'the key may not do this (403)', actions: ['next-key', 'next-target'], countsAgainst: false },
  'server-error': { means: 'it failed by itself (5xx)', actions: ['next-target'], countsAgainst: true },
  overloaded: { means: 'it has too much to do (503, 529)', actions: ['wait', 'next-target'], countsAgainst: true },
  empty: { means: 'it answered with nothing', actions: ['wait', 'next-target'], countsAgainst: false },
  cut: { means: 'the answer broke off before its first word', actions: ['wait', 'next-target'], countsAgainst: true },
  'model-missing': { means: 'it has no such model (404)', actions: ['next-target'], countsAgainst: false },
  'context-too-long': { means: 'the request is too long for it', actions: ['next-target'], countsAgainst: false },
  // Another vendor's answer would be a way around this one's rules.
  policy: { means: 'its rules refuse what is asked', actions: [], countsAgainst: false },
  request: { means: 'the request is wrong, for any target', actions: [], countsAgainst: false },
  ours: { means: 'the proxy itself failed, or the client left', actions: [], countsAgainst: false },
}

/** The code of an error that says that an answer came and held nothing. */
const EMPTY_ANSWER = 'empty_answer'

/** The failure of an answer that came and held nothing. */
export function nothingSaid(): ProxyError {
  return new ProxyError('bad-upstream', 'The backend answered with nothing.', { code: EMPTY_ANSWER })
}

/** What vendors call a refusal of content, in their codes. */
const policyCode = /content.?(policy|filter)|moderation|safety|prohibited|inspection/i

/** Which class a failure is of: by its kind, and where one kind stands for several, by its code, status and reset. */
export function classOf(error: ProxyError): FailureClass {
  const { kind, code = '', status, retryAfterMs } = error
  if ((kind === 'invalid-request' || kind === 'forbidden') && policyCode.test(code)) return 'policy'
  if (kind === 'rate-limited') return retryAfterMs === undefined ? 'rate-limit' : 'rate-limit-with-reset'
  if (kind === 'bad-upstream') {
    if (code === EMPTY_ANSWER) return 'empty'
    return status === undefined ? 'cut' : 'server-error'
  }
  return classes[kind]
}

const classes: Readonly<Record<Exclude<ErrorKind, 'rate-limited' | 'bad-upstream'>, FailureClass>> = {
  'invalid-request': 'request',
  'too-large': 'context-too-long',
  'context-too-long': 'context-too-long',
  unauthenticated: 'auth',
  'out-of-credit': 'credit',
  forbidden: 'forbidden',
  'not-found': 'model-missing',
  'unknown-model': 'model-missing',
  conflict: 'request',
  overloaded: 'overloaded',
  unreachable: 'connect',
  timeout: 'timeout',
  loop: 'ours',
  cancelled: 'ours',
  internal: 'ours',
}
