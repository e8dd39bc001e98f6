import { isRecord, record } from '../fields.ts'

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
