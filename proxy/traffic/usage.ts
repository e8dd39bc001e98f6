import type { DatabaseSync } from 'node:sqlite'
import { isFailure, outcomes } from './outcome.ts'
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

const fine = outcomes
  .filter(outcome => !isFailure(outcome))
  .map(outcome => `'${outcome}'`)
  .join(', ')

const sums = `
  SELECT at / 3600000 * 3600000 AS at,
         count(*) AS turns,
         sum(outcome NOT IN (${fine})) AS failures,
         coalesce(sum(inputTokens), 0) AS inputTokens,
         coalesce(sum(outputTokens), 0) AS outputTokens,
         coalesce(sum(cacheReadTokens), 0) AS cachedTokens
  FROM turns WHERE id >= ? GROUP BY 1 ORDER BY 1`
