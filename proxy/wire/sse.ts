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
  let rest = ''
  let started = false
  let event: string | undefined
  let data: string | undefined

  function push(text: string): SseFrame[] {
    if (!started && text !== '') {
      started = true
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
    }
    rest += text
    const frames: SseFrame[] = []
    let from = 0
    let lf = rest.indexOf('\n')
    let cr = rest.indexOf('\r')
    for (;;) {
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr
      // A CR that ends what we have may be half of a CRLF: it waits for the next chunk.
      if (end === -1 || (end === cr && end === rest.length - 1)) break
      take(rest.slice(from, end), frames)
      from = end === cr && lf === cr + 1 ? end + 2 : end + 1
      if (lf !== -1 && lf < from) lf = rest.indexOf('\n', from)
      if (cr !== -1 && cr < from) cr = rest.indexOf('\r', from)
    }
    rest = rest.slice(from)
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
