import { dotted, isSection, type Path } from './key.ts'
import type { Parsed, Place } from './parse.ts'
import type { ConfigProblem } from './problems.ts'

/** Where a value was given. */
export type Origin =
  { readonly from: 'file'; readonly place: Place } | { readonly from: 'env' | 'flag'; readonly name: string }

/** Something to say of the value at a place. */
export interface Finding {
  readonly path: Path
  /** What follows the value's name: `must be a number`. */
  readonly says: string
  readonly suggestion?: string | undefined
  /** Whether the name is to blame rather than the value. */
  readonly atKey?: boolean | undefined
}

export type Draft = ReturnType<typeof createDraft>

/** The configuration while its layers are laid over each other, unchecked; it remembers where each value was given. */
export function createDraft(parsed: Parsed | undefined, file: string) {
  const root: Record<string, unknown> = isSection(parsed?.value) ? parsed.value : {}
  const origins = new Map<string, Origin>()
  for (const [key, place] of parsed?.places ?? []) {
    if (place.value !== undefined) origins.set(key, { from: 'file', place })
  }

  function get(path: Path): unknown {
    return path.reduce<unknown>((value, step) => child(value, step), root)
  }

  /** Makes the sections on the way. Where something else stands in their place it stays, for the schema to refuse. */
  function set(path: Path, value: unknown, origin?: Origin): void {
    let here: unknown = root
    for (const [depth, step] of path.entries()) {
      if (typeof here !== 'object' || here === null) return
      if (depth < path.length - 1) here = child(here, step) ?? put(here, step, {})
      else put(here, step, value)
    }
    if (origin !== undefined) origins.set(dotted(path), origin)
  }

  function remove(path: Path): void {
    const section = get(path.slice(0, -1))
    if (isSection(section)) Reflect.deleteProperty(section, path.at(-1) ?? '')
  }

  /** Where exactly this value was given; nothing for a default. */
  function originOf(path: Path): Origin | undefined {
    return origins.get(dotted(path))
  }

  /** A finding in the user's terms: the line of the file, or the name of the variable or flag. */
  function problem({ path, says, suggestion, atKey }: Finding): ConfigProblem {
    const key = dotted(path)
    const origin = originOf(path)
    if (origin !== undefined && origin.from !== 'file') {
      return { key, message: `${origin.name} ${says}`, suggestion }
    }
    const message = key === '' ? says : `${key} ${says}`
    const place = origin?.place ?? placeNear(path)
    return { file, ...(atKey === true || origin === undefined ? place?.key : place?.value), key, message, suggestion }
  }

  /** What is missing is told at the section that misses it. */
  function placeNear(path: Path): Place | undefined {
    const lengths = path.map((_, index) => path.length - index)
    return lengths.map(length => parsed?.places.get(dotted(path.slice(0, length)))).find(place => place !== undefined)
  }

  return { root, get, set, remove, originOf, problem }
}

function put(parent: object, step: string | number, value: unknown): unknown {
  Reflect.set(parent, step, value)
  return value
}

function child(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? (value[step] as unknown) : undefined
  return isSection(value) && Object.hasOwn(value, step) ? value[step] : undefined
}
