import type { JsonSchema } from '../core/request.ts'
import { present, record, records, type Fields } from './fields.ts'

/**
 * A tool's schema for formats that want an object (Anthropic's `input_schema`, Google's `parameters`): without references or
 * alternatives at the top. What these say is kept as far as one object can say it: all their properties, and those required
 * that every alternative requires.
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
  const properties = [...either, ...all, rest].reduce<Fields>(
    (known, part) => ({ ...known, ...record(part['properties']) }),
    {},
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

function requiredOf({ required }: Fields): unknown[] {
  return Array.isArray(required) ? required : []
}

function inEach([first = [], ...others]: readonly unknown[][]): unknown[] {
  return first.filter(name => others.every(names => names.includes(name)))
}
