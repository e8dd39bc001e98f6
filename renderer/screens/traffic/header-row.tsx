import { clsx } from 'clsx'
import { text } from '../../text/text.ts'
import { type ColumnId, columns } from './columns.tsx'

/** What the table tells of a column's head. */
interface Head {
  readonly id: string
  readonly column: { readonly getIsResizing: () => boolean }
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
            className={clsx('group relative px-2', column?.isNumber === true && 'text-right')}
          >
            <span className={head.id === 'state' ? 'sr-only' : 'block truncate'}>
              {text.traffic.column[head.id as ColumnId]}
            </span>
            {head.id !== 'state' && (
              <span
                aria-hidden
                onMouseDown={head.getResizeHandler()}
                onTouchStart={head.getResizeHandler()}
                className={clsx(
                  'absolute -inset-y-1 -right-1 w-2 cursor-col-resize border-r-2 border-transparent hover:border-accent',
                  head.column.getIsResizing() && 'border-accent',
                )}
              />
            )}
          </div>
        )
      })}
    </div>
  )
}
