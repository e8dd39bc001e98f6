import { toProxyError, type ProxyError } from '../../core/errors.ts'
import type { Events, StreamEvent } from '../../core/events.ts'
import { collect, saysNothing } from '../../core/reply.ts'
import type { Request } from '../../core/request.ts'
import { opened, tap } from '../../core/stages.ts'
import { nothingSaid } from '../../routing/failure.ts'
import type { Ended, OpenTurn } from '../../traffic/open-turn.ts'
import type { AnswerDeps, Asking, Refused } from './asking.ts'
import { breakOff, sendReply, sendStream, type Sending } from './send.ts'

/** What is asked, and whether another target may be tried, so that the client is told nothing before the first word. */
export interface Question {
  readonly request: Request
  readonly mayGoOn: boolean
}

/**
 * The turn that goes through the canonical model: events to the client in its own protocol, collected or as they come, what they
 * tell noted in the turn. Gives the error that ended the answer in mid-stream, if one did; one that came before anything was
 * sent is a refusal. The client's hang-up aborts `ask` at once.
 */
export async function answerWith(
  deps: AnswerDeps,
  asking: Asking,
  { request, mayGoOn }: Question,
  ask: (signal: AbortSignal) => Events | Promise<Events>,
): Promise<Ended | Refused> {
  const { response, turn, asked } = asking
  const { guard = unguarded } = asked
  turn.streamed = request.stream
  const hangUp = new AbortController()
  const abort = () => hangUp.abort()
  response.once('close', abort)
  const sending = sendingOf(deps, asking, request)
  let failure: ProxyError | undefined
  try {
    const events = tap(
      guard(await ask(hangUp.signal)),
      event => note(turn, event),
      error => (failure = error),
    )
    if (!request.stream) {
      const reply = await collect(events)
      const tell = () => {
        sendReply(sending, reply)
        return over(asking)
      }
      return mayGoOn && saysNothing(reply) ? { refused: nothingSaid(), tell } : tell()
    }
    const { rest, isEmpty } = await opened(events, mayGoOn ? isWord : isAnything)
    const tell = async () => {
      await sendStream(sending, rest)
      return over(asking, failure)
    }
    return mayGoOn && isEmpty ? { refused: nothingSaid(), tell } : await tell()
  } catch (thrown) {
    const refused = toProxyError(thrown)
    return { refused, tell: () => tellRefusal(asking, sending, refused) }
  } finally {
    response.off('close', abort)
  }
}

function sendingOf({ config }: AnswerDeps, asking: Asking, asked: Request): Sending {
  const { protocol, response, framing = 'sse', turn } = asking
  return {
    protocol,
    response,
    asked,
    framing,
    turnId: turn.id,
    keepAliveMs: config.server.keep_alive_seconds * 1000,
    sent(bytes) {
      turn.responseBytes += bytes.length
      turn.responseCapture?.append(bytes)
    },
  }
}

/** Everything has been sent. */
function over({ protocol, response, turn }: Asking, error?: ProxyError): Ended {
  turn.status = response.statusCode
  turn.responseHeaders = response.getHeaders()
  // The error frame has gone out; to most clients a connection that ends cleanly would make the answer look whole.
  if (error !== undefined && protocol.errorIsEnd !== true) breakOff(response)
  else if (turn.streamed) response.end()
  return { error, interrupted: error !== undefined }
}

/** As a status where nothing has been sent, else in the stream that has begun while the client waited. */
async function tellRefusal(asking: Asking, sending: Sending, error: ProxyError): Promise<Ended> {
  if (!asking.response.headersSent) throw error
  await sendStream(sending, failing(error))
  return over(asking, error)
}

async function* failing(error: ProxyError): Events {
  await Promise.reject(error)
  yield []
}

function unguarded(events: Events): Events {
  return events
}

function isAnything(): boolean {
  return true
}

/** An answer's opening, and that the backend lives, are no words yet. */
function isWord({ type }: StreamEvent): boolean {
  return type === 'part-start'
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
