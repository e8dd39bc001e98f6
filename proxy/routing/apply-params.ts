import type { Reasoning, Request, Sampling } from '../core/request.ts'
import type { Params } from '../core/selector-params.ts'

/** Whether a request has to be changed at all: one without parameters can be relayed as it is. */
export function changesNothing(params: Params): boolean {
  return Object.keys(params).length === 0
}

/** A request with a selector's parameters in place of its own; what they don't speak of stays. */
export function applyParams(request: Request, params: Params): Request {
  if (changesNothing(params)) return request
  const { temperature, top_p, top_k, max_tokens, seed, stop, verbosity } = params
  const sampling: Sampling = {
    ...request.sampling,
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { topP: top_p }),
    ...(top_k !== undefined && { topK: top_k }),
    ...(max_tokens !== undefined && { maxTokens: max_tokens }),
    ...(seed !== undefined && { seed }),
    ...(stop !== undefined && { stop }),
  }
  const reasoning = reasoningBy(request.reasoning, params)
  return {
    ...request,
    sampling,
    ...(reasoning !== undefined && { reasoning }),
    ...(verbosity !== undefined && { verbosity }),
  }
}

/** Effort and budget say the same thing in two ways: where a selector says one, the client's other no longer counts. */
function reasoningBy(asked: Reasoning | undefined, params: Params): Reasoning | undefined {
  const { reasoning_effort: effort, thinking_budget: budgetTokens } = params
  if (effort === undefined && budgetTokens === undefined) return asked
  const { mode: _, effort: __, budgetTokens: ___, ...rest } = asked ?? {}
  if (effort === 'none' || budgetTokens === 0) return { ...rest, mode: 'off' }
  return {
    ...rest,
    ...(budgetTokens === -1 && { mode: 'auto' }),
    ...(effort !== undefined && { effort }),
    ...(budgetTokens !== undefined && budgetTokens > 0 && { budgetTokens }),
  }
}
