import { setTimeout as sleep } from 'node:timers/promises'
import { ProxyError, toProxyError } from '../../core/errors.ts'
import type { Events } from '../../core/events.ts'
import { opened } from '../../core/stages.ts'
import { nothingSaid } from '../../routing/failure.ts'
import { nameOfTarget, type Leg, type Race } from '../../routing/route.ts'
import type { Ended } from '../../traffic/open-turn.ts'
import { answerWith } from './answer.ts'
import { admitted } from './admission.ts'
import type { AnswerDeps, Asking } from './asking.ts'
import { asks, requestFor } from './attempt.ts'
import { credentialFor } from './credential-for.ts'

/**
 * Answers a turn from several targets at once: the first that says something wins, and the others are given up at once. A leg
 * that waits for its start begins when one that runs has failed. Throws the last failure if all fail.
 */
export async function answerFromRace(deps: AnswerDeps, asking: Asking, race: Race): Promise<Ended> {
  const { turn, asked } = asking
  turn.way = 'translated'
  turn.why = `a race of ${race.legs.map(({ target }) => nameOfTarget(target)).join(' and ')}`
  const request = asked.request()
  const result = await answerWith(deps, asking, { request, mayGoOn: false }, signal => run(deps, asking, race, signal))
  return 'refused' in result ? result.tell() : result
}

interface Winner {
  readonly leg: Leg
  readonly events: Events
}

async function* run(deps: AnswerDeps, asking: Asking, { legs }: Race, signal: AbortSignal): Events {
  const { turn } = asking
  const controllers = new Map(legs.map(leg => [leg, new AbortController()]))
  const failed = new AbortController()
  const giveUp = () => controllers.forEach(controller => controller.abort())
  signal.addEventListener('abort', giveUp, { once: true })

  async function start(leg: Leg): Promise<Winner> {
    const controller = controllers.get(leg) ?? new AbortController()
    await sleep(leg.startAfterMs, undefined, { signal: AbortSignal.any([controller.signal, failed.signal]) }).catch(
      () => undefined,
    )
    try {
      controller.signal.throwIfAborted()
      return { leg, events: await firstWord(deps, asking, leg, controller) }
    } catch (thrown) {
      const error = toProxyError(thrown)
      // Those that lost were given up, and did not fail.
      if (!controller.signal.aborted || error.kind === 'timeout') {
        const { backend, model } = leg.target
        turn.attempts.push({ backend: backend.id, model, error: error.message })
      }
      failed.abort()
      throw error
    }
  }

  try {
    const { leg, events } = await Promise.any(legs.map(start))
    for (const [other, controller] of controllers) if (other !== leg) controller.abort()
    turn.backend = leg.target.backend.id
    turn.served = leg.target.model
    deps.journal.changed(turn)
    yield* events
  } catch (thrown) {
    throw thrown instanceof AggregateError ? toProxyError(thrown.errors.at(-1)) : thrown
  } finally {
    signal.removeEventListener('abort', giveUp)
    giveUp()
  }
}

/** A leg's answer once its first word is there. Throws what failed before, and `timeout` if it took too long. */
async function firstWord(deps: AnswerDeps, asking: Asking, leg: Leg, controller: AbortController): Promise<Events> {
  const { target, firstWordWithinMs } = leg
  // A whole answer has no first word.
  const request = { ...requestFor(target, asking.asked.request()), stream: true }
  await admitted(deps, asking, target, ms => sleep(ms, undefined, { signal: controller.signal }))
  const { credential, seen } = await credentialFor(deps, target)
  const late = new ProxyError('timeout', `${nameOfTarget(target)} did not say its first word in time.`)
  const patience =
    firstWordWithinMs === undefined ? undefined : setTimeout(() => controller.abort(late), firstWordWithinMs)
  try {
    const answer = await asks(deps, asking, { target, credential, seen }, request, controller.signal)
    const { rest, isEmpty } = await opened(answer, ({ type }) => type === 'part-start')
    if (isEmpty) throw nothingSaid()
    return rest
  } catch (error) {
    throw controller.signal.reason === late ? late : error
  } finally {
    clearTimeout(patience)
  }
}
