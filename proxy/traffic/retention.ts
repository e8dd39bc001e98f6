import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { transact } from './database.ts'
import { idFloor } from './turn-id.ts'

/**
 * One short step of forgetting: turns that began before `before`, then the oldest bodies and at last the oldest turns for
 * as long as the log is larger than `maxBytes`, then giving the room back to the disk. Says whether more is to be done.
 */
export function forgetSome(db: DatabaseSync, before: number, maxBytes: number): boolean {
  const floor = idFloor(before)
  if (removes(db, oldTurns, floor) || removes(db, oldBodies, floor)) return true
  // Somewhat below the limit, so that not every batch after this has to make room anew.
  if (usedBytes(db) > maxBytes * 0.95 && (removes(db, oldestBodies) || removes(db, oldestTurns))) return true
  return givesBack(db)
}

/** Bytes of the file that are in use. */
export function usedBytes(db: DatabaseSync): number {
  return (pragma(db, 'page_count') - pragma(db, 'freelist_count')) * pragma(db, 'page_size')
}

// So many at a time that a step takes a few milliseconds.
const oldTurns = 'DELETE FROM turns WHERE seq IN (SELECT seq FROM turns WHERE id < ? ORDER BY id LIMIT 500)'
const oldBodies =
  'DELETE FROM bodies WHERE turn IN (SELECT DISTINCT turn FROM bodies WHERE turn < ? ORDER BY turn LIMIT 50)'
const oldestBodies = 'DELETE FROM bodies WHERE turn IN (SELECT DISTINCT turn FROM bodies ORDER BY turn LIMIT 50)'
const oldestTurns = 'DELETE FROM turns WHERE seq IN (SELECT seq FROM turns ORDER BY id LIMIT 500)'
const PAGES_A_STEP = 256

function removes(db: DatabaseSync, sql: string, ...bound: SQLInputValue[]): boolean {
  let removed = 0
  transact(db, () => {
    removed = Number(db.prepare(sql).run(...bound).changes)
  })
  return removed > 0
}

function givesBack(db: DatabaseSync): boolean {
  const free = pragma(db, 'freelist_count')
  if (free > 0) db.exec(`PRAGMA incremental_vacuum(${PAGES_A_STEP})`)
  return free > PAGES_A_STEP
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
}
