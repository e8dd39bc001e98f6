/** Conversations in which something is left out for some turns. */
export interface Pauses {
  readonly pause: (conversation: string, turns: number) => void
  /** Whether this turn is one of those, and counts it. */
  readonly isPaused: (conversation: string) => boolean
}

const MOST_REMEMBERED = 1000

/** In memory, of the last conversations that were paused. */
export function createPauses(): Pauses {
  const left = new Map<string, number>()
  return {
    pause(conversation, turns) {
      const [oldest] = left.keys()
      if (left.size >= MOST_REMEMBERED && oldest !== undefined) left.delete(oldest)
      if (turns > 0) left.set(conversation, turns)
    },
    isPaused(conversation) {
      const turns = left.get(conversation)
      if (turns === undefined) return false
      if (turns > 1) left.set(conversation, turns - 1)
      else left.delete(conversation)
      return true
    },
  }
}
