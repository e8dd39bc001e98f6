import type { TurnRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { useListKeys } from '../../frame/list-keys.ts'
import { copyCurl } from './copy-curl.ts'
import { DETAIL } from './detail/tabs.ts'
import { TRAFFIC_LIST } from './list.tsx'

const places = { filter: 'traffic-filter', list: TRAFFIC_LIST, detail: DETAIL }

interface TrafficKeys {
  readonly shown: readonly TurnRow[]
  readonly selected: TurnRow | undefined
  readonly select: (turn: TurnRow | undefined) => void
  readonly togglePause: () => void
}

/** The keys of the traffic screen. */
export function useTrafficKeys({ shown, selected, select, togglePause }: TrafficKeys): void {
  useListKeys({
    rows: shown,
    selected,
    select,
    places,
    more: {
      'mod+l': togglePause,
      'mod+shift+c': () => {
        if (selected !== undefined) void readAndCopy(selected.id)
      },
      'mod+.': () => {
        if (selected?.open === true) void attempt(call('turns.stop', { id: selected.id }))
      },
    },
  })
}

async function readAndCopy(id: string): Promise<void> {
  const detail = await attempt(call('turns.get', { id }))
  if (detail !== undefined && detail !== null) await copyCurl(detail)
}
