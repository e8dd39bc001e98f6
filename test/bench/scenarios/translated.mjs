import * as figure from '../figures.mjs'
import { large, small } from '../requests.mjs'
import { ratio } from '../results.mjs'
import { runStreams, streamTable } from './streamed.mjs'

/** Clients before upstreams of another format, by the route of their requests. */
export const pairs = {
  messagesToChat: 'Messages client → Chat upstream',
  chatToMessages: 'Chat client → Messages upstream',
}
const atMost = 3
const alone = { connections: 1, requests: 3000, maxMs: 1000, warmUp: 20 }

/** C: clients of one format before an upstream of another, whole and streamed. */
export const translated = {
  id: 'C',

  async run(bench) {
    for (const route of Object.keys(pairs)) {
      for (const size of [small, large]) {
        const request = { route, size, stream: false }
        const targets = await bench.able('C', request)
        await bench.rounds(`C.${route}.${size.name}`, targets, target => bench.quietLoad(target, request, alone), {
          atMost,
        })
      }
      const request = { route, size: small, stream: true }
      await runStreams(bench, { scenario: 'C', step: `C.${route}`, request, atMost })
    }
  },

  tables: results =>
    Object.entries(pairs).flatMap(([route, name]) => [
      {
        title: `C · ${name}, whole answers`,
        has: id => results.has(`C.${route}.${small.name}`, id),
        columns: Object.assign(
          {},
          ...[small, large].map(size => {
            const step = `C.${route}.${size.name}`
            return {
              [`${size.name} p50 µs`]: id => results.median(step, id, figure.p50),
              [`${size.name} p99 µs`]: id => results.median(step, id, figure.p99),
              [`${size.name} p50 ÷ translate`]: id => results.paired(step, [id, 'translate'], ratio(figure.p50)),
              [`${size.name} CPU µs`]: id => results.median(step, id, figure.cpuPerRequest),
            }
          }),
        ),
      },
      streamTable(results, { title: `C · ${name}, streamed`, step: `C.${route}`, base: 'translate' }),
    ]),
}
