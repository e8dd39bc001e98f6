import type { DatabaseSync } from 'node:sqlite'
import { isBackendFailure, isFailure, outcomes, type Outcome } from './outcome.ts'
import { idFloor } from './turn-id.ts'

/** What the turns that began within an hour come to. */
export interface HourUsage {
  /** When the hour began, in milliseconds since 1970; hours are UTC's. */
  readonly at: number
  readonly turns: number
  readonly failures: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
}

/** The hours since a moment in which there were turns, oldest first. */
export function usageByHour(db: DatabaseSync, since: number): HourUsage[] {
  return db.prepare(sums).all(idFloor(since)) as unknown as HourUsage[]
}

/** How a backend did. */
export interface BackendUsage {
  readonly backend: string
  readonly turns: number
  /** Those that failed by its own doing. */
  readonly failures: number
  /** Half of its turns said their first word within so many milliseconds; nothing where none said one. */
  readonly medianFirstTokenMs: number | null
}

/** The backends that turns went to since a moment. */
export function usageByBackend(db: DatabaseSync, since: number): BackendUsage[] {
  return db.prepare(backends).all(idFloor(since)) as unknown as BackendUsage[]
}

/** The outcomes of which something holds, as a list in SQL. */
function listed(holds: (outcome: Outcome) => boolean): string {
  return `(${outcomes
    .filter(holds)
    .map(outcome => `'${outcome}'`)
    .join(', ')})`
}

const sums = `
  SELECT at / 3600000 * 3600000 AS at,
         count(*) AS turns,
         sum(outcome IN ${listed(isFailure)}) AS failures,
         coalesce(sum(inputTokens), 0) AS inputTokens,
         coalesce(sum(outputTokens), 0) AS outputTokens,
         coalesce(sum(cacheReadTokens), 0) AS cachedTokens
  FROM turns WHERE id >= ? GROUP BY 1 ORDER BY 1`

// Within a backend the waits are numbered from the shortest; turns that said nothing come last.
const backends = `
  WITH numbered AS (
    SELECT backend, outcome, firstTokenMs,
           row_number() OVER (PARTITION BY backend ORDER BY firstTokenMs NULLS LAST) AS place,
           count(firstTokenMs) OVER (PARTITION BY backend) AS waits
    FROM turns WHERE id >= ? AND backend IS NOT NULL)
  SELECT backend,
         count(*) AS turns,
         sum(outcome IN ${listed(isBackendFailure)}) AS failures,
         max(iif(place = waits / 2 + 1, firstTokenMs, NULL)) AS medianFirstTokenMs
  FROM numbered GROUP BY backend`
