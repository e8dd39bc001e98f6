import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { replaceFile } from '../proxy/index.ts'

/** Something small that the shell remembers from one run to the next, in a JSON file of its own. */
export interface Memory<T> {
  readonly get: () => T
  /** Changes some of it, for this run at once and on disk soon. */
  readonly set: (change: Partial<T>) => void
  /** Settles when all of it is on disk. */
  readonly saved: () => Promise<void>
}

/**
 * Opens the memory in a file. The schema gives every field a default, so that a missing file, a broken one, or one of
 * another version is no trouble. A disk that can't be written costs what is remembered, and nothing else.
 */
export async function remember<T extends object>(file: string, schema: z.ZodType<T>): Promise<Memory<T>> {
  let value = schema.parse(await readJson(file))
  let saving = Promise.resolve()

  return {
    get: () => value,
    set: change => {
      value = { ...value, ...change }
      const content = `${JSON.stringify(value, null, 2)}\n`
      saving = saving.then(() => replaceFile(file, content)).catch(() => undefined)
    },
    saved: () => saving,
  }
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return {}
  }
}
