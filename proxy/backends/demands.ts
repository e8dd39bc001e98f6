import { createHash } from 'node:crypto'

/** What some APIs want of every body, on top of what their protocol does; facts of their rows, as those of `quirks.ts`. */
export interface Demands {
  /** Switches that every body must have so; a client's body that has them is relayed. */
  readonly demands?: Readonly<Record<string, boolean>> | undefined
  /** Fields that every body must have; a client's own stay. */
  readonly fills?: Readonly<Record<string, unknown>> | undefined
  /** Roles of messages that it does not take; translated, they are told in its own way. */
  readonly refusesRoles?: readonly string[] | undefined
  /** What is around a request of Code Assist beside its project: Gemini CLI's door wants less than Antigravity's. */
  readonly envelope?: 'gemini-cli' | 'antigravity' | undefined
  /** Headers that name the conversation, by the body's `prompt_cache_key`, which it then always has. */
  readonly sessionHeaders?: readonly string[] | undefined
}

/**
 * What a client's body does not have as it must be, in words. One that stands deeper in the body passes as well, which the
 * backend then refuses: a body is not parsed to be relayed.
 */
export function wantingIn({ demands = {}, fills = {}, refusesRoles = [] }: Demands, body: Buffer): string | undefined {
  const demanded = Object.entries(demands)
  const filled = Object.keys(fills)
  if (demanded.length + filled.length + refusesRoles.length === 0) return undefined
  const text = body.toString('latin1')
  const isSo = (name: string, value: unknown) => new RegExp(`"${name}"\\s*:\\s*${JSON.stringify(value)}`).test(text)
  const demand = demanded.find(([name, value]) => !isSo(name, value))
  if (demand !== undefined) return `the backend wants ${JSON.stringify(demand[0])} to be ${demand[1]}`
  const fill = filled.find(name => !text.includes(`"${name}"`))
  if (fill !== undefined) return `the backend wants ${JSON.stringify(fill)}`
  const role = refusesRoles.find(name => isSo('role', name))
  return role === undefined ? undefined : `the backend takes no messages of the role ${role}`
}

/** The body with what the API wants in it. */
export function demanded(
  { demands, fills, sessionHeaders }: Demands,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const wanted = { ...fills, ...body, ...demands }
  if (sessionHeaders !== undefined) wanted['prompt_cache_key'] ??= conversationOf(body)
  return wanted
}

/** Names a conversation that its client has not named, by how it began: what is asked later in it begins the same. */
function conversationOf({ model, instructions, input }: Readonly<Record<string, unknown>>): string {
  const beginning = JSON.stringify([model, instructions, Array.isArray(input) ? input[0] : input])
  const hex = createHash('sha256').update(beginning).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** Headers that follow from the body. */
export function sessionHeadersFor({ sessionHeaders = [] }: Demands, body: unknown): Readonly<Record<string, string>> {
  if (sessionHeaders.length === 0 || typeof body !== 'object' || body === null || !('prompt_cache_key' in body))
    return {}
  const { prompt_cache_key: key } = body
  return typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)
    ? Object.fromEntries(sessionHeaders.map(name => [name, key]))
    : {}
}
