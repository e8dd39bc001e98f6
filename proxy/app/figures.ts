import { isBackendFailure, isFailure } from '../traffic/outcome.ts'
import type { Journal } from '../traffic/journal.ts'
import type { TurnRecord } from '../traffic/record.ts'
import type { Store } from '../traffic/store.ts'
import type { BackendRow, Counters } from './contract.ts'

const HOUR_MS = 3_600_000

/** Today's figures and those of the last 24 hours, from the log; where it can't be read, from what memory still holds. */
export async function countersOf(journal: Journal, store: Store, now: Date): Promise<Counters> {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const firstHour = Math.floor(now.getTime() / HOUR_MS) - 23
  const since = Math.min(midnight, firstHour * HOUR_MS)
  const hours = await store.hours(since).catch(() => hoursIn(journal.recent(Infinity), since))
  const today = hours.filter(hour => hour.at >= midnight)
  const sum = (figure: 'turns' | 'failures' | 'inputTokens' | 'outputTokens' | 'cachedTokens') =>
    today.reduce((total, hour) => total + hour[figure], 0)
  const byHour = new Map(hours.map(hour => [Math.floor(hour.at / HOUR_MS), hour]))
  return {
    open: journal.counters().open,
    turns: sum('turns'),
    errors: sum('failures'),
    tokensIn: sum('inputTokens'),
    tokensOut: sum('outputTokens'),
    tokensCached: sum('cachedTokens'),
    hours: Array.from({ length: 24 }, (_, i) => {
      const hour = byHour.get(firstHour + i)
      return {
        turns: hour?.turns ?? 0,
        errors: hour?.failures ?? 0,
        tokensIn: hour?.inputTokens ?? 0,
        tokensOut: hour?.outputTokens ?? 0,
      }
    }),
  }
}

type Recent = Pick<BackendRow, 'turns' | 'failures' | 'medianFirstTokenMs'>

/** How backends did in the last hour, from the log; where it can't be read, from what memory still holds. Gives how to ask for one. */
export async function recentByBackend(journal: Journal, store: Store, now: number): Promise<(id: string) => Recent> {
  const since = now - HOUR_MS
  const used = await store.backends(since).catch(() => undefined)
  if (used === undefined) return id => recentIn(journal.recent(Infinity), id, since)
  const byId = new Map(used.map(usage => [usage.backend, usage]))
  return id => {
    const { turns = 0, failures = 0, medianFirstTokenMs } = byId.get(id) ?? {}
    return { turns, failures, medianFirstTokenMs: medianFirstTokenMs ?? undefined }
  }
}

function recentIn(records: readonly TurnRecord[], backend: string, since: number): Recent {
  const turns = records.filter(turn => turn.backend === backend && turn.at >= since)
  const waits = turns.flatMap(turn => turn.firstTokenMs ?? []).sort((a, b) => a - b)
  return {
    turns: turns.length,
    failures: turns.filter(turn => turn.outcome !== undefined && isBackendFailure(turn.outcome)).length,
    medianFirstTokenMs: waits[Math.floor(waits.length / 2)],
  }
}

function hoursIn(records: readonly TurnRecord[], since: number) {
  const hours = new Map<
    number,
    { at: number; turns: number; failures: number; inputTokens: number; outputTokens: number; cachedTokens: number }
  >()
  for (const record of records) {
    if (record.at < since) continue
    const at = Math.floor(record.at / HOUR_MS) * HOUR_MS
    const hour = hours.get(at) ?? { at, turns: 0, failures: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0 }
    hours.set(at, hour)
    hour.turns++
    if (record.outcome !== undefined && isFailure(record.outcome)) hour.failures++
    hour.inputTokens += record.inputTokens ?? 0
    hour.outputTokens += record.outputTokens ?? 0
    hour.cachedTokens += record.cacheReadTokens ?? 0
  }
  return [...hours.values()]
}
