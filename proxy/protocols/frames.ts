import { ProxyError, toProxyError } from '../core/errors.ts'
import type { Events, StreamEvent } from '../core/events.ts'
import type { Frames, SseFrame } from '../wire/sse.ts'
import { isRecord, type Fields } from './fields.ts'

/** What a protocol makes of a backend's frames, one by one. */
export interface FrameReader {
  /** Throws a ProxyError for an error that is told in the stream, and for a frame that is none of this protocol. */
  readonly read: (frame: SseFrame) => void
  /** The events since it was last asked for them. */
  readonly take: () => readonly StreamEvent[]
  /** Whether the end mark has come, after which nothing is read. */
  readonly isEnded: () => boolean
  /** Told that the frames are over without an end mark. Throws `bad-upstream`, unless the answer is whole all the same. */
  readonly stopped: () => void
}

/** A backend's stream as events. What came before an error is passed on before the error is thrown. */
export async function* readFrames(frames: Frames, reader: FrameReader): AsyncGenerator<readonly StreamEvent[]> {
  for await (const batch of frames) {
    const failure = readBatch(batch, reader)
    const events = reader.take()
    if (events.length > 0) yield events
    if (failure !== undefined) throw failure
    if (reader.isEnded()) return
  }
  reader.stopped()
  const rest = reader.take()
  if (rest.length > 0) yield rest
}

function readBatch(batch: readonly SseFrame[], reader: FrameReader): ProxyError | undefined {
  try {
    for (const frame of batch) {
      if (frame.data !== '') reader.read(frame)
      if (reader.isEnded()) return undefined
    }
    return undefined
  } catch (thrown) {
    return toProxyError(thrown)
  }
}

/** The failure of a stream that just stops. */
export function stoppedShort(): ProxyError {
  return new ProxyError('bad-upstream', 'The backend’s stream stopped before its end.')
}

/** The JSON object in a frame. `decodeError` reads what stands in a frame that is named `error`, which may be no JSON. */
export function parseFrame({ event, data }: SseFrame, decodeError: (body: unknown) => ProxyError): Fields {
  let parsed: unknown
  try {
    parsed = JSON.parse(data)
  } catch (cause) {
    if (event === 'error') throw decodeError(data)
    throw new ProxyError('bad-upstream', `The backend’s stream holds a frame that is not JSON: ${data.slice(0, 100)}`, {
      cause,
    })
  }
  if (event === 'error') throw decodeError(parsed)
  if (isRecord(parsed)) return parsed
  throw new ProxyError('bad-upstream', `The backend’s stream holds a frame that is no object: ${data.slice(0, 100)}`)
}

/** The same where the type of an event stands in its data; some servers give it only as the frame's name. */
export function parseEvent(frame: SseFrame, decodeError: (body: unknown) => ProxyError): Fields {
  const event = parseFrame(frame, decodeError)
  if (event['type'] !== undefined) return event
  if (isRecord(event['error'])) throw decodeError(event)
  return { ...event, type: frame.event }
}

/** What a protocol writes of events, one by one. */
export interface FrameWriter {
  readonly write: (event: StreamEvent) => void
  /** The frames since it was last asked for them. */
  readonly take: () => readonly SseFrame[]
  readonly isFinished: () => boolean
  /** The frames that tell of an error, after which nothing comes. */
  readonly failed: (error: ProxyError) => readonly SseFrame[]
}

/** Events as a stream for a client. An error, and an answer that ends unfinished, is told in it and ends it. */
export async function* writeFrames(events: Events, writer: FrameWriter): AsyncGenerator<readonly SseFrame[]> {
  try {
    for await (const batch of events) {
      for (const event of batch) writer.write(event)
      const frames = writer.take()
      if (frames.length > 0) yield frames
    }
    if (!writer.isFinished()) throw new ProxyError('bad-upstream', 'The answer stopped before its end.')
  } catch (thrown) {
    yield [...writer.take(), ...writer.failed(toProxyError(thrown))]
  }
}
