import { clsx } from 'clsx'
import type { KeyboardEvent } from 'react'
import { usePreferences } from '../../stores/preferences.ts'
import { text } from '../../text/text.ts'
import { type ColumnId, columns, LEAST_WIDTH } from './columns.tsx'

/** Pixels by which an arrow key changes a column's width. */
const STEP = 8
const MOST_WIDTH = 800

/** What the table tells of a column's head. */
interface Head {
  readonly id: string
  readonly column: { readonly getIsResizing: () => boolean; readonly getSize: () => number }
  readonly getResizeHandler: () => (event: unknown) => void
}

interface HeaderRowProps {
  readonly heads: readonly Head[]
  readonly template: string
}

/** The head of the list: the columns' names, and at their edges what makes them wider. */
export function HeaderRow({ heads, template }: HeaderRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid h-6.5 w-full items-center border-b border-line bg-canvas text-caption font-medium text-text-3"
      style={{ gridTemplateColumns: template }}
    >
      {heads.map(head => {
        const column = columns.find(({ id }) => id === head.id)
        return (
          <div
            key={head.id}
            role="columnheader"
            aria-label={text.traffic.column[head.id as ColumnId]}
            className={clsx('group relative px-2', column?.isNumber === true && 'text-right')}
          >
            <span className={head.id === 'state' ? 'sr-only' : 'block truncate'}>
              {text.traffic.column[head.id as ColumnId]}
            </span>
            {head.id !== 'state' && (
              <span
                role="separator"
                tabIndex={0}
                aria-orientation="vertical"
                aria-label={text.traffic.widthOf(text.traffic.column[head.id as ColumnId])}
                aria-valuenow={head.column.getSize()}
                aria-valuemin={LEAST_WIDTH}
                aria-valuemax={MOST_WIDTH}
                onKeyDown={event => resizeByKey(event, head)}
                onMouseDown={head.getResizeHandler()}
                onTouchStart={head.getResizeHandler()}
                className={clsx(
                  'absolute -inset-y-1 -right-1 w-2 cursor-col-resize border-r-2 hover:border-accent focus-visible:border-accent focus-visible:outline-none',
                  head.column.getIsResizing() ? 'border-accent' : 'border-transparent',
                )}
              />
            )}
          </div>
        )
      })}
    </div>
  )
}

/** The arrows make a column wider and narrower, Home gives it the width that it has by default. */
function resizeByKey(event: KeyboardEvent, { id, column }: Head) {
  const steps = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key]
  if (steps === undefined && event.key !== 'Home') return
  event.preventDefault()
  usePreferences.setState(({ columnSizes: { [id]: _, ...others } }) => ({
    columnSizes:
      steps === undefined
        ? others
        : { ...others, [id]: Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, column.getSize() + steps)) },
  }))
}
