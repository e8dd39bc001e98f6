import { openaiChat } from '../protocols/openai-chat/index.ts'
import type { Protocol } from '../protocols/protocol.ts'

/** A path we serve and the protocol it speaks. */
export interface Frontend {
  readonly path: string
  readonly protocol: Protocol
}

/** Every path that takes a turn. */
export const frontends: readonly Frontend[] = [{ path: '/v1/chat/completions', protocol: openaiChat }]
