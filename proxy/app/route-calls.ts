import { askingOf, explained } from '../routing/explained.ts'
import type { Input, Output } from './contract.ts'
import type { AppParts } from './parts.ts'

/** Where a turn would go, as `lip route explain` tells it. */
export function explainRoute(
  { proxy }: AppParts,
  { model, ...supposed }: Input<'routing.explain'>,
): Output<'routing.explain'> {
  const state = proxy()?.state()
  if (state === undefined) return { ok: false, reason: NOT_STARTED }
  const { steps, decidedBy, kind, targets, breakers, error } = explained(state.plan.explain(model, askingOf(supposed)))
  return { ok: true, explanation: { steps: [...steps], decidedBy, kind, targets, breakers, error } }
}

/** The targets that failed of late, those that rest first. */
export function listBreakers({ proxy }: AppParts): Output<'breakers.list'> {
  const all = proxy()?.state().breakers.list() ?? []
  return all
    .toSorted((a, b) => b.restsForMs - a.restsForMs || b.failures - a.failures)
    .map(({ target, state, failures, restsForMs }) => ({
      target,
      state,
      failures,
      restsUntil: restsForMs > 0 ? Date.now() + restsForMs : undefined,
    }))
}

/** Lets turns go to a target again. */
export function resetBreaker({ proxy }: AppParts, target: string): Output<'breakers.reset'> {
  const breakers = proxy()?.state().breakers
  if (breakers === undefined) return { ok: false, reason: NOT_STARTED }
  if (!breakers.list().some(known => known.target === target)) {
    return { ok: false, reason: `Nothing speaks against ${target} any more.` }
  }
  breakers.reset(target)
  return { ok: true }
}

const NOT_STARTED = 'The proxy has not been started yet. Start it, and try again.'
