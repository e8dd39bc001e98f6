import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase, schemaVersion } from '../../../proxy/traffic/database.ts'
import { followTurns, openForReading, queryTurns, type Follow, type TurnQuery } from '../../../proxy/traffic/query.ts'
import type { TurnRecord } from '../../../proxy/traffic/record.ts'
import { beginLog, closedTurn, startStore, tempFolder } from './support.ts'

async function logWith(turns: readonly TurnRecord[]): Promise<DatabaseSync> {
  return beginLog(join(await tempFolder(), 'traffic.db'), turns)
}

function ids(turns: readonly TurnRecord[]): string[] {
  return turns.map(({ id }) => id)
}

describe('a query', () => {
  test('gives the newest turns first, page by page', async () => {
    const turns = Array.from({ length: 250 }, (_, n) => closedTurn(n))
    const db = await logWith(turns)
    const pages: TurnRecord[] = []
    let before: string | undefined
    for (let page = 0; page < 3; page++) {
      const found = queryTurns(db, { before, limit: 100 })
      pages.push(...found)
      before = found.at(-1)?.id
    }
    expect(pages).toEqual(turns.toReversed())
    expect(queryTurns(db, { before })).toEqual([])
  })

  test('goes by when turns began, not by when they were written', async () => {
    const db = await logWith([closedTurn(2), closedTurn(3), closedTurn(1)])
    expect(ids(queryTurns(db, {}))).toEqual(ids([closedTurn(3), closedTurn(2), closedTurn(1)]))
  })

  const turns = [
    closedTurn(1, { backend: 'openai', asked: 'gpt-x', outcome: 'ok', client: 'codex' }),
    closedTurn(2, { backend: 'work', asked: 'work:Llama-3', outcome: 'rate limited', client: 'curl' }),
    closedTurn(3, {
      backend: undefined,
      asked: '100%_sure',
      outcome: 'rejected',
      error: 'There is no model 100%_sure',
    }),
    closedTurn(4, { backend: 'work', asked: '100 xsure', outcome: 'ok', upstreamId: 'req_Zebra' }),
  ]

  test.each<[string, TurnQuery, number[]]>([
    ['an outcome', { outcomes: ['rejected', 'rate limited'] }, [3, 2]],
    ['a backend', { backends: ['work'] }, [4, 2]],
    ['a client', { clients: ['codex', 'curl'] }, [2, 1]],
    ['a text, whatever its case', { text: 'llama' }, [2]],
    ['a text in the vendor’s id', { text: 'zebra' }, [4]],
    ['a text with signs that SQL gives a meaning', { text: '100%_' }, [3]],
    ['a text with quotes', { text: `'"\\` }, []],
    ['several things at once', { backends: ['work'], outcomes: ['ok'] }, [4]],
    ['an id', { id: closedTurn(3).id }, [3]],
    ['what came after a turn', { after: closedTurn(2).id }, [4, 3]],
    ['nothing that is allowed', { outcomes: [] }, []],
  ])('finds turns by %s', async (_, query, expected) => {
    expect(ids(queryTurns(await logWith(turns), query))).toEqual(expected.map(n => closedTurn(n).id))
  })
})

describe('reading beside the writer', () => {
  test('finds no log where none was begun', async () => {
    expect(openForReading(join(await tempFolder(), 'traffic.db'))).toBeUndefined()
  })

  test('sees what was written since', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    store.write(closedTurn(1))
    await store.flush()
    const db = openForReading(file)
    onTestFinished(() => db?.close())
    store.write(closedTurn(2))
    await store.flush()
    expect(db && ids(queryTurns(db, {}))).toEqual(ids([closedTurn(2), closedTurn(1)]))
  })

  test('refuses a log of a newer version', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const newer = openDatabase(file)
    newer.exec(`PRAGMA user_version = ${schemaVersion + 1}`)
    newer.close()
    expect(() => openForReading(file)).toThrow('was written by a newer version of this program')
  })
})

describe('following', () => {
  function follow(file: string, changes: Partial<Follow> = {}) {
    const stop = new AbortController()
    const turns = followTurns(file, { last: 2, signal: stop.signal, everyMs: 5, ...changes })
    onTestFinished(async () => {
      stop.abort()
      await turns.return(undefined)
    })
    return { stop, turns }
  }

  async function next(turns: AsyncGenerator<readonly TurnRecord[]>): Promise<string[] | undefined> {
    const step = await turns.next()
    return step.done === true ? undefined : ids(step.value)
  }

  test('begins with the last turns and goes on with each that is written, a long one that began before them too', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    for (const n of [2, 3, 4]) store.write(closedTurn(n))
    await store.flush()
    const { turns } = follow(file)
    expect(await next(turns)).toEqual(ids([closedTurn(3), closedTurn(4)]))
    store.write(closedTurn(5))
    store.write(closedTurn(1))
    await store.flush()
    expect(await next(turns)).toEqual(ids([closedTurn(5), closedTurn(1)]))
  })

  test('waits for a log that is not there yet', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const { turns } = follow(file)
    const first = next(turns)
    const store = startStore(file)
    store.write(closedTurn(1))
    await store.flush()
    expect(await first).toEqual(ids([closedTurn(1)]))
  })

  test('tells only of turns that match', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    for (const n of [1, 2]) store.write(closedTurn(n, { backend: n === 1 ? 'work' : 'openai' }))
    await store.flush()
    const { turns } = follow(file, { match: { backends: ['work'] } })
    expect(await next(turns)).toEqual(ids([closedTurn(1)]))
    store.write(closedTurn(3, { backend: 'openai' }))
    store.write(closedTurn(4, { backend: 'work' }))
    await store.flush()
    expect(await next(turns)).toEqual(ids([closedTurn(4)]))
  })

  test.skipIf(process.platform === 'win32')('goes on with the new log where the file is replaced', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const store = startStore(file)
    for (const n of [1, 2, 3]) store.write(closedTurn(n))
    await store.flush()
    const { turns } = follow(file)
    await next(turns)
    await store.close()
    await rename(file, `${file}.old`)
    const fresh = startStore(file)
    fresh.write(closedTurn(4))
    await fresh.flush()
    expect(await next(turns)).toEqual(ids([closedTurn(4)]))
  })

  test('ends when it is told to', async () => {
    const { turns, stop } = follow(join(await tempFolder(), 'traffic.db'), { everyMs: 1e6 })
    const waiting = next(turns)
    stop.abort()
    expect(await waiting).toBeUndefined()
  })
})
