import type { Events, StreamEvent } from '../core/events.ts'

/**
 * An answer whose pieces may repeat all that was said before them, with only what is new in each. A piece that is longer
 * than the part so far and begins with the whole of it is such a repetition; no model says that by itself.
 */
export async function* withoutRepeats(events: Events): AsyncGenerator<readonly StreamEvent[]> {
  const said = new Map<number, string>()

  function fresh(event: StreamEvent): StreamEvent {
    if (event.type === 'part-end') said.delete(event.index)
    if (event.type !== 'part-delta' || event.delta.type !== 'text') return event
    const before = said.get(event.index) ?? ''
    const { text } = event.delta
    const repeats = before !== '' && text.length > before.length && text.startsWith(before)
    said.set(event.index, repeats ? text : before + text)
    return repeats ? { ...event, delta: { type: 'text', text: text.slice(before.length) } } : event
  }

  for await (const batch of events) yield batch.map(fresh)
}
