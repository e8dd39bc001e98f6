/**
 * Whether OpenAI's strict mode takes a JSON Schema: every object closes with `additionalProperties: false` and requires all
 * of its properties. A schema that does not is sent without strict rather than rewritten, which would change its meaning.
 */
export function fitsStrictMode(schema: unknown): boolean {
  if (!isRecord(schema)) return true
  if (isObjectSchema(schema) && !isClosed(schema)) return false
  return subschemas(schema).every(fitsStrictMode)
}

const KEYWORDS_OF_ONE = ['items', 'not', 'if', 'then', 'else'] as const
const KEYWORDS_OF_LISTS = ['anyOf', 'allOf', 'oneOf', 'prefixItems'] as const
const KEYWORDS_OF_NAMED = ['properties', '$defs', 'definitions'] as const

function subschemas(schema: Readonly<Record<string, unknown>>): unknown[] {
  return [
    ...KEYWORDS_OF_ONE.map(keyword => schema[keyword]),
    ...KEYWORDS_OF_LISTS.flatMap(keyword => (Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]) : [])),
    ...KEYWORDS_OF_NAMED.flatMap(keyword => (isRecord(schema[keyword]) ? Object.values(schema[keyword]) : [])),
  ]
}

function isObjectSchema({ type, properties }: Readonly<Record<string, unknown>>): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isRecord(properties)
}

function isClosed({ properties, required, additionalProperties }: Readonly<Record<string, unknown>>): boolean {
  const named = Array.isArray(required) ? (required as unknown[]) : []
  return (
    additionalProperties === false &&
    Object.keys(isRecord(properties) ? properties : {}).every(name => named.includes(name))
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
