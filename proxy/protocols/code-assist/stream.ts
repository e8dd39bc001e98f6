import type { Events } from '../../core/events.ts'
import type { Request } from '../../core/request.ts'
import type { Frames, SseFrame } from '../../wire/sse.ts'
import { decodeStream as decodeGemini, encodeStream as encodeGemini } from '../gemini/stream.ts'
import { unwrapped } from './reply.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A backend's stream: Gemini's, with each chunk in an envelope. */
export function decodeStream(frames: Frames): Events {
  return decodeGemini(frames, unwrapped)
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A stream for a client: Gemini's, with each chunk in an envelope. An error stands alone. */
export async function* encodeStream(events: Events, asked: Request): AsyncGenerator<readonly SseFrame[]> {
  for await (const batch of encodeGemini(events, asked)) yield batch.map(wrapped)
}

function wrapped(frame: SseFrame): SseFrame {
  return frame.data.startsWith('{"error":') ? frame : { data: `{"response":${frame.data}}` }
}
