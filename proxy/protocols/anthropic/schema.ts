import { isObjectSchema, isRecursive, subschemas } from '../../core/json-schema.ts'
import type { JsonSchema } from '../../core/request.ts'
import { isRecord, record, type Fields } from '../fields.ts'

/**
 * A schema as Anthropic binds answers to it: objects are closed, and constraints that it refuses are told in the description
 * instead. Nothing for what this form can't say: a schema that leads back into itself, and objects that take names other than
 * those listed, since closed they would lose them.
 */
export function outputSchema(schema: JsonSchema): Fields | undefined {
  return isRecursive(schema) || hasMaps(schema) ? undefined : closed(schema)
}

/** Whether any object takes names that its schema does not list. One that lists some and is merely open can be closed. */
function hasMaps(schema: unknown): boolean {
  if (!isRecord(schema)) return false
  const { properties, additionalProperties } = schema
  const namesNone = additionalProperties !== false && Object.keys(record(properties)).length === 0
  const isMap = isObjectSchema(schema) && (namesNone || isRecord(additionalProperties))
  return isMap || subschemas(schema).some(hasMaps)
}

function closed(schema: Fields): Fields {
  const kept: Record<string, unknown> = {}
  const told: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (isRefused(keyword, value)) told.push(`${keyword}: ${JSON.stringify(value)}`)
    else kept[keyword === 'oneOf' ? 'anyOf' : keyword] = withSubschemas(keyword, value)
  }
  if (isObjectSchema(kept)) kept['additionalProperties'] = false
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
      return Object.fromEntries(Object.entries(record(value)).map(([name, schema]) => [name, closedIn(schema)]))
    case 'items':
      return closedIn(value)
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
    case 'prefixItems':
      return Array.isArray(value) ? value.map(closedIn) : value
    default:
      return value
  }
}

function closedIn(schema: unknown): unknown {
  return isRecord(schema) ? closed(schema) : schema
}
