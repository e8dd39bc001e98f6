import { clsx } from 'clsx'
import { useEffect, useRef } from 'react'
import type { SessionRow } from '../../../proxy/app/contract.ts'
import { useRows } from '../../components/use-rows.ts'
import { useSessions } from '../../stores/sessions.ts'
import { text } from '../../text/text.ts'
import { columns } from './columns.tsx'
import { SESSION_LIST } from './ids.ts'

/** Rows from the end at which more are asked for. */
const NEAR_END = 40

const words = text.sessions

interface SessionListProps {
  readonly sessions: readonly SessionRow[]
  /** How many there are that match. */
  readonly matching: number
  readonly selectedId: string | undefined
  readonly onSelect: (id: string) => void
}

/** The list: only what is in view is in the page. */
export function SessionList({ sessions, matching, selectedId, onSelect }: SessionListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const { virtualizer, items, width, rowPx } = useRows(scroller, sessions, selectedId)
  const shown = columns.filter(({ from = 0 }) => width >= from)
  const template = shown.map(({ track }) => track).join(' ')
  const isNearEnd = (items.at(-1)?.index ?? 0) >= sessions.length - NEAR_END
  const hasMore = sessions.length < matching

  useEffect(() => {
    if (isNearEnd && hasMore) void useSessions.getState().loadMore()
  }, [isNearEnd, hasMore])

  return (
    <div
      ref={scroller}
      className="h-full overflow-auto bg-surface text-small has-[[role=grid]:focus-visible]:outline-2 has-[[role=grid]:focus-visible]:-outline-offset-2 has-[[role=grid]:focus-visible]:outline-accent"
    >
      <div
        id={SESSION_LIST}
        role="grid"
        tabIndex={0}
        aria-label={words.label}
        aria-rowcount={matching + 1}
        aria-colcount={shown.length}
        aria-activedescendant={items.some(({ key }) => key === selectedId) ? rowId(selectedId) : undefined}
        className="group/grid relative w-max min-w-full outline-none"
        style={{ height: virtualizer.getTotalSize() }}
      >
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-10 grid h-6.5 items-center border-b border-line bg-canvas text-caption font-medium text-text-3"
          style={{ gridTemplateColumns: template }}
        >
          {shown.map(({ id, isNumber }) => (
            <span key={id} role="columnheader" className={clsx('truncate px-3', isNumber === true && 'text-right')}>
              {words.column[id]}
            </span>
          ))}
        </div>
        {items.map(({ index, start, key }) => {
          const session = sessions[index]
          if (session === undefined) return null
          const isSelected = session.id === selectedId
          return (
            <div
              key={key}
              id={rowId(session.id)}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={isSelected}
              onClick={() => onSelect(session.id)}
              className={clsx(
                'absolute top-0 grid w-full items-center border-b border-line',
                isSelected
                  ? 'bg-accent-soft group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent'
                  : 'hover:bg-hover',
              )}
              style={{ transform: `translateY(${start}px)`, height: rowPx, gridTemplateColumns: template }}
            >
              {shown.map(({ id, isNumber, cell }) => (
                <div key={id} role="gridcell" className={clsx('truncate px-3', isNumber === true && 'text-right')}>
                  {cell(session)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function rowId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : `session-${id}`
}
