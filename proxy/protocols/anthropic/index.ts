import { CARRIED } from '../../core/carried.ts'
import type { Protocol } from '../protocol.ts'
import { decodeError, encodeError } from './errors.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { watch } from './watch.ts'
import { ID } from './wire.ts'

/**
 * Anthropic Messages (`POST /v1/messages`), and the servers that are compatible with it: strict in what we write, tolerant in
 * what we read. To be read in the order of the pairs; `wire.ts` has the shapes, `families.ts` in what the models differ.
 */
export const anthropic: Protocol = {
  id: ID,
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  watch,
  holdsOurs: body => body.includes(CARRIED),
}
