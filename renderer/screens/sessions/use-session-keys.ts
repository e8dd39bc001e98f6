import { useEffect, useEffectEvent } from 'react'
import { press } from '../../frame/keyboard.ts'
import { useOverlay } from '../../stores/overlay.ts'
import { SESSION_DETAIL, SESSION_FILTER, SESSION_LIST } from './ids.ts'

/** Rows that PgUp and PgDn go. */
const PAGE = 15

interface SessionKeys {
  readonly ids: readonly string[]
  readonly selectedId: string | undefined
  readonly select: (id: string | undefined) => void
}

/** The keys of the sessions screen, the same as those of the traffic. */
export function useSessionKeys({ ids, selectedId, select }: SessionKeys): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (
      event.defaultPrevented ||
      useOverlay.getState().open !== undefined ||
      isIn(event.target, '[role=menu], [role=dialog]')
    )
      return
    const at = selectedId === undefined ? -1 : ids.indexOf(selectedId)
    const go = (index: number) => {
      const id = ids[Math.min(ids.length - 1, Math.max(0, index))]
      if (id !== undefined) select(id)
    }
    const anywhere = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      '/': () => focus(SESSION_FILTER),
      'mod+f': () => focus(SESSION_FILTER),
      '[': () => focus(SESSION_LIST),
      ']': () => focus(SESSION_DETAIL),
    }
    const inList = {
      arrowdown: () => go(at + 1),
      arrowup: () => go(at - 1),
      home: () => go(0),
      end: () => go(ids.length - 1),
      pagedown: () => go(at + PAGE),
      pageup: () => go(at - PAGE),
      enter: () => {
        if (selectedId === undefined) go(0)
        else focus(SESSION_DETAIL)
      },
      escape: () => select(undefined),
    }
    press(event, isIn(event.target, `#${SESSION_LIST}`) ? { ...anywhere, ...inList } : anywhere)
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

function isIn(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null
}
