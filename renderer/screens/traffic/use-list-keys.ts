import { useEffect, useEffectEvent } from 'react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { copy } from '../../components/copy.tsx'
import { press } from '../../frame/keyboard.ts'
import { useOverlay } from '../../stores/overlay.ts'
import { text } from '../../text/text.ts'
import { DETAIL } from './detail/tabs.ts'
import { TRAFFIC_LIST } from './list.tsx'

/** Rows that PgUp and PgDn go. */
const PAGE = 15

interface ListKeys {
  readonly shown: readonly TurnRow[]
  readonly selected: TurnRow | undefined
  readonly select: (turn: TurnRow | undefined) => void
  readonly togglePause: () => void
}

/** The keys of the traffic screen. Arrows and their like count in the list; single letters wherever no text is typed. */
export function useListKeys({ shown, selected, select, togglePause }: ListKeys): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || useOverlay.getState().open !== undefined || isInMenu(event.target)) return
    const at = selected === undefined ? -1 : shown.indexOf(selected)
    const go = (index: number) => {
      const turn = shown[Math.min(shown.length - 1, Math.max(0, index))]
      if (turn !== undefined) select(turn)
    }
    const anywhere = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      '/': () => focus('traffic-filter'),
      'mod+f': () => focus('traffic-filter'),
      '[': () => focus(TRAFFIC_LIST),
      ']': () => focus(DETAIL),
      'mod+l': togglePause,
      'mod+shift+c': () => {
        if (selected !== undefined) void copyCurl(selected.id)
      },
      'mod+.': () => {
        if (selected?.open === true) void attempt(call('turns.stop', { id: selected.id }))
      },
    }
    const inList = {
      arrowdown: () => go(at + 1),
      arrowup: () => go(at - 1),
      home: () => go(0),
      end: () => go(shown.length - 1),
      pagedown: () => go(at + PAGE),
      pageup: () => go(at - PAGE),
      enter: () => {
        if (selected === undefined) go(0)
        else focus(DETAIL)
      },
      escape: () => select(undefined),
    }
    press(event, isIn(event.target, TRAFFIC_LIST) ? { ...anywhere, ...inList } : anywhere)
  })

  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}

/** Puts the request on the clipboard as a command for a shell. */
async function copyCurl(id: string): Promise<void> {
  const detail = await attempt(call('turns.get', { id }))
  if (detail !== undefined && detail !== null) await copy(detail.curl, text.detail.curlCopied)
}

function focus(id: string) {
  document.getElementById(id)?.focus()
}

function isIn(target: EventTarget | null, id: string): boolean {
  return target instanceof Element && target.closest(`#${id}`) !== null
}

function isInMenu(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role=menu], [role=dialog]') !== null
}
