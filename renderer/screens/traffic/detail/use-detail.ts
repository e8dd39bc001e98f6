import { useEffect, useState } from 'react'
import type { TurnDetail, TurnRow } from '../../../../proxy/app/contract.ts'
import { call } from '../../../bridge.ts'
import { useNow } from '../../../stores/clock.ts'

/** How often what came so far of an open turn is asked for. */
const REFRESH_MS = 1000

export type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'missing' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'loaded'; readonly detail: TurnDetail }

/** What is kept of a turn, asked for again while it is open, once when it is over, and when `retry` grows. */
export function useDetail(id: string, row: TurnRow | undefined, retry: number): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' })
  const isOpen = row?.open === true
  const beat = Math.floor(useNow(isOpen) / REFRESH_MS)
  useEffect(() => {
    let isCurrent = true
    call('turns.get', { id }).then(
      detail => isCurrent && setLoaded(detail === null ? { state: 'missing' } : { state: 'loaded', detail }),
      (error: unknown) =>
        isCurrent && setLoaded({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
    )
    return () => void (isCurrent = false)
  }, [id, isOpen, beat, retry])
  return loaded
}
