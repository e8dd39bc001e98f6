import { ProxyError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'

/** How long a repeated piece is at least, in characters: shorter ones are rulers, tables, indents. */
const SHORTEST = 80
/** The longest piece whose repetition is noticed. */
const LONGEST = 2000
/** How often a piece stands behind itself before it counts as a loop. */
const TIMES = 6
/** After how many new characters it is looked again. */
const STEP = 256

/**
 * Breaks off an answer whose text goes round in a circle: the same piece of at least 80 characters six times in a row. Throws
 * `loop` then. What the model thinks counts as well as what it says; arguments of tools don't, which may repeat rightly.
 */
export async function* stopLoops(events: Events): Events {
  /** The end of each part that is open, as far back as a loop could reach. */
  const ends = new Map<number, { text: string; fresh: number }>()
  for await (const batch of events) {
    for (const event of batch) {
      if (event.type === 'part-start' && (event.part.type === 'text' || event.part.type === 'reasoning')) {
        ends.set(event.index, { text: '', fresh: 0 })
      }
      const end = event.type === 'part-delta' && event.delta.type === 'text' ? ends.get(event.index) : undefined
      if (end === undefined || event.type !== 'part-delta' || event.delta.type !== 'text') continue
      end.text = (end.text + event.delta.text).slice(-LONGEST * TIMES)
      end.fresh += event.delta.text.length
      if (end.fresh < STEP) continue
      end.fresh = 0
      if (goesRound(end.text)) {
        throw new ProxyError(
          'loop',
          'The answer repeated itself and was stopped (loop detection is on in this session).',
        )
      }
    }
    yield batch
  }
}

/** Whether a text ends with the same piece several times over: its last characters are looked for further up. */
function goesRound(text: string): boolean {
  const last = text.slice(-SHORTEST)
  if (text.length < SHORTEST * TIMES || !/[\p{L}\p{N}]/u.test(last)) return false
  for (let at = text.lastIndexOf(last, text.length - 2 * SHORTEST); at !== -1; at = text.lastIndexOf(last, at - 1)) {
    const period = text.length - SHORTEST - at
    if (period > LONGEST || period * TIMES > text.length) return false
    const piece = text.slice(-period)
    if (text.endsWith(piece.repeat(TIMES))) return true
    if (at === 0) return false
  }
  return false
}
