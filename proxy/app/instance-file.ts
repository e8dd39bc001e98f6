import { readFile, rm } from 'node:fs/promises'
import { replaceFile } from '../config/replace.ts'

/** What a run of the program tells of itself, for commands that want to ask it; only this user can read it. */
export interface Instance {
  readonly pid: number
  readonly version: string
  /** Names this run. */
  readonly instance: string
  readonly url: string
  /** Lets a command call what a window could. */
  readonly token: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

/** The run that the file tells of; nothing where it tells of none. */
export async function readInstance(file: string): Promise<Instance | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Instance
  } catch {
    return undefined
  }
}

/** Whether this run of the program is what answers at its address. */
export async function answers({ url, instance }: Pick<Instance, 'url' | 'instance'>): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) })
    return ((await response.json()) as { instance?: unknown }).instance === instance
  } catch {
    return false
  }
}

/** Writes of a run into the file. One of which the file tells already, and which still answers, keeps its place and is given back. */
export async function writeInstance(file: string, mine: Instance): Promise<Instance | undefined> {
  const there = await readInstance(file)
  if (there !== undefined && there.instance !== mine.instance && (await answers(there))) return there
  await replaceFile(file, `${JSON.stringify(mine, null, 2)}\n`)
  return undefined
}

/** Removes the file if it tells of this run. */
export async function removeInstance(file: string, instance: string): Promise<void> {
  if ((await readInstance(file))?.instance === instance) await rm(file, { force: true })
}
