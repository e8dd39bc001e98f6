import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Address, Protocol } from '../protocols/protocol.ts'

/** One request of a client, read whole, and the answer that waits to be written. */
export interface Exchange {
  readonly protocol: Protocol
  /** Whether the body is what a backend of the protocol takes. */
  readonly relays: boolean
  /** What the path says of the request, where the protocol says it there. */
  readonly address?: Address | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}
