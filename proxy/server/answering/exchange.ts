import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Address, Protocol } from '../../protocols/protocol.ts'
import type { Asked } from './asked.ts'
import type { Framing } from './send.ts'

/** One request of a client, read whole, and the answer that waits to be written. */
export interface Exchange {
  readonly protocol: Protocol
  /** Whether the body is what a backend of the protocol takes. */
  readonly relays: boolean
  /** What the path says of the request, where the protocol says it there. */
  readonly address?: Address | undefined
  /** What is asked of the backend; an answer where nothing is said. A backend without such a door is asked for an answer. */
  readonly door?: 'answer' | 'compact' | undefined
  /** How a stream is to be framed; server-sent events where nothing is said. */
  readonly framing?: Framing | undefined
  /** How what is asked is read, where the body alone does not tell it. */
  readonly read?: ((body: Buffer) => Asked) | undefined
  /** Where copies of a relayed answer's chunks go, for whoever keeps the answer. */
  readonly overheard?: Buffer[] | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}
