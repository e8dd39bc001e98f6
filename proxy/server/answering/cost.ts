import type { Backend } from '../../backends/backend.ts'
import type { ModelFacts } from '../../catalogue/catalogue.ts'
import { priced } from '../../catalogue/price.ts'
import { sumOfCosts, type Cost } from '../../core/cost.ts'
import type { Usage } from '../../core/events.ts'
import type { OpenTurn } from '../../traffic/open-turn.ts'

export interface CostDeps {
  readonly backends: ReadonlyMap<string, Backend>
  /** What is known of a model without asking. */
  readonly factsAt: (backend: Backend, model: string) => ModelFacts | undefined
}

/** What tokens of a backend's model cost. What runs on this computer costs nothing. */
export function costAt({ factsAt }: Pick<CostDeps, 'factsAt'>, backend: Backend, model: string, usage: Usage): Cost {
  if (backend.kind === 'local' || backend.isLocalServer) return 0
  if (backend.isSubscription) return 'subscription'
  const price = factsAt(backend, model)?.price
  return (price && priced(usage, price)) ?? 'unpriced'
}

/** What a turn cost that is over: of two models together, else by its usage; nothing where that is not known. */
export function costOfTurn(deps: CostDeps, { attempts, backend: id, served, usage }: OpenTurn): Cost | undefined {
  const phases = attempts.flatMap(({ cost }) => cost ?? [])
  if (phases.length > 0) return sumOfCosts(phases)
  const backend = id === undefined ? undefined : deps.backends.get(id)
  if (backend === undefined || served === undefined || usage === undefined) return undefined
  return costAt(deps, backend, served, usage)
}
