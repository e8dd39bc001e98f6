import type { Journal } from '../traffic/journal.ts'
import type { TurnRecord } from '../traffic/record.ts'
import type { TurnRow } from './contract.ts'
import { turnRow } from './turn-rows.ts'
import { firstWords, lastWords } from './words.ts'

/** Turns that change within this time are told of together, in milliseconds. */
const GATHER_MS = 250
/** How often the words of open turns are read. */
const WORDS_MS = 500
/** Of turns that came and went since they were last told of, so many are told: nobody reads more, and each has its cost. */
const MOST_BRIEF = 100
/** How many rows are told with their words. */
const MOST_WORDS = 20
/** After so many tellings that left nothing out, a rush is over. */
const CALM_TELLINGS = 4

interface Telling {
  /** Given each turn as it is now, a few times a second. */
  readonly turns: (turns: TurnRow[]) => void
  /** Told when more turns begin to close than are told of, and when all are again. */
  readonly rush: (isRush: boolean) => void
  /** Called after turns have closed. */
  readonly closed: () => void
}

/** Tells of turns as they open, change and close, while somebody listens; costs nothing while nobody does. */
export function createLiveTurns(journal: Journal, tell: Telling) {
  const changed = new Map<string, TurnRecord>()
  /** Turns that were told of as open: their end is told too, whatever else is left out. */
  const toldOpen = new Set<string>()
  let calm = CALM_TELLINGS
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
      toldOpen.clear()
      return
    }
    // The snapshot that a listener begins with has them as open.
    for (const { id } of journal.live()) toldOpen.add(id)
    unsubscribe ??= journal.subscribe(({ turn }) => {
      changed.set(turn.id, turn)
      gather()
    })
    readWords()
  }

  function gather() {
    gathering ??= setTimeout(flush, GATHER_MS).unref()
  }

  function flush() {
    gathering = undefined
    const records = [...changed.values()]
    changed.clear()
    const told = withoutMost(records)
    noteRush(told.length < records.length)
    if (told.length > 0) tell.turns(rows(told))
    if (records.some(isClosed)) tell.closed()
    readWords()
  }

  /** Leaves out all but the newest of the turns that nobody was told of yet and that are over already. */
  function withoutMost(records: readonly TurnRecord[]): readonly TurnRecord[] {
    let brief = 0
    for (const record of records) if (isClosed(record) && !toldOpen.has(record.id)) brief++
    const told = records.filter(record => !isClosed(record) || toldOpen.has(record.id) || brief-- <= MOST_BRIEF)
    for (const record of told) {
      if (isClosed(record)) toldOpen.delete(record.id)
      else toldOpen.add(record.id)
    }
    return told
  }

  function noteRush(isRush: boolean) {
    const before = calm
    calm = isRush ? 0 : Math.min(calm + 1, CALM_TELLINGS)
    // It is looked again whether more comes: the end of a rush is told, too.
    if (calm < CALM_TELLINGS) gather()
    if (isRush && before === CALM_TELLINGS) tell.rush(true)
    if (calm === CALM_TELLINGS && before < CALM_TELLINGS) tell.rush(false)
  }

  /** Words come without a notice of their own: they are looked up while turns are open. */
  function readWords() {
    if (reading !== undefined || journal.counters().open === 0) return
    reading = setInterval(() => {
      const open = journal.live().slice(-MOST_WORDS)
      if (open.length > 0) tell.turns(open.filter(({ id }) => toldOpen.has(id)).map(row))
      if (open.length > 0) return
      clearInterval(reading)
      reading = undefined
    }, WORDS_MS).unref()
  }

  /** Reading words costs more than all else of a row, so they are left out where there are many. */
  function rows(records: readonly TurnRecord[]): TurnRow[] {
    return records.length > MOST_WORDS ? records.map(record => turnRow(record)) : records.map(row)
  }

  function row(record: TurnRecord): TurnRow {
    const answered = journal.answerOf(record.id)
    if (answered === undefined) return turnRow(record)
    return turnRow(record, isClosed(record) ? firstWords(answered) : lastWords(answered))
  }

  return { listen, row }
}

function isClosed({ outcome }: TurnRecord): boolean {
  return outcome !== undefined
}
