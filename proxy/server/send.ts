import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ProxyError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { collect } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import { opened } from '../core/stages.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { encodeSse } from '../wire/sse.ts'

/** Header that names the turn, so that a client's complaint can be found in the traffic log. */
export const TURN_HEADER = 'x-lip-turn'

const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' } as const

/** Sends a JSON body whole. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

/** Sends an error in the protocol's own shape; after the head has gone, all that is left is to break the connection. */
export function sendError(
  response: ServerResponse,
  protocol: Protocol,
  error: ProxyError,
  headers: Readonly<Record<string, string>> = {},
): number {
  const { status, body } = protocol.encodeError(error)
  if (response.headersSent) {
    response.destroy()
    return status
  }
  sendJson(response, status, body, {
    ...(error.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
    ...headers,
  })
  return status
}

/**
 * Sends an answer as the client asked for it: as a stream, or collected. Throws what the events throw, before anything has
 * been sent (no head has gone) or after the protocol's error frame has.
 */
export async function sendEvents(
  response: ServerResponse,
  protocol: Protocol,
  asked: Request,
  events: Events,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  if (!asked.stream) {
    sendJson(response, 200, protocol.encodeReply(await collect(events), asked), headers)
    return
  }
  const answer = await opened(events)
  response.writeHead(200, { ...EVENT_STREAM, ...headers })
  for await (const frames of protocol.encodeStream(answer, asked)) {
    if (!response.write(encodeSse(frames))) await drained(response)
    if (response.destroyed) return
  }
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
