import type { Reply } from '../../core/reply.ts'
import type { Request } from '../../core/request.ts'
import { isRecord, type Fields } from '../fields.ts'
import { decodeReply as decodeGemini, encodeReply as encodeGemini } from '../gemini/reply.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A backend's whole answer. Throws the error that it tells, and `bad-upstream` for what is no answer. */
export function decodeReply(body: unknown): Reply {
  const chunks: readonly unknown[] = Array.isArray(body) ? body : [body]
  return decodeGemini(chunks.map(chunk => (isRecord(chunk) ? unwrapped(chunk) : chunk)))
}

/** What is in an envelope. An answer without an id has the id by which Google follows the request. */
export function unwrapped({ response, traceId, ...rest }: Fields): Fields {
  if (!isRecord(response)) return rest
  return { ...(typeof traceId === 'string' && { responseId: traceId }), ...response }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A whole answer for a client. */
export function encodeReply(reply: Reply, asked: Request): Fields {
  const response = encodeGemini(reply, asked)
  return { response, traceId: response['responseId'] }
}
