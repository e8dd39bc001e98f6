import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, Ellipsis, GripVertical, Pencil, Trash2 } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { Button, IconButton } from '../../components/button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { Card } from '../../components/panel.tsx'
import { text } from '../../text/text.ts'

const words = text.routing

/** How many items are shown at first, and how many more when that is asked for. */
const SHOWN = 50

interface MovableListProps<T> {
  readonly label: string
  readonly items: readonly T[]
  readonly nameOf: (item: T, at: number) => string
  /** What an item says of itself. */
  readonly children: (item: T, at: number) => ReactNode
  /** A control of its own beside it. */
  readonly control?: (item: T, at: number) => ReactNode
  readonly onEdit: (at: number) => void
  readonly onRemove: (at: number) => void
  /** Puts an item at another place, and says whether that was done; absent where the order says nothing. */
  readonly onMove?: (at: number, to: number) => Promise<boolean>
  /** Why nothing can be changed. */
  readonly locked?: string | undefined
}

/** A list whose items are edited, taken out, and put in order: by pointer, by Alt and the arrows, or from a menu. */
export function MovableList<T>(props: MovableListProps<T>) {
  const { label, items, nameOf, children, control, onEdit, onRemove, onMove, locked } = props
  const [shown, setShown] = useState(SHOWN)
  const list = useRef<HTMLUListElement>(null)
  const [moved, setMoved] = useState<{ readonly to: number; readonly says: string }>()
  // The keyboard goes on with the item that it has moved.
  useEffect(() => {
    const grip = list.current?.children[moved?.to ?? -1]?.querySelector('[data-grip]')
    if (grip instanceof HTMLElement) grip.focus()
  }, [moved])

  const move = async (at: number, to: number) => {
    const item = items[at]
    if (onMove === undefined || locked !== undefined || item === undefined || to < 0 || to >= items.length) return
    if (!(await onMove(at, to))) return
    setShown(Math.max(shown, to + 1))
    setMoved({ to, says: words.moved(nameOf(item, at), to + 1, items.length) })
  }
  const drag = useDrag((at, to) => void move(at, to))
  const onKeys = (event: KeyboardEvent, at: number) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    void move(at, event.key === 'ArrowUp' ? at - 1 : at + 1)
  }

  return (
    <Card>
      <ul ref={list} aria-label={label} className="divide-y divide-line" onDragLeave={drag.leave}>
        {items.slice(0, shown).map((item, at) => (
          <li
            key={at}
            className={clsx(
              'relative flex items-start gap-1 py-1.5 pr-2',
              onMove === undefined ? 'pl-3' : 'pl-1',
              drag.gap === at && 'shadow-[inset_0_2px_var(--accent)]',
              drag.gap === at + 1 && 'shadow-[inset_0_-2px_var(--accent)]',
              drag.from === at && 'opacity-55',
            )}
            onKeyDown={event => onKeys(event, at)}
            onDragOver={event => drag.over(event, at)}
            onDrop={drag.drop}
          >
            {onMove !== undefined && (
              <span draggable={locked === undefined} onDragStart={event => drag.start(event, at)} onDragEnd={drag.end}>
                <IconButton
                  icon={GripVertical}
                  size="small"
                  data-grip
                  label={words.move(nameOf(item, at))}
                  keys="alt+arrowup"
                  disabled={locked !== undefined}
                  className="cursor-grab"
                />
              </span>
            )}
            <div className="selectable min-w-0 flex-1 px-1.5 py-0.5">{children(item, at)}</div>
            {control?.(item, at)}
            <IconButton
              icon={Pencil}
              size="small"
              label={words.editOf(nameOf(item, at))}
              disabled={locked !== undefined}
              onClick={() => onEdit(at)}
            />
            {locked === undefined && (
              <Menu
                align="end"
                trigger={<IconButton icon={Ellipsis} size="small" label={words.actionsOf(nameOf(item, at))} />}
              >
                {onMove !== undefined && (
                  <>
                    <MenuItem
                      icon={ArrowUp}
                      keys="alt+arrowup"
                      disabled={at === 0}
                      onSelect={() => void move(at, at - 1)}
                    >
                      {words.moveUp}
                    </MenuItem>
                    <MenuItem
                      icon={ArrowDown}
                      keys="alt+arrowdown"
                      disabled={at === items.length - 1}
                      onSelect={() => void move(at, at + 1)}
                    >
                      {words.moveDown}
                    </MenuItem>
                  </>
                )}
                <MenuItem icon={Trash2} onSelect={() => onRemove(at)}>
                  {text.actions.remove}…
                </MenuItem>
              </Menu>
            )}
          </li>
        ))}
      </ul>
      {items.length > shown && (
        <p className="border-t border-line px-3 py-1.5 text-center">
          <Button size="small" onClick={() => setShown(shown + SHOWN)}>
            {text.more(items.length - shown)}
          </Button>
        </p>
      )}
      <p role="status" className="sr-only">
        {moved?.says}
      </p>
    </Card>
  )
}

/** An item on its way by pointer: from where, and into which gap (that before the first is 0) it would fall. */
function useDrag(onMove: (at: number, to: number) => void) {
  const [from, setFrom] = useState<number>()
  const [gap, setGap] = useState<number>()
  const end = () => {
    setFrom(undefined)
    setGap(undefined)
  }
  return {
    from,
    gap,
    end,
    start: (event: DragEvent, at: number) => {
      const item = event.currentTarget.closest('li')
      if (item !== null) event.dataTransfer.setDragImage(item, 12, 12)
      event.dataTransfer.effectAllowed = 'move'
      setFrom(at)
    },
    over: (event: DragEvent, at: number) => {
      if (from === undefined) return
      event.preventDefault()
      const { top, height } = event.currentTarget.getBoundingClientRect()
      setGap(event.clientY < top + height / 2 ? at : at + 1)
    },
    leave: (event: DragEvent) => {
      if (event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)) return
      setGap(undefined)
    },
    drop: (event: DragEvent) => {
      event.preventDefault()
      end()
      if (from === undefined || gap === undefined) return
      const to = gap > from ? gap - 1 : gap
      if (to !== from) onMove(from, to)
    },
  }
}
