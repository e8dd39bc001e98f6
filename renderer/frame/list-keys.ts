import { useEffect, useEffectEvent } from 'react'
import { isCovered } from '../stores/overlay.ts'
import { isIn, press, type Shortcuts } from './keyboard.ts'

/** Rows that PgUp and PgDn go. */
const PAGE = 15

interface ListKeys<T> {
  readonly rows: readonly T[]
  readonly selected: T | undefined
  readonly select: (row: T | undefined) => void
  /** The ids of the elements that the keys go to. */
  readonly places: { readonly filter: string; readonly list: string; readonly detail: string }
  /** Further keys of the screen. */
  readonly more?: Shortcuts
}

/** The keys of a screen with a list and a detail. Arrows and their like count in the list; single letters and Escape wherever no text is typed. */
export function useListKeys<T>({ rows, selected, select, places, more = {} }: ListKeys<T>): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || isCovered()) return
    const at = selected === undefined ? -1 : rows.indexOf(selected)
    const go = (index: number) => {
      const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
      if (row !== undefined) select(row)
    }
    const anywhere: Shortcuts = {
      j: () => {
        go(at + 1)
        focus(places.list)
      },
      k: () => {
        go(at - 1)
        focus(places.list)
      },
      escape: () => {
        if (selected === undefined) return
        select(undefined)
        focus(places.list)
      },
      '/': () => focus(places.filter),
      'mod+f': () => focus(places.filter),
      '[': () => focus(places.list),
      ']': () => focus(places.detail),
      ...more,
    }
    const inList: Shortcuts = {
      arrowdown: () => go(at + 1),
      arrowup: () => go(at - 1),
      home: () => go(0),
      end: () => go(rows.length - 1),
      pagedown: () => go(at + PAGE),
      pageup: () => go(at - PAGE),
      enter: () => {
        if (selected === undefined) go(0)
        else focus(places.detail)
      },
    }
    press(event, isIn(event.target, `#${places.list}`) ? { ...anywhere, ...inList } : anywhere)
  })

  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

function focus(id: string) {
  document.getElementById(id)?.focus()
}
