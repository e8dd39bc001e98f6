import type { RemoteBackend } from '../backends/backend.ts'
import type { RoutingConfig } from '../config/schema.ts'
import { ProxyError } from '../core/errors.ts'
import type { Breakers } from './breakers.ts'
import { classOf, failures, type Action } from './failure.ts'
import { nameOfTarget, type Chain, type Target } from './route.ts'

export interface FailoverDeps {
  readonly chain: Pick<Chain, 'targets' | 'keys'>
  readonly settings: RoutingConfig['failure_handling']
  readonly breakers: Breakers
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

/** What to do next: ask a target, perhaps after a wait, or give up with an error for the client. */
export type Next = TryNext | GiveUp

export interface TryNext {
  readonly do: 'try'
  readonly target: Target
  /** How long to wait before, in milliseconds. */
  readonly waitMs: number
  /** `wait`: with the same key. `next-key`: with one that was not refused in this turn. `next-target`: for the first time. */
  readonly how: 'first' | Action
  /** Why, in words for the turn's record. */
  readonly because: string
}

export interface GiveUp {
  readonly do: 'give-up'
  readonly error: ProxyError
  readonly because: string
}

export type Failover = ReturnType<typeof createFailover>

/** Waits are up to a fifth longer than asked for, so that those who wait do not come back all at once. */
const JITTER = 0.2
/** How often in a row one target is asked again with the same key: as often as it says when, once if it does not. */
const MOST_WAITS = { told: 3, guessed: 1 }

/**
 * The course of one turn over a chain of targets: which is asked, and after each failure what is done about it, by the table
 * of failures and within the limits of the config. It asks nobody itself. `first` begins; each attempt ends with `failed`,
 * `succeeded`, or `abandoned` where the client left. Whoever asks notes for each target the keys that were refused, and
 * takes another one for everything but a `wait`.
 */
export function createFailover({ chain, settings, breakers, now, random }: FailoverDeps) {
  const startedAt = now()
  const waiting = settings.enabled ? [...chain.targets] : chain.targets.slice(0, 1)
  const resting: Target[] = []
  let current: Target | undefined
  let hops = 0
  let waits = 0

  function first(): Next {
    const target = admitted()
    return target === undefined ? lastResort() : tryNext(target, 'first', 'the first of its route')
  }

  /** `hasAnotherKey` says whether the target has a key that was not refused in this turn. */
  function failed(error: ProxyError, hasAnotherKey = false): Next {
    const target = current
    if (target === undefined) return giveUp(error, 'nothing was asked')
    const failure = classOf(error)
    const { means, actions, tells } = failures[failure]
    report(target, tells === 'nothing' ? 'released' : tells)
    if (!settings.enabled) return giveUp(error, `${means}; failure_handling is off`)
    if (actions.length === 0) return giveUp(error, means)
    if (now() - startedAt >= settings.total_timeout_budget * 1000) return giveUp(error, `${means}; its time is up`)
    // A backend whose config has retries is asked again for what is nobody's fault but its own, too.
    const asksAgain = failure === 'server-error' && (retriesOf(target)?.most ?? 0) > 0
    for (const action of asksAgain ? (['wait', ...actions] as const) : actions) {
      const next = attempt(action, target, error, hasAnotherKey, means)
      if (next !== undefined) return next
    }
    return giveUp(error, `${means}; nothing is left to try`)
  }

  function attempt(
    action: Action,
    target: Target,
    error: ProxyError,
    hasAnotherKey: boolean,
    means: string,
  ): Next | undefined {
    switch (action) {
      case 'wait':
        return again(target, error, means)
      case 'next-key':
        return hasAnotherKey ? withNextKey(target, means) : undefined
      case 'next-target':
        return goOn(means)
    }
  }

  function again(target: Target, { retryAfterMs }: ProxyError, means: string): Next | undefined {
    const retries = retriesOf(target)
    const least = retries?.delayMs ?? settings.min_retry_wait * 1000
    const wanted = Math.max(least, retryAfterMs ?? 0)
    const most = retries?.most ?? (retryAfterMs === undefined ? MOST_WAITS.guessed : MOST_WAITS.told)
    const waitMs = Math.ceil(wanted * (1 + random() * JITTER))
    const isInTime = now() - startedAt + waitMs <= settings.total_timeout_budget * 1000
    if (waits >= most || wanted > settings.max_silent_wait * 1000 || !isInTime) return undefined
    if (!breakers.admit(nameOfTarget(target))) return undefined
    waits++
    return { do: 'try', target, waitMs, how: 'wait', because: means }
  }

  function withNextKey(target: Target, means: string): Next | undefined {
    if (chain.keys === 'one') return undefined
    if (chain.keys === 'rounds') {
      waiting.push(target)
      return goOn(means)
    }
    return hop(target, 'next-key', means)
  }

  function goOn(means: string): Next | undefined {
    if (hops >= settings.max_failover_hops) return undefined
    const asked = current
    const target = admitted()
    return target && hop(target, target === asked ? 'next-key' : 'next-target', means)
  }

  function hop(target: Target, how: Action, because: string): Next | undefined {
    if (hops >= settings.max_failover_hops) return undefined
    hops++
    return tryNext(target, how, because)
  }

  function tryNext(target: Target, how: TryNext['how'], because: string): TryNext {
    current = target
    waits = 0
    return { do: 'try', target, waitMs: 0, how, because }
  }

  /** The next target that does not rest. */
  function admitted(): Target | undefined {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      if (breakers.admit(nameOfTarget(target))) return target
      resting.push(target)
    }
    return undefined
  }

  /** Where all rest, the one that rests the shortest is asked after all, unless another turn is just trying it. */
  function lastResort(): Next {
    const byRest = [...resting].sort((a, b) => restOf(a) - restOf(b))
    const target = byRest.find(candidate => breakers.admitLast(nameOfTarget(candidate)))
    if (target !== undefined) return tryNext(target, 'first', 'all targets rest after failures, this one the shortest')
    const [soonest] = byRest
    const names = byRest.map(nameOfTarget).join(', ')
    const error = new ProxyError(
      'overloaded',
      `${names} failed several times in a row and is being tried by another request.`,
      {
        retryAfterMs: Math.max(1000, soonest === undefined ? 0 : restOf(soonest)),
        code: 'circuit_open',
      },
    )
    return giveUp(error, 'all targets rest after failures')
  }

  function restOf(target: Target): number {
    return breakers.restOf(nameOfTarget(target))
  }

  function report(target: Target, how: 'succeeded' | 'failed' | 'released') {
    breakers[how](nameOfTarget(target))
  }

  function giveUp(error: ProxyError, because: string): GiveUp {
    current = undefined
    return { do: 'give-up', error, because }
  }

  return {
    first,
    failed,
    succeeded() {
      if (current !== undefined) report(current, 'succeeded')
    },
    abandoned() {
      if (current !== undefined) report(current, 'released')
    },
  }
}

/** How its own config has it, where that says something of it. */
function retriesOf({ backend }: Target): RemoteBackend['retries'] {
  return backend.kind === 'remote' ? backend.retries : undefined
}
