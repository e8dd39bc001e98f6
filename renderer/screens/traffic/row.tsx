import { clsx } from 'clsx'
import { memo } from 'react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { useNow } from '../../stores/clock.ts'
import { columns as allColumns } from './columns.tsx'

interface RowProps {
  readonly id: string | undefined
  readonly turn: TurnRow
  /** Pixels from the top of the list. */
  readonly top: number
  readonly height: number
  /** Its place among all rows, the head being the first. */
  readonly index: number
  readonly template: string
  /** Ids of the columns shown, as one text, so that a row can tell cheaply whether it has to be drawn again. */
  readonly columns: string
  readonly isSelected: boolean
  readonly onSelect: (turn: TurnRow) => void
}

/** A turn as a row. Drawn again only when the turn changes, or by the clock while it is open. */
export const Row = memo(TurnRowView, (before, after) => {
  return (
    before.turn === after.turn &&
    before.top === after.top &&
    before.height === after.height &&
    before.index === after.index &&
    before.template === after.template &&
    before.columns === after.columns &&
    before.isSelected === after.isSelected
  )
})

function TurnRowView({ id, turn, top, height, index, template, columns, isSelected, onSelect }: RowProps) {
  const now = useNow(turn.open)
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index}
      aria-selected={isSelected}
      onClick={() => onSelect(turn)}
      className={clsx(
        'absolute top-0 grid w-full items-center border-b border-line',
        isSelected
          ? 'bg-accent-soft group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent'
          : 'hover:bg-hover',
        turn.open && 'before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-live',
      )}
      style={{ transform: `translateY(${top}px)`, height, gridTemplateColumns: template }}
    >
      {columns.split(',').map(name => {
        const column = allColumns.find(({ id }) => id === name)
        return (
          <div
            key={name}
            role="gridcell"
            className={clsx('truncate px-2', column?.isNumber === true && 'text-right', name === 'state' && 'pl-3')}
          >
            {column?.cell(turn, now)}
          </div>
        )
      })}
    </div>
  )
}
