import type { Events, StreamEvent } from '../core/events.ts'

const OPEN = '<think>'
const CLOSE = '</think>'

/**
 * An answer with the thoughts that stand between `<think>` and `</think>` at the beginning of its text as a part of their
 * own. Holds back the beginning of a text only until it is clear whether it is such a tag, and the end of a thought only
 * where it may be a part of the closing one.
 */
export async function* thoughtsApart(events: Events): AsyncGenerator<readonly StreamEvent[]> {
  const parts = new Map<number, Opened>()
  let next = 0

  function apart(event: StreamEvent): readonly StreamEvent[] {
    if (event.type === 'part-start') {
      const isText = event.part.type === 'text'
      parts.set(event.index, { start: event, at: next, state: isText ? 'unclear' : 'as-is', held: '' })
      return isText ? [] : [{ ...event, index: next++ }]
    }
    if (event.type !== 'part-delta' && event.type !== 'part-end') return [event]
    const part = parts.get(event.index)
    if (part === undefined) return []
    if (event.type === 'part-end') return [...settled(part), { ...event, index: part.at }]
    if (event.delta.type !== 'text' || part.state === 'as-is' || part.state === 'text') {
      return [...(part.state === 'unclear' ? opened(part) : []), { ...event, index: part.at }]
    }
    part.held += event.delta.text
    return part.state === 'unclear' ? begin(part) : think(part)
  }

  function begin(part: Opened): readonly StreamEvent[] {
    const text = part.held.trimStart()
    if (OPEN.startsWith(text)) return []
    if (!text.startsWith(OPEN)) return opened(part)
    part.state = 'thought'
    part.at = next++
    part.held = text.slice(OPEN.length)
    return [{ type: 'part-start', index: part.at, part: { type: 'reasoning' } }, ...think(part)]
  }

  function think(part: Opened): readonly StreamEvent[] {
    const end = part.held.indexOf(CLOSE)
    if (end === -1) {
      const kept = part.held.length - partialEnd(part.held)
      const thought = part.held.slice(0, kept)
      part.held = part.held.slice(kept)
      return said(part.at, thought)
    }
    const thought = part.held.slice(0, end)
    const closed = [...said(part.at, thought), { type: 'part-end', index: part.at } as const]
    part.held = part.held.slice(end + CLOSE.length).replace(/^\s+/, '')
    return [...closed, ...opened(part)]
  }

  /** From here on it is text. */
  function opened(part: Opened): readonly StreamEvent[] {
    part.state = 'text'
    part.at = next++
    const text = part.held
    part.held = ''
    return [{ ...part.start, index: part.at }, ...said(part.at, text)]
  }

  function settled(part: Opened): readonly StreamEvent[] {
    if (part.state === 'unclear') return opened(part)
    const rest = part.held
    part.held = ''
    return said(part.at, rest)
  }

  for await (const batch of events) {
    const passed = batch.flatMap(apart)
    if (passed.length > 0) yield passed
  }
}

interface Opened {
  readonly start: Extract<StreamEvent, { type: 'part-start' }>
  /** Its place in the answer as it goes on. */
  at: number
  state: 'unclear' | 'thought' | 'text' | 'as-is'
  held: string
}

function said(index: number, text: string): readonly StreamEvent[] {
  return text === '' ? [] : [{ type: 'part-delta', index, delta: { type: 'text', text } }]
}

/** How many characters at the end may be the beginning of the closing tag. */
function partialEnd(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(CLOSE.slice(0, length))) return length
  }
  return 0
}
