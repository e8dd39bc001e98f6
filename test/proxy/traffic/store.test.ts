import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase, schemaVersion } from '../../../proxy/traffic/database.ts'
import { closedTurn, runTurn, startJournal, soon, startStore, tempFolder } from './support.ts'

const well = { state: 'ok', reason: undefined, waiting: 0, droppedRecords: 0, droppedBodies: 0, setAside: undefined }

async function idsIn(store: ReturnType<typeof startStore>): Promise<string[]> {
  return (await store.query({ limit: 100_000 })).map(({ id }) => id)
}

describe('the store', () => {
  test('gives back what was written, field for field', async () => {
    const store = startStore(join(await tempFolder(), 'traffic.db'))
    const turns = [
      closedTurn(1),
      closedTurn(2, { streamed: false, error: 'Grüße “quoted”\n\u0000', outcome: 'upstream error', status: 502 }),
      closedTurn(3, { userAgent: undefined, asked: undefined, backend: undefined, served: undefined, way: undefined }),
    ]
    for (const turn of turns) store.write(turn)
    expect(await store.query({})).toEqual(turns.toReversed())
  })

  test('makes its folder and a file that only its user can read', async () => {
    const folder = join(await tempFolder(), 'a', 'b')
    const store = startStore(join(folder, 'traffic.db'))
    store.write(closedTurn(1))
    await store.flush()
    const { mode } = await import('node:fs').then(fs => fs.statSync(join(folder, 'traffic.db')))
    expect(mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
  })

  test('starts no thread and makes no file before there is something to write', async () => {
    const folder = await tempFolder()
    const store = startStore(join(folder, 'traffic.db'))
    await store.flush()
    await store.close()
    expect(await readdir(folder)).toEqual([])
  })

  test('writes what fills a batch without being asked', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    for (let n = 1; n <= 200; n++) store.write(closedTurn(n))
    // Reading through another connection does not hurry the writer.
    await expect.poll(() => countIn(file), soon).toBe(200)
  })

  test('writes a single turn without being asked, a moment later', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    store.write(closedTurn(1))
    await expect.poll(() => countIn(file), soon).toBe(1)
    expect(store.health()).toEqual(well)
  })

  test('writes ten thousand turns in order', async () => {
    const store = startStore(join(await tempFolder(), 'traffic.db'))
    const turns = Array.from({ length: 10_000 }, (_, n) => closedTurn(n))
    for (const turn of turns) store.write(turn)
    expect(await idsIn(store)).toEqual(turns.map(({ id }) => id).toReversed())
    expect(store.health()).toEqual(well)
  })

  test('closes with everything written, and takes nothing afterwards', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    for (let n = 1; n <= 5; n++) store.write(closedTurn(n))
    await store.close()
    expect(countIn(file)).toBe(5)
    store.write(closedTurn(6))
    expect(store.health().droppedRecords).toBe(1)
    await expect(store.query({})).rejects.toThrow('closed')
  })

  test('goes on with the log that an earlier run left', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    for (const n of [1, 2]) {
      const store = startStore(file)
      store.write(closedTurn(n))
      await store.close()
    }
    expect(countIn(file)).toBe(2)
  })
})

describe('a log that can’t be written', () => {
  test('keeps turns waiting, says why, and writes them when it can', async () => {
    const folder = join(await tempFolder(), 'data')
    await writeFile(folder, 'a file where the folder should be')
    const said: string[] = []
    const store = startStore(join(folder, 'traffic.db'), { say: message => said.push(message) })
    store.write(closedTurn(1))
    await store.flush()
    const more = Array.from({ length: 1100 }, (_, n) => closedTurn(2 + n))
    for (const turn of more) store.write(turn)
    expect(store.health()).toMatchObject({ state: 'degraded', waiting: 1101, droppedRecords: 0 })
    expect(store.health().reason).toContain('traffic.db')

    await rm(folder)
    await mkdir(folder)
    await store.flush()
    expect(store.health()).toEqual(well)
    expect(await idsIn(store)).toHaveLength(1101)
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/^The traffic log is kept in memory only: /)
    expect(said[1]).toMatch(/^The traffic log is written again: /)
  })

  test('is tried again by itself, also when no turn comes', async () => {
    const folder = join(await tempFolder(), 'data')
    await writeFile(folder, 'a file where the folder should be')
    const store = startStore(join(folder, 'traffic.db'), { retryMs: [5] })
    store.write(closedTurn(1))
    await store.flush()
    expect(store.health().state).toBe('degraded')
    await rm(folder)
    await expect.poll(() => store.health(), soon).toEqual(well)
  })

  test('lets no more than ten thousand turns wait, and counts those it gives up', async () => {
    const folder = join(await tempFolder(), 'data')
    await writeFile(folder, 'a file where the folder should be')
    const store = startStore(join(folder, 'traffic.db'))
    store.write(closedTurn(0))
    const trying = store.flush()
    for (let n = 1; n <= 25_000; n++) store.write(closedTurn(n))
    await trying
    const { waiting, droppedRecords } = store.health()
    expect(waiting).toBeLessThanOrEqual(10_000)
    expect(waiting + droppedRecords).toBe(25_001)

    await rm(folder)
    const kept = await idsIn(store)
    expect(kept).toHaveLength(waiting)
    expect(kept[0]).toBe(closedTurn(25_000).id)
  })

  test('keeps bodies in memory that were to go to disk', async () => {
    const folder = join(await tempFolder(), 'data')
    await writeFile(folder, 'a file where the folder should be')
    const { journal, store } = startJournal(join(folder, 'traffic.db'), { capture: 'disk', memory_turns: 3 })
    runTurn(journal, 'lost: it was on its way')
    await journal.flush()
    const ids = Array.from({ length: 10 }, (_, n) => runTurn(journal, `answer ${n}`))
    expect((await journal.bodies(ids[9] ?? ''))?.response.text).toBe('answer 9')
    expect(store.health()).toMatchObject({ state: 'degraded', waiting: 11, droppedBodies: 1 })
  })

  test('since another process has locked it is written when the lock is gone', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    store.write(closedTurn(1))
    await store.flush()
    // The writer may still be forgetting what is old, as it does after its first batch: the lock is waited for.
    const other = new DatabaseSync(file, { timeout: 10_000 })
    onTestFinished(() => other.close())
    other.exec('BEGIN IMMEDIATE')
    store.write(closedTurn(2))
    await store.flush()
    expect(store.health()).toMatchObject({
      state: 'degraded',
      waiting: 1,
      reason: `${file} is locked by another process`,
    })
    other.exec('ROLLBACK')
    await store.flush()
    expect(store.health()).toEqual(well)
    expect(countIn(file)).toBe(2)
  })

  test('since a newer version wrote it stays as it is', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const newer = openDatabase(file)
    newer.exec(`PRAGMA user_version = ${schemaVersion + 1}`)
    newer.close()
    const store = startStore(file)
    store.write(closedTurn(1))
    await store.flush()
    expect(store.health().reason).toBe(`${file}: it was written by a newer version of this program`)
    expect(countIn(file)).toBe(0)
  })
})

