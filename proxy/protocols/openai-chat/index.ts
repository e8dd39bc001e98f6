import type { Protocol } from '../protocol.ts'
import type { Dialect } from './dialect.ts'
import { decodeError, encodeError } from './errors.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { watch } from './watch.ts'
import { ID } from './wire.ts'

/**
 * OpenAI Chat Completions (`POST /v1/chat/completions`), and the dialects of the servers that are compatible with it: strict
 * in what we write, tolerant in what we read. `wire.ts` has the shapes, then one file a pair: `request.ts` (with `messages.ts`
 * and `content.ts`), `reply.ts` (with `reader.ts`, `calls.ts` and `usage.ts`), `stream.ts`, `errors.ts`.
 */
export const openaiChat: Protocol = {
  id: ID,
  decodeRequest,
  encodeRequest: request => encodeRequest(request),
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  keepAlive: ': keep-alive\n\n',
  watch,
}

/** The same format as a server speaks it that differs from OpenAI's. */
export function openaiChatIn(dialect: Dialect): Protocol {
  return { ...openaiChat, encodeRequest: request => encodeRequest(request, dialect) }
}
