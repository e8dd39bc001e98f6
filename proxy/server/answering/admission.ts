import { setTimeout as sleep } from 'node:timers/promises'
import { modelAt, type RemoteBackend } from '../../backends/backend.ts'
import type { Allowance } from '../../backends/pace.ts'
import { ProxyError } from '../../core/errors.ts'
import { estimateInput } from '../../core/estimate.ts'
import { own } from '../../core/own.ts'
import type { Target } from '../../routing/route.ts'
import type { AnswerDeps, Asking } from './asking.ts'

/** The code of a refusal by the config's own limits: no key has anything to do with it. */
const OWN_LIMIT = 'config_rate_limit'

export function isOwnLimit({ code }: ProxyError): boolean {
  return code === OWN_LIMIT
}

/**
 * How long a request to a target has to wait for the limits that the config sets there, in milliseconds; its room is then kept for
 * it. Throws `rate-limited` where it would be longer than a turn may wait, and `context-too-long` for a request that is.
 */
export function admissionOf({ config, pace }: AnswerDeps, { asked }: Asking, { backend, model }: Target): number {
  if (backend.kind === 'local') return 0
  const served = modelAt(backend, model)
  const limits = own(backend.limits, served)
  if (backend.requestsPerMinute === undefined && limits === undefined) return 0
  const { maxInput, tokensPerMinute } = limits ?? {}
  // It costs reading the whole request, so that it is only done where it counts.
  const tokens = maxInput === undefined && tokensPerMinute === undefined ? 0 : estimateInput(asked.request())
  if (maxInput !== undefined && tokens > maxInput) {
    throw new ProxyError(
      'context-too-long',
      `This request has about ${tokens} tokens, and ${backend.id} takes ${maxInput} for ${served} (max_input_tokens).`,
    )
  }
  const { enabled, max_silent_wait } = config.failure_handling
  const most = enabled ? max_silent_wait * 1000 : 0
  const { waitMs, isKept } = pace.reserve(allowancesOf(backend, served, tokens), most)
  if (isKept) return waitMs
  throw new ProxyError(
    'rate-limited',
    `${backend.id} is asked no more often than its config allows; there is room for this request in ${Math.ceil(waitMs / 1000)} s.`,
    { retryAfterMs: waitMs, code: OWN_LIMIT },
  )
}

/** Waits until a target may be asked, as `admissionOf` has it. */
export async function admitted(deps: AnswerDeps, asking: Asking, target: Target, signal: AbortSignal): Promise<void> {
  const waitMs = admissionOf(deps, asking, target)
  if (waitMs > 0) await sleep(waitMs, undefined, { signal })
}

function allowancesOf(backend: RemoteBackend, model: string, tokens: number): readonly Allowance[] {
  const { requestsPerMinute, tokensPerMinute } = own(backend.limits, model) ?? {}
  return [
    { name: backend.id, perMinute: backend.requestsPerMinute, cost: 1 },
    { name: `${backend.id}:${model}`, perMinute: requestsPerMinute, cost: 1 },
    { name: `${backend.id}:${model} tokens`, perMinute: tokensPerMinute, cost: tokens },
  ].flatMap(({ perMinute, ...rest }) => (perMinute === undefined ? [] : [{ ...rest, perMinute }]))
}
