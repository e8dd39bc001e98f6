import { kindOfStatus, ProxyError, type ErrorKind } from '../../core/errors.ts'
import type { EncodedError, ErrorTable } from '../protocol.ts'
import { isRecord, record, type Fields } from './wire.ts'

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
  const { message, code, type, param, retryAfterMs } = readBody(body)
  const kind =
    kindsByWord.get(code ?? '') ?? kindsByWord.get(type ?? '') ?? kindByWords(message, status) ?? kindOfStatus(status)
  const text = message === '' ? `The backend answered with status ${status} and no message.` : message
  return new ProxyError(kind, text, { status, code, param, retryAfterMs })
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

/** Servers that give no code say the same things in nearly the same words. */
const kindsByMessage: readonly (readonly [words: RegExp, kind: ErrorKind])[] = [
  [
    /context (length|window)|maximum context|prompt is too long|input is too long|too many (input |prompt )?tokens|reduce the length of the (messages|prompt)/i,
    'context-too-long',
  ],
  [
    /(incorrect|invalid|missing|no) (x-)?api[ -]key|api key (is )?(not valid|invalid|missing|expired)/i,
    'unauthenticated',
  ],
  [/insufficient (balance|credits?|funds|quota)|out of credits?/i, 'out-of-credit'],
  [
    /model\b.*\b(not found|does ?n[o']t exist|not exist|not available)|(unknown|no such|not a valid) model/i,
    'unknown-model',
  ],
]

/** Only refusals are read so: words in a failure of the server's own prove nothing. */
function kindByWords(message: string, status: number): ErrorKind | undefined {
  if (status < 400 || status >= 500 || status === 429) return undefined
  return kindsByMessage.find(([words]) => words.test(message))?.[1]
}

interface ReadError {
  readonly message: string
  readonly code?: string | undefined
  readonly type?: string | undefined
  readonly param?: string | undefined
  readonly retryAfterMs?: number | undefined
}

/**
 * The error in a body: `{error: {…}}` (OpenAI, OpenRouter), `[{error: {…}}]` (Gemini's compatible endpoint), `{error: "…"}`
 * (Ollama, xAI), the error itself (Mistral), `{detail}` (FastAPI), or text that is no JSON at all.
 */
function readBody(body: unknown): ReadError {
  if (typeof body === 'string') return { message: excerpt(body) }
  if (Array.isArray(body)) return readBody(body[0])
  if (!isRecord(body)) return { message: '' }
  const error = isRecord(body['error']) ? body['error'] : body
  const said = [error['message'], body['error'], error['detail']].find(value => value !== undefined && value !== null)
  const message = said === undefined ? JSON.stringify(body) : typeof said === 'string' ? said : JSON.stringify(said)
  return {
    message: excerpt(message + vendorsOwn(error)),
    code: typeof error['code'] === 'string' ? error['code'] : undefined,
    type: [error['type'], error['status']].find(value => typeof value === 'string'),
    param: typeof error['param'] === 'string' ? error['param'] : undefined,
    retryAfterMs: retryDelay(error),
  }
}

/** OpenRouter says "Provider returned error" and puts what the provider said beside it. */
function vendorsOwn(error: Fields): string {
  const { raw } = record(error['metadata'])
  return typeof raw === 'string' && raw !== '' ? `: ${raw}` : ''
}

/** Google's `RetryInfo`, with seconds as text: `34.4s`. */
function retryDelay({ details }: Fields): number | undefined {
  const delays = Array.isArray(details) ? details.map(detail => record(detail)['retryDelay']) : []
  const seconds = delays.map(delay => Number.parseFloat(String(delay))).find(Number.isFinite)
  return seconds === undefined ? undefined : Math.ceil(seconds * 1000)
}

const MOST_CHARACTERS = 500

/** The beginning of a message (a gateway's HTML page, say) without the keys that vendors repeat in it. */
function excerpt(message: string): string {
  return message
    .slice(0, MOST_CHARACTERS)
    .trim()
    .replace(/\b(sk|gsk|xai|pk|rk)-[\w*-]{6,}|\bAIza[\w-]{10,}|(?<=[?&]key=)[^&\s"']+/g, '***')
}
