import { stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError } from '../config/problems.ts'
import { readText } from '../config/read.ts'
import { jsonOrText } from '../wire/json.ts'
import type { LoginDefinition, LoginPorts, LoginWorld, Parsed, Place, Token } from './login.ts'

/** What there is of a login on this computer. */
export type Found =
  | { readonly type: 'token'; readonly token: Token; readonly place: Place }
  | { readonly type: 'signed-out' | 'unreadable'; readonly why: string; readonly place: Place }
  | { readonly type: 'absent'; readonly places: readonly Place[] }

/** Reads a credential from the first place that has a usable one; otherwise tells the first trouble. Never throws. */
export async function readLogin(places: readonly Place[], ports: LoginPorts): Promise<Found> {
  let trouble: Found | undefined
  for (const place of places) {
    const parsed = await readPlace(place, ports)
    if (parsed === undefined) continue
    if (parsed.type === 'token') return { type: 'token', token: parsed.token, place }
    trouble ??= { type: parsed.type === 'foreign' ? 'unreadable' : parsed.type, why: parsed.why, place }
  }
  return trouble ?? { type: 'absent', places }
}

/** The places of a login, or the one that the config names instead: a file, or the folder it is in. */
export async function placesOf(
  definition: LoginDefinition,
  world: LoginWorld,
  override: string | undefined,
): Promise<readonly Place[]> {
  const places = definition.places(world)
  if (override === undefined) return places
  const path = /^~[/\\]/.test(override) ? join(world.home, override.slice(2)) : override
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
  const inFiles = places.flatMap(place =>
    place.source.type === 'file' || place.source.type === 'database' ? [{ ...place, source: place.source }] : [],
  )
  if (isFolder)
    return inFiles.map(place => ({
      ...place,
      source: { ...place.source, path: join(path, basename(place.source.path)) },
    }))
  const like =
    inFiles.find(({ source }) => basename(source.path) === basename(path)) ??
    inFiles.find(({ source }) => (source.type === 'database') === (extname(path) === '.vscdb')) ??
    inFiles[0]
  return like === undefined ? [] : [{ ...like, source: { ...like.source, path } }]
}

/** Whether something is there, without reading it: nothing is read before its user has agreed. */
export async function isThere(places: readonly Place[], { env }: LoginWorld): Promise<string | undefined> {
  for (const { source } of places) {
    if (source.type === 'variable' && (env[source.name] ?? '') !== '') return source.name
    if (source.type !== 'file' && source.type !== 'database') continue
    const found = await stat(source.path).catch(() => undefined)
    if (found?.isFile() === true) return source.path
  }
  return undefined
}

/** A place in words. */
export function nameOf({ source }: Place): string {
  switch (source.type) {
    case 'file':
    case 'database':
      return source.path
    case 'keychain':
      return `the keychain item “${source.service}”`
    case 'variable':
      return `the environment variable ${source.name}`
  }
}

async function readPlace(place: Place, ports: LoginPorts): Promise<Parsed | undefined> {
  try {
    switch (place.source.type) {
      case 'file':
        return await readFileOf(place, place.source.path)
      case 'keychain': {
        const text = await ports.keychain(place.source.service, place.source.account)
        return text === undefined ? undefined : place.parse(jsonOrText(text))
      }
      case 'variable': {
        const text = ports.env[place.source.name]?.trim() ?? ''
        return text === '' ? undefined : place.parse(text)
      }
      case 'database': {
        const text = rowOf(place.source.path, place.source.key)
        return text === undefined ? undefined : place.parse(jsonOrText(text))
      }
    }
  } catch (error) {
    return { type: 'foreign', why: reason(error) }
  }
}

/** How often a file that is not whole is read again, and how long its writer is given in between. */
const TRIES = 4
const WRITER_MS = 100

/** Some owners write in place, so that a reader may meet half a file: a moment later it is whole. */
async function readFileOf(place: Place, path: string): Promise<Parsed | undefined> {
  for (let triesLeft = TRIES; ; triesLeft--) {
    const text = await readText(path)
    if (text === undefined) return undefined
    if (place.sealed !== undefined) return { type: 'foreign', why: place.sealed }
    const content = jsonOrText(text)
    if (typeof content !== 'string') return place.parse(content)
    if (triesLeft === 0)
      return {
        type: 'foreign',
        why: text.trim() === '' ? 'it is empty' : 'it is not whole JSON: it was cut off, or is not what its name says',
      }
    await pause(WRITER_MS)
  }
}

function rowOf(path: string, key: string): string | undefined {
  let database: DatabaseSync
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 1000 })
  } catch {
    return undefined
  }
  try {
    const row = database.prepare('SELECT value FROM ItemTable WHERE key = ?').get(key)
    const value = row?.['value']
    return typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value).toString() : undefined
  } finally {
    database.close()
  }
}

function reason(error: unknown): string {
  if (error instanceof ConfigError) {
    const [problem] = error.problems
    return `it ${[problem?.message, problem?.suggestion].filter(part => part !== undefined).join('; ')}`
  }
  return error instanceof Error ? error.message : String(error)
}
