import { CARRIED } from '../../core/carried.ts'
import type { Protocol } from '../protocol.ts'
import type { Dialect } from './dialect.ts'
import { decodeError, encodeError } from './errors.ts'
import { MADE_UP } from './ids.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { watch } from './watch.ts'
import { ID } from './wire.ts'

/**
 * OpenAI Responses (`POST /v1/responses`), and the servers that are compatible with it: strict in what we write, tolerant in
 * what we read. To be read in the order of the pairs; `wire.ts` has the shapes, `dialect.ts` in what servers differ. What the
 * server keeps (`previous_response_id`, `conversation`) stands in the extras.
 */
export const openaiResponses: Protocol = {
  id: ID,
  decodeRequest,
  encodeRequest: request => encodeRequest(request),
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  watch,
  holdsOurs: body => body.includes(CARRIED) || body.includes(MADE_UP),
}

/** The same format as a server speaks it that differs from OpenAI's. */
export function openaiResponsesIn(dialect: Dialect): Protocol {
  return { ...openaiResponses, encodeRequest: request => encodeRequest(request, dialect) }
}
