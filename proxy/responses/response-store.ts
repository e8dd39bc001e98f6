import { DatabaseSync } from 'node:sqlite'
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

type Fields = Readonly<Record<string, unknown>>

/** A response as its client may ask for it again, with what was asked. */
export interface StoredResponse {
  readonly id: string
  /** The response that this one goes on from. */
  readonly previous?: string | undefined
  /** Who may see it: `ownerOf` the client's key. */
  readonly owner: string
  /** The backend that keeps it under the same id, where it was relayed and that backend keeps it. */
  readonly backend?: string | undefined
  /** The items that the client sent with it, not those of the responses before. */
  readonly input: readonly unknown[]
  /** The whole response object, as the client got it. */
  readonly response: Fields
}

/** Responses that were to be stored, by id: for `previous_response_id`, and for the clients that ask for them again. */
export interface ResponseStore {
  readonly put: (stored: StoredResponse) => void
  readonly get: (id: string, owner: string) => StoredResponse | undefined
  /** Whether there was one. */
  readonly remove: (id: string, owner: string) => boolean
  readonly close: () => void
}

/** How much is kept. */
export interface ResponseLimits {
  readonly maxBytes: number
  readonly maxAgeMs: number
}

export interface ResponseStoreDeps {
  /** The file of the database; it is made where there is none. */
  readonly file: string
  readonly limits: ResponseLimits
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told once why nothing can be kept on disk. */
  readonly failed: (error: Error) => void
}

/**
 * A store that outlives the program. Writing happens after the answer, several responses at once. Where the file can't be
 * used, responses are kept in memory for this run, since a conversation must go on.
 */
export function createResponseStore(deps: ResponseStoreDeps): ResponseStore {
  const { limits, now } = deps
  let opened: { readonly database: DatabaseSync | undefined } | undefined
  /** Not written yet, or not to be written at all where there is no database. */
  const waiting = new Map<string, StoredResponse>()
  let scheduled = false
  let sinceSweep = 0

  /** The file is opened when it is first needed: most runs store nothing. */
  function database(): DatabaseSync | undefined {
    opened ??= { database: open(deps) }
    return opened.database
  }

  function put(stored: StoredResponse) {
    waiting.delete(stored.id)
    waiting.set(stored.id, stored)
    if (opened !== undefined && opened.database === undefined) forgetOldest(waiting)
    if (scheduled) return
    scheduled = true
    setImmediate(flush)
  }

  function flush() {
    scheduled = false
    if (waiting.size === 0) return
    guarded(db => {
      db.exec('BEGIN')
      for (const stored of waiting.values()) insert(db, stored, now())
      db.exec('COMMIT')
      sinceSweep += waiting.size
      waiting.clear()
      if (sinceSweep < SWEEP_AFTER) return
      sweep(db, limits, now())
      sinceSweep = 0
    })
  }

  /** Work on the database, where there is one. A file that fails is given up for this run: a conversation must go on. */
  function guarded<T>(work: (db: DatabaseSync) => T): T | undefined {
    const db = database()
    if (db === undefined) return undefined
    try {
      return work(db)
    } catch (error) {
      deps.failed(error instanceof Error ? error : new Error(String(error)))
      db.close()
      opened = { database: undefined }
      return undefined
    }
  }

  function get(id: string, owner: string): StoredResponse | undefined {
    const stored = waiting.get(id) ?? guarded(db => read(db, id))
    return stored?.owner === owner ? stored : undefined
  }

  function remove(id: string, owner: string): boolean {
    if (get(id, owner) === undefined) return false
    waiting.delete(id)
    guarded(db => db.prepare('DELETE FROM responses WHERE id = ?').run(id))
    return true
  }

  function close() {
    flush()
    opened?.database?.close()
    opened = { database: undefined }
  }

  return { put, get, remove, close }
}

function read(db: DatabaseSync, id: string): StoredResponse | undefined {
  const row = db.prepare('SELECT stored FROM responses WHERE id = ?').get(id)
  return row === undefined ? undefined : (JSON.parse(String(row['stored'])) as StoredResponse)
}

/** Every item of the conversation up to and with a response, oldest first; nothing if one of its responses is not there. */
export function itemsUpTo(
  store: Pick<ResponseStore, 'get'>,
  id: string,
  owner: string,
): readonly unknown[] | undefined {
  const turns: (readonly unknown[])[] = []
  const seen = new Set<string>()
  for (let at: string | undefined = id; at !== undefined;) {
    const stored: StoredResponse | undefined = seen.has(at) ? undefined : store.get(at, owner)
    if (stored === undefined) return undefined
    seen.add(at)
    const output: unknown = stored.response['output']
    turns.push([...stored.input, ...(Array.isArray(output) ? (output as readonly unknown[]) : [])])
    at = stored.previous
  }
  return turns.reverse().flat()
}

/** Who a client is by its key: responses of one key are not told to another. */
export function ownerOf(key: string | undefined): string {
  return key === undefined ? '' : createHash('sha256').update(key).digest('hex').slice(0, 32)
}

const SWEEP_AFTER = 200
/** Kept in memory where there is no database. */
const MOST_IN_MEMORY = 500

function forgetOldest(responses: Map<string, StoredResponse>) {
  const [oldest] = responses.keys()
  if (responses.size > MOST_IN_MEMORY && oldest !== undefined) responses.delete(oldest)
}

function open({ file, limits, now, failed }: ResponseStoreDeps): DatabaseSync | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // SQLite would let others read it; its side files take over this mode.
    closeSync(openSync(file, 'a', 0o600))
    const database = new DatabaseSync(file, { timeout: 1000 })
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA auto_vacuum = INCREMENTAL;
      CREATE TABLE IF NOT EXISTS responses (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        stored TEXT NOT NULL
      );
      CREATE INDEX IF NOT EXISTS responses_at ON responses (at);`)
    sweep(database, limits, now())
    return database
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)))
    return undefined
  }
}

function insert(database: DatabaseSync, stored: StoredResponse, at: number) {
  const text = JSON.stringify(stored)
  database
    .prepare('INSERT OR REPLACE INTO responses (id, at, bytes, stored) VALUES (?, ?, ?, ?)')
    .run(stored.id, at, text.length, text)
}

/** Removes what is too old, and of the rest the oldest that does not fit. */
function sweep(database: DatabaseSync, { maxAgeMs, maxBytes }: ResponseLimits, now: number) {
  database.prepare('DELETE FROM responses WHERE at < ?').run(now - maxAgeMs)
  database
    .prepare(
      `DELETE FROM responses WHERE id IN (
         SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY at DESC, rowid DESC) AS upTo FROM responses) WHERE upTo > ?)`,
    )
    .run(maxBytes)
  database.exec('PRAGMA incremental_vacuum')
}
