import { Readable } from 'node:stream'
import { ProxyError, toProxyError } from '../../core/errors.ts'
import { collect } from '../../core/reply.ts'
import { excerpt } from '../../protocols/error-body.ts'
import type { Protocol, Watched } from '../../protocols/protocol.ts'
import type { OpenTurn } from '../../traffic/open-turn.ts'
import { jsonOrText } from '../../wire/json.ts'
import { decodeSse } from '../../wire/sse.ts'

/** First and last bytes of a stream that are kept for reading usage and the end mark. */
const EDGE_BYTES = 4096
/** A whole body up to this size is parsed for its usage, once it has gone to the client; a larger one would hold up other turns. */
const WHOLE_BYTES = 256 * 1024

/** What a relayed answer turned out to be. */
export interface Observed {
  /** The backend's refusal, an error told inside of an answer, or that it can't be read. */
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

  function begin(answeredStatus: number, isStream: boolean) {
    status = answeredStatus
    turn.status = answeredStatus
    turn.streamed = isStream
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

  async function end(): Promise<Observed> {
    if (!turn.streamed) return readWhole()
    const seen = watch.readStream(text(head), text(tail))
    note(seen)
    if (seen.error !== undefined) return { error: failure(seen.error), interrupted: !seen.ended }
    // An end mark alone may stand behind what is no answer.
    const isSure = !seen.ended || seen.rawReason !== undefined
    return { error: isSure ? undefined : await unreadable(), interrupted: !seen.ended }
  }

  /** Why a stream can't be read, if it can't, and is short enough to be all there. */
  async function unreadable(): Promise<ProxyError | undefined> {
    if (turn.responseBytes > headBytes) return undefined
    try {
      await collect(protocol.decodeStream(decodeSse(Readable.from(head))))
      return undefined
    } catch (thrown) {
      return toProxyError(thrown)
    }
  }

  function readWhole(): Observed {
    const body = headBytes < headLimit ? jsonOrText(text(head)) : undefined
    if (status >= 400) return { error: protocol.decodeError(status, body), interrupted: false }
    turn.firstTokenMs = turn.firstByteMs
    if (body === undefined) return { interrupted: false }
    if (typeof body === 'string')
      return { error: failure(`The answer is not JSON: ${excerpt(body)}`), interrupted: false }
    const seen = watch.readWhole(body)
    note(seen)
    return { error: seen.error === undefined ? undefined : failure(seen.error), interrupted: false }
  }

  function note({ usage, rawReason }: Watched) {
    if (usage !== undefined) turn.usage = usage
    if (rawReason !== undefined) turn.stopReason = rawReason
  }

  return { begin, data, end }
}

/** An error that the backend told inside of an answer that began well. */
function failure(message: string): ProxyError {
  return new ProxyError('bad-upstream', message)
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
