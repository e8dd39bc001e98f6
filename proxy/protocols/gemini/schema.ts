import { pointedAt } from '../../core/json-schema.ts'
import type { JsonSchema } from '../../core/request.ts'
import { isRecord, list, record, type Fields } from '../fields.ts'
import { withCamelCase } from './proto-json.ts'

/**
 * Google's `Schema` is a part of OpenAPI's: one type in capitals, `nullable`, no references, few constraints. It is what every
 * model and every server of this format takes; JSON Schema itself (`parametersJsonSchema`) is newer.
 */

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Google's schema as JSON Schema. */
export function decodeSchema(schema: unknown): JsonSchema {
  const { type, nullable, properties, items, anyOf, example, propertyOrdering, format, ...rest } = withCamelCase(
    record(schema),
  )
  const named = typeof type === 'string' && type !== 'TYPE_UNSPECIFIED' ? type.toLowerCase() : undefined
  const choices = Array.isArray(anyOf) ? anyOf.map(decodeSchema) : undefined
  return {
    ...(named === undefined ? {} : { type: nullable === true ? [named, 'null'] : named }),
    ...(choices !== undefined && { anyOf: nullable === true ? [...choices, { type: 'null' }] : choices }),
    ...(isRecord(properties) && { properties: decodeProperties(properties, propertyOrdering) }),
    ...(isRecord(items) && { items: decodeSchema(items) }),
    ...(format !== undefined && format !== 'enum' && { format }),
    ...(example !== undefined && { examples: [example] }),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, decodeCount(name, value)])),
    ...(nullable === true && Array.isArray(rest['enum']) && { enum: [...(rest['enum'] as unknown[]), null] }),
  }
}

/** The order of properties is that in which they are written. */
function decodeProperties(properties: Fields, ordering: unknown): Fields {
  const first = namesIn(ordering).filter(name => Object.hasOwn(properties, name))
  const names = new Set([...first, ...Object.keys(properties)])
  return Object.fromEntries([...names].map(name => [name, decodeSchema(properties[name])]))
}

