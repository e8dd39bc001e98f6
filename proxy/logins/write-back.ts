import { randomBytes } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How often a rename is tried on Windows, where it fails while another program has the file open. */
const RENAMES = 10
const RENAME_MS = 50

/**
 * Puts new content in the place of a file that another program owns: whole or not at all, with the mode it had, and where
 * a link leads, so that the link stays.
 */
export async function writeInPlace(path: string, content: string): Promise<void> {
  const target = await realpath(path)
  const { mode } = await stat(target)
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(content)
      await file.chmod(mode & 0o777)
      await file.sync()
    } finally {
      await file.close()
    }
    await renameSoon(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function renameSoon(from: string, to: string): Promise<void> {
  for (let triesLeft = RENAMES; ; triesLeft--) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (triesLeft === 0 || (code !== 'EPERM' && code !== 'EBUSY' && code !== 'EACCES')) throw error
      await pause(RENAME_MS)
    }
  }
}
