import { CARRIED } from '../../core/carried.ts'
import { decodeError, encodeError } from '../gemini/errors.ts'
import { createWatch } from '../gemini/watch.ts'
import type { Protocol } from '../protocol.ts'
import { decodeReply, encodeReply, unwrapped } from './reply.ts'
import { decodeRequest, encodeRequest } from './request.ts'
import { decodeStream, encodeStream } from './stream.ts'
import { ID } from './wire.ts'

/** Gemini Code Assist (`POST /v1internal:generateContent`): Gemini in an envelope, which has the model and who pays. */
export const codeAssist: Protocol = {
  id: ID,
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  watch: createWatch(unwrapped),
  holdsOurs: body => body.includes(CARRIED),
}
