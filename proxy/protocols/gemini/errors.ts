import { kindOfStatus, ProxyError, type ErrorKind } from '../../core/errors.ts'
import { excerpt, kindByWords, readErrorBody, retryDelay, textIn } from '../error-body.ts'
import { record, records } from '../fields.ts'
import type { EncodedError, ErrorTable } from '../protocol.ts'

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Statuses of google.rpc.Code, with the HTTP status that Google gives each; where it has none they are its nearest. */
const wireErrors: ErrorTable<{ readonly code: number; readonly status: string }> = {
  'invalid-request': { code: 400, status: 'INVALID_ARGUMENT' },
  'too-large': { code: 413, status: 'INVALID_ARGUMENT' },
  'context-too-long': { code: 400, status: 'INVALID_ARGUMENT' },
  unauthenticated: { code: 401, status: 'UNAUTHENTICATED' },
  'out-of-credit': { code: 429, status: 'RESOURCE_EXHAUSTED' },
  forbidden: { code: 403, status: 'PERMISSION_DENIED' },
  'not-found': { code: 404, status: 'NOT_FOUND' },
  'unknown-model': { code: 404, status: 'NOT_FOUND' },
  conflict: { code: 409, status: 'ABORTED' },
  'rate-limited': { code: 429, status: 'RESOURCE_EXHAUSTED' },
  overloaded: { code: 503, status: 'UNAVAILABLE' },
  'bad-upstream': { code: 502, status: 'INTERNAL' },
  unreachable: { code: 502, status: 'UNAVAILABLE' },
  timeout: { code: 504, status: 'DEADLINE_EXCEEDED' },
  loop: { code: 508, status: 'FAILED_PRECONDITION' },
  cancelled: { code: 499, status: 'CANCELLED' },
  internal: { code: 500, status: 'INTERNAL' },
}

/** A google.rpc.Status; when to come again and which field is to blame stand in its details. */
export function encodeError({ kind, message, param, retryAfterMs }: ProxyError): EncodedError {
  const { code, status } = wireErrors[kind]
  const details = [
    ...(param === undefined
      ? []
      : [
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: param, description: message }],
          },
        ]),
    ...(retryAfterMs === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterMs / 1000}s` }]),
  ]
  return { status: code, body: { error: { code, message, status, ...(details.length > 0 && { details }) } } }
}

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a backend's refusal means, by its reason, else its words, else its status. */
export function decodeError(status: number, body: unknown): ProxyError {
  const { message, error } = readErrorBody(body)
  const details = records(error['details'])
  const reason = details.map(detail => textIn(detail, 'reason')).find(text => text !== undefined)
  const rpc = textIn(error, 'status')
  const kind =
    kindsByReason.get(reason ?? '') ??
    (isRefusal(status, rpc) ? wordsOf(message) : undefined) ??
    kindsByStatus.get(rpc ?? '') ??
    kindOfStatus(status)
  const violated = details.flatMap(({ fieldViolations }) => records(fieldViolations))
  const text = message === '' ? `The backend answered with status ${status} and no message.` : excerpt(message)
  return new ProxyError(kind, text, {
    status,
    code: reason,
    retryAfterMs: retryDelay(error),
    param: violated.map(violation => textIn(violation, 'field')).find(field => field !== undefined),
  })
}

/** What an error in the middle of a stream means; its status is the one it tells, or that of a server that failed. */
export function decodeStreamError(body: unknown): ProxyError {
  const { code } = record(record(body)['error'])
  const told = typeof code === 'number' && code >= 400 && code < 600 ? code : 502
  const { kind, message, ...facts } = decodeError(told, body)
  return new ProxyError(kind, message, { ...facts, status: undefined })
}

function isRefusal(status: number, rpc: string | undefined): boolean {
  return (status >= 400 && status < 500 && status !== 429) || rpc === 'INVALID_ARGUMENT'
}

/** Google names a model as the place where it is: "models/x is not found for API version v1beta". */
function wordsOf(message: string): ErrorKind | undefined {
  return /\bmodels\/\S+ is not (found|supported)/i.test(message) ? 'unknown-model' : kindByWords(message)
}

/** Reasons of google.rpc.ErrorInfo that say more than the status does. */
const kindsByReason: ReadonlyMap<string, ErrorKind> = new Map([
  ['API_KEY_INVALID', 'unauthenticated'],
  ['ACCESS_TOKEN_EXPIRED', 'unauthenticated'],
  ['ACCESS_TOKEN_TYPE_UNSUPPORTED', 'unauthenticated'],
  ['CREDENTIALS_MISSING', 'unauthenticated'],
  ['RATE_LIMIT_EXCEEDED', 'rate-limited'],
  ['QUOTA_EXHAUSTED', 'out-of-credit'],
  ['INSUFFICIENT_G1_CREDITS_BALANCE', 'out-of-credit'],
  ['BILLING_DISABLED', 'out-of-credit'],
  ['MODEL_CAPACITY_EXHAUSTED', 'overloaded'],
])

const kindsByStatus: ReadonlyMap<string, ErrorKind> = new Map([
  ['UNAUTHENTICATED', 'unauthenticated'],
  ['PERMISSION_DENIED', 'forbidden'],
  ['NOT_FOUND', 'not-found'],
  ['ABORTED', 'conflict'],
  ['ALREADY_EXISTS', 'conflict'],
  ['RESOURCE_EXHAUSTED', 'rate-limited'],
  ['UNAVAILABLE', 'overloaded'],
  ['DEADLINE_EXCEEDED', 'timeout'],
  ['INTERNAL', 'bad-upstream'],
  ['CANCELLED', 'bad-upstream'],
  ['UNKNOWN', 'bad-upstream'],
])
