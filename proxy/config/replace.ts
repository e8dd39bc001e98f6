import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Puts new content in a file's place, so that readers and a crash see the old one or the new one, never a half. The file
 * is its owner's alone (0600). Its folder must be there.
 */
export async function replaceFile(file: string, content: string): Promise<void> {
  // In the same folder, since a rename is atomic only within one file system.
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
