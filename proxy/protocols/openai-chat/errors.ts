import { kindOfStatus, ProxyError, type ErrorKind } from '../../core/errors.ts'
import { excerpt, kindByWords, readErrorBody, retryDelay, textIn } from '../error-body.ts'
import { record, type Fields } from '../fields.ts'
import type { EncodedError, ErrorTable } from '../protocol.ts'

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Codes and types that OpenAI has are OpenAI's; where it has none they are ours, in its manner. */
const wireErrors: ErrorTable<{ readonly status: number; readonly type: string; readonly code: string | null }> = {
  'invalid-request': { status: 400, type: 'invalid_request_error', code: null },
  'too-large': { status: 413, type: 'invalid_request_error', code: 'request_too_large' },
  'context-too-long': { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  unauthenticated: { status: 401, type: 'authentication_error', code: 'invalid_api_key' },
  'out-of-credit': { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
  forbidden: { status: 403, type: 'permission_error', code: null },
  'not-found': { status: 404, type: 'invalid_request_error', code: 'not_found' },
  'unknown-model': { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  conflict: { status: 409, type: 'conflict_error', code: null },
  'rate-limited': { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  overloaded: { status: 503, type: 'server_error', code: 'overloaded' },
  'bad-upstream': { status: 502, type: 'server_error', code: 'bad_upstream' },
  unreachable: { status: 502, type: 'server_error', code: 'upstream_unreachable' },
  timeout: { status: 504, type: 'server_error', code: 'timeout' },
  loop: { status: 508, type: 'invalid_request_error', code: 'loop_detected' },
  cancelled: { status: 499, type: 'server_error', code: 'cancelled' },
  internal: { status: 500, type: 'server_error', code: null },
}

export function encodeError({ kind, message, param, code }: ProxyError): EncodedError {
  const row = wireErrors[kind]
  return {
    status: row.status,
    body: { error: { message, type: row.type, param: param ?? null, code: code ?? row.code } },
  }
}

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a backend's refusal means, by its code, else its type, else its words, else its status. */
export function decodeError(status: number, body: unknown): ProxyError {
  const { message, error } = readErrorBody(body)
  const code = textIn(error, 'code')
  const kind =
    kindsByWord.get(code ?? '') ??
    kindsByWord.get(textIn(error, 'type', 'status') ?? '') ??
    (isRefusal(status) ? kindByWords(message) : undefined) ??
    kindOfStatus(status)
  const text = message === '' ? `The backend answered with status ${status} and no message.` : message
  return new ProxyError(kind, excerpt(text + vendorsOwn(error)), {
    status,
    code,
    param: textIn(error, 'param'),
    retryAfterMs: retryDelay(error),
  })
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429
}

/** What an error in the middle of a stream means; its status is the one it tells, or that of a server that failed. */
export function decodeStreamError(body: unknown): ProxyError {
  const { code } = record(record(body)['error'])
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : 502
  const { kind, message, ...facts } = decodeError(status, body)
  return new ProxyError(kind, message, { ...facts, status: undefined })
}

/** Codes and types that leave no doubt: OpenAI's, OpenRouter's, and Google's on its compatible endpoint. */
const kindsByWord: ReadonlyMap<string, ErrorKind> = new Map([
  ['context_length_exceeded', 'context-too-long'],
  ['insufficient_quota', 'out-of-credit'],
  ['billing_hard_limit_reached', 'out-of-credit'],
  ['billing_not_active', 'out-of-credit'],
  ['invalid_api_key', 'unauthenticated'],
  ['authentication_error', 'unauthenticated'],
  ['UNAUTHENTICATED', 'unauthenticated'],
  ['permission_error', 'forbidden'],
  ['PERMISSION_DENIED', 'forbidden'],
  ['model_not_found', 'unknown-model'],
  ['rate_limit_exceeded', 'rate-limited'],
  ['rate_limit_error', 'rate-limited'],
  ['RESOURCE_EXHAUSTED', 'rate-limited'],
  ['overloaded', 'overloaded'],
  ['overloaded_error', 'overloaded'],
  ['slow_down', 'overloaded'],
  ['UNAVAILABLE', 'overloaded'],
  ['timeout', 'timeout'],
])

/** OpenRouter says "Provider returned error" and puts what the provider said beside it. */
function vendorsOwn({ metadata }: Fields): string {
  const { raw } = record(metadata)
  return typeof raw === 'string' && raw !== '' ? `: ${raw}` : ''
}
