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
  // Keeps the order of insertion, so the first is the oldest.
  const closed = new Map<string, CapturedTurn>()

  function reserve(wanted: number): boolean {
    while (bytes + wanted > limits.bytes && closed.size > 0) forgetOldest()
    if (bytes + wanted > limits.bytes) return false
    bytes += wanted
    return true
  }

  function release({ request, response }: CapturedTurn) {
    bytes -= request.body.held + response.body.held
  }

  function keep(id: string, turn: CapturedTurn) {
    closed.set(id, turn)
    if (closed.size > limits.turns) forgetOldest()
  }

  function forgetOldest() {
    const [oldest] = closed
    if (oldest === undefined) return
    closed.delete(oldest[0])
    release(oldest[1])
  }

  function resize(next: BodyMemoryLimits) {
    limits = next
    while (closed.size > 0 && (closed.size > limits.turns || bytes > limits.bytes)) forgetOldest()
  }

  return { reserve, release, keep, get: id => closed.get(id), resize, held: () => ({ turns: closed.size, bytes }) }
}
