import { estimateUsage } from '../../core/estimate.ts'
import type { StreamEvent, Usage } from '../../core/events.ts'
import type { Request } from '../../core/request.ts'

/** The tags between which some models think aloud. */
const OPENING = /^\s*<(?:think|thinking|reason|reasoning)>\s*/
const CLOSING = /<\/(?:think|thinking|reason|reasoning)>/
const LONGEST_TAG = '</reasoning>'.length

/**
 * Reads the answer of a model that is asked only for its thoughts, and tells them as one part of reasoning. They are over where
 * the model begins its answer, closes its tag, or ends; a model that has no thoughts of their own thinks in its answer. When it
 * calls tools, all that it says from there on is told, since that is the answer.
 */
export function createThoughts() {
  let begun = false
  let open = false
  let text = ''
  /** Words that may be the beginning of a tag. */
  let held = ''
  let hasThought = false
  let calls = false
  let over = false
  let usage: Usage | undefined
  const aloud = new Set<number>()
  const silent = new Set<number>()
  /** The places of what is told, by their places in the model's answer. */
  const places = new Map<number, number>()

  function read(event: StreamEvent): StreamEvent[] {
    if (over) return []
    switch (event.type) {
      case 'start':
        if (begun) return []
        begun = true
        return [event]
      case 'part-start':
        return readOpening(event)
      case 'part-delta':
        if (calls && places.has(event.index)) return [{ ...event, index: places.get(event.index) ?? 0 }]
        if (event.delta.type !== 'text') return []
        if (silent.has(event.index)) return say(event.delta.text)
        return aloud.has(event.index) ? sayAloud(event.delta.text) : []
      case 'part-end':
        return calls && places.has(event.index) ? [{ ...event, index: places.get(event.index) ?? 0 }] : []
      case 'finish':
        usage = event.usage
        over = true
        return calls ? [...close(), event] : []
      case 'ping':
        return [event]
    }
  }

  function readOpening(event: Extract<StreamEvent, { type: 'part-start' }>): StreamEvent[] {
    const { index, part } = event
    if (part.type === 'tool-call') {
      calls = true
      const closing = close()
      places.set(index, places.size + (hasThought ? 1 : 0))
      return [...closing, { ...event, index: places.get(index) ?? 0 }]
    }
    if (part.type === 'reasoning') silent.add(index)
    else if (part.type === 'text' && silent.size === 0) aloud.add(index)
    // Its answer begins: that is another's to give. What follows may still be a call of a tool, which nobody waits for.
    else if (part.type === 'text' && !calls) over = true
    return []
  }

  function sayAloud(added: string): StreamEvent[] {
    held += added
    if (text === '') held = held.replace(OPENING, '')
    const closing = CLOSING.exec(held)
    if (closing !== null) {
      over = true
      return say(held.slice(0, closing.index))
    }
    // The end of what is held may be the beginning of a tag; so may all of it, at first.
    const tag = held.lastIndexOf('<')
    const cut = tag !== -1 && held.length - tag < LONGEST_TAG ? tag : held.length
    const said = held.slice(0, cut)
    held = held.slice(cut)
    return say(said)
  }

  function say(words: string): StreamEvent[] {
    if (words === '') return []
    text += words
    const opening: StreamEvent[] = open ? [] : [{ type: 'part-start', index: 0, part: { type: 'reasoning' } }]
    open = true
    hasThought = true
    return [...opening, { type: 'part-delta', index: 0, delta: { type: 'text', text: words } }]
  }

  function close(): StreamEvent[] {
    if (!open) return []
    open = false
    return [{ type: 'part-end', index: 0 }]
  }

  return {
    read,
    isOver: () => over,
    hasCalled: () => calls,
    /** Closes what is open. */
    end: (): StreamEvent[] => (calls ? [] : close()),
    /** What came of it. A model that was given up has not told what it used: that is then guessed. */
    summary: (asked: Request) => ({
      text,
      usage: usage ?? (begun ? estimateUsage(asked, text.length) : { input: 0, output: 0 }),
      isEstimate: begun && usage === undefined,
      parts: hasThought ? 1 : 0,
      begun,
      over: calls && over,
    }),
  }
}
