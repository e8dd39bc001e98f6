import { StringDecoder } from 'node:string_decoder'

/** One server-sent event. A framed stream of any other kind (WebSocket messages, a JSON array) is carried as frames too. */
export interface SseFrame {
  readonly event?: string | undefined
  readonly data: string
}

/** Frames as they come, in batches: what one chunk of the network completed. Batches are never empty. */
export type Frames = AsyncIterable<readonly SseFrame[]>

/**
 * Bytes cut anywhere to whole frames. Takes LF, CRLF and CR, a leading byte order mark, comments, `data:` without its
 * space, UTF-8 cut between chunks, and a last frame that no blank line ends (WHATWG HTML, section 9.2).
 */
export async function* decodeSse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly SseFrame[]> {
  const utf8 = new StringDecoder('utf8')
  const framer = createFramer()
  for await (const chunk of chunks) {
    const frames = framer.push(utf8.write(chunk))
    if (frames.length > 0) yield frames
  }
  const last = framer.end(utf8.end())
  if (last.length > 0) yield last
}

/** Frames as the text of an event stream. */
export function encodeSse(frames: readonly SseFrame[]): string {
  let text = ''
  for (const { event, data } of frames) {
    if (event !== undefined) text += `event: ${event}\n`
    // JSON holds no line breaks; anything else that does takes one `data:` line each.
    text += data.includes('\n') ? `data: ${data.split('\n').join('\ndata: ')}\n\n` : `data: ${data}\n\n`
  }
  return text
}

function createFramer() {
  /** The beginning of a line that has not ended; only what is new is searched for its end. */
  let begun = ''
  /** A CR that ended a chunk may be half of a CRLF: it waits for the next one. */
  let held = ''
  let started = false
  let event: string | undefined
  let data: string | undefined

  function push(chunk: string): SseFrame[] {
    let text = held + chunk
    if (!started && text !== '') {
      started = true
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
    }
    held = text.endsWith('\r') ? '\r' : ''
    if (held !== '') text = text.slice(0, -1)
    const frames: SseFrame[] = []
    let from = 0
    let lf = text.indexOf('\n')
    let cr = text.indexOf('\r')
    for (;;) {
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr
      if (end === -1) break
      take(begun + text.slice(from, end), frames)
      begun = ''
      from = end === cr && lf === cr + 1 ? end + 2 : end + 1
      if (lf !== -1 && lf < from) lf = text.indexOf('\n', from)
      if (cr !== -1 && cr < from) cr = text.indexOf('\r', from)
    }
    begun += text.slice(from)
    return frames
  }

  function end(text: string): SseFrame[] {
    const frames = push(`${text}\n`)
    take('', frames)
    return frames
  }

  function take(line: string, frames: SseFrame[]) {
    if (line === '') {
      if (data !== undefined) frames.push(event === undefined ? { data } : { event, data })
      event = undefined
      data = undefined
      return
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    if (field !== 'data' && field !== 'event') return
    let value = colon === -1 ? '' : line.slice(colon + 1)
    if (value.startsWith(' ')) value = value.slice(1)
    if (field === 'event') event = value
    else data = data === undefined ? value : `${data}\n${value}`
  }

  return { push, end }
}
