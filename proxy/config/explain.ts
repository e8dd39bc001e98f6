import { z } from 'zod'
import type { Draft, Finding } from './draft.ts'
import { dotted, type Path } from './key.ts'
import { nearest } from './nearest.ts'
import { configSchema } from './schema.ts'

/** What the schema has against a draft, in words that tell what to do. Never shows a value that may be a secret. */
export function explain(issue: z.core.$ZodIssue, draft: Draft, backendIds: readonly string[]): Finding[] {
  const path = issue.path.map(step => (typeof step === 'number' ? step : String(step)))
  const value = draft.get(path)
  if (isKeyPlace(path) && value !== undefined) return [aboutKey(path, value)]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => unknownKey([...path, key], backendIds))
    case 'invalid_key':
      return [{ path, says: issue.issues[0]?.message ?? 'is not a name that can stand here', atKey: true }]
    case 'invalid_type':
      if (value === undefined) return [missing(path, backendIds)]
      return [wrongType(path, value, issue.expected, draft)]
    case 'invalid_value': {
      const known = issue.values.map(String)
      return [{ path, says: `must be one of ${known.join(', ')}`, suggestion: didYouMean(value, known) }]
    }
    case 'too_small':
      if (issue.origin === 'string') return [{ path, says: 'must not be empty' }]
      return [{ path, says: `must be ${issue.inclusive === true ? 'at least' : 'more than'} ${String(issue.minimum)}` }]
    case 'too_big':
      return [{ path, says: `must be at most ${String(issue.maximum)}` }]
    case 'invalid_format':
      if (issue.format === 'url') return [{ path, says: 'must be an address that begins with http:// or https://' }]
      return [{ path, says: issue.message }]
    case 'not_multiple_of':
    case 'invalid_union':
    case 'invalid_element':
    case 'custom':
      return [{ path, says: issue.message }]
  }
}

/** The offer of the known word that is near a value, if one is. */
export function didYouMean(value: unknown, known: readonly string[]): string | undefined {
  const meant = typeof value === 'string' ? nearest(value, known) : undefined
  return meant === undefined ? undefined : `did you mean ${meant}?`
}

function unknownKey(path: Path, backendIds: readonly string[]): Finding {
  const key = String(path.at(-1))
  const found = { path, says: 'is not a known key', atKey: true }
  const siblings = keysAt(path.slice(0, -1))
  const sibling = nearest(key, siblings) ?? otherNames.get(key)
  if (sibling !== undefined && siblings.includes(sibling)) {
    return { ...found, suggestion: `did you mean ${dotted([...path.slice(0, -1), sibling])}?` }
  }
  if (backendIds.includes(key)) return { ...found, suggestion: `did you mean ${dotted(['backends', key])}?` }
  const elsewhere = allPlaces.find(place => place.at(-1) === key)
  return elsewhere === undefined ? found : { ...found, suggestion: `did you mean ${dotted(elsewhere)}?` }
}

/** What other programs, and the documents of this one's predecessor, call our keys. */
const otherNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    base_url: 'api_url',
    api_base_url: 'api_url',
    url: 'api_url',
    key: 'api_key',
    backend: 'default_backend',
    backend_type: 'type',
    kind: 'type',
    provider: 'type',
  }),
)

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of "key: value" entries',
  record: 'a block of "key: value" entries',
}

function missing(path: Path, backendIds: readonly string[]): Finding {
  const isType = path[0] === 'backends' && path[2] === 'type'
  const suggestion = isType ? `say type: custom, or one of ${backendIds.join(', ')}` : undefined
  return { path, says: 'is missing', suggestion }
}

function wrongType(path: Path, value: unknown, expected: string, draft: Draft): Finding {
  const schema = schemaAt(path)
  const isWhole = schema instanceof z.ZodNumber && schema.format === 'safeint'
  const found = { path, says: `must be ${words[isWhole ? 'int' : expected] ?? expected}` }
  return draft.originOf(path)?.from === 'file' ? { ...found, suggestion: rewritten(value, expected) } : found
}

function rewritten(value: unknown, expected: string): string | undefined {
  const isNumber = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)
  switch (expected) {
    case 'int':
    case 'number':
      return isNumber ? `write ${value} without quotes` : undefined
    case 'boolean':
      if (typeof value !== 'string' || !/^(yes|no|on|off|true|false)$/i.test(value)) return undefined
      return `write ${String(/^(yes|on|true)$/i.test(value))}`
    case 'string':
      return typeof value === 'object' ? undefined : 'put it in quotes'
    case 'array':
      return typeof value === 'object' ? undefined : 'put it in brackets: [ ]'
    default:
      return undefined
  }
}

/** Whether a place is for a reference to a key, so that what stands there instead may be the key. */
function isKeyPlace([section, second, third]: Path): boolean {
  return (
    (section === 'backends' && (third === 'api_key' || third === 'api_keys')) ||
    (section === 'server' && second === 'api_keys')
  )
}

function aboutKey(path: Path, value: unknown): Finding {
  const text = typeof value === 'string' ? value : ''
  if (/^(env|keychain):/.test(text)) {
    return { path, says: 'must be a reference: env:NAME or keychain:NAME', suggestion: whereKeysGo(path) }
  }
  const isName = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_(KEY|TOKEN)$/.test(text)
  return {
    path,
    says: 'holds something other than a reference, perhaps the key itself, which does not belong in this file',
    suggestion: isName ? `did you mean env:${text}?` : whereKeysGo(path),
  }
}

function whereKeysGo([section, id]: Path): string {
  return section === 'server'
    ? 'run "lip keys set server" and write [keychain:server], or write [env:NAME] for an environment variable'
    : `run "lip keys set ${String(id)}" and remove this line, or write env:NAME for an environment variable`
}

/** The keys that may stand in a section; none where the names are the user's own. */
function keysAt(path: Path): readonly string[] {
  const section = schemaAt(path)
  return section instanceof z.ZodObject ? Object.keys(section.shape) : []
}

function schemaAt(path: Path): z.core.$ZodType | undefined {
  let schema = bare(configSchema)
  for (const step of path) {
    if (schema instanceof z.ZodObject) schema = bare((schema.shape as Record<string, z.core.$ZodType>)[step])
    else schema = schema instanceof z.ZodRecord ? bare(schema.valueType) : undefined
  }
  return schema
}

/** All keys of the schema with their place; `<id>` stands for a name of the user's. */
const allPlaces = placesIn(configSchema, [])

function placesIn(schema: z.core.$ZodType, path: Path): Path[] {
  const section = bare(schema)
  if (section instanceof z.ZodRecord) return placesIn(section.valueType, [...path, '<id>'])
  if (!(section instanceof z.ZodObject)) return [path]
  return Object.entries(section.shape as Record<string, z.core.$ZodType>).flatMap(([key, inner]) =>
    placesIn(inner, [...path, key]),
  )
}

/** A schema without its wrappers of default and optional. */
function bare(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
  return wrapped ? bare(schema.unwrap()) : schema
}
