import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ProxyError } from '../../core/errors.ts'
import type { Events } from '../../core/events.ts'
import type { Reply } from '../../core/reply.ts'
import type { Request } from '../../core/request.ts'
import type { Protocol } from '../../protocols/protocol.ts'
import { encodeJson } from '../../wire/json.ts'
import { encodeJsonArray } from '../../wire/json-array.ts'
import { encodeSse, type Frames } from '../../wire/sse.ts'

/** Header that names the turn, so that a client's complaint can be found in the traffic log. */
export const TURN_HEADER = 'x-lip-turn'

/** How a stream is laid on the wire: as server-sent events, or as one JSON array, which only Gemini's clients ask for. */
export type Framing = 'sse' | 'json-array'

const contentTypes: Readonly<Record<Framing, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  'json-array': 'application/json; charset=utf-8',
}

/** Sends a JSON body whole, and gives its bytes. */
function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const bytes = encodeJson(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...headers,
  })
  response.end(bytes)
  return bytes
}

/** Sends an error in the protocol's own shape, as it is framed; once a head has gone, all that is left is to break the connection. */
export function sendError(
  { protocol, response, framing }: Pick<Sending, 'protocol' | 'response'> & { readonly framing?: Framing | undefined },
  error: ProxyError,
  headers: Readonly<Record<string, string>> = {},
): { readonly status: number; readonly bytes: Buffer } {
  const { status, body } = protocol.encodeError(error)
  if (response.headersSent) {
    breakOff(response)
    return { status: response.statusCode, bytes: Buffer.alloc(0) }
  }
  const framed = framing === 'json-array' ? [body] : body
  return { status, bytes: sendJson(response, status, framed, { ...retryAfter(error), ...headers }) }
}

/** Sends what has been written and then closes the connection without ending the message, so that no client takes it for whole. */
export function breakOff(response: ServerResponse): void {
  if (response.socket === null) response.destroy()
  else response.socket.destroySoon()
}

/** `retry-after` in whole seconds (RFC 9110, 10.2.3), where the one who refused said how long to wait. */
export function retryAfter({ retryAfterMs }: ProxyError): Record<string, string> {
  return retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }
}

/** How an answer is sent. */
export interface Sending {
  readonly protocol: Protocol
  readonly response: ServerResponse
  /** What the client asked, whole or streamed. */
  readonly asked: Request
  readonly framing: Framing
  readonly turnId: string
  /** How long a stream may be silent before the client gets a sign of life, in milliseconds. */
  readonly keepAliveMs: number
  /** Shown every piece that goes to the client. */
  readonly sent: (bytes: Buffer) => void
}

/** Sends an answer whole. */
export function sendReply({ protocol, response, asked, turnId, sent }: Sending, reply: Reply): void {
  sent(sendJson(response, 200, protocol.encodeReply(reply, asked), { [TURN_HEADER]: turnId }))
}

/** Sends the head of a stream. */
export function beginStream(response: ServerResponse, framing: Framing, turnId: string): void {
  response.writeHead(200, {
    'content-type': contentTypes[framing],
    'cache-control': 'no-cache',
    [TURN_HEADER]: turnId,
  })
}

/**
 * Sends an answer as a stream, which may have begun, and is left open at its end. What the events throw is told by the protocol's
 * error frame.
 */
export async function sendStream(sending: Sending, events: Events): Promise<void> {
  const { protocol, response, asked, framing, turnId, sent } = sending
  if (!response.headersSent) beginStream(response, framing, turnId)
  const alive = keptAlive(sending)
  const frames = protocol.encodeStream(events, asked)
  try {
    for await (const text of framing === 'sse' ? sseTexts(frames) : encodeJsonArray(frames)) {
      const bytes = Buffer.from(text)
      sent(bytes)
      const hasRoom = response.write(bytes)
      alive?.refresh()
      if (response.destroyed) return
      if (!hasRoom) await drained(response)
    }
  } finally {
    clearInterval(alive)
  }
}

async function* sseTexts(frames: Frames): AsyncGenerator<string> {
  for await (const batch of frames) yield encodeSse(batch)
}

/** Gives the client a sign of life whenever it has waited too long, where its API knows one. */
function keptAlive({ protocol, response, framing, keepAliveMs }: Sending): NodeJS.Timeout | undefined {
  const { keepAlive } = protocol
  return keepAlive === undefined || framing !== 'sse'
    ? undefined
    : setInterval(() => {
        if (!response.writableNeedDrain) response.write(keepAlive)
      }, keepAliveMs)
}

/** Waits until a slow client has read what was written, or has gone. */
async function drained(response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  const left = () => gone.abort()
  response.once('close', left)
  try {
    await once(response, 'drain', { signal: gone.signal })
  } catch {
    // The client has gone; the caller sees that the response is destroyed.
  } finally {
    response.off('close', left)
  }
}
