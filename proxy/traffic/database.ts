import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { columns } from './record.ts'

/**
 * Opens the traffic log for writing, begins it where there is none, and brings an older one up to date. WAL lets others read
 * meanwhile; `synchronous=NORMAL` loses nothing when the process dies, and at most the last moments when the machine does.
 */
export function openDatabase(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // SQLite would let others read it; its side files take over this mode.
  closeSync(openSync(file, 'a', 0o600))
  const db = new DatabaseSync(file, { timeout: BUSY_MS })
  try {
    // The first two count only for a file that has nothing in it yet. Larger pages suit rows that are only ever added.
    db.exec(`
      PRAGMA page_size = 16384;
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 16777216`)
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Moves a file that is no sound database out of the way, with what belongs to it. Gives its new name. */
export function setAside(file: string, now: Date): string {
  const aside = `${file}.corrupt-${now.toISOString().replaceAll(/[-:]/g, '').replace('.', '')}`
  renameSync(file, aside)
  rmSync(`${file}-shm`, { force: true })
  try {
    renameSync(`${file}-wal`, `${aside}-wal`)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return aside
}

/** What tells a file from another that took its name: how we see that an open one was removed or replaced. */
export function fileNumber(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino
}

/** Runs `work` in one transaction, all or nothing. */
export function transact(db: DatabaseSync, work: () => void) {
  db.exec('BEGIN IMMEDIATE')
  try {
    work()
    db.exec('COMMIT')
  } catch (error) {
    // Some errors, a full disk among them, have rolled back already.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** Adds turns; one that is there already, since its first writing was not confirmed, stays as it is. */
export const insertTurn = `INSERT OR IGNORE INTO turns (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

/** How long a lock of another process is waited for. */
const BUSY_MS = 1000

/**
 * The schema, a step an entry; `user_version` counts those that were taken. Entries are never changed, only added.
 * `seq` is the order of writing, which is what following needs: a long turn is written after later ones that were short.
 */
const migrations = [
  `CREATE TABLE turns (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     at INTEGER NOT NULL,
     frontend TEXT NOT NULL,
     path TEXT NOT NULL,
     client TEXT NOT NULL,
     userAgent TEXT,
     asked TEXT,
     backend TEXT,
     served TEXT,
     way TEXT,
     why TEXT,
     streamed INTEGER NOT NULL,
     outcome TEXT,
     status INTEGER,
     firstByteMs REAL,
     firstTokenMs REAL,
     durationMs REAL,
     inputTokens INTEGER,
     outputTokens INTEGER,
     cacheReadTokens INTEGER,
     cacheWriteTokens INTEGER,
     reasoningTokens INTEGER,
     requestBytes INTEGER NOT NULL,
     responseBytes INTEGER NOT NULL,
     stopReason TEXT,
     upstreamId TEXT,
     error TEXT
   );
   CREATE TABLE bodies (
     turn TEXT NOT NULL,
     message TEXT NOT NULL,
     headers TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     cut INTEGER NOT NULL,
     text BLOB,
     PRIMARY KEY (turn, message)
   );`,
  `ALTER TABLE turns ADD COLUMN credential TEXT;
   ALTER TABLE turns ADD COLUMN dropped TEXT;
   ALTER TABLE turns ADD COLUMN attempts TEXT;`,
  // Dollars, or the word for why there are none.
  `ALTER TABLE turns ADD COLUMN session TEXT;
   ALTER TABLE turns ADD COLUMN cost REAL;`,
]

/** The version of the schema that this program writes. */
export const schemaVersion = migrations.length

export function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
}

function migrate(db: DatabaseSync) {
  if (versionOf(db) === schemaVersion) return
  transact(db, () => {
    const version = versionOf(db)
    if (version > schemaVersion) throw new Error('it was written by a newer version of this program')
    for (const step of migrations.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${schemaVersion}`)
  })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
