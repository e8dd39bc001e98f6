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
  | 'own-limit'
  | 'ours'

/** What can be done: ask the same target again after a wait, with another of its keys, or ask the next target. */
export type Action = 'wait' | 'next-key' | 'next-target'

export interface FailureRow {
  readonly means: string
  /** What is tried, the first that can be done; nothing means that the failure is the client's answer. */
  readonly actions: readonly Action[]
  /** What it says of the target itself: enough failures in a row let it rest, and one success ends them. */
  readonly tells: 'failed' | 'succeeded' | 'nothing'
}

/**
 * What is done about a failure before the first output. The table of docs/routing.md is this one. After the first output
 * an error is an error.
 */
export const failures: Readonly<Record<FailureClass, FailureRow>> = {
  connect: { means: 'it could not be reached', actions: ['wait', 'next-target'], tells: 'failed' },
  timeout: { means: 'it did not answer in time', actions: ['next-target'], tells: 'failed' },
  'rate-limit-with-reset': {
    means: 'too many requests (429), and it says when to come back',
    // Another key is free at once; waiting keeps the client at the model it asked for.
    actions: ['next-key', 'wait', 'next-target'],
    tells: 'succeeded',
  },
  'rate-limit': {
    means: 'too many requests (429), without a time',
    actions: ['next-key', 'next-target', 'wait'],
    tells: 'succeeded',
  },
  auth: { means: 'the key is refused (401)', actions: ['next-key', 'next-target'], tells: 'succeeded' },
  credit: { means: 'the account is used up (402)', actions: ['next-key', 'next-target'], tells: 'succeeded' },
  forbidden: { means: 'the key may not do this (403)', actions: ['next-key', 'next-target'], tells: 'succeeded' },
  'server-error': { means: 'it failed by itself (5xx)', actions: ['next-target'], tells: 'failed' },
  overloaded: { means: 'it has too much to do (503, 529)', actions: ['wait', 'next-target'], tells: 'failed' },
  empty: { means: 'it answered with nothing', actions: ['wait', 'next-target'], tells: 'succeeded' },
  cut: { means: 'the answer broke off before its first word', actions: ['wait', 'next-target'], tells: 'failed' },
  'model-missing': { means: 'it has no such model (404)', actions: ['next-target'], tells: 'succeeded' },
  // Also where a limit in the config says so, and nobody was asked.
  'context-too-long': { means: 'the request is too long for it', actions: ['next-target'], tells: 'nothing' },
  // Another vendor's answer would be a way around this one's rules.
  policy: { means: 'its rules refuse what is asked', actions: [], tells: 'succeeded' },
  request: { means: 'the request is wrong, for any target', actions: [], tells: 'succeeded' },
  'own-limit': {
    means: 'the config does not let it be asked so often',
    actions: ['next-target'],
    tells: 'nothing',
  },
  ours: { means: 'the proxy itself failed, or the client left', actions: [], tells: 'nothing' },
}

/** The code of an error that says that an answer came and held nothing. */
const EMPTY_ANSWER = 'empty_answer'

/** The failure of an answer that came and held nothing. */
export function nothingSaid(): ProxyError {
  return new ProxyError('bad-upstream', 'The backend answered with nothing.', { code: EMPTY_ANSWER })
}

/** The code of a refusal by the config's own limits: the target was not asked, and no key has anything to do with it. */
export const OWN_LIMIT = 'config_rate_limit'

/** What vendors call a refusal of content, in their codes. */
const policyCode = /content.?(policy|filter)|moderation|safety|prohibited|inspection/i

/** Which class a failure is of: by its kind, and where one kind stands for several, by its code, status and reset. */
export function classOf(error: ProxyError): FailureClass {
  const { kind, code = '', status, retryAfterMs } = error
  if (code === OWN_LIMIT) return 'own-limit'
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
