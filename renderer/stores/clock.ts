import { useSyncExternalStore } from 'react'

/** Milliseconds between two looks at the clock: often enough for tenths of seconds to seem to run, or while nobody looks. */
const TICK_MS = 250
const UNFOCUSED_TICK_MS = 1000

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | undefined
let now = Date.now()

/** The time, epoch milliseconds, running while `runs` says that something on the screen does. Else nothing is drawn for it. */
export function useNow(runs: boolean): number {
  return useSyncExternalStore(runs ? listen : never, () => (runs ? now : 0))
}

function listen(changed: () => void) {
  listeners.add(changed)
  if (listeners.size === 1) tick()
  return () => {
    listeners.delete(changed)
    if (listeners.size === 0) clearTimeout(timer)
  }
}

function never() {
  return () => undefined
}

function tick() {
  clearTimeout(timer)
  timer = setTimeout(tick, document.hasFocus() ? TICK_MS : UNFOCUSED_TICK_MS)
  if (document.hidden) return
  now = Date.now()
  for (const changed of listeners) changed()
}
