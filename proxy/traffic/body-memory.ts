import type { CapturedTurn } from './bodies.ts'

export interface BodyMemoryLimits {
  /** Closed turns whose bodies are kept. */
  readonly turns: number
  /** Bytes that all bodies may take, those of open turns among them. */
  readonly bytes: number
}

/** The memory that captured bodies may take: closed turns give way to newer ones, and where that is not enough, bodies are cut. */
export interface BodyMemory {
  /** Room for an open turn's body, made by forgetting the oldest closed ones; `false` if open turns hold it all. */
  readonly reserve: (bytes: number) => boolean
  /** Room given back without being kept. */
  readonly release: (turn: CapturedTurn) => void
  /** Keeps a closed turn, whose room is already reserved, as the newest. */
  readonly keep: (id: string, turn: CapturedTurn) => void
  readonly get: (id: string) => CapturedTurn | undefined
  readonly resize: (limits: BodyMemoryLimits) => void
  readonly held: () => { readonly turns: number; readonly bytes: number }
}

export function createBodyMemory(initial: BodyMemoryLimits): BodyMemory {
  let limits = initial
  let bytes = 0
  // The oldest first. A Map would have to step over all that was deleted to find it.
  const closed: { readonly id: string; readonly turn: CapturedTurn }[] = []

  function reserve(wanted: number): boolean {
    while (bytes + wanted > limits.bytes && closed.length > 0) forgetOldest()
    if (bytes + wanted > limits.bytes) return false
    bytes += wanted
    return true
  }

  function release({ request, response }: CapturedTurn) {
    bytes -= request.body.held + response.body.held
  }

  function keep(id: string, turn: CapturedTurn) {
    closed.push({ id, turn })
    if (closed.length > limits.turns) forgetOldest()
  }

  function forgetOldest() {
    const oldest = closed.shift()
    if (oldest !== undefined) release(oldest.turn)
  }

  function get(id: string): CapturedTurn | undefined {
    return closed.find(kept => kept.id === id)?.turn
  }

  function resize(next: BodyMemoryLimits) {
    limits = next
    while (closed.length > 0 && (closed.length > limits.turns || bytes > limits.bytes)) forgetOldest()
  }

  return { reserve, release, keep, get, resize, held: () => ({ turns: closed.length, bytes }) }
}
