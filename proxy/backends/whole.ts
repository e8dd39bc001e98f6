import type { Request } from '../core/request.ts'
import type { ProtocolId } from '../protocols/protocol.ts'
import type { Demands } from './demands.ts'

/** An API as far as it says how it answers. */
interface Answering extends Demands {
  readonly protocol: ProtocolId
  readonly streams?: boolean | undefined
}

/**
 * Whether a backend is asked for a stream: where one is wanted, and also where a whole answer is not to be had, or might take so
 * long that something on the way takes the silent connection for dead.
 */
export function asksForStream(api: Answering, { stream, sampling }: Request): boolean {
  if (api.streams === false) return false
  if (stream || api.demands?.['stream'] === true) return true
  // Google's own program asks Code Assist for nothing else.
  if (api.protocol === 'code-assist') return true
  return api.protocol === 'anthropic' && (sampling.maxTokens ?? Infinity) > MOST_WHOLE
}

/** Anthropic's own SDKs ask for no more than this many tokens without a stream: what would take longer than ten minutes. */
const MOST_WHOLE = 21_333
