import type { Route } from '../../routing/route.ts'
import type { Ended } from '../../traffic/open-turn.ts'
import type { AnswerDeps, Asking } from './asking.ts'
import { answerFromChain } from './chain.ts'
import { answerFromHybrid } from './hybrid.ts'
import { answerFromRace } from './race.ts'

/** Answers a turn along its route. Throws what went wrong before anything was sent. */
export function answerAlong(deps: AnswerDeps, asking: Asking, route: Route): Promise<Ended> {
  switch (route.kind) {
    case 'chain':
      return answerFromChain(deps, asking, route)
    case 'race':
      return answerFromRace(deps, asking, route)
    case 'hybrid':
      return answerFromHybrid(deps, asking, route)
  }
}
