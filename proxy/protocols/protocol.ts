import type { ErrorKind, ProxyError } from '../core/errors.ts'
import type { Events, Usage } from '../core/events.ts'
import type { Reply } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import type { Frames } from '../wire/sse.ts'

/**
 * One wire format in four pairs. `decode` is what a peer said to us, `encode` what we say to a peer; a peer is a client
 * or a backend alike. They touch nothing outside; answers that have no id or time get one. What a format cannot say is dropped by the rules its folder names.
 */
export interface Protocol {
  readonly id: ProtocolId
  /** Throws `invalid-request` with `param` naming the field, for any body a client may not send. */
  readonly decodeRequest: (body: unknown, address?: Address) => Request
  /** Throws `invalid-request` for content that the format can't say and whose loss would change the question. */
  readonly encodeRequest: (request: Request) => unknown
  /** Throws `bad-upstream` for a body that is not an answer. */
  readonly decodeReply: (body: unknown) => Reply
  /** `asked` is the request that the reply answers: some formats repeat parts of it. */
  readonly encodeReply: (reply: Reply, asked: Request) => unknown
  /** Throws a ProxyError for an error told in the stream, and `bad-upstream` if the frames end before the end mark. */
  readonly decodeStream: (frames: Frames) => Events
  /** Ends with the format's own error frame when the events throw. */
  readonly encodeStream: (events: Events, asked: Request) => Frames
  /** `body` is parsed JSON, or text where it was none. */
  readonly decodeError: (status: number, body: unknown) => ProxyError
  readonly encodeError: (error: ProxyError) => EncodedError
  /** Written between frames to a client that waits, so that nobody on the way takes it for dead; absent where clients can't bear it. */
  readonly keepAlive?: string | undefined
  /** A stream that told an error ends as one that told all: clients that ask again after the error give up where a connection breaks. */
  readonly errorIsEnd?: boolean
  readonly watch: Watch
  /** Whether a request's body holds tokens of our own making, which only we can read: it must be translated, even to the same format. */
  readonly holdsOurs?: (body: Buffer) => boolean
}

/** What a format says in its request's address rather than in the body (Gemini). */
export interface Address {
  readonly model: string
  readonly stream: boolean
}

/** Wire formats by id; the list of those we speak is `protocols/index.ts`. */
export type ProtocolId = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'code-assist'

export interface EncodedError {
  readonly status: number
  readonly body: unknown
}

/** A table that answers every kind of error: a new kind does not compile until each protocol has a word for it. */
export type ErrorTable<Row> = Readonly<Record<ErrorKind, Row>>

/** What can be told of a relayed answer from copies of its first and last bytes, without decoding what is between. */
export interface Watch {
  /** Whether this chunk of a stream holds something the model said (not only the opening of the stream). */
  readonly hasContent: (chunk: Buffer) => boolean
  /** `head` and `tail` are the first and the last bytes of a stream; they overlap in a short one. */
  readonly readStream: (head: string, tail: string) => Watched & { readonly ended: boolean }
  readonly readWhole: (body: unknown) => Watched
}

export interface Watched {
  readonly usage?: Usage | undefined
  readonly rawReason?: string | undefined
  /** An error told inside a stream that began well. */
  readonly error?: string | undefined
}
