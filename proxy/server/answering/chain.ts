import type { Credential, Credentials } from '../../core/credential.ts'
import { toProxyError, type ErrorKind, type ProxyError } from '../../core/errors.ts'
import { createFailover, type TryNext } from '../../routing/failover.ts'
import { OWN_LIMIT } from '../../routing/failure.ts'
import type { Chain, Target } from '../../routing/route.ts'
import type { Ended } from '../../traffic/open-turn.ts'
import { admitted } from './admission.ts'
import type { AnswerDeps, Asking, Refused } from './asking.ts'
import { attempt } from './attempt.ts'
import { waitFor } from './wait.ts'

/**
 * Answers a turn from the targets of a chain, one after the other: what is done about each failure is `routing/failover.ts`'s to
 * say. What the last one refused with is the client's answer. Throws what went wrong before anything was sent.
 */
export async function answerFromChain(deps: AnswerDeps, asking: Asking, chain: Chain): Promise<Ended> {
  const { turn } = asking
  const { breakers, config } = deps
  const settings = config.failure_handling
  const failover = createFailover({ chain, settings, breakers, now: () => performance.now(), random: Math.random })
  const purses = new Map<Target, Purse>()
  const mayGoOn = settings.enabled && chain.targets.length > 1
  let next = failover.first()
  let last: Refused | undefined

  while (next.do === 'try') {
    await waitFor(deps, asking, next.waitMs)
    const { target } = next
    const purse = purses.get(target) ?? createPurse(deps, target)
    purses.set(target, purse)
    const result = await tryOnce(next, purse)
    if (!('refused' in result)) {
      // A client that left has proved nothing.
      if (result.error?.kind === 'cancelled') failover.abandoned()
      else failover.succeeded()
      purse.accepted()
      return { ...result, recovered: recoveredBy(next, chain) }
    }
    const credential = purse.current()
    next = failover.failed(result.refused, await purse.refused(result.refused))
    if (next.do === 'try') turn.attempts.push(failedAttempt(target, credential, result.refused))
    last = result
  }
  if (last === undefined) throw next.error
  return last.tell()

  /** A target whose key can't be had is a failure like any other: another target may have one. */
  async function tryOnce({ target, how }: TryNext, purse: Purse): Promise<Ended | Refused> {
    try {
      await admitted(deps, asking, target, ms => waitFor(deps, asking, ms))
      const credential = how === 'wait' ? purse.current() : await purse.next()
      return await attempt(deps, asking, { target, credential, seen: purse.seen, mayGoOn })
    } catch (thrown) {
      const refused = toProxyError(thrown)
      return {
        refused,
        tell() {
          throw refused
        },
      }
    }
  }
}

function recoveredBy({ how, target }: TryNext, { targets }: Chain): Ended['recovered'] {
  if (how === 'first') return undefined
  return target === targets[0] ? 'retry' : 'fallback'
}

function failedAttempt({ backend, model }: Target, credential: Credential | undefined, { message }: ProxyError) {
  return { backend: backend.id, model, credential: credential?.name, error: message }
}

/** The keys of one target in one turn. */
interface Purse {
  readonly seen: Credentials['seen']
  readonly current: () => Credential | undefined
  /** Another one than those that were refused. Throws where there is none and one is needed. */
  readonly next: () => Promise<Credential | undefined>
  /** Tells that the current one was taken. */
  readonly accepted: () => void
  /** Tells that the current one was refused, and whether there is another. */
  readonly refused: (error: ProxyError) => Promise<boolean>
}

const none: Purse = {
  seen: undefined,
  current: () => undefined,
  next: () => Promise.resolve(undefined),
  accepted: () => undefined,
  refused: () => Promise.resolve(false),
}

function createPurse(deps: AnswerDeps, { backend, instance }: Target): Purse {
  if (backend.kind === 'local') return none
  const credentials = deps.credentialsOf(backend, instance)
  const tried: Credential[] = []
  let current: Credential | undefined
  let spare: Credential | undefined

  return {
    seen: credentials.seen,
    current: () => current,
    async next() {
      current = spare ?? (await credentials.take(tried))
      spare = undefined
      return current
    },
    accepted() {
      if (current !== undefined) credentials.report(current)
    },
    async refused(error) {
      if (current === undefined || !aboutCredentials.has(error.kind) || error.code === OWN_LIMIT) return false
      credentials.report(current, error)
      tried.push(current)
      spare = await otherThan(tried, () => credentials.take(tried))
      return spare !== undefined
    },
  }
}

/** Refusals that another key or account may not meet. */
const aboutCredentials: ReadonlySet<ErrorKind> = new Set([
  'unauthenticated',
  'out-of-credit',
  'forbidden',
  'rate-limited',
])

async function otherThan(tried: readonly Credential[], take: () => ReturnType<Credentials['take']>) {
  try {
    const other = await take()
    return other === undefined || tried.includes(other) ? undefined : other
  } catch {
    // Nothing is left: the backend's own refusal says more than this would.
    return undefined
  }
}
