import { watch } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readIfThere, writeAtomically } from './atomic-file.ts'
import { withFileLock } from './file-lock.ts'

/** What is known of a stored key without reading it. None of it is secret. */
export type KeyEntry = Readonly<z.output<typeof entrySchema>>

export interface KeyIndex {
  readonly entries: readonly KeyEntry[]
  /** What is wrong with the file, in a sentence, if it could not be read whole. What could be read stands in `entries`. */
  readonly problem?: string | undefined
}

export interface ListWatch {
  /** Looks without waiting to hear of a change; if there was one, it has been told when this settles. */
  readonly look: () => Promise<void>
  readonly end: () => void
}

/** `keys.json`: the list of stored keys, since not every keychain can be asked for one. */
export function createKeyIndex(dataDir: string) {
  const path = join(dataDir, FILE)

  async function read(): Promise<KeyIndex> {
    try {
      const text = await readIfThere(path)
      return text === undefined ? { entries: [] } : parse(text, path)
    } catch (error) {
      return {
        entries: [],
        problem: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      }
    }
  }

  /**
   * Changes the list while no other process does; nothing is written if it comes back as it was. A file that could not
   * be read whole is kept as `keys.json.broken`.
   */
  async function update(change: (index: KeyIndex) => readonly KeyEntry[]): Promise<void> {
    await withFileLock(join(dataDir, 'keys.json.lock'), async () => {
      const index = await read()
      const entries = change(index)
      if (entries === index.entries) return
      if (index.problem !== undefined) await writeAtomically(`${path}.broken`, (await readIfThere(path)) ?? '')
      await writeAtomically(path, `${JSON.stringify(entries, null, 2)}\n`)
    })
  }

  /**
   * Tells the list now, and again whenever any process has changed more in it than when keys were used. It watches the
   * folder, because the file is replaced at each change, and does not keep the process alive.
   */
  async function watchList(told: (index: KeyIndex) => void, failed: (error: unknown) => void): Promise<ListWatch> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    let seen: string | undefined
    let ended = false
    let checking = Promise.resolve()

    async function check() {
      const index = await read()
      const essence = essenceOf(index)
      if (ended || essence === seen) return
      seen = essence
      told(index)
    }

    function look(): Promise<void> {
      checking = checking.then(check)
      return checking
    }

    const watcher = watch(dataDir, { persistent: false }, (_event, file) => {
      if (file === null || file === FILE) void look()
    })
    watcher.on('error', failed)
    await look()
    return {
      look,
      end: () => {
        ended = true
        watcher.close()
      },
    }
  }

  return { read, update, watch: watchList }
}

const FILE = 'keys.json'

const entrySchema = z.looseObject({
  name: z.string().min(1),
  store: z.enum(['keychain', 'file']),
  /** The last four characters of a long key. */
  fingerprint: z.string().max(4).optional(),
  addedAt: z.iso.datetime(),
  /** To the hour. */
  lastUsedAt: z.iso.datetime().optional(),
})

function parse(text: string, path: string): KeyIndex {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    return { entries: [], problem: `${path} is not JSON.` }
  }
  if (!Array.isArray(list)) return { entries: [], problem: `${path} is not a list of keys.` }

  const results = list.map(entry => entrySchema.safeParse(entry))
  const entries = results.flatMap(({ data }) => (data === undefined ? [] : [data]))
  const broken = results.flatMap(({ success }, index) => (success ? [] : [index + 1]))
  if (broken.length === 0) return { entries }
  return { entries, problem: `${path} cannot be read whole: entry ${broken.join(', ')} is not of a key.` }
}

/** What makes the list another one: not when its keys were used. */
function essenceOf({ entries, problem }: KeyIndex): string {
  return JSON.stringify([problem, entries.map(({ name, store, addedAt }) => [name, store, addedAt])])
}
