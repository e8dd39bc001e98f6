import type { Part, Signature } from './request.ts'

/**
 * What one vendor wants back unread, on its way through a client of another format: packed into a single token of base64, so
 * that it fits into any place which such a client sends back as it got it (Anthropic's `signature`, Responses'
 * `encrypted_content`, Gemini's `thoughtSignature`). The client's next request brings it back, and nothing is kept meanwhile.
 */
export interface Carried {
  /** What it belongs to: the thought that it is told with, the text before it, or a tool call. */
  readonly of: 'thought' | 'text' | 'call'
  /** The id of the tool call. */
  readonly call?: string | undefined
  readonly signature?: Signature | undefined
  readonly encrypted?: Signature | undefined
  readonly redacted?: string | undefined
  readonly itemId?: string | undefined
  readonly summary?: boolean | undefined
}

/**
 * How every token begins: it tells ours from a vendor's own. Where it stands in a body, that body can't be relayed, since no
 * vendor takes such a token for its own.
 */
export const CARRIED = Buffer.from('{"lip":1,').toString('base64')

/** A token for what is carried. */
export function pack(carried: Carried): string {
  return Buffer.from(JSON.stringify({ lip: 1, ...carried })).toString('base64')
}

/** A token for what a thought holds beside its text. */
export function packThought({ signature, encrypted, redacted, itemId, summary }: Thought): string {
  return pack({ of: 'thought', signature, encrypted, redacted, itemId, summary })
}

type Thought = Omit<Extract<Part, { type: 'reasoning' }>, 'type' | 'text'>

/** What a token carries; nothing if it is not ours, or was changed on its way. */
export function unpack(token: string): Carried | undefined {
  if (!token.startsWith(CARRIED)) return undefined
  try {
    const { of, ...rest } = JSON.parse(Buffer.from(token, 'base64').toString()) as Record<string, unknown>
    if (of !== 'thought' && of !== 'text' && of !== 'call') return undefined
    const { call, signature, encrypted, redacted, itemId, summary } = rest
    return {
      of,
      ...(typeof call === 'string' && { call }),
      ...(isSignature(signature) && { signature }),
      ...(isSignature(encrypted) && { encrypted }),
      ...(typeof redacted === 'string' && { redacted }),
      ...(typeof itemId === 'string' && { itemId }),
      ...(typeof summary === 'boolean' && { summary }),
    }
  } catch {
    // Cut short by the client: what it carried is lost, and nothing else with it.
    return undefined
  }
}

/**
 * The parts of a message, with calls and texts given the signatures that were carried for them: those of a text stand right
 * behind it.
 */
export function withCarried(decoded: readonly (Part | Carried)[]): Part[] {
  const signatures = new Map<unknown, Signature>()
  for (const [at, item] of decoded.entries()) {
    if ('type' in item || item.signature === undefined) continue
    signatures.set(item.of === 'call' ? item.call : decoded[at - 1], item.signature)
  }
  return decoded
    .filter(item => 'type' in item)
    .map(part => {
      const signature = signatures.get(part.type === 'tool-call' ? part.id : part)
      return signature !== undefined && (part.type === 'tool-call' || part.type === 'text')
        ? { ...part, signature }
        : part
    })
}

function isSignature(value: unknown): value is Signature {
  if (typeof value !== 'object' || value === null) return false
  const { protocol, value: token } = value as Record<string, unknown>
  return typeof protocol === 'string' && typeof token === 'string'
}
