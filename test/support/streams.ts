import type { Events, StreamEvent } from '../../proxy/core/events.ts'
import { encodeSse, type Frames, type SseFrame } from '../../proxy/wire/sse.ts'

/** Everything that a stream gives, until it ends or fails. */
export async function drain<T>(batches: AsyncIterable<readonly T[]>): Promise<{ items: T[]; error?: unknown }> {
  const items: T[] = []
  try {
    for await (const batch of batches) items.push(...batch)
    return { items }
  } catch (error) {
    return { items, error }
  }
}

/** Frames as they would come, one a chunk; each is JSON of what is given, or the text itself. */
export async function* framesOf(...data: readonly unknown[]): Frames {
  for (const item of data) yield [{ data: typeof item === 'string' ? item : JSON.stringify(item) }]
}

export async function* eventsOf(...batches: readonly (readonly StreamEvent[])[]): Events {
  yield* batches
}

/** The bytes of a stream of frames. */
export async function bytesOf(frames: Frames): Promise<Buffer> {
  const { items, error } = await drain<SseFrame>(frames)
  if (error !== undefined) throw error as Error
  return Buffer.from(encodeSse(items))
}

/** Bytes in chunks that end at the given places. */
export async function* cut(bytes: Buffer, places: readonly number[] = []): AsyncGenerator<Uint8Array> {
  const ends = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const end of [...ends, bytes.length]) {
    if (end > from) yield bytes.subarray(from, end)
    from = end
  }
}
