import type { ServerResponse } from 'node:http'
import type { ProxyError } from '../core/errors.ts'
import type { Events, StreamEvent } from '../core/events.ts'
import type { Request } from '../core/request.ts'
import { tap } from '../core/stages.ts'
import type { Protocol } from '../protocols/protocol.ts'
import type { OpenTurn } from '../traffic/open-turn.ts'
import { breakOff, sendEvents, TURN_HEADER, type Framing } from './send.ts'

export interface Answer {
  readonly protocol: Protocol
  readonly response: ServerResponse
  readonly asked: Request
  readonly framing: Framing
  readonly turn: OpenTurn
  readonly events: Events
  /** How long a stream may be silent before the client gets a sign of life, in milliseconds. */
  readonly keepAliveMs: number
}

/**
 * The turn that goes through the canonical model: events to the client in its own protocol, what they tell noted in the
 * turn. Gives the error that ended the answer in mid-stream, if one did; throws one that came before its first word.
 */
export async function answer(asking: Answer): Promise<ProxyError | undefined> {
  const { protocol, response, asked, framing, turn, events, keepAliveMs } = asking
  let failure: ProxyError | undefined
  const noted = tap(
    events,
    event => note(turn, event),
    error => (failure = error),
  )
  const sent = (bytes: Buffer) => {
    turn.responseBytes += bytes.length
    turn.responseCapture?.append(bytes)
  }
  await sendEvents(
    { protocol, response, asked, framing, headers: { [TURN_HEADER]: turn.id }, keepAliveMs, sent },
    noted,
  )
  turn.status = response.statusCode
  turn.responseHeaders = response.getHeaders()
  if (!asked.stream) return undefined
  // The error frame has gone out; a connection that ends cleanly would make the answer look whole.
  if (failure === undefined) response.end()
  else breakOff(response)
  return failure
}

function note(turn: OpenTurn, event: StreamEvent) {
  switch (event.type) {
    case 'start':
      turn.firstByteMs ??= turn.elapsed()
      break
    case 'part-delta':
      turn.firstTokenMs ??= turn.elapsed()
      break
    case 'finish':
      turn.stopReason = event.rawReason ?? event.reason
      turn.usage = event.usage
      break
    case 'part-start':
    case 'part-end':
    case 'ping':
      break
  }
}
