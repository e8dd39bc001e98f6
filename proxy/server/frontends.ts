import { anthropic } from '../protocols/anthropic/index.ts'
import { openaiCompletions } from '../protocols/openai-chat/completions.ts'
import { openaiChat } from '../protocols/openai-chat/index.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { withOwnIds } from './own-ids.ts'

/** A path we serve and the protocol it speaks. */
export interface Frontend {
  readonly path: string
  readonly protocol: Protocol
  /** Whether its bodies are what a backend of the protocol takes, so that they can be relayed. */
  readonly relays: boolean
}

const messages = withOwnIds(anthropic, 'msg_')

/** Every path that takes a turn. Messages are Anthropic's alone, so they need no prefix to be told apart. */
export const frontends: readonly Frontend[] = [
  { path: '/v1/chat/completions', protocol: openaiChat, relays: true },
  { path: '/v1/completions', protocol: openaiCompletions, relays: false },
  { path: '/anthropic/v1/messages', protocol: messages, relays: true },
  { path: '/v1/messages', protocol: messages, relays: true },
]
