import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Does something that only one process may do at a time: read, change and write a file. Waits up to 5 s for its turn.
 * The lock is one of SQLite's on an empty file, because the system lets go of those when a process dies: no crash
 * leaves a lock behind.
 */
export async function withFileLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    for (let triesLeft = 250; !isTaken(lock); triesLeft--) {
      if (triesLeft === 0) throw new Error(`another process has held ${path} for 5 seconds`)
      await pause(20)
    }
    return await work()
  } finally {
    lock.close()
  }
}

/** Whether the lock is ours now. */
function isTaken(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    const SQLITE_BUSY = 5
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false
    throw error
  }
}
