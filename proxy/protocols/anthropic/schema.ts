import type { JsonSchema } from '../../core/request.ts'
import { isRecord, present, record, type Fields } from '../fields.ts'

/**
 * A tool's schema as `input_schema` takes it: an object at the top, without references or alternatives there. What these say is
 * kept as far as one object can say it: all their properties, and those required that every alternative requires.
 */
export function inputSchema(schema: JsonSchema | undefined): Fields {
  if (schema === undefined) return { type: 'object', properties: {} }
  return asObject(schema, { ...record(schema['definitions']), ...record(schema['$defs']) })
}

function asObject({ $ref, anyOf, oneOf, allOf, ...rest }: JsonSchema, definitions: Fields): Fields {
  if ($ref === undefined && anyOf === undefined && oneOf === undefined && allOf === undefined)
    return { ...rest, type: 'object' }

  const name = String($ref).split('/').at(-1) ?? ''
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

function records(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/**
 * A schema as Anthropic binds answers to it: objects are closed, and constraints that it refuses are told in the description
 * instead.
 */
export function outputSchema(schema: unknown): unknown {
  if (!isRecord(schema)) return schema
  const kept: Record<string, unknown> = {}
  const told: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (isRefused(keyword, value)) told.push(`${keyword}: ${JSON.stringify(value)}`)
    else kept[keyword === 'oneOf' ? 'anyOf' : keyword] = withSubschemas(keyword, value)
  }
  if (kept['type'] === 'object' || isRecord(kept['properties'])) kept['additionalProperties'] = false
  if (told.length > 0) {
    const { description } = kept
    kept['description'] = [description, `(${told.join(', ')})`].filter(text => typeof text === 'string').join(' ')
  }
  return kept
}

/** Keywords that structured output of Anthropic refuses. */
const REFUSED = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'maxItems',
  'uniqueItems',
  'contains',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
])

const FORMATS: readonly unknown[] = [
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]

function isRefused(keyword: string, value: unknown): boolean {
  if (keyword === 'minItems') return value !== 0 && value !== 1
  if (keyword === 'format') return !FORMATS.includes(value)
  return REFUSED.has(keyword)
}

/** The same for what is a schema below; names of properties are not keywords. */
function withSubschemas(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return Object.fromEntries(Object.entries(record(value)).map(([name, schema]) => [name, outputSchema(schema)]))
    case 'items':
      return outputSchema(value)
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
    case 'prefixItems':
      return Array.isArray(value) ? value.map(outputSchema) : value
    default:
      return value
  }
}
