import { create } from 'zustand'
import type { TurnFilter, TurnRow } from '../../proxy/app/contract.ts'
import { problemOutcomes } from '../outcomes.ts'
import { call, on } from '../bridge.ts'
import { type Filter, mergeTurns, newestFirst } from './turn-list.ts'

/** Turns the window holds at most; older ones are left to the log. */
const KEPT = 50_000
/** Turns asked for at a time when a person scrolls on. */
const PAGE = 500

/** How far back the list is whole: the oldest turn that was loaded, and whether there are more behind it. */
export interface Reach {
  readonly oldest: TurnRow | undefined
  readonly more: boolean
}

interface TurnsStore {
  /** Newest first; nothing until the app has told. */
  readonly turns: readonly TurnRow[] | undefined
  /** By filter (as `filterKey` writes it): a search reaches further back than the list without one. */
  readonly reach: Readonly<Record<string, Reach>>
  readonly loading: boolean
  /** Since when more turns close than the list is told of, epoch milliseconds; nothing where it is told of each. */
  readonly rushSince: number | undefined
  /** Loads the next older turns that match. */
  readonly loadOlder: (filter: Filter) => Promise<void>
}

/** The turns the window knows. */
export const useTurns = create<TurnsStore>((set, get) => ({
  turns: undefined,
  reach: {},
  loading: false,
  rushSince: undefined,
  loadOlder: async filter => {
    const reach = reachOf(get().reach, filter)
    if (get().loading || !reach.more) return
    set({ loading: true })
    try {
      const page = await call('turns.list', {
        limit: PAGE,
        ...(reach.oldest === undefined ? {} : { before: reach.oldest.id }),
        ...(filterKey(filter) === '' ? {} : { filter: asked(filter) }),
      })
      set(({ turns = [], reach: known }) => ({
        turns: mergeTurns(turns, page.turns),
        reach: { ...known, [filterKey(filter)]: { oldest: page.turns.at(-1) ?? reach.oldest, more: page.more } },
      }))
    } finally {
      set({ loading: false })
    }
  },
}))

/** How many turns are open. */
export function useOpenCount(): number {
  return useTurns(({ turns = [] }) => turns.reduce((count, turn) => count + (turn.open ? 1 : 0), 0))
}

/** How far back the list is whole for a filter: at least as far as without one. */
export function reachOf(reach: TurnsStore['reach'], filter: Filter): Reach {
  return reach[filterKey(filter)] ?? reach[''] ?? { oldest: undefined, more: false }
}

/** What is asked of the app for a filter. Open turns are all here already; problems are outcomes to the app. */
function asked({ only, ...filter }: Filter): TurnFilter {
  return only === 'problems' ? { ...filter, outcomes: filter.outcomes ?? [...problemOutcomes] } : filter
}

/** A filter as one text; empty where it asks for nothing. */
export function filterKey({ text = '', outcomes = [], backends = [], session = '', only }: Filter): string {
  const parts = [text.trim(), outcomes.join(), backends.join(), session, only ?? '']
  return parts.every(part => part === '') ? '' : parts.join('\n')
}

on('snapshot', ({ turns }) => {
  // A new snapshot says nothing of what is older than its last turn, so all that was loaded before goes.
  const sorted = mergeTurns([], turns)
  useTurns.setState({
    turns: sorted,
    reach: { '': { oldest: sorted.at(-1), more: sorted.length > 0 } },
    rushSince: undefined,
  })
})

on('turns', changes =>
  useTurns.setState(({ turns = [] }) => {
    const merged = mergeTurns(turns, changes)
    if (merged.length <= KEPT) return { turns: merged }
    const kept = merged.slice(0, KEPT)
    return { turns: kept, reach: { '': { oldest: kept.at(-1), more: true } } }
  }),
)

on('rush', isRush => {
  if (isRush) useTurns.setState({ rushSince: Date.now() })
  else void fillGap()
})

/** Puts in what the list was not told of. Where that is more than a page, the list is whole only as far as the page reaches. */
async function fillGap() {
  const page = await call('turns.list', { limit: PAGE }).catch(() => undefined)
  const oldest = page?.turns.at(-1)
  if (page === undefined || oldest === undefined) return
  useTurns.setState(({ turns = [], rushSince = 0 }) => {
    if (!page.more || oldest.at < rushSince) return { turns: mergeTurns(page.turns, turns), rushSince: undefined }
    const known = turns.filter(turn => turn.open || newestFirst(turn, oldest) <= 0)
    return {
      turns: mergeTurns(page.turns, known),
      reach: { '': { oldest, more: true } },
      rushSince: undefined,
    }
  })
}
