import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from '../core/request.ts'
import { list, present, record, records, type Fields } from './fields.ts'

/**
 * A tool's schema for formats that want an object (Anthropic's `input_schema`, Google's `parameters`): without references or
 * alternatives at the top. What these say is kept as far as one object can say it: all their properties, each as any of the
 * alternatives allows it, and those required that every alternative requires.
 */
export function objectSchema(schema: JsonSchema | undefined): Fields {
  if (schema === undefined) return { type: 'object', properties: {} }
  return asObject(schema, { ...record(schema['definitions']), ...record(schema['$defs']) })
}

function asObject({ $ref, anyOf, oneOf, allOf, ...rest }: JsonSchema, definitions: Fields): Fields {
  if ($ref === undefined && anyOf === undefined && oneOf === undefined && allOf === undefined)
    return { ...rest, type: 'object' }

  const name = typeof $ref === 'string' ? ($ref.split('/').at(-1) ?? '') : ''
  // A definition that leads back to itself says nothing the second time.
  const { [name]: referred, ...others } = definitions
  const all = [...records([referred]), ...records(allOf)].map(part => asObject(part, others))
  const either = [...records(anyOf), ...records(oneOf)].map(part => asObject(part, others))
  const properties = [...all, rest].reduce<Fields>(
    (known, part) => ({ ...known, ...record(part['properties']) }),
    inAny(either.map(part => record(part['properties']))),
  )
  const required = new Set([...[...all, rest].flatMap(requiredOf), ...inEach(either.map(requiredOf))])
  const { description } = [rest, ...all].find(part => part['description'] !== undefined) ?? {}
  return present({
    ...rest,
    type: 'object',
    description,
    properties,
    required: required.size === 0 ? undefined : [...required],
  })
}

/** The properties of alternatives. */
function inAny(alternatives: readonly Fields[]): Fields {
  const names = new Set(alternatives.flatMap(Object.keys))
  return Object.fromEntries(
    [...names].map(name => [name, anyOfThem(alternatives.filter(of => Object.hasOwn(of, name)).map(of => of[name]))]),
  )
}

/** What any of some schemas allows: a list of values where they are such lists and differ in nothing else. */
function anyOfThem(schemas: readonly unknown[]): unknown {
  const different = schemas.filter((schema, at) => schemas.findIndex(one => isDeepStrictEqual(one, schema)) === at)
  if (different.length === 1) return different[0]
  const lists = different.map(schema => {
    const { const: only, enum: listed, ...rest } = record(schema)
    return { values: only === undefined ? list(listed) : [only], rest }
  })
  const rest = lists[0]?.rest
  const differInValues = lists.every(one => one.values.length > 0 && isDeepStrictEqual(one.rest, rest))
  return differInValues ? { ...rest, enum: [...new Set(lists.flatMap(({ values }) => values))] } : { anyOf: different }
}

function requiredOf({ required }: Fields): unknown[] {
  return Array.isArray(required) ? required : []
}

function inEach([first = [], ...others]: readonly unknown[][]): unknown[] {
  return first.filter(name => others.every(names => names.includes(name)))
}
