import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { fileNumber, schemaVersion, versionOf } from './database.ts'
import type { Outcome } from './outcome.ts'
import type { TurnRecord } from './record.ts'

/** Which closed turns to read; what is left out does not matter. */
export interface TurnQuery {
  /** Only turns that began before the turn of this id: how to read on from the last one of a page. */
  readonly before?: string | undefined
  /** Only turns that began after the turn of this id. */
  readonly after?: string | undefined
  /** At most so many: 100 if not said. */
  readonly limit?: number | undefined
  /** Found in a model's name, the path, the client, the backend, the error or an id, whatever its case. */
  readonly text?: string | undefined
  /** Only the turn of this id. */
  readonly id?: string | undefined
  readonly outcomes?: readonly Outcome[] | undefined
  readonly backends?: readonly string[] | undefined
  readonly clients?: readonly string[] | undefined
  /** Only turns of the session of this id. */
  readonly session?: string | undefined
}

/** Turns that match, newest first. */
export function queryTurns(db: DatabaseSync, query: TurnQuery): TurnRecord[] {
  const { where, values } = conditions(query)
  return db
    .prepare(`SELECT * FROM turns WHERE ${where} ORDER BY id DESC LIMIT ?`)
    .all(...values, query.limit ?? 100)
    .map(recordOf)
}

/**
 * Opens the log for reading beside whoever writes it; `undefined` where none has been begun. Throws where it can't be
 * read, a sentence without its subject.
 */
export function openForReading(file: string): DatabaseSync | undefined {
  if (!existsSync(file)) return undefined
  const db = new DatabaseSync(file, { readOnly: true, timeout: 1000 })
  try {
    const version = versionOf(db)
    if (version === schemaVersion) return db
    if (version > schemaVersion) throw new Error('was written by a newer version of this program')
    // Its writer has not come to laying out the tables, or has yet to bring them up to date.
    db.close()
    return undefined
  } catch (error) {
    if (db.isOpen) db.close()
    throw error
  }
}

export interface Follow {
  /** With how many of the last turns to begin. */
  readonly last: number
  readonly signal: AbortSignal
  readonly match?: TurnQuery | undefined
  /** Milliseconds between looks at the file. */
  readonly everyMs?: number | undefined
}

/**
 * Turns in the order they were written: the last few, then new ones as they come, until `signal` is aborted. Waits for a
 * log that is not there yet, and goes on with the new one where the file is replaced.
 */
export async function* followTurns(file: string, follow: Follow): AsyncGenerator<readonly TurnRecord[]> {
  const { signal, match = {}, everyMs = 500 } = follow
  let db: DatabaseSync | undefined
  let opened: number | undefined
  let seq = 0
  // How many of what is there already; of what comes after it, all.
  let limit: number | undefined = follow.last

  try {
    while (!signal.aborted) {
      const present = fileNumber(file)
      if (db !== undefined && present !== undefined && present !== opened) {
        db.close()
        db = undefined
        seq = 0
      }
      if (db === undefined) {
        db = openForReading(file)
        opened = present
      }
      if (db !== undefined) {
        const written = turnsWrittenAfter(db, seq, match, limit)
        if (written.turns.length > 0) yield written.turns
        seq = written.seq
        limit = undefined
      }
      await setTimeout(everyMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    db?.close()
  }
}

interface Written {
  readonly turns: readonly TurnRecord[]
  /** The place of the last of all turns in the order of writing: where to read on. */
  readonly seq: number
}

/** Turns that match and were written after the place `seq`, in the order of writing; only the last `limit` of them. */
function turnsWrittenAfter(db: DatabaseSync, seq: number, query: TurnQuery, limit?: number): Written {
  const { where, values } = conditions(query)
  const newest = Number(db.prepare('SELECT max(seq) AS seq FROM turns').get()?.['seq'] ?? 0)
  const rows = db
    .prepare(`SELECT * FROM turns WHERE ${where} AND seq > ? AND seq <= ? ORDER BY seq DESC LIMIT ?`)
    // A negative limit is none.
    .all(...values, seq, newest, limit ?? -1)
  return { turns: rows.reverse().map(recordOf), seq: newest }
}

function conditions({ id, before, after, text, outcomes, backends, clients, session }: TurnQuery) {
  const terms: string[] = ['TRUE']
  const values: SQLInputValue[] = []

  function want(term: string, value: string | undefined) {
    if (value === undefined) return
    terms.push(term)
    values.push(value)
  }
  function wantOneOf(column: string, allowed: readonly string[] | undefined) {
    if (allowed === undefined) return
    terms.push(`${column} IN (${allowed.map(() => '?').join(', ')})`)
    values.push(...allowed)
  }

  want('id = ?', id)
  want('id < ?', before)
  want('id > ?', after)
  want('session = ?', session)
  wantOneOf('outcome', outcomes)
  wantOneOf('backend', backends)
  wantOneOf('client', clients)
  want(`concat_ws(' ', ${searched}) LIKE ? ESCAPE '\\'`, text === undefined ? undefined : `%${literal(text)}%`)
  return { where: terms.join(' AND '), values }
}

const searched = 'asked, served, path, client, backend, outcome, error, upstreamId, id'

/** A text of which nothing has a meaning to LIKE. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}

/** A row as the record it was written from. */
function recordOf({ seq: _seq, ...row }: Record<string, SQLOutputValue>): TurnRecord {
  for (const name in row) if (row[name] === null) Reflect.set(row, name, undefined)
  return { ...row, streamed: row['streamed'] === 1 } as unknown as TurnRecord
}
