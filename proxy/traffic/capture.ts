/** A message's body as far as it was kept. It was cut where `bytes` is shorter than what was seen. */
export interface CapturedBody {
  readonly bytes: Uint8Array
  /** How many bytes went by. */
  readonly seen: number
  /** What it holds of the memory that bodies may take. */
  readonly held: number
}

/** Keeps what goes by in a stream, up to a limit. */
export interface Capture {
  /** Copies the chunk's bytes; the chunk itself is free again. */
  readonly append: (chunk: Uint8Array) => void
  /** What was kept so far. */
  readonly kept: () => CapturedBody
}

/** Bytes kept of one body: far above what an agent sends, far below what a mistake can. */
const BODY_LIMIT = 8 * 1024 * 1024

/** Small enough for Node's pool, from which a buffer costs a third of one of its own. */
const FIRST_BYTES = 1024

/**
 * A buffer that doubles as it fills, up to `limit` and as long as `reserve` grants it room; past that it only counts.
 * `reserve` is asked for what the buffer takes, not for each chunk.
 */
export function createCapture(reserve: (bytes: number) => boolean, limit = BODY_LIMIT): Capture {
  let buffer: Buffer | undefined
  let filled = 0
  let seen = 0
  let full = false

  function append(chunk: Uint8Array) {
    seen += chunk.length
    if (full) return
    const room = (buffer === undefined ? 0 : buffer.length) - filled
    if (chunk.length > room) grow(filled + chunk.length)
    if (buffer === undefined) return
    const taken = chunk.length <= buffer.length - filled ? chunk : chunk.subarray(0, buffer.length - filled)
    buffer.set(taken, filled)
    filled += taken.length
  }

  function grow(wanted: number) {
    const now = buffer?.length ?? 0
    const size = Math.min(limit, Math.max(wanted, FIRST_BYTES, now * 2))
    full = wanted > limit
    if (size === now) return
    if (!reserve(size - now)) {
      full = true
      return
    }
    const larger = Buffer.allocUnsafe(size)
    buffer?.copy(larger, 0, 0, filled)
    buffer = larger
  }

  function kept(): CapturedBody {
    return {
      bytes: buffer === undefined ? new Uint8Array(0) : buffer.subarray(0, filled),
      seen,
      held: buffer?.length ?? 0,
    }
  }

  return { append, kept }
}

/**
 * A body that is there whole, and that nobody will change: kept as it is, unless it is too large or would keep much more
 * memory than its own (a small one may be a slice of what the socket read); then up to the limit as a copy.
 */
export function captureWhole(body: Uint8Array, reserve: (bytes: number) => boolean, limit = BODY_LIMIT): CapturedBody {
  const memory = body.buffer.byteLength
  const isItsOwn = memory <= body.length * 2
  if (isItsOwn && body.length <= limit && reserve(memory)) return { bytes: body, seen: body.length, held: memory }
  const capture = createCapture(reserve, limit)
  capture.append(body)
  return capture.kept()
}
