import type { TurnRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { copy } from '../../components/copy.tsx'
import { useListKeys } from '../../frame/list-keys.ts'
import { text } from '../../text/text.ts'
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
        if (selected !== undefined) void copyCurl(selected.id)
      },
      'mod+.': () => {
        if (selected?.open === true) void attempt(call('turns.stop', { id: selected.id }))
      },
    },
  })
}

/** Puts the request on the clipboard as a command for a shell. */
async function copyCurl(id: string): Promise<void> {
  const detail = await attempt(call('turns.get', { id }))
  if (detail !== undefined && detail !== null) await copy(detail.curl, text.detail.curlCopied)
}
