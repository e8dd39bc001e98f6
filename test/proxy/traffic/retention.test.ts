import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { transact } from '../../../proxy/traffic/database.ts'
import { forgetSome, usedBytes } from '../../../proxy/traffic/retention.ts'
import { insertBody } from '../../../proxy/traffic/stored-bodies.ts'
import { createTurnIds, idFloor } from '../../../proxy/traffic/turn-id.ts'
import { beginLog, closedTurn, runTurn, startJournal, soon, tempFolder, trafficConfig } from './support.ts'

const DAY_MS = 24 * 3600 * 1000
const START = 1_732_340_000_000

/** A log with a turn a second, each with a body of its own if `bodyBytes` is not 0. */
async function logOf(turns: number, bodyBytes = 0) {
  const file = join(await tempFolder(), 'traffic.db')
  const newId = createTurnIds()
  const records = Array.from({ length: turns }, (_, n) => START + n * 1000).map(at =>
    closedTurn(0, { id: newId(at), at }),
  )
  const db = beginLog(file, records)
  const insert = db.prepare(insertBody)
  transact(db, () => {
    for (const { id } of records) {
      if (bodyBytes > 0) insert.run(id, 'request', '{}', bodyBytes, 0, new Uint8Array(bodyBytes))
    }
  })
  return { file, db }
}

function forgetAll(db: DatabaseSync, before: number, maxBytes: number): number {
  let steps = 1
  while (forgetSome(db, before, maxBytes)) steps++
  return steps
}

function count(db: DatabaseSync, table: 'turns' | 'bodies'): number {
  return Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
}

describe('forgetting', () => {
  test('removes the turns that began before a moment, with their bodies, and no others', async () => {
    const { db } = await logOf(3000, 10)
    forgetAll(db, START + 2500 * 1000, Infinity)
    expect([count(db, 'turns'), count(db, 'bodies')]).toEqual([500, 500])
    expect(db.prepare('SELECT min(at) AS at FROM turns').get()).toEqual({ at: START + 2500 * 1000 })
  })

  test('goes in steps, so that writing need not wait for it', async () => {
    const { db } = await logOf(3000)
    forgetSome(db, START + 2500 * 1000, Infinity)
    expect(count(db, 'turns')).toBe(2500)
    expect(forgetAll(db, START + 2500 * 1000, Infinity)).toBeGreaterThan(3)
  })

  test('makes room by giving up the oldest bodies first', async () => {
    const { db } = await logOf(1000, 20_000)
    const limit = usedBytes(db) / 2
    forgetAll(db, 0, limit)
    expect(usedBytes(db)).toBeLessThanOrEqual(limit)
    expect(count(db, 'turns')).toBe(1000)
    const oldest = db.prepare('SELECT min(turn) AS turn FROM bodies').get()?.['turn']
    expect(oldest).toBeDefined()
    expect(String(oldest) > idFloor(START + 400 * 1000)).toBe(true)
  })

  test('gives up the oldest turns where there are no bodies to give up', async () => {
    const { db } = await logOf(10_000)
    const limit = usedBytes(db) / 2
    forgetAll(db, 0, limit)
    expect(usedBytes(db)).toBeLessThanOrEqual(limit)
    expect(count(db, 'turns')).toBeGreaterThan(2000)
    expect(db.prepare('SELECT max(at) AS at FROM turns').get()).toEqual({ at: START + 9999 * 1000 })
  })

  test('gives the room back to the disk', async () => {
    const { file, db } = await logOf(2000, 20_000)
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const before = statSync(file).size
    forgetAll(db, START + 1900 * 1000, Infinity)
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    expect(statSync(file).size).toBeLessThan(before / 4)
  })

  test('of a log within its limits changes nothing', async () => {
    const { db } = await logOf(100, 10)
    expect(forgetSome(db, START, Infinity)).toBe(false)
    expect([count(db, 'turns'), count(db, 'bodies')]).toEqual([100, 100])
  })
})

describe('a running log', () => {
  test('forgets what is too old when the first turns come', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const old = startJournal(file, {}, { now: () => Date.now() - 40 * DAY_MS })
    for (let n = 0; n < 700; n++) runTurn(old.journal)
    await old.journal.stop()
    const { journal, store } = startJournal(file, { retention_days: 30 })
    const id = runTurn(journal)
    await expect.poll(async () => (await store.query({ limit: 1000 })).map(turn => turn.id), soon).toEqual([id])
  })

  test('forgets by a shorter time as soon as the config says so', async () => {
    let now = Date.now() - 10 * DAY_MS
    const { journal, store } = startJournal(join(await tempFolder(), 'traffic.db'), {}, { now: () => now })
    runTurn(journal)
    now = Date.now()
    const id = runTurn(journal)
    expect(await store.query({})).toHaveLength(2)
    journal.reconfigure(trafficConfig({ retention_days: 7 }))
    await expect.poll(async () => (await store.query({})).map(turn => turn.id), soon).toEqual([id])
  })

  test('is kept to a new limit as soon as the config says so', async () => {
    const { journal, store } = startJournal(join(await tempFolder(), 'traffic.db'))
    for (let n = 0; n < 5000; n++) runTurn(journal)
    expect(await store.query({ limit: 10_000 })).toHaveLength(5000)
    journal.reconfigure(trafficConfig({ max_mb: 0.5 }))
    await expect.poll(async () => (await store.query({ limit: 10_000 })).length, soon).toBeLessThan(3000)
  })
})
