import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sessionSchema, type Session } from './session.ts'

/** The sessions on disk: one row each. Several processes may have it open; each notices what the others change. */
export interface SessionFile {
  readonly read: () => Session[]
  /** Writes and deletes in one transaction. */
  readonly write: (kept: readonly Session[], gone: readonly string[]) => void
  /** Whether another process has written since this was last asked. */
  readonly hasChanged: () => boolean
  readonly close: () => void
}

/** Opens the file, and makes it where there is none. Throws where it can't be used. */
export function openSessionFile(file: string): SessionFile {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(file)
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 500')
    db.exec('CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, session TEXT NOT NULL) STRICT')
  } catch (error) {
    db.close()
    throw error
  }
  const version = db.prepare('PRAGMA data_version')
  const versionNow = () => version.get()?.['data_version']
  let seen = versionNow()

  return {
    read: () =>
      db
        .prepare('SELECT session FROM sessions')
        .all()
        .flatMap(({ session }) => parsed(String(session))),
    write(kept, gone) {
      db.exec('BEGIN IMMEDIATE')
      try {
        const put = db.prepare('INSERT OR REPLACE INTO sessions VALUES (?, ?)')
        for (const session of kept) put.run(session.id, JSON.stringify(session))
        const remove = db.prepare('DELETE FROM sessions WHERE id = ?')
        for (const id of gone) remove.run(id)
        db.exec('COMMIT')
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    hasChanged() {
      const now = versionNow()
      const changed = now !== seen
      seen = now
      return changed
    },
    close: () => db.close(),
  }
}

/** Puts a file that can't be read out of the way, so that a new one can take its place; nobody's work is deleted. */
export function setAside(file: string): void {
  for (const end of ['', '-wal', '-shm']) {
    if (existsSync(file + end)) renameSync(file + end, `${file}.broken${end}`)
  }
}

/** A row that is no session any more is passed over. */
function parsed(text: string): Session[] {
  try {
    return [sessionSchema.parse(JSON.parse(text))]
  } catch {
    return []
  }
}
