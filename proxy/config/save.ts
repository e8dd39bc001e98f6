import { mkdir, realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { dotted, undotted } from './key.ts'
import { oldPlaces } from './layers.ts'
import { parseYaml } from './parse.ts'
import { ConfigError } from './problems.ts'
import { readText, reasonOf } from './read.ts'
import { replaceFile } from './replace.ts'

/** New values by dotted key, as JSON has them; `null` or `undefined` takes one out, so that its default counts again. */
export type Changes = Readonly<Record<string, unknown>>

/** Throws if a text may not be written. */
export type Check = (text: string) => Promise<unknown>

/**
 * Changes values in the config file and leaves the rest as its owner wrote it: comments, order, spacing. Throws as
 * `editFile` does.
 */
export async function setValues(file: string, changes: Changes, check: Check): Promise<void> {
  await editFile(file, text => edited(text, changes, file), check)
}

/**
 * Writes what `edit` makes of the config file's text. Makes the file where there is none, keeps the previous copy beside
 * it as `.bak`, and replaces it atomically. Saves of one process come one after the other. `check` is given the text that
 * would be written.
 *
 * Throws a ConfigError, having written nothing, when the file on disk is broken or can't be written, and what `edit` and
 * `check` throw.
 */
export async function editFile(file: string, edit: (text: string) => Promise<string>, check: Check): Promise<void> {
  const key = resolve(file)
  const saved = (lastSaves.get(key) ?? Promise.resolve()).then(() => save(key, edit, check))
  const settled = saved.then(
    () => undefined,
    () => undefined,
  )
  lastSaves.set(key, settled)
  await saved.finally(() => {
    if (lastSaves.get(key) === settled) lastSaves.delete(key)
  })
}

const lastSaves = new Map<string, Promise<void>>()

async function save(file: string, edit: (text: string) => Promise<string>, check: Check): Promise<void> {
  // A linked file is changed where it is: replacing the link would part it from its owner's dotfiles.
  const target = await realpath(file).catch(() => file)
  const previous = await readText(target)
  const before = previous ?? HEADER
  const after = await edit(before)
  if (after === before) return
  await check(after)
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    if (previous !== undefined) await replaceFile(`${target}.bak`, previous)
    await replaceFile(target, after)
  } catch (error) {
    throw new ConfigError([{ file, message: `can't be written: ${reasonOf(error)}` }], { cause: error })
  }
}

const HEADER = `# Settings of LLM Interactive Proxy. No key belongs in here: "lip keys set <backend>" stores it safely.
# "lip config check" shows every setting, its value, and where that comes from.

`

async function edited(text: string, changes: Changes, file: string): Promise<string> {
  const { editYaml } = await import('./edit.ts')
  let now = text
  for (const [key, change] of Object.entries(changes)) {
    const path = undotted(key)
    const value: unknown = change === null || change === undefined ? undefined : JSON.parse(JSON.stringify(change))
    const old = oldPlaces.find(({ to }) => dotted(to) === key)?.from
    const { places } = await parseYaml(now, file)
    const isOld = old !== undefined && places.has(dotted(old))
    if (isOld && value !== undefined && !places.has(key)) now = await editYaml(now, old, value, file)
    else {
      if (isOld) now = await editYaml(now, old, undefined, file)
      now = await editYaml(now, path, value, file)
    }
  }
  return now
}
