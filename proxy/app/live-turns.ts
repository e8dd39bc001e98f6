import type { Journal } from '../traffic/journal.ts'
import type { TurnRecord } from '../traffic/record.ts'
import type { TurnRow } from './contract.ts'
import { turnRow } from './turn-rows.ts'
import { firstWords, lastWords } from './words.ts'

/** Turns that change within this time are told of together, in milliseconds. */
const GATHER_MS = 100
/** How often the words of open turns are read. */
const WORDS_MS = 500

/**
 * Tells of turns as they open, change and close, while somebody listens; costs nothing while nobody does. `tell` is given
 * each turn as it is now, at most a few times a second; `closed` is called once after turns have closed.
 */
export function createLiveTurns(journal: Journal, tell: (turns: TurnRow[]) => void, closed: () => void) {
  const changed = new Map<string, TurnRecord>()
  let gathering: NodeJS.Timeout | undefined
  let reading: NodeJS.Timeout | undefined
  let unsubscribe: (() => void) | undefined

  function listen(heard: boolean) {
    if (!heard) {
      unsubscribe?.()
      unsubscribe = undefined
      clearTimeout(gathering)
      clearInterval(reading)
      gathering = reading = undefined
      changed.clear()
      return
    }
    unsubscribe ??= journal.subscribe(({ turn }) => {
      changed.set(turn.id, turn)
      gathering ??= setTimeout(flush, GATHER_MS).unref()
    })
    readWords()
  }

  function flush() {
    gathering = undefined
    const records = [...changed.values()]
    changed.clear()
    tell(records.map(row))
    if (records.some(record => record.outcome !== undefined)) closed()
    readWords()
  }

  /** Words come without a notice of their own: they are looked up while turns are open. */
  function readWords() {
    if (reading !== undefined || journal.counters().open === 0) return
    reading = setInterval(() => {
      const open = journal.live()
      if (open.length > 0) tell(open.map(row))
      if (open.length > 0) return
      clearInterval(reading)
      reading = undefined
    }, WORDS_MS).unref()
  }

  function row(record: TurnRecord): TurnRow {
    const answered = journal.answerOf(record.id)
    if (answered === undefined) return turnRow(record)
    return turnRow(record, record.outcome === undefined ? lastWords(answered) : firstWords(answered))
  }

  return { listen, row }
}
