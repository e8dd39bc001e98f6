import type { z } from 'zod'
import { ProxyError } from '../core/errors.ts'

/** How a protocol spells the place of a field. */
export type Spelling = (path: readonly PropertyKey[]) => string

/**
 * A client's body by its schema. Throws `invalid-request` that names the field as the protocol spells it, by default as OpenAI
 * does (`messages[0].content`), and says what is expected there.
 */
export function parseBody<S extends z.ZodType>(
  schema: S,
  body: unknown,
  spelled: Spelling = withBrackets,
): z.output<S> {
  if (isDeeper(body, DEEPEST)) {
    throw new ProxyError('invalid-request', `The body is nested deeper than ${DEEPEST} levels.`, {
      code: 'invalid_value',
    })
  }
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw complaint(furthest(parsed.error.issues), body, spelled)
}

/** Anthropic's spelling: `messages.0.content.1.text`. */
export function withDots(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

/** The type that a union has for values of types it does not know. */
export const OPAQUE = 'opaque'

/**
 * A value whose type is none of those we know, wrapped as `{type: 'opaque', raw}`, so that it can go on as it is to servers
 * that know it; any other value as it is. To be laid before a union by `type`.
 */
export function orOpaque(value: unknown, types: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value)) return value
  if (typeof value.type !== 'string' || types.includes(value.type)) return value
  return { type: OPAQUE, raw: value }
}

/** Levels of nesting that a body may have. JSON.stringify gives up at some thousand levels, so no backend could be sent more. */
const DEEPEST = 256

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (Array.isArray(value)) return value.some(item => isDeeper(item, levels - 1))
  for (const key in value) if (isDeeper(value[key as keyof typeof value], levels - 1)) return true
  return false
}

type Issue = z.core.$ZodIssue
/** What is wrong at one place, and what may stand there instead. */
interface Fault {
  readonly path: readonly PropertyKey[]
  readonly expected: readonly string[]
}

/**
 * The fault that lies deepest: where a value may have several forms, the one that it comes nearest to is the one that was
 * meant. Of equals, their expectations are told together.
 */
function furthest(issues: readonly Issue[]): Fault {
  const faults = issues.slice(0, 1).flatMap(issue => faultsOf(issue, []))
  const depth = Math.max(...faults.map(({ path }) => path.length))
  const deepest = faults.filter(({ path }) => path.length === depth)
  return { path: deepest[0]?.path ?? [], expected: [...new Set(deepest.flatMap(({ expected }) => expected))] }
}

function faultsOf(issue: Issue, above: readonly PropertyKey[]): Fault[] {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union') return [{ path, expected: expectation(issue) }]
  if (issue.inclusive !== false && issue.discriminator !== undefined) {
    const known = (issue.options ?? []).filter(option => option !== OPAQUE)
    return [{ path, expected: known.map(option => JSON.stringify(option)) }]
  }
  // Each form of a union reports what it would have wanted first.
  return issue.errors.flatMap(([first]) => (first === undefined ? [] : faultsOf(first, path)))
}

function expectation(issue: Exclude<Issue, z.core.$ZodIssueInvalidUnion>): string[] {
  switch (issue.code) {
    case 'invalid_type':
      return [KINDS[issue.expected] ?? `a ${issue.expected}`]
    case 'invalid_value':
      return issue.values.map(value => JSON.stringify(value))
    case 'too_small':
      return [`${issue.origin === 'array' ? 'a length of ' : ''}at least ${issue.minimum}`]
    case 'too_big':
      return [`${issue.origin === 'array' ? 'a length of ' : ''}at most ${issue.maximum}`]
    default:
      return issue.message === '' ? [] : [issue.message]
  }
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'an array',
  int: 'an integer',
  object: 'an object',
  record: 'an object',
}

function complaint({ path, expected }: Fault, body: unknown, spelled: Spelling): ProxyError {
  const param = spelled(path)
  const wanted = expected.length === 0 ? '' : `: expected ${expected.join(' or ')}`
  if (param === '')
    return new ProxyError('invalid-request', `The body is not a valid request${wanted}.`, { code: 'invalid_type' })
  const value = valueAt(body, path)
  return value === undefined
    ? new ProxyError('invalid-request', `Missing required parameter '${param}'${wanted}.`, {
        param,
        code: 'missing_required_parameter',
      })
    : new ProxyError('invalid-request', `Invalid value for '${param}'${wanted}, got ${shown(value)}.`, {
        param,
        code: 'invalid_value',
      })
}

function withBrackets(path: readonly PropertyKey[]): string {
  let text = ''
  for (const step of path)
    text += typeof step === 'number' ? `[${step}]` : text === '' ? String(step) : `.${String(step)}`
  return text
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step]
  }
  return value
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'string') return value.length > 40 ? 'a string' : JSON.stringify(value)
  return String(value)
}
