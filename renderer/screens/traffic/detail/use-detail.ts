import { useEffect, useState } from 'react'
import type { TurnDetail, TurnRow } from '../../../../proxy/app/contract.ts'
import { call } from '../../../bridge.ts'
import { type Loaded, loadedFrom } from '../../../frame/loaded.ts'
import { useNow } from '../../../stores/clock.ts'

/** How often what came so far of an open turn is asked for. */
const REFRESH_MS = 1000

/** What is kept of a turn, asked for again while it is open, once when it is over, and when `retry` grows. */
export function useDetail(id: string, row: TurnRow | undefined, retry: number): Loaded<TurnDetail> {
  const [loaded, setLoaded] = useState<Loaded<TurnDetail>>({ state: 'loading' })
  const isOpen = row?.open === true
  const beat = Math.floor(useNow(isOpen) / REFRESH_MS)
  useEffect(() => {
    let isCurrent = true
    void loadedFrom(call('turns.get', { id })).then(found => isCurrent && setLoaded(found))
    return () => void (isCurrent = false)
  }, [id, isOpen, beat, retry])
  return loaded
}
