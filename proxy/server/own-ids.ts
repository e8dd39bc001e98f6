import { randomUUID } from 'node:crypto'
import type { Events } from '../core/events.ts'
import type { Protocol } from '../protocols/protocol.ts'

/**
 * A protocol whose translated answers have ids of its own kind. Clients and stores keep answers apart by them: Claude Code takes
 * two of the same id for one, and some servers of other formats call all of their answers alike.
 */
export function withOwnIds(protocol: Protocol, prefix: 'msg_' | 'resp_'): Protocol {
  const ownId = (id: string) => (id.startsWith(prefix) ? id : `${prefix}${randomUUID().replaceAll('-', '')}`)

  async function* renamed(events: Events): Events {
    for await (const batch of events) {
      yield batch.map(event => (event.type === 'start' ? { ...event, id: ownId(event.id) } : event))
    }
  }

  return {
    ...protocol,
    encodeReply: (reply, asked) => protocol.encodeReply({ ...reply, id: ownId(reply.id) }, asked),
    encodeStream: (events, asked) => protocol.encodeStream(renamed(events), asked),
  }
}
