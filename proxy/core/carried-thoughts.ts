import { CARRIED, packThought, unpack } from './carried.ts'
import type { ReasoningPart } from './request.ts'

/**
 * Thoughts that ride on the part which follows them, with all that their vendor wants back: for clients that show thoughts and
 * then throw them away (Gemini CLI), but send every call and text back with the token it came with.
 */
export function packThoughts(thoughts: readonly ReasoningPart[]): string {
  const carried = thoughts.map(thought => ({ text: thought.text, token: packThought(thought) }))
  return Buffer.from(JSON.stringify({ lip: 1, of: 'thoughts', carried })).toString('base64')
}

/** The thoughts that a token carries; nothing if it is not ours, carries something else, or was changed on its way. */
export function unpackThoughts(token: string): ReasoningPart[] | undefined {
  if (!token.startsWith(CARRIED)) return undefined
  try {
    const { of, carried } = JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, unknown>
    return of === 'thoughts' && Array.isArray(carried) ? carried.flatMap(thoughtOf) : undefined
  } catch {
    // Cut short by the client: what it carried is lost, and nothing else with it.
    return undefined
  }
}

function thoughtOf(carried: unknown): ReasoningPart[] {
  if (typeof carried !== 'object' || carried === null) return []
  const { text, token } = carried as Record<string, unknown>
  if (typeof text !== 'string' || typeof token !== 'string') return []
  const { of: _, call: __, ...tokens } = unpack(token) ?? { of: 'thought' }
  return [{ type: 'reasoning', text, ...tokens }]
}
