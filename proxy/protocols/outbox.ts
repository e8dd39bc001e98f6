/** What a reader or a writer has made, until it is taken. */
export interface Outbox<T> {
  readonly push: (item: T) => void
  /** All that was pushed since it was last asked. */
  readonly take: () => readonly T[]
}

export function createOutbox<T>(): Outbox<T> {
  let items: T[] = []
  return {
    push(item) {
      items.push(item)
    },
    take() {
      const taken = items
      items = []
      return taken
    },
  }
}
