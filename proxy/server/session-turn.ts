import { replay } from '../core/reply.ts'
import { factsOf } from '../routing/facts.ts'
import type { Asking as Circumstances } from '../routing/look.ts'
import { withParams, type Route } from '../routing/route.ts'
import { routingOf } from '../sessions/session.ts'
import type { Ended, OpenTurn } from '../traffic/open-turn.ts'
import { answerWith } from './answering/answer.ts'
import type { AnswerDeps, Asking } from './answering/asking.ts'
import { withOpenaiUrl } from './answering/openai-url.ts'
import type { Heard, TalkDeps } from './talk.ts'

/** Where a turn goes: as its session says before all that a command may decide. A selector for one turn is used up by it. */
export function routeOf(
  { config, plan, sessions }: TalkDeps,
  { asked, session }: Heard,
  from: Pick<Circumstances, 'client' | 'protocol'>,
): Route {
  const circumstances = { ...from, facts: () => factsOf(asked.request()) }
  if (session === undefined) return plan.route(asked.model, circumstances)
  const { oneOff, params, openaiUrl } = session.overrides
  if (oneOff !== undefined) sessions.takeOneOff(session.id)
  const route = plan.route(asked.model, { ...circumstances, session: routingOf(session) })
  return withOpenaiUrl(withParams(route, params ?? {}, 'over'), openaiUrl, config)
}

/** What a turn was is added to its session, and what the session decided to the turn's record. */
export function note({ sessions }: TalkDeps, { session }: Heard, turn: OpenTurn, { by }: Route): void {
  if (session === undefined) return
  sessions.count(session.id, { turns: 1, input: turn.usage?.input, output: turn.usage?.output })
  if (bySession.has(by)) turn.why = `${turn.why ?? ''}; routed by ${by}`
}

/** How the plan names what only commands can decide. */
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
