import { modelAt, type RemoteBackend } from '../../backends/backend.ts'
import type { Allowance, Reservation } from '../../backends/pace.ts'
import { ProxyError } from '../../core/errors.ts'
import { estimateInput } from '../../core/estimate.ts'
import { own } from '../../core/own.ts'
import { OWN_LIMIT } from '../../routing/failure.ts'
import type { Target } from '../../routing/route.ts'
import type { AnswerDeps, Asking } from './asking.ts'

/**
 * Lets a request to a target wait for the limits that the config sets there; a request that gives up meanwhile takes no room.
 * Throws `rate-limited` where it would be longer than a turn may wait, `context-too-long` for a request that is, and what
 * `wait` throws, which is told milliseconds.
 */
export async function admitted(
  deps: AnswerDeps,
  asking: Asking,
  target: Target,
  wait: (ms: number) => Promise<unknown>,
): Promise<void> {
  const reserved = reserve(deps, asking, target)
  if (reserved === undefined || reserved.waitMs === 0) return
  try {
    await wait(reserved.waitMs)
  } catch (error) {
    reserved.giveBack()
    throw error
  }
}

/** The room that a target has for a request; nothing where it has no limits. */
function reserve({ config, pace }: AnswerDeps, { asked }: Asking, { backend, model }: Target): Reservation | undefined {
  if (backend.kind === 'local') return undefined
  const served = modelAt(backend, model)
  const limits = own(backend.limits, served)
  if (backend.requestsPerMinute === undefined && limits === undefined) return undefined
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
  const reserved = pace.reserve(allowancesOf(backend, served, tokens), most)
  if (reserved.isKept) return reserved
  const { waitMs } = reserved
  throw new ProxyError(
    'rate-limited',
    `${backend.id} is asked no more often than its config allows; there is room for this request in ${Math.ceil(waitMs / 1000)} s.`,
    { retryAfterMs: waitMs, code: OWN_LIMIT },
  )
}

function allowancesOf(backend: RemoteBackend, model: string, tokens: number): readonly Allowance[] {
  const { requestsPerMinute, tokensPerMinute } = own(backend.limits, model) ?? {}
  return [
    { name: backend.id, perMinute: backend.requestsPerMinute, cost: 1 },
    { name: `${backend.id}:${model}`, perMinute: requestsPerMinute, cost: 1 },
    { name: `${backend.id}:${model} tokens`, perMinute: tokensPerMinute, cost: tokens },
  ].flatMap(({ perMinute, ...rest }) => (perMinute === undefined ? [] : [{ ...rest, perMinute }]))
}
