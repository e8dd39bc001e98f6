import { useMemo, useRef, useState } from 'react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { ListAndDetail } from '../../frame/list-and-detail.tsx'
import { refine, usePlace } from '../../stores/place.ts'
import { matcher, newestFirst } from '../../stores/turn-list.ts'
import { filterKey, reachOf, useTurns } from '../../stores/turns.ts'
import { text } from '../../text/text.ts'
import { Detail } from './detail/detail.tsx'
import { TrafficEmpty } from './empty.tsx'
import { filterOf, isFiltering } from './filter.ts'
import { Histogram } from './histogram.tsx'
import { TrafficList } from './list.tsx'
import { PausedStrip } from './paused-strip.tsx'
import { RushStrip } from './rush-strip.tsx'
import { Toolbar } from './toolbar.tsx'
import { useTrafficKeys } from './use-traffic-keys.ts'

/**
 * Why newer turns are kept out of the list: it was paused, or it is scrolled away from its top, where rows that come in
 * above would push it down.
 */
export interface Hold {
  readonly by: 'pause' | 'scroll'
  readonly since: number
  /** The key of what was asked for. */
  readonly filter: string
  /** The newest turn shown. */
  readonly newest: TurnRow | undefined
}

/** Every request, as it comes and afterwards. */
export function Traffic() {
  const turns = useTurns(state => state.turns)
  return turns === undefined ? (
    <Loading>
      <div className="flex flex-col gap-2 p-3">
        {Array.from({ length: 16 }, (_, i) => (
          <Bone key={i} className="h-6" />
        ))}
      </div>
    </Loading>
  ) : (
    <LoadedTraffic turns={turns} />
  )
}

function LoadedTraffic({ turns }: { readonly turns: readonly TurnRow[] }) {
  const { params } = usePlace()
  const reach = useTurns(state => state.reach)
  const rushSince = useTurns(state => state.rushSince)
  const [hold, setHold] = useState<Hold>()
  const scrollTo = useRef<(index: number) => void>(null)

  const filter = useMemo(() => filterOf(params), [params])
  const key = filterKey(filter)
  // Another filter begins at the top of its list.
  if (hold?.by === 'scroll' && hold.filter !== key) setHold(undefined)
  const matching = useMemo(() => {
    const { oldest, more } = reachOf(reach, filter)
    const isKnown = (turn: TurnRow) => !more || oldest === undefined || newestFirst(turn, oldest) <= 0
    const isAsked = matcher(filter)
    return turns.filter(turn => isKnown(turn) && isAsked(turn))
  }, [turns, filter, reach])
  const held = heldBack(matching, hold)
  const shown = held === 0 ? matching : matching.slice(held)
  const selectedId = params.get('turn') ?? undefined
  const selected = selectedId === undefined ? undefined : turns.find(turn => turn.id === selectedId)
  const select = (turn: TurnRow | undefined) => refine({ turn: turn?.id })

  const togglePause = () =>
    setHold(hold?.by === 'pause' ? undefined : { by: 'pause', since: Date.now(), filter: key, newest: matching[0] })
  useTrafficKeys({ shown, selected, select, togglePause })

  return (
    <div className="flex h-full flex-col">
      <h1 className="sr-only">{text.screens.traffic}</h1>
      <Toolbar filter={filter} isPaused={hold?.by === 'pause'} onPause={togglePause} />
      {hold?.by === 'pause' && <PausedStrip since={hold.since} held={held} onResume={togglePause} />}
      {rushSince !== undefined && <RushStrip />}
      {shown.length > 0 && <Histogram turns={shown} onPick={index => scrollTo.current?.(index)} />}
      <ListAndDetail
        label={text.traffic.label}
        detail={
          selectedId === undefined ? undefined : (
            <Detail key={selectedId} id={selectedId} row={selected} onClose={() => select(undefined)} />
          )
        }
      >
        {shown.length === 0 ? (
          <TrafficEmpty filter={filter} isFiltering={isFiltering(filter)} searched={turns.length} />
        ) : (
          <TrafficList
            key={key}
            turns={shown}
            filter={filter}
            selectedId={selectedId}
            onSelect={select}
            newer={hold?.by === 'scroll' ? held : 0}
            onScrolled={isAtTop => {
              if (hold?.by !== 'pause')
                setHold(isAtTop ? undefined : (hold ?? { by: 'scroll', since: 0, filter: key, newest: matching[0] }))
            }}
            scrollTo={scrollTo}
          />
        )}
      </ListAndDetail>
    </div>
  )
}

/** How many of the newest turns are kept out. */
function heldBack(turns: readonly TurnRow[], hold: Hold | undefined): number {
  if (hold === undefined) return 0
  const { newest } = hold
  if (newest === undefined) return turns.length
  const first = turns.findIndex(turn => newestFirst(turn, newest) >= 0)
  return first === -1 ? turns.length : first
}
