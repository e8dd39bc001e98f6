import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { ModelFacts } from '../catalogue/catalogue.ts'
import { replaceFile } from '../config/replace.ts'
import type { Backend } from './backend.ts'

/** A model as a backend's list has it. */
export interface ListedModel {
  readonly id: string
  readonly facts?: ModelFacts | undefined
}

/** What a backend listed last, and when, in milliseconds since 1970. */
export interface ModelList {
  readonly at: number
  readonly models: readonly ListedModel[]
}

/** What backends listed last, kept over restarts, for the times when they can't be asked. */
export interface ModelMemory {
  /** As far as it has been read from disk. */
  readonly of: (backend: Backend) => ModelList | undefined
  readonly keep: (backend: Backend, models: readonly ListedModel[]) => void
  /** Settles once what was kept before this start is known. It never fails. */
  readonly ready: Promise<void>
  /** Settles once everything is on disk. */
  readonly close: () => Promise<void>
}

export interface ModelMemoryOptions {
  /** Left out, nothing is kept beyond this run. */
  readonly file?: string | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told, in a sentence, why it can't be kept. */
  readonly warn?: ((message: string) => void) | undefined
}

/** Lists that are older are forgotten, and more than so many models or lists are not kept. */
const MOST_AGE_MS = 90 * 24 * 3_600_000
const MOST_MODELS = 5000
const MOST_LISTS = 200

const size = z.number().positive().optional()
const facts = z.object({
  contextWindow: size,
  maxOutput: size,
  price: z
    .object({
      input: z.number(),
      output: z.number(),
      cacheRead: z.number().optional(),
      cacheWrite: z.number().optional(),
      source: z.literal('list'),
    })
    .optional(),
  source: z.literal('list'),
})
const list = z.object({
  /** Another address is another service. */
  url: z.string(),
  at: z.number(),
  models: z.array(z.object({ id: z.string(), facts: facts.optional() })),
})
type KeptList = z.output<typeof list>

/** A file that is broken, or of another version of the program, counts as empty: it is written anew with the next list. */
export function createModelMemory({ file, now, warn }: ModelMemoryOptions): ModelMemory {
  let lists = new Map<string, KeptList>()
  let writing: Promise<void> | undefined
  let isChanged = false
  const ready = file === undefined ? Promise.resolve() : read(file)

  async function read(from: string) {
    const text = await readFile(from, 'utf8').catch(() => '')
    // What was heard of meanwhile is newer.
    lists = new Map([...listsIn(text, now() - MOST_AGE_MS), ...lists])
  }

  function keep(backend: Backend, models: readonly ListedModel[]) {
    const url = urlOf(backend)
    if (url === undefined) return
    // The newest stands last, so that the oldest is left out first.
    lists.delete(backend.id)
    lists.set(backend.id, { url, at: now(), models: models.slice(0, MOST_MODELS).map(plain) })
    isChanged = true
    writing ??= write().finally(() => (writing = undefined))
  }

  async function write() {
    if (file === undefined) return
    await ready
    while (isChanged) {
      isChanged = false
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        await replaceFile(file, JSON.stringify(Object.fromEntries([...lists].slice(-MOST_LISTS))))
      } catch (error) {
        warn?.(`Lists of models are not kept: ${error instanceof Error ? error.message : String(error)}.`)
      }
    }
  }

  return {
    of(backend) {
      const kept = lists.get(backend.id)
      return kept !== undefined && kept.url === urlOf(backend) ? kept : undefined
    },
    keep,
    ready,
    async close() {
      await ready
      await writing
    },
  }
}

function urlOf(backend: Backend): string | undefined {
  return backend.kind === 'remote' ? backend.apis[0].baseUrl : undefined
}

/** Only what the list itself told is kept. */
function plain({ id, facts: told }: ListedModel): KeptList['models'][number] {
  const parsed = facts.safeParse(told)
  return parsed.success ? { id, facts: parsed.data } : { id }
}

function listsIn(text: string, since: number): readonly (readonly [string, KeptList])[] {
  try {
    const all = z.record(z.string(), z.unknown()).parse(JSON.parse(text))
    return Object.entries(all).flatMap(([id, value]) => {
      const { data } = list.safeParse(value)
      return data === undefined || data.at < since ? [] : [[id, data] as const]
    })
  } catch {
    return []
  }
}
