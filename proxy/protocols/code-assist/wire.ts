import { z } from 'zod'
import { extrasOf } from '../fields.ts'

/**
 * The envelope in which Code Assist takes and gives what Gemini does. Facts: the client of Gemini CLI, which is the only one that
 * Google describes.
 */

export const ID = 'code-assist'

export const { ours } = extrasOf(ID)

/** What a client may send: what is in `request` is Gemini's, and `session_id` beside it. */
export const envelope = z.looseObject({
  model: z.string().nullish(),
  project: z.string().nullish(),
  request: z.looseObject({ session_id: z.string().nullish() }),
})
