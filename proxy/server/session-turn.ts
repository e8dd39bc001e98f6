import { replay } from '../core/reply.ts'
import { factsOf } from '../routing/facts.ts'
import type { Asking as Circumstances } from '../routing/look.ts'
import { withParams, type Route } from '../routing/route.ts'
import type { Identity } from '../sessions/identity.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import { routingOf } from '../sessions/session.ts'
import { outcomeOfTurn, type Ended, type OpenTurn } from '../traffic/open-turn.ts'
import { isFailure } from '../traffic/outcome.ts'
import { answerWith } from './answering/answer.ts'
import type { AnswerDeps, Asking } from './answering/asking.ts'
import { costOfTurn, type CostDeps } from './answering/cost.ts'
import { withOpenaiUrl } from './answering/openai-url.ts'
import type { Heard, TalkDeps } from './talk.ts'

/** Where a turn goes: as its session says before all that a command may decide. A selector for one turn is used up by it. */
export function routeOf(
  { config, plan, sessions }: TalkDeps,
  { asked, session, identity }: Heard,
  from: Pick<Circumstances, 'client' | 'protocol'>,
): Route {
  const circumstances = { ...from, facts: () => factsOf(asked.request()) }
  // A conversation that its client names and that is not known yet begins with this turn.
  if (session === undefined)
    return plan.route(asked.model, { ...circumstances, session: { isFirst: identity !== undefined } })
  const { oneOff, params, openaiUrl } = session.overrides
  if (oneOff !== undefined) sessions.takeOneOff(session.id)
  const route = plan.route(asked.model, { ...circumstances, session: routingOf(session) })
  return withOpenaiUrl(withParams(route, params ?? {}, 'over'), openaiUrl, config)
}

/** The session that a turn belongs to, if it belongs to one: a conversation that its client names is one from the beginning of its first turn. */
export function sessionOf(
  { sessions }: TalkDeps,
  { session, identity, local }: Heard,
  client: string,
): string | undefined {
  if (session !== undefined || identity === undefined || local !== undefined) return session?.id
  return begun(sessions, identity, client)
}

/** What a turn that is over cost, and that it was a turn of its session. */
export function countTurn(deps: TalkDeps & CostDeps, turn: OpenTurn, ended: Ended): void {
  const { sessions } = deps
  turn.cost = costOfTurn(deps, turn)
  if (turn.session === undefined) return
  const { backend, served, usage, cost, asked = '', frontend: protocol } = turn
  const failed = isFailure(outcomeOfTurn(turn, ended))
  const model = backend === undefined || served === undefined ? undefined : `${backend}:${served}`
  const used = { failed, input: usage?.input, output: usage?.output, cost, model }
  sessions.count(turn.session, used, { asked, protocol })
}

function begun(sessions: SessionStore, identity: Identity, client: string): string {
  const session = sessions.find(identity) ?? sessions.open(identity, client)
  sessions.keep(session)
  return session.id
}

/** Whether what sent a turn on its way is something that only commands can say. */
export function isBySession({ by }: Route): boolean {
  return bySession.has(by)
}

const bySession: ReadonlySet<string> = new Set(['one-off command', 'command of the session'])

/** Answers a message that was for us alone. */
export async function answerOurselves(
  deps: AnswerDeps,
  asking: Asking,
  { request, reply }: NonNullable<Heard['local']>,
): Promise<Ended> {
  const { turn } = asking
  turn.way = 'local'
  turn.why = 'a message of commands, answered by the proxy'
  const result = await answerWith(deps, asking, { request, mayGoOn: false }, () => replay(reply))
  return 'refused' in result ? result.tell() : result
}
