import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase, schemaVersion, transact, versionOf } from '../../../proxy/traffic/database.ts'
import { columns } from '../../../proxy/traffic/record.ts'
import { beginLog, closedTurn, tempFolder } from './support.ts'

async function emptyLog() {
  return beginLog(join(await tempFolder(), 'traffic.db'), [])
}

describe('the database', () => {
  test('has a column for every field of a record, in the same order', async () => {
    const db = await emptyLog()
    const found = db.prepare(`SELECT name FROM pragma_table_info('turns') WHERE name <> 'seq' ORDER BY cid`).all()
    expect(found.map(({ name }) => name)).toEqual(columns)
  })

  test('is read beside its writer, and gives room back: WAL and incremental vacuum', async () => {
    const db = await emptyLog()
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(db.prepare('PRAGMA auto_vacuum').get()).toEqual({ auto_vacuum: 2 })
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 })
  })

  test('is brought up to date once, whoever opens it', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    beginLog(file, [closedTurn(1)])
    const again = openDatabase(file)
    onTestFinished(() => again.close())
    expect(versionOf(again)).toBe(schemaVersion)
    expect(again.prepare('SELECT count(*) AS n FROM turns').get()).toEqual({ n: 1 })
  })
})

describe('a transaction', () => {
  test('that fails leaves nothing behind, and the next one is not hindered', async () => {
    const db = await emptyLog()
    const insert = db.prepare(`INSERT INTO bodies VALUES (?, 'request', '{}', 1, 0, NULL)`)
    expect(() => {
      transact(db, () => {
        insert.run('a')
        throw new Error('in the middle')
      })
    }).toThrow('in the middle')
    transact(db, () => insert.run('b'))
    expect(db.prepare('SELECT turn FROM bodies').all()).toEqual([{ turn: 'b' }])
  })

  test('that finds the disk full is undone, and can be done again when there is room', async () => {
    const db = await emptyLog()
    const insert = db.prepare(`INSERT INTO bodies VALUES (?, 'request', '{}', 1, 0, zeroblob(100000))`)
    const both = () => {
      insert.run('a')
      insert.run('b')
    }
    db.exec('PRAGMA max_page_count = 15')
    expect(() => transact(db, both)).toThrow('full')
    expect(db.prepare('SELECT turn FROM bodies').all()).toEqual([])
    db.exec('PRAGMA max_page_count = 1000')
    transact(db, both)
    expect(db.prepare('SELECT turn FROM bodies').all()).toEqual([{ turn: 'a' }, { turn: 'b' }])
  })
})
