import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, rmdir, stat, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Qwen Code's lock: a file made with the exclusive flag that holds a random UUID. It waits twenty times, from 100 ms,
 * growing by half, up to 2 s; a lock of over 10 s is one that was left behind, and is moved away before it is deleted, so
 * that only one of those who wait removes it.
 */
export async function withLockFile<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const id = randomUUID()
  let wait = 100
  for (let triesLeft = 20; !(await made(path, id)); triesLeft--) {
    if (triesLeft === 0) throw new Error(`another program holds ${path}`)
    if (await isOlderThan(path, 10_000)) {
      const aside = `${path}.stale.${id}`
      await rename(path, aside).catch(() => undefined)
      await rm(aside, { force: true })
      continue
    }
    await pause(wait)
    wait = Math.min(wait * 1.5, 2000)
  }
  try {
    return await work()
  } finally {
    // Only if it is still ours: whoever found it stale has put one of their own there.
    if ((await readFile(path, 'utf8').catch(() => '')) === id) await rm(path, { force: true })
  }
}

/** How long a folder as a lock may stand untouched before it counts as left behind. */
const STALE_MS = 5000

/**
 * Kimi Code's lock, of the widespread kind whose lock is a folder: making it is taking it, its holder touches it now and
 * then, and one that was not touched for 5 s was left behind.
 */
export async function withLockFolder<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  for (let triesLeft = 120; !(await taken(path)); triesLeft--) {
    if (triesLeft === 0) throw new Error(`another program holds ${path}`)
    if (await isOlderThan(path, STALE_MS)) {
      await rmdir(path).catch(() => undefined)
      continue
    }
    await pause(500)
  }
  const touch = setInterval(() => {
    const now = new Date()
    void utimes(path, now, now).catch(() => undefined)
  }, STALE_MS / 2)
  try {
    return await work()
  } finally {
    clearInterval(touch)
    await rmdir(path).catch(() => undefined)
  }
}

async function made(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(content)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    return falseIfThere(error)
  }
}

async function taken(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    return falseIfThere(error)
  }
}

function falseIfThere(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
  throw error
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > ms
}
