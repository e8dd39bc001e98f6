import type { Events, StreamEvent } from './events.ts'

/** The answer unchanged, each event shown to `watch` as it passes. */
export async function* tap(events: Events, watch: (event: StreamEvent) => void): AsyncGenerator<readonly StreamEvent[]> {
  for await (const batch of events) {
    for (const event of batch) watch(event)
    yield batch
  }
}
