import { ProxyError, type ErrorKind } from '../../core/errors.ts'
import { own } from '../../core/own.ts'
import { readErrorBody, textIn } from '../error-body.ts'
import { isRecord, type Fields } from '../fields.ts'
import { decodeError as decodeOpenaiError, encodeError as encodeOpenaiError } from '../openai-chat/errors.ts'
import type { EncodedError } from '../protocol.ts'

/** Responses has the errors of Chat Completions, and in streams more places for them. */

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function encodeError(error: ProxyError): EncodedError {
  return encodeOpenaiError(error)
}

/** The error as fields: those of an `error` event and of a response that failed. */
export function errorFields(error: ProxyError): { code: string; message: string; param: string | null } {
  const { body } = encodeError(error) as { body: { error: { code: string | null; param: string | null } } }
  return {
    code: body.error.code ?? codes[error.kind] ?? 'server_error',
    message: error.message,
    param: body.error.param,
  }
}

/** A failed response must have a code; where errors of other paths have none, it is one of the reference's, or their type. */
const codes: Partial<Readonly<Record<ErrorKind, string>>> = {
  'invalid-request': 'invalid_prompt',
  forbidden: 'permission_error',
  conflict: 'conflict_error',
}

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a backend's refusal means: by the words that only this API has, else as in Chat Completions. */
export function decodeError(status: number, body: unknown): ProxyError {
  const { error } = readErrorBody(body)
  const names = [textIn(error, 'code'), textIn(error, 'type')]
  // The type of every refusal, also of keys and of models that are not there: it says only that no server failed.
  const refused = names.includes('invalid_request_error') && status >= 500
  const decoded = decodeOpenaiError(refused ? 400 : status, body)
  const kind = names.map(kindOf).find(known => known !== undefined) ?? decoded.kind
  const { message, code, param } = decoded
  return new ProxyError(kind, message, {
    code,
    param,
    status,
    retryAfterMs: decoded.retryAfterMs ?? waitIn(error) ?? waitInWords(kind, message),
  })
}

/** What an error in the middle of a stream means: an `error` event of either form, or the error of a failed response. */
export function decodeStreamError(body: unknown): ProxyError {
  const { kind, message, code, param, retryAfterMs } = decodeError(502, body)
  return new ProxyError(kind, message, { code, param, retryAfterMs })
}

/** Codes and types of this API; the plan's limits are those of the ChatGPT subscription. */
const kinds: Readonly<Record<string, ErrorKind>> = {
  server_is_overloaded: 'overloaded',
  usage_limit_reached: 'rate-limited',
  usage_not_included: 'forbidden',
  invalid_prompt: 'invalid-request',
  invalid_encrypted_content: 'invalid-request',
  previous_response_not_found: 'not-found',
  cyber_policy: 'invalid-request',
  bio_policy: 'invalid-request',
  misalignment_policy_violation: 'invalid-request',
  conflict_error: 'conflict',
}

function kindOf(word: string | undefined): ErrorKind | undefined {
  return word === undefined ? undefined : own(kinds, word)
}

/** When the plan's window opens again: the seconds until then, or the second at which. */
function waitIn({ resets_in_seconds, resets_at }: Fields): number | undefined {
  if (typeof resets_in_seconds === 'number') return Math.max(0, Math.ceil(resets_in_seconds * 1000))
  return typeof resets_at === 'number' ? Math.max(0, Math.ceil(resets_at * 1000 - Date.now())) : undefined
}

/** "Please try again in 1.2s", "… in 340ms". */
function waitInWords(kind: ErrorKind, message: string): number | undefined {
  if (kind !== 'rate-limited') return undefined
  const told = /try again in ([\d.]+)\s*(ms|s|seconds?|m|minutes?)\b/i.exec(message)
  const amount = Number(told?.[1])
  if (told === null || !Number.isFinite(amount)) return undefined
  const unit = told[2]?.toLowerCase() ?? 's'
  return Math.ceil(amount * (unit === 'ms' ? 1 : unit.startsWith('m') ? 60_000 : 1000))
}

/** Whether a body tells of an error rather than an answer. */
export function isErrorBody(body: unknown): boolean {
  return isRecord(body) && body['error'] != null && body['object'] !== 'response'
}
