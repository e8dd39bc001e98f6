/** So much of something a minute: requests, or tokens. */
export interface Allowance {
  /** Names it among all that there are. */
  readonly name: string
  readonly perMinute: number
  /** How much of it the next request takes. */
  readonly cost: number
}

/** How long the next request has to wait, in milliseconds, and whether its room is kept for it. */
export interface Reservation {
  readonly waitMs: number
  readonly isKept: boolean
  /** For a request that does not come after all. Those who came after it wait on for their own time. */
  readonly giveBack: () => void
}

export interface Pace {
  /** Keeps room for a request in all its allowances, unless it had to wait for longer than that. */
  readonly reserve: (allowances: readonly Allowance[], mostMs: number) => Reservation
}

const MINUTE_MS = 60_000

interface Bucket {
  /** What was left at that time; below zero where requests wait for room that is already theirs. */
  left: number
  at: number
}

/**
 * Buckets of tokens, one for each allowance: it holds a minute's worth, and is filled again evenly. Those who wait have their room
 * kept, so that they come in their order and nobody is refused for one that came later. `now` is in milliseconds.
 */
export function createPace(now: () => number): Pace {
  const buckets = new Map<string, Bucket>()

  /** One that costs more than a whole minute's worth goes as soon as the bucket is full. */
  function lookAt({ name, perMinute, cost }: Allowance) {
    const at = now()
    const bucket = buckets.get(name)
    const filled = bucket === undefined ? perMinute : bucket.left + ((at - bucket.at) * perMinute) / MINUTE_MS
    const left = Math.min(perMinute, filled)
    const taken = Math.min(cost, perMinute)
    const waitMs = Math.max(0, Math.ceil(((taken - left) * MINUTE_MS) / perMinute))
    return { name, taken, waitMs, after: { left: left - taken, at } }
  }

  return {
    reserve(allowances, mostMs) {
      const looks = allowances.map(lookAt)
      const waitMs = Math.max(0, ...looks.map(look => look.waitMs))
      if (waitMs > mostMs) return { waitMs, isKept: false, giveBack: () => undefined }
      for (const { name, after } of looks) buckets.set(name, after)
      return { waitMs, isKept: true, giveBack: () => giveBack(looks) }
    },
  }

  function giveBack(looks: readonly ReturnType<typeof lookAt>[]) {
    for (const { name, taken } of looks) {
      const bucket = buckets.get(name)
      if (bucket !== undefined) bucket.left += taken
    }
  }
}
