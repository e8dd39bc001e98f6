import { toProxyError } from '../core/errors.ts'
import type { Journal } from '../traffic/journal.ts'
import type { Ended, OpenTurn } from '../traffic/open-turn.ts'
import { readAsked } from './answering/asked.ts'
import type { AnswerDeps } from './answering/asking.ts'
import type { Exchange } from './answering/exchange.ts'
import { refuseLoops } from './loops.ts'
import { answerAlong } from './answering/route.ts'
import { answerOurselves, countTurn, isBySession, routeOf, sessionOf } from './session-turn.ts'
import { sendError, TURN_HEADER } from './answering/send.ts'
import { hear, type Heard, type TalkDeps } from './talk.ts'

/** What a turn needs of the program. */
export interface TurnDeps extends AnswerDeps, TalkDeps {
  readonly journal: Journal
}

/** The whole life of a turn: what is asked, where it goes, and how it ended. Gives it when it is over; never fails. */
export async function runTurn(deps: TurnDeps, exchange: Exchange): Promise<OpenTurn> {
  const { protocol, address, request, response, body } = exchange
  const turn = deps.journal.open({ protocol: protocol.id, request, body, breakOff: () => response.destroy() })
  let heard: Heard | undefined
  try {
    refuseLoops(request)
    const read = exchange.read?.(body) ?? readAsked(protocol, body, address)
    turn.asked = read.model
    heard = hear(deps, exchange, read, turn)
    turn.session = sessionOf(deps, heard, turn.client)
    const { asked, local } = heard
    if (local !== undefined) {
      deps.journal.close(turn, await answerOurselves(deps, { ...exchange, asked, turn }, local))
      return turn
    }
    const route = routeOf(deps, heard, { client: turn.client, protocol: protocol.id })
    const ended = await answerAlong(deps, { ...exchange, asked, turn }, route)
    if (isBySession(route)) turn.why = `${turn.why ?? ''}; routed by ${route.by}`
    close(ended)
  } catch (thrown) {
    const error = toProxyError(thrown)
    const { status, bytes } = sendError(exchange, error, { [TURN_HEADER]: turn.id })
    turn.status = status
    turn.responseBytes += bytes.length
    turn.responseCapture?.append(bytes)
    close({ error, interrupted: false })
  }
  return turn

  function close(ended: Ended) {
    if (heard !== undefined) countTurn(deps, turn, ended)
    deps.journal.close(turn, ended)
  }
}