/** 64-bit numbers are text. */
function decodeCount(name: string, value: unknown): unknown {
  return /^(min|max)(Items|Length|Properties)$/.test(name) && typeof value === 'string' ? Number(value) : value
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Reduced {
  readonly schema: Fields
  /** Whether all shapes and all listed values are still told apart. Where not, JSON Schema itself says more. */
  readonly isWhole: boolean
}

/**
 * JSON Schema as Google's: references are put in place, alternatives and constants become what there is for them, and
 * constraints that can't be said are told in the description. What is cut: a definition inside of itself, maps, tuples and
 * values of any type.
 */
export function encodeSchema(schema: JsonSchema): Reduced {
  const reduce = createReducer(schema)
  return { schema: reduce.reduced(schema), isWhole: reduce.isWhole() }
}

/** More than any tool needs: definitions that use each other twice can be put in place without end. */
const MOST_SCHEMAS = 2000

function createReducer(root: JsonSchema) {
  /** References that are being put in place. */
  const within: string[] = []
  let count = 0
  let isWhole = true

  function reduced(value: unknown): Fields {
    if (count++ > MOST_SCHEMAS || !isRecord(value)) return cut({})
    const { $ref, allOf, ...own } = value
    if (typeof $ref === 'string') return reducedReference($ref, own)
    if (Array.isArray(allOf)) return reducedAll([...allOf.map(inPlace), own])
    const choices = alternatives(own)
    return choices === undefined ? reducedType(own) : reducedChoice(choices)
  }

  /** A definition inside of itself ends there. */
  function reducedReference($ref: string, own: Fields): Fields {
    if (within.includes($ref)) return cut({ type: 'OBJECT', description: `(again: ${$ref.split('/').at(-1) ?? ''})` })
    within.push($ref)
    const schema = reduced(merged(record(pointedAt(root, $ref)), own))
    within.pop()
    return schema
  }

  /** Where several parts have alternatives, each of the first part's stands together with the others' alternatives. */
  function reducedAll(parts: readonly Fields[]): Fields {
    const [first, second] = parts.filter(part => choicesOf(part) !== undefined)
    if (first === undefined || second === undefined) return reduced(parts.reduce(merged, {}))
    const { anyOf: _, oneOf: __, ...common } = first
    const rest = parts.map(part => (part === first ? common : part))
    const choices = choicesOf(first)?.filter(choice => !isNull(choice)) ?? []
    return reduced({ anyOf: choices.map(choice => ({ allOf: [...rest, choice] })) })
  }

  function inPlace(schema: unknown): Fields {
    const { $ref, ...own } = record(schema)
    return typeof $ref === 'string' && !within.includes($ref)
      ? merged(record(pointedAt(root, $ref)), own)
      : record(schema)
  }

  /** Beside alternatives Google takes nothing, so each of them has what holds of all, and those inside of them stand beside them. */
  function reducedChoice({ choices, nullable }: Alternatives): Fields {
    const schemas = choices
      .map(reduced)
      .flatMap(schema => (Array.isArray(schema['anyOf']) ? (schema['anyOf'] as Fields[]) : [schema]))
      .map(schema => (nullable ? { ...schema, nullable } : schema))
    const [only] = schemas
    return schemas.length === 1 && only !== undefined ? only : { anyOf: schemas }
  }

  function reducedType(schema: Fields): Fields {
    const { type, nullable } = typeOf(schema)
    const told: string[] = []
    const kept: Record<string, unknown> = { type: type?.toUpperCase() ?? 'STRING', ...(nullable && { nullable }) }
    if (type === undefined) isWhole = false

    for (const [keyword, constraint] of Object.entries(schema)) {
      if (KEPT.has(keyword)) kept[keyword] = constraint
      else if (TOLD.has(keyword)) told.push(`${keyword}: ${JSON.stringify(constraint)}`)
    }
    keepBounds(schema, kept, told)
    keepEnum(schema, kept, told)
    keepFormat(schema, kept, told)
    if (kept['type'] === 'OBJECT') keepProperties(schema, kept, told)
    if (kept['type'] === 'ARRAY') keepItems(schema, kept)
    return described(kept, told)
  }

  function keepProperties({ properties, required, additionalProperties }: Fields, kept: Fill, told: string[]) {
    const entries = Object.entries(record(properties))
    if (entries.length > 0) kept['properties'] = Object.fromEntries(entries.map(([name, of]) => [name, reduced(of)]))
    const needed = namesIn(required).filter(name => Object.hasOwn(record(properties), name))
    if (needed.length > 0) kept['required'] = needed
    if (isRecord(additionalProperties) || (additionalProperties === true && entries.length === 0)) {
      isWhole = false
      told.push(`additionalProperties: ${JSON.stringify(additionalProperties)}`)
    }
  }

  function keepItems({ items, prefixItems }: Fields, kept: Fill) {
    if (isRecord(items)) {
      kept['items'] = reduced(items)
      return
    }
    const tuple: unknown = Array.isArray(items) ? items : prefixItems
    kept['items'] = Array.isArray(tuple) && tuple.length > 0 ? cut(reduced({ anyOf: tuple })) : cut({ type: 'STRING' })
  }

  /** Only texts can be listed, and no empty ones. */
  function keepEnum(schema: Fields, kept: Fill, told: string[]) {
    const values = valuesIn(schema)?.filter(value => value !== null)
    if (values === undefined || values.length === 0) return
    if (kept['type'] === 'STRING' && !values.includes('')) {
      kept['enum'] = values.map(value => (typeof value === 'string' ? value : JSON.stringify(value)))
      return
    }
    isWhole = false
    told.push(`one of ${JSON.stringify(values)}`)
  }

  function cut(schema: Fields): Fields {
    isWhole = false
    return Object.keys(schema).length === 0 ? { type: 'STRING', description: '(any JSON value)' } : schema
  }

  return { reduced, isWhole: () => isWhole }
}

type Fill = Record<string, unknown>

/** Keywords that mean the same in both. */
const KEPT = new Set([
  'title',
  'description',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'default',
  'example',
  'propertyOrdering',
])

/** Constraints that only words can tell. All that is neither kept nor told says nothing to a model. */
const TOLD = new Set([
  'not',
  'if',
  'then',
  'else',
  'contains',
  'minContains',
  'maxContains',
  'multipleOf',
  'uniqueItems',
  'patternProperties',
  'propertyNames',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'prefixItems',
  'examples',
  'enumDescriptions',
])

function described(kept: Fields, told: readonly string[]): Fields {
  if (told.length === 0) return kept
  const { description } = kept
  const words = [description, `(${told.join(', ')})`].filter(text => typeof text === 'string' && text !== '')
  return { ...kept, description: words.join(' ') }
}

/** A bound that is itself left out is the next number, where numbers are whole. */
function keepBounds(schema: Fields, kept: Fill, told: string[]) {
  const bounds = [
    ['exclusiveMinimum', 'minimum', 1],
    ['exclusiveMaximum', 'maximum', -1],
  ] as const
  for (const [exclusive, inclusive, step] of bounds) {
    const bound = schema[exclusive]
    if (bound === undefined) continue
    if (kept['type'] === 'INTEGER' && Number.isInteger(bound) && kept[inclusive] === undefined)
      kept[inclusive] = Number(bound) + step
    else told.push(`${exclusive}: ${JSON.stringify(bound)}`)
  }
}

const FORMATS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['STRING', ['date-time']],
  ['INTEGER', ['int32', 'int64']],
  ['NUMBER', ['float', 'double']],
])

