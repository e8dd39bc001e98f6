import { clsx } from 'clsx'
import { ArrowRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { toneText, TurnIcon, turnWord } from '../../components/state.tsx'
import { toneOf } from '../../outcomes.ts'
import { bytes, duration, NONE, timeOfDay, tokens } from '../../text/format.ts'
import type { text } from '../../text/text.ts'
import { speedOf, timeOf, tokensOf } from './turn-figures.ts'

export type ColumnId = keyof typeof text.traffic.column

export interface Column {
  readonly id: ColumnId
  /** Pixels; the column of the model takes what is left besides. */
  readonly size: number
  readonly isNumber?: boolean
  readonly hidden?: boolean
  /** The higher, the sooner it gives way where the list is narrow; without, it stays. */
  readonly gives?: number
  /** What stands in it, `now` being the time for what is still going on. */
  readonly cell: (turn: TurnRow, now: number) => ReactNode
}

/** Pixels, for any column. */
export const LEAST_WIDTH = 34

/** The columns of the list, in their order. */
export const columns: readonly Column[] = [
  { id: 'state', size: 34, cell: turn => <TurnIcon turn={turn} /> },
  { id: 'time', size: 76, cell: turn => <span className="font-mono text-text-2">{timeOfDay(turn.at)}</span> },
  { id: 'client', size: 104, gives: 2, cell: turn => turn.client },
  { id: 'model', size: 200, cell: turn => <Model turn={turn} /> },
  { id: 'backend', size: 92, gives: 5, cell: turn => turn.backend ?? NONE },
  { id: 'outcome', size: 112, cell: turn => <span className={toneText[toneOf(turn)]}>{turnWord(turn)}</span> },
  { id: 'firstToken', size: 80, gives: 4, isNumber: true, cell: turn => duration(turn.firstTokenMs) },
  {
    id: 'duration',
    size: 80,
    isNumber: true,
    cell: (turn, now) => <span className={clsx(turn.open && 'text-live')}>{timeOf(turn, now)}</span>,
  },
  {
    id: 'tokens',
    size: 100,
    gives: 3,
    isNumber: true,
    cell: turn => <span className="text-text-2">{tokensOf(turn)}</span>,
  },
  { id: 'cache', size: 70, isNumber: true, hidden: true, cell: turn => tokens(turn.cacheRead) },
  { id: 'speed', size: 80, isNumber: true, hidden: true, cell: (turn, now) => speedOf(turn, now) },
  { id: 'status', size: 62, isNumber: true, hidden: true, cell: turn => turn.status ?? NONE },
  { id: 'size', size: 84, isNumber: true, hidden: true, cell: turn => bytes(turn.responseBytes) },
  { id: 'frontend', size: 96, hidden: true, cell: turn => turn.frontend },
  { id: 'path', size: 164, hidden: true, cell: turn => <span className="font-mono">{turn.path}</span> },
  { id: 'way', size: 84, hidden: true, cell: turn => turn.way ?? NONE },
  { id: 'id', size: 120, hidden: true, cell: turn => <span className="font-mono text-text-3">{turn.id}</span> },
]

/** Whether a column is shown: as it was chosen, or as it is by default. */
export function isShown(id: ColumnId, chosen: Readonly<Record<string, boolean>>): boolean {
  return chosen[id] ?? columns.find(column => column.id === id)?.hidden !== true
}

/** The columns that have room in so many pixels. Those that were chosen by hand stay, and the list scrolls sideways. */
export function fitting(
  room: number,
  chosen: Readonly<Record<string, boolean>>,
  sizes: Readonly<Record<string, number>>,
): ReadonlySet<ColumnId> {
  const shown = columns.filter(({ id }) => isShown(id, chosen))
  const fits = new Set(shown.map(({ id }) => id))
  let width = shown.reduce((sum, { id, size }) => sum + (sizes[id] ?? size), 0)
  const giving = shown.filter(({ id, gives }) => gives !== undefined && chosen[id] === undefined)
  for (const { id, size } of giving.sort((a, b) => (b.gives ?? 0) - (a.gives ?? 0))) {
    if (width <= room) break
    fits.delete(id)
    width -= sizes[id] ?? size
  }
  return fits
}

/** What was asked for, what served it if that is another, and beside it the words that come or what went wrong. */
function Model({ turn }: { readonly turn: TurnRow }) {
  const { asked, served, backend, error, open, words } = turn
  const plain = asked.startsWith(`${backend ?? ''}:`) ? asked.slice((backend ?? '').length + 1) : asked
  return (
    <span className="flex items-center gap-1.5">
      <span className="shrink-0 font-medium">{plain === '' ? (served ?? NONE) : plain}</span>
      {served !== undefined && served !== plain && plain !== '' && (
        <>
          <ArrowRight size={11} className="shrink-0 text-text-3" aria-label="→" />
          <span className="truncate text-text-2">{served}</span>
        </>
      )}
      {error !== undefined && <span className={clsx('truncate', toneText[toneOf(turn)])}>{error.split('\n', 1)}</span>}
      {open && words !== undefined && <span className="truncate font-mono text-text-3">{words}</span>}
    </span>
  )
}
