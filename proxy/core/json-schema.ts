import type { JsonSchema } from './request.ts'

/**
 * Whether OpenAI's strict mode takes a JSON Schema: every object closes with `additionalProperties: false` and requires all
 * of its properties. A schema that does not is sent without strict rather than rewritten, which would change its meaning.
 */
export function fitsStrictMode(schema: unknown): boolean {
  if (!isRecord(schema)) return true
  if (isObjectSchema(schema) && !isClosed(schema)) return false
  return subschemas(schema).every(fitsStrictMode)
}

/** Whether a JSON Schema leads back into itself by its references. */
export function isRecursive(root: JsonSchema): boolean {
  const straight = new Set<unknown>()
  function leadsInto(within: readonly unknown[], schema: unknown): boolean {
    if (!isRecord(schema) || straight.has(schema)) return false
    if (within.includes(schema)) return true
    const { $ref } = schema
    const below = [...subschemas(schema), typeof $ref === 'string' ? pointedAt(root, $ref) : undefined]
    if (below.some(next => leadsInto([...within, schema], next))) return true
    straight.add(schema)
    return false
  }
  return leadsInto([], root)
}

/** What a reference inside of the same document leads to. */
export function pointedAt(root: JsonSchema, $ref: string): unknown {
  if (!$ref.startsWith('#')) return undefined
  const steps = $ref.slice(1).split('/').slice(1)
  return steps.reduce<unknown>((value, step) => {
    const name = decodeStep(step)
    return (isRecord(value) || Array.isArray(value)) && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined
  }, root)
}

function decodeStep(step: string): string {
  const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

const KEYWORDS_OF_ONE = ['items', 'not', 'if', 'then', 'else'] as const
const KEYWORDS_OF_LISTS = ['anyOf', 'allOf', 'oneOf', 'prefixItems'] as const
const KEYWORDS_OF_NAMED = ['properties', '$defs', 'definitions'] as const

/** The schemas inside of a schema. */
export function subschemas(schema: Readonly<Record<string, unknown>>): unknown[] {
  return [
    ...KEYWORDS_OF_ONE.map(keyword => schema[keyword]),
    ...KEYWORDS_OF_LISTS.flatMap(keyword => (Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]) : [])),
    ...KEYWORDS_OF_NAMED.flatMap(keyword => (isRecord(schema[keyword]) ? Object.values(schema[keyword]) : [])),
  ]
}

/** Whether a schema's values are objects, or may be. */
export function isObjectSchema({ type, properties }: Readonly<Record<string, unknown>>): boolean {
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