function keepFormat({ format }: Fields, kept: Fill, told: string[]) {
  if (typeof format !== 'string') return
  if (FORMATS.get(kept['type'])?.includes(format) === true) kept['format'] = format
  else told.push(`format: ${format}`)
}

// ── Reading JSON Schema ──────────────────────────────────────────────────────────────────────────────────────────────

interface Alternatives {
  readonly choices: readonly Fields[]
  readonly nullable: boolean
}

/** The alternatives of a schema, each with what holds of all; nothing if there are none. */
function alternatives(schema: Fields): Alternatives | undefined {
  const { anyOf: _, oneOf: __, ...rest } = schema
  const given = choicesOf(schema)
  if (given !== undefined) {
    const choices = given.filter(choice => !isNull(choice))
    const nullable = choices.length < given.length
    return { choices: choices.length === 0 ? [rest] : choices.map(choice => merged(rest, choice)), nullable }
  }
  const { type } = rest
  const types: unknown[] = Array.isArray(type) ? type.filter(name => name !== 'null') : []
  if (types.length < 2) return undefined
  return {
    choices: types.map(name => ({ ...rest, type: name })),
    nullable: Array.isArray(type) && type.includes('null'),
  }
}

function choicesOf({ anyOf, oneOf }: Fields): readonly Fields[] | undefined {
  const choices = list(anyOf ?? oneOf)
  return choices.length === 0 ? undefined : choices.map(record)
}

function isNull({ type, const: constant, enum: values }: Fields): boolean {
  return type === 'null' || constant === null || (Array.isArray(values) && values.every(value => value === null))
}

/** A schema's one type, by its keywords where it is not told. */
function typeOf(schema: Fields): { readonly type: string | undefined; readonly nullable: boolean } {
  const { type } = schema
  const names = namesIn(Array.isArray(type) ? type : [type])
  const values = valuesIn(schema)
  const nullable = names.includes('null') || schema['nullable'] === true || values?.includes(null) === true
  const told = names.map(name => name.toLowerCase()).find(name => TYPES.includes(name))
  return { type: told ?? impliedType(schema, values), nullable }
}

const TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'array', 'object']

function impliedType(schema: Fields, values: readonly unknown[] | undefined): string | undefined {
  if ('properties' in schema || 'additionalProperties' in schema) return 'object'
  if ('items' in schema || 'prefixItems' in schema) return 'array'
  const types = new Set(
    values?.filter(value => value !== null).map(value => (Array.isArray(value) ? 'array' : typeof value)),
  )
  const [only] = types
  return types.size === 1 ? only : undefined
}

function valuesIn(schema: Fields): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

/** Two schemas that both hold. */
function merged(one: Fields, other: Fields): Fields {
  const properties = { ...record(one['properties']), ...record(other['properties']) }
  const required = [one, other].flatMap(schema => namesIn(schema['required']))
  return {
    ...one,
    ...other,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
  }
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(name => typeof name === 'string') : []
}
