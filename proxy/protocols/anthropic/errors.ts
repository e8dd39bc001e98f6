import { kindOfStatus, ProxyError, type ErrorKind } from '../../core/errors.ts'
import type { EncodedError, ErrorTable } from '../protocol.ts'
import { isRecord, record, type Fields } from './wire.ts'

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
  const { message, type, code } = readBody(body)
  const kind = kindByWords(message, type, status) ?? kindsByType.get(type ?? '') ?? kindOfStatus(status)
  const text = message === '' ? `The backend answered with status ${status} and no message.` : message
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

/** Things that have no type of their own. */
const kindsByMessage: readonly (readonly [words: RegExp, kind: ErrorKind])[] = [
  [
    /prompt is too long|input is too long|context (window|length|limit)|maximum context|too many (input |prompt )?tokens|exceed.{0,20}context/i,
    'context-too-long',
  ],
  [/credit balance is too low|insufficient (balance|credits?|funds|quota)/i, 'out-of-credit'],
  [/(incorrect|invalid|missing|no) (x-)?api[ -]key/i, 'unauthenticated'],
  [
    /^model:|model\b.*\b(not found|does ?n[o']t exist|not exist|not available)|(unknown|no such) model/i,
    'unknown-model',
  ],
]

/** Only refusals are read so: words in a failure of the server's own prove nothing. */
function kindByWords(message: string, type: string | undefined, status: number): ErrorKind | undefined {
  const refused = (status >= 400 && status < 500 && status !== 429) || type === 'invalid_request_error'
  return refused ? kindsByMessage.find(([words]) => words.test(message))?.[1] : undefined
}

interface ReadError {
  readonly message: string
  readonly type?: string | undefined
  readonly code?: string | undefined
}

/** The error in a body: Anthropic's `{type: 'error', error: {…}}`, `{error: "…"}`, the error itself, `{detail}`, or text. */
function readBody(body: unknown): ReadError {
  if (typeof body === 'string') return { message: excerpt(body) }
  if (Array.isArray(body)) return readBody(body[0])
  if (!isRecord(body)) return { message: '' }
  const error: Fields = isRecord(body['error']) ? body['error'] : body
  const said = [error['message'], body['error'], error['detail'], body['message']].find(value => value != null)
  const code = record(error['details'])['error_code'] ?? error['code']
  return {
    message: excerpt(typeof said === 'string' ? said : JSON.stringify(said ?? body)),
    type: typeof error['type'] === 'string' ? error['type'] : undefined,
    code: typeof code === 'string' ? code : undefined,
  }
}

const MOST_CHARACTERS = 500

/** The beginning of a message (a gateway's HTML page, say) without the keys that vendors repeat in it. */
function excerpt(message: string): string {
  return message
    .slice(0, MOST_CHARACTERS)
    .trim()
    .replace(/\b(sk|gsk|xai|pk|rk)-[\w*-]{6,}|\bAIza[\w-]{10,}|(?<=[?&]key=)[^&\s"']+/g, '***')
}
