import { toProxyError } from '../core/errors.ts'
import { factsOf } from '../routing/facts.ts'
import type { Plan } from '../routing/plan.ts'
import type { Journal } from '../traffic/journal.ts'
import type { OpenTurn } from '../traffic/open-turn.ts'
import { readAsked } from './asked.ts'
import type { AnswerDeps } from './asking.ts'
import type { Exchange } from './exchange.ts'
import { refuseLoops } from './loops.ts'
import { answerAlong } from './route.ts'
import { sendError, TURN_HEADER } from './send.ts'

/** What a turn needs of the program. */
export interface TurnDeps extends AnswerDeps {
  /** Where an asked-for model goes, by the config of this moment. */
  readonly plan: Plan
  readonly journal: Journal
}

/** The whole life of a turn: what is asked, where it goes, and how it ended. Gives it when it is over; never fails. */
export async function runTurn(deps: TurnDeps, exchange: Exchange): Promise<OpenTurn> {
  const { protocol, address, request, response, body } = exchange
  const turn = deps.journal.open({ protocol: protocol.id, request, body })
  turn.breakOff = () => response.destroy()
  try {
    refuseLoops(request)
    const asked = exchange.read?.(body) ?? readAsked(protocol, body, address)
    turn.asked = asked.model
    const route = deps.plan.route(asked.model, {
      client: turn.client,
      protocol: protocol.id,
      facts: () => factsOf(asked.request()),
    })
    deps.journal.close(turn, await answerAlong(deps, { ...exchange, asked, turn }, route))
  } catch (thrown) {
    const error = toProxyError(thrown)
    const { status, bytes } = sendError(response, protocol, error, { [TURN_HEADER]: turn.id })
    turn.status = status
    turn.responseBytes += bytes.length
    turn.responseCapture?.append(bytes)
    deps.journal.close(turn, { error, interrupted: false })
  }
  return turn
}
