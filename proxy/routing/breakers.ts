import type { RoutingConfig } from '../config/schema.ts'

export interface BreakersDeps {
  readonly settings: RoutingConfig['resilience']['circuit_breaker']
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

/** How a target is, by the turns that went to it. */
export interface BreakerState {
  readonly target: string
  /** `open`: it rests. `half-open`: its rest is over, and the next turn, or the one under way, tries it. */
  readonly state: 'closed' | 'open' | 'half-open'
  /** Failures in a row. */
  readonly failures: number
  /** How long it still rests, in milliseconds; 0 where it does not. */
  readonly restsForMs: number
}

export type Breakers = ReturnType<typeof createBreakers>

interface Entry {
  failures: number
  restsUntil: number
  probing: boolean
}

/** How many targets are remembered for their failures. A name that a client makes up must not fill the memory. */
const REMEMBERED = 1000
/** Rests are up to a fifth longer, so that those who wait do not come back all at once. */
const JITTER = 0.2

/**
 * Lets targets rest that failed several times in a row. After its rest a target is asked by one turn at a time, until one
 * succeeds. Whoever was admitted says how it went: `succeeded`, `failed`, or `released` where it came to no end.
 */
export function createBreakers({ settings, now, random }: BreakersDeps) {
  const { enabled, failure_threshold: threshold, open_cooldown_seconds: cooldown } = settings
  const entries = new Map<string, Entry>()

  /** Whether a turn may ask the target now. */
  function admit(target: string): boolean {
    const entry = entries.get(target)
    if (entry === undefined || entry.failures < threshold) return true
    return now() >= entry.restsUntil && probe(entry)
  }

  /** The same for a target that is all there is: it is asked in its rest, too, but by one turn at a time. */
  function admitLast(target: string): boolean {
    const entry = entries.get(target)
    return entry === undefined || entry.failures < threshold || probe(entry)
  }

  function probe(entry: Entry): boolean {
    if (entry.probing) return false
    entry.probing = true
    return true
  }

  function succeeded(target: string) {
    entries.delete(target)
  }

  function failed(target: string) {
    if (!enabled) return
    const entry = entries.get(target) ?? { failures: 0, restsUntil: 0, probing: false }
    entries.delete(target)
    entries.set(target, entry)
    forgetOldest()
    entry.failures++
    entry.probing = false
    // Turns that were under way when the rest began do not make it longer.
    if (entry.failures < threshold || now() < entry.restsUntil) return
    entry.restsUntil = now() + cooldown * 1000 * (1 + random() * JITTER)
  }

  function forgetOldest() {
    if (entries.size <= REMEMBERED) return
    const [oldest] = entries.keys()
    if (oldest !== undefined) entries.delete(oldest)
  }

  function released(target: string) {
    const entry = entries.get(target)
    if (entry !== undefined) entry.probing = false
  }

  /** How long a target still rests, in milliseconds; 0 where it does not. */
  function restOf(target: string): number {
    const entry = entries.get(target)
    return entry === undefined || entry.failures < threshold ? 0 : Math.max(0, Math.ceil(entry.restsUntil - now()))
  }

  /** Every target that failed of late. */
  function list(): readonly BreakerState[] {
    return [...entries].map(([target, { failures }]) => {
      const restsForMs = restOf(target)
      const state = failures < threshold ? 'closed' : restsForMs > 0 ? 'open' : 'half-open'
      return { target, state, failures, restsForMs }
    })
  }

  /** Forgets what spoke against a target. */
  function reset(target: string) {
    entries.delete(target)
  }

  return { admit, admitLast, succeeded, failed, released, restOf, list, reset }
}
