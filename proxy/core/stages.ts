import { toProxyError, type ProxyError } from './errors.ts'
import type { Events, StreamEvent } from './events.ts'

/**
 * The answer unchanged, each event shown to `watch` as it passes; `failed` is told of the error that ends it, before it is
 * thrown on.
 */
export async function* tap(
  events: Events,
  watch: (event: StreamEvent) => void,
  failed: (error: ProxyError) => void,
): AsyncGenerator<readonly StreamEvent[]> {
  try {
    for await (const batch of events) {
      for (const event of batch) watch(event)
      yield batch
    }
  } catch (thrown) {
    const error = toProxyError(thrown)
    failed(error)
    throw error
  }
}

/** An answer of which the beginning is there. */
export interface Opened {
  /** The whole answer, its beginning included. */
  readonly rest: Events
  /** Whether it ended before it said what was waited for. */
  readonly isEmpty: boolean
}

/**
 * Waits until the answer has told an event that is `enough`, so that a failure before it is thrown here, where it can still
 * become a status or another attempt.
 */
export async function opened(events: Events, enough: (event: StreamEvent) => boolean): Promise<Opened> {
  const iterator = events[Symbol.asyncIterator]()
  const begun: (readonly StreamEvent[])[] = []
  for (;;) {
    const next = await iterator.next()
    if (next.done === true) return { rest: resume(begun, iterator), isEmpty: true }
    begun.push(next.value)
    if (next.value.some(enough)) return { rest: resume(begun, iterator), isEmpty: false }
  }
}

async function* resume(
  begun: readonly (readonly StreamEvent[])[],
  rest: AsyncIterator<readonly StreamEvent[]>,
): AsyncGenerator<readonly StreamEvent[]> {
  try {
    yield* begun
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
