import { StringDecoder } from 'node:string_decoder'
import type { Frames, SseFrame } from './sse.ts'

/**
 * A stream as one JSON array, of which each item is what a frame would hold: how Google streams to those who don't ask for
 * server-sent events.
 */

/** Bytes cut anywhere to whole items. What is no list of objects comes as a frame all the same, for its reader to refuse. */
export async function* decodeJsonArray(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly SseFrame[]> {
  const utf8 = new StringDecoder('utf8')
  const items = createScanner()
  for await (const chunk of chunks) {
    const frames = items.push(utf8.write(chunk))
    if (frames.length > 0) yield frames
  }
  const last = [...items.push(utf8.end()), ...items.end()]
  if (last.length > 0) yield last
}

/** Frames as the text of an array, an item a line, in pieces as they come. */
export async function* encodeJsonArray(frames: Frames): AsyncGenerator<string> {
  let before = '['
  for await (const batch of frames) {
    let text = ''
    for (const { data } of batch) {
      text += before + data
      before = ',\n'
    }
    yield text
  }
  yield before === '[' ? '[]' : ']'
}

/** Finds where items end by counting braces outside of strings. */
function createScanner() {
  let rest = ''
  /** How far `rest` was looked at, and what was found out till there. */
  let at = 0
  let depth = 0
  let inString = false

  function push(text: string): SseFrame[] {
    rest += text
    const frames: SseFrame[] = []
    for (; at < rest.length; at++) {
      if (inString) {
        if (!passString()) break
        continue
      }
      const character = rest[at]
      if (depth === 0 && character !== '{') {
        if (isBetween(character)) continue
        // No item of ours: whatever it is, it ends with the stream.
        depth = Infinity
        rest = rest.slice(at)
        at = 0
      } else if (depth === 0) {
        rest = rest.slice(at)
        at = 0
        depth = 1
      } else if (character === '"') inString = true
      else if (character === '{' || character === '[') depth++
      else if ((character === '}' || character === ']') && --depth === 0) {
        frames.push({ data: rest.slice(0, at + 1) })
        rest = rest.slice(at + 1)
        at = -1
      }
    }
    return frames
  }

  /** Goes to the quote that ends the string, if it has come. A backslash takes the next character with it. */
  function passString(): boolean {
    while (at < rest.length) {
      const character = rest[at]
      if (character === '"') {
        inString = false
        return true
      }
      if (character === '\\' && at + 1 === rest.length) return false
      at += character === '\\' ? 2 : 1
    }
    return false
  }

  /** An item that was cut short. */
  function end(): SseFrame[] {
    return depth === 0 ? [] : [{ data: rest }]
  }

  return { push, end }
}

function isBetween(character: string | undefined): boolean {
  return character === undefined || '[], \t\r\n\ufeff'.includes(character)
}
