import { clsx } from 'clsx'
import type { KeyboardEvent, PointerEvent } from 'react'

interface SplitterProps {
  readonly label: string
  /** Where the part stands whose share it sets. */
  readonly side: 'right' | 'bottom'
  /** Percent of the room that both have. */
  readonly share: number
  readonly onChange: (share: number) => void
}

const LEAST = 20
const MOST = 75
const STEP = 2

/** The line between two parts, moved by pointer or arrow keys. */
export function Splitter({ label, side, share, onChange }: SplitterProps) {
  const set = (next: number) => onChange(Math.round(Math.min(MOST, Math.max(LEAST, next)) * 10) / 10)

  const moved = ({ currentTarget, clientX, clientY, buttons }: PointerEvent<HTMLElement>) => {
    const room = currentTarget.parentElement?.getBoundingClientRect()
    if (buttons === 0 || room === undefined) return
    set(side === 'right' ? ((room.right - clientX) / room.width) * 100 : ((room.bottom - clientY) / room.height) * 100)
  }
  const pressed = (event: KeyboardEvent) => {
    const grows = side === 'right' ? 'ArrowLeft' : 'ArrowUp'
    const shrinks = side === 'right' ? 'ArrowRight' : 'ArrowDown'
    if (event.key === grows) set(share + STEP)
    else if (event.key === shrinks) set(share - STEP)
    else if (event.key === 'Home') set(LEAST)
    else if (event.key === 'End') set(MOST)
    else return
    event.preventDefault()
  }

  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={side === 'right' ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(share)}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onKeyDown={pressed}
      onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={moved}
      className={clsx(
        'group relative z-10 shrink-0 touch-none bg-line transition-colors duration-100 hover:bg-accent focus-visible:outline-offset-0',
        // The line is a pixel; what can be grabbed is more.
        "before:absolute before:content-['']",
        side === 'right'
          ? 'w-px cursor-col-resize before:-inset-x-1 before:inset-y-0'
          : 'h-px cursor-row-resize before:inset-x-0 before:-inset-y-1',
      )}
    />
  )
}
