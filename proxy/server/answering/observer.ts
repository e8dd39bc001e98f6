import { ProxyError } from '../../core/errors.ts'
import type { Protocol, Watched } from '../../protocols/protocol.ts'
import type { OpenTurn } from '../../traffic/open-turn.ts'
import { jsonOrText } from '../../wire/json.ts'

/** First and last bytes of a stream that are kept for reading usage and the end mark. */
const EDGE_BYTES = 4096
/** A whole body up to this size is parsed for its usage, once it has gone to the client; a larger one would hold up other turns. */
const WHOLE_BYTES = 256 * 1024

/** What a relayed answer turned out to be. */
export interface Observed {
  /** The backend's refusal, or an error told inside a stream. */
  readonly error?: ProxyError | undefined
  /** Whether a stream stopped without its end mark. */
  readonly interrupted: boolean
}

/**
 * Notes in a turn what a relayed answer tells. It keeps references to the first and last chunks and reads them when the
 * answer is over; nothing is decoded while it streams.
 */
export function createObserver(protocol: Protocol, turn: OpenTurn) {
  const { watch } = protocol
  const head: Buffer[] = []
  const tail: Buffer[] = []
  let headBytes = 0
  let tailBytes = 0
  let status = 0
  let headLimit = WHOLE_BYTES

  function begin(answeredStatus: number, contentType: string) {
    status = answeredStatus
    turn.status = answeredStatus
    turn.streamed = contentType.startsWith('text/event-stream')
    if (turn.streamed) headLimit = EDGE_BYTES
  }

  function data(chunk: Buffer) {
    turn.responseBytes += chunk.length
    turn.responseCapture?.append(chunk)
    if (headBytes < headLimit) {
      head.push(chunk)
      headBytes += chunk.length
    }
    if (!turn.streamed) return
    if (turn.firstTokenMs === undefined && watch.hasContent(chunk)) turn.firstTokenMs = turn.elapsed()
    tail.push(chunk)
    tailBytes += chunk.length
    while (tailBytes - (tail[0]?.length ?? 0) >= EDGE_BYTES) tailBytes -= tail.shift()?.length ?? 0
  }

  function end(): Observed {
    if (!turn.streamed) return readWhole()
    const seen = watch.readStream(text(head), text(tail))
    note(seen)
    const error = seen.error === undefined ? undefined : new ProxyError('bad-upstream', seen.error)
    return { error, interrupted: !seen.ended }
  }

  function readWhole(): Observed {
    const body = headBytes < headLimit ? jsonOrText(text(head)) : undefined
    if (status >= 400) return { error: protocol.decodeError(status, body), interrupted: false }
    turn.firstTokenMs = turn.firstByteMs
    if (body !== undefined) note(watch.readWhole(body))
    return { interrupted: false }
  }

  function note({ usage, rawReason }: Watched) {
    if (usage !== undefined) turn.usage = usage
    if (rawReason !== undefined) turn.stopReason = rawReason
  }

  return { begin, data, end }
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
