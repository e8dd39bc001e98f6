import type { Outcome, TurnFilter, TurnRow } from '../../proxy/app/contract.ts'
import { isProblem } from '../outcomes.ts'

/** Which turns are shown. `only` is the window's own: what is open, or what went wrong. */
export interface Filter extends Readonly<TurnFilter> {
  readonly only?: 'open' | 'problems' | undefined
}

/** Orders turns newest first; turns of the same millisecond in a fixed order. */
export function newestFirst(a: TurnRow, b: TurnRow): number {
  if (a.at !== b.at) return b.at - a.at
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1
}

/**
 * A list of turns, newest first, with others put in: each in its place, and in place of the one it was. No turn is in it
 * twice, in whatever order and however often they come.
 */
export function mergeTurns(list: readonly TurnRow[], others: readonly TurnRow[]): readonly TurnRow[] {
  // Of a turn that comes twice in one go the later state holds.
  const changes = [...new Map(others.map(turn => [turn.id, turn])).values()].sort(newestFirst)
  const merged: TurnRow[] = []
  let from = 0
  for (const change of changes) {
    let next = list[from]
    while (next !== undefined && newestFirst(next, change) < 0) {
      merged.push(next)
      next = list[++from]
    }
    merged.push(change)
    if (next?.id === change.id) from++
  }
  for (; from < list.length; from++) merged.push(list[from] as TurnRow)
  return merged
}

/** Whether a turn is one of those asked for. The same words as the app's own search: model, backend, client, path, error. */
export function matcher(filter: Filter): (turn: TurnRow) => boolean {
  const outcomes = filter.outcomes === undefined ? undefined : new Set<Outcome>(filter.outcomes)
  const backends = filter.backends === undefined ? undefined : new Set(filter.backends)
  const words = filter.text?.trim().toLowerCase() ?? ''
  return turn => {
    if (filter.session !== undefined && turn.session !== filter.session) return false
    if (filter.only === 'open' && !turn.open) return false
    if (filter.only === 'problems' && !isProblem(turn)) return false
    if (outcomes !== undefined && (turn.outcome === undefined || !outcomes.has(turn.outcome))) return false
    if (backends !== undefined && (turn.backend === undefined || !backends.has(turn.backend))) return false
    return words === '' || searched(turn).some(text => text?.toLowerCase().includes(words) === true)
  }
}

function searched(turn: TurnRow) {
  return [turn.asked, turn.served, turn.backend, turn.client, turn.path, turn.error, turn.id]
}
