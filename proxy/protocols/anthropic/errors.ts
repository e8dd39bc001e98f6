import { kindOfStatus, ProxyError, type ErrorKind } from '../../core/errors.ts'
import { excerpt, kindByWords, readErrorBody, textIn } from '../error-body.ts'
import { record } from '../fields.ts'
import type { EncodedError, ErrorTable } from '../protocol.ts'

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Statuses and types that Anthropic has are Anthropic's; where it has none they are its nearest. */
const wireErrors: ErrorTable<{ readonly status: number; readonly type: string }> = {
  'invalid-request': { status: 400, type: 'invalid_request_error' },
  'too-large': { status: 413, type: 'request_too_large' },
  'context-too-long': { status: 400, type: 'invalid_request_error' },
  unauthenticated: { status: 401, type: 'authentication_error' },
  'out-of-credit': { status: 402, type: 'billing_error' },
  forbidden: { status: 403, type: 'permission_error' },
  'not-found': { status: 404, type: 'not_found_error' },
  'unknown-model': { status: 404, type: 'not_found_error' },
  conflict: { status: 409, type: 'conflict_error' },
  'rate-limited': { status: 429, type: 'rate_limit_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
  'bad-upstream': { status: 502, type: 'api_error' },
  unreachable: { status: 502, type: 'api_error' },
  timeout: { status: 504, type: 'timeout_error' },
  loop: { status: 508, type: 'invalid_request_error' },
  cancelled: { status: 499, type: 'api_error' },
  internal: { status: 500, type: 'api_error' },
}

/** The request's own id is in the headers; only Anthropic's ids are known here, and an error holds none. */
export function encodeError({ kind, message }: ProxyError): EncodedError {
  const { status, type } = wireErrors[kind]
  const said = kind === 'context-too-long' ? asTooLong(message) : message
  return { status, body: { type: 'error', error: { type, message: said }, request_id: null } }
}

/** Claude Code compacts its conversation when it reads these words; other vendors' say the same with two numbers. */
function asTooLong(message: string): string {
  if (/prompt is too long/i.test(message)) return message
  const [one = 0, other = 0] = (message.match(/\d[\d,]{3,}/g) ?? []).map(number => Number(number.replaceAll(',', '')))
  if (other === 0 || one === other) return `prompt is too long: ${message}`
  return `prompt is too long: ${Math.max(one, other)} tokens > ${Math.min(one, other)} maximum`
}

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a backend's refusal means, by its type, else its words, else its status. */
export function decodeError(status: number, body: unknown): ProxyError {
  const { message, error } = readErrorBody(body)
  const type = textIn(error, 'type')
  const refused = (status >= 400 && status < 500 && status !== 429) || type === 'invalid_request_error'
  const kind = (refused ? kindByWords(message) : undefined) ?? kindsByType.get(type ?? '') ?? kindOfStatus(status)
  const text = message === '' ? `The backend answered with status ${status} and no message.` : excerpt(message)
  const code = textIn(record(error['details']), 'error_code') ?? textIn(error, 'code')
  return new ProxyError(kind, text, { status, code })
}

/** What an error in the middle of a stream means; its status is that of a server that failed. */
export function decodeStreamError(body: unknown): ProxyError {
  const { kind, message, code } = decodeError(502, body)
  return new ProxyError(kind, message, { code })
}

const kindsByType: ReadonlyMap<string, ErrorKind> = new Map([
  ['invalid_request_error', 'invalid-request'],
  ['request_too_large', 'too-large'],
  ['authentication_error', 'unauthenticated'],
  ['billing_error', 'out-of-credit'],
  ['permission_error', 'forbidden'],
  ['not_found_error', 'not-found'],
  ['conflict_error', 'conflict'],
  ['rate_limit_error', 'rate-limited'],
  ['overloaded_error', 'overloaded'],
  ['timeout_error', 'timeout'],
  ['api_error', 'bad-upstream'],
])
