import { anthropic } from '../protocols/anthropic/index.ts'
import { openaiChat } from '../protocols/openai-chat/index.ts'
import type { Protocol } from '../protocols/protocol.ts'

/** A path we serve and the protocol it speaks. */
export interface Frontend {
  readonly path: string
  readonly protocol: Protocol
}

/** Every path that takes a turn. Messages are Anthropic's alone, so they need no prefix to be told apart. */
export const frontends: readonly Frontend[] = [
  { path: '/v1/chat/completions', protocol: openaiChat },
  { path: '/anthropic/v1/messages', protocol: anthropic },
  { path: '/v1/messages', protocol: anthropic },
]
