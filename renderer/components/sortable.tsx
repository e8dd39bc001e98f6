import { clsx } from 'clsx'
import { GripVertical } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { text } from '../text/text.ts'

interface SortableProps<T> {
  readonly label: string
  readonly items: readonly T[]
  readonly nameOf: (item: T) => string
  /** Told the whole list in its new order. */
  readonly onMove: (items: readonly T[]) => void
  readonly children: (item: T) => ReactNode
}

/** A list whose order its user makes: a line is dragged, or moved with the arrow keys while its handle has the focus. */
export function Sortable<T>({ label, items, nameOf, onMove, children }: SortableProps<T>) {
  const [dragged, setDragged] = useState<T>()
  const [over, setOver] = useState<T>()

  const move = (item: T, to: number) => {
    if (to < 0 || to >= items.length || items[to] === item) return
    const others = items.filter(other => other !== item)
    onMove([...others.slice(0, to), item, ...others.slice(to)])
  }

  const onKeyDown = (event: KeyboardEvent, item: T) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    move(item, items.indexOf(item) + step)
  }

  return (
    <ol aria-label={label} className="flex flex-col gap-1">
      {items.map((item, at) => (
        <li
          key={nameOf(item)}
          draggable
          onDragStart={() => setDragged(item)}
          onDragEnd={() => {
            setDragged(undefined)
            setOver(undefined)
          }}
          onDragOver={event => {
            if (dragged === undefined) return
            event.preventDefault()
            setOver(item)
          }}
          onDrop={event => {
            event.preventDefault()
            if (dragged !== undefined) move(dragged, at)
          }}
          className={clsx(
            'flex items-center gap-1 rounded-control',
            over === item && dragged !== undefined && 'bg-accent-soft',
            dragged === item && 'opacity-55',
          )}
        >
          <button
            type="button"
            aria-label={text.actions.move(nameOf(item), at + 1, items.length)}
            aria-keyshortcuts="ArrowUp ArrowDown"
            title={text.actions.moveHint}
            onKeyDown={event => onKeyDown(event, item)}
            className="inline-flex h-6 w-5 shrink-0 cursor-grab items-center justify-center rounded-control text-text-3 hover:bg-hover hover:text-text"
          >
            <GripVertical size={13} aria-hidden />
          </button>
          {children(item)}
        </li>
      ))}
    </ol>
  )
}
