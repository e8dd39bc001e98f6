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

/**
 * Waits until the answer has said something, so that a failure before its first word is thrown here, where it can still
 * become a status or another attempt.
 */
export async function opened(events: Events): Promise<Events> {
  const iterator = events[Symbol.asyncIterator]()
  const first = await iterator.next()
  return resume(first, iterator)
}

async function* resume(
  first: IteratorResult<readonly StreamEvent[]>,
  rest: AsyncIterator<readonly StreamEvent[]>,
): AsyncGenerator<readonly StreamEvent[]> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
