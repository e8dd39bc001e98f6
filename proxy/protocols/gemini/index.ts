import { CARRIED } from '../../core/carried.ts'
import type { Protocol } from '../protocol.ts'
import { decodeError, encodeError } from './errors.ts'
import { decodeReply, encodeReply } from './reply.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { createWatch } from './watch.ts'
import { ID } from './wire.ts'

/**
 * Gemini (`POST /v1beta/models/{model}:generateContent`), and the servers that are compatible with it: strict in what we write,
 * tolerant in what we read. To be read in the order of the pairs; `wire.ts` has the shapes, `families.ts` in what the models
 * differ.
 */
export const gemini: Protocol = {
  id: ID,
  decodeRequest,
  encodeRequest: request => encodeRequest(request),
  decodeReply,
  encodeReply,
  decodeStream: frames => decodeStream(frames),
  encodeStream,
  decodeError,
  encodeError,
  errorIsEnd: true,
  watch: createWatch(),
  holdsOurs: body => body.includes(CARRIED),
}