describe('a damaged log', () => {
  test('is moved aside, a new one begun, and nothing lost but what was damaged', async () => {
    const folder = await tempFolder()
    const file = join(folder, 'traffic.db')
    await writeFile(file, 'this is no database '.repeat(1000))
    const said: string[] = []
    const store = startStore(file, { say: message => said.push(message) })
    store.write(closedTurn(1))
    expect(await idsIn(store)).toEqual([closedTurn(1).id])

    const { setAside, ...health } = store.health()
    expect({ ...health, setAside: undefined }).toEqual(well)
    expect(setAside).toMatch(/traffic\.db\.corrupt-\d{8}T\d+Z$/)
    expect(await readFile(setAside ?? '', 'utf8')).toMatch(/^this is no database/)
    expect(said).toEqual([
      `The traffic log ${file} was damaged; it is kept as ${setAside ?? ''}, and a new one was begun.`,
    ])
  })

  test('is found out in use, too', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const first = startStore(file)
    for (let n = 0; n < 5000; n++) first.write(closedTurn(n))
    await first.close()
    // The header stays good; the pages behind it don't.
    const bytes = await readFile(file)
    await writeFile(file, bytes.fill(0xa5, 16_384))
    const store = startStore(file)
    store.write(closedTurn(6000))
    await store.flush()
    expect(store.health()).toMatchObject({ state: 'ok', waiting: 0, droppedRecords: 0 })
    expect(store.health().setAside).toContain('corrupt')
    expect(await idsIn(store)).toEqual([closedTurn(6000).id])
  })

  test('that is empty is simply begun', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    await writeFile(file, '')
    const store = startStore(file)
    store.write(closedTurn(1))
    await store.flush()
    expect(store.health()).toEqual(well)
  })

  test.skipIf(process.platform === 'win32')('that someone removed is begun anew', async () => {
    const folder = await tempFolder()
    const file = join(folder, 'traffic.db')
    const store = startStore(file)
    store.write(closedTurn(1))
    await store.flush()
    for (const name of await readdir(folder)) await rm(join(folder, name))
    store.write(closedTurn(2))
    expect(await idsIn(store)).toEqual([closedTurn(2).id])
  })
})

describe('a writer that dies', () => {
  const worker = new URL('dying-worker.ts', import.meta.url)

  test('is started again, and what it held is written', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    await writeFile(`${file}.deaths`, '2')
    const store = startStore(file, { worker, retryMs: [5] })
    for (let n = 1; n <= 300; n++) store.write(closedTurn(n))
    await store.flush()
    expect(store.health()).toMatchObject({ state: 'degraded', reason: 'the thread that writes it failed: it ended' })
    await expect.poll(() => store.health(), soon).toEqual(well)
    expect(countIn(file)).toBe(300)
  })

  test('again and again is given up until the config changes', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    await writeFile(`${file}.deaths`, '5')
    const store = startStore(file, { worker, retryMs: [1] })
    store.write(closedTurn(1))
    await expect.poll(() => store.health(), soon).toMatchObject({ state: 'degraded', waiting: 0, droppedRecords: 1 })
    store.write(closedTurn(2))
    expect(store.health().droppedRecords).toBe(2)
    await expect(store.query({})).rejects.toThrow('the thread that writes it failed')

    store.reconfigure({ retentionMs: 1e12, maxBytes: 1e9 })
    store.write(closedTurn(3))
    await store.flush()
    expect(store.health()).toMatchObject({ state: 'ok', waiting: 0, droppedRecords: 2 })
    expect(countIn(file)).toBe(1)
  })

  test('since its program is missing keeps no turn from closing', async () => {
    const folder = await tempFolder()
    const file = join(folder, 'traffic.db')
    const store = startStore(file, { worker: new URL(`file://${folder}/missing.js`), retryMs: [1] })
    for (let n = 1; n <= 300; n++) store.write(closedTurn(n))
    await store.flush()
    expect(store.health().reason).toMatch(/^the thread that writes it failed: .*missing\.js/)
  })
})

/** Turns in the file, read beside the writer; none where there is no log yet. */
function countIn(file: string): number {
  try {
    const db = new DatabaseSync(file, { readOnly: true })
    try {
      return Number(db.prepare('SELECT count(*) AS n FROM turns').get()?.['n'])
    } finally {
      db.close()
    }
  } catch {
    return 0
  }
}
