import * as figure from '../figures.mjs'
import { large, small } from '../requests.mjs'
import { addedRatio, difference, ratio } from '../results.mjs'

/** A1: answers that come whole, to requests of 1 KB; one client alone, then 32 at once. */
export const wholeSmall = whole('A1', small, {
  alone: { connections: 1, requests: 3000, maxMs: 1000, warmUp: 20 },
  many: { connections: 32, requests: 60_000, maxMs: 1200, warmUp: 64 },
})

/** A200: the same with a coding agent's 200 KB; one client alone, then 8 at once. */
export const wholeLarge = whole('A200', large, {
  alone: { connections: 1, requests: 1000, maxMs: 1000, warmUp: 10 },
  many: { connections: 8, requests: 20_000, maxMs: 1200, warmUp: 16 },
})

function whole(id, size, { alone, many }) {
  const request = { route: 'relay', size, stream: false }

  return {
    id,

    async run(bench) {
      const targets = await bench.able(id, request)
      for (const [step, shape] of Object.entries({ alone, many })) {
        await bench.rounds(`${id}.${step}`, targets, target => bench.quietLoad(target, request, shape))
      }
    },

    tables: results => [
      {
        title: `${id} · whole answers, requests of ${size.name}`,
        has: target => results.has(`${id}.alone`, target),
        columns: {
          'p50 µs': target => results.median(`${id}.alone`, target, figure.p50),
          'p99 µs': target => results.median(`${id}.alone`, target, figure.p99),
          'added p50 µs': target => results.paired(`${id}.alone`, [target, 'direct'], difference(figure.p50)),
          'added ÷ bare': target => results.paired(`${id}.alone`, [target, 'bare', 'direct'], addedRatio(figure.p50)),
          [`requests/s by ${many.connections}`]: target =>
            results.median(`${id}.many`, target, figure.requestsPerSecond),
          'r/s ÷ bare': target => results.paired(`${id}.many`, [target, 'bare'], ratio(figure.requestsPerSecond)),
          'CPU µs/request': target => results.median(`${id}.many`, target, figure.cpuPerRequest),
          'CPU ÷ bare': target => results.paired(`${id}.many`, [target, 'bare'], ratio(figure.cpuPerRequest)),
          'main thread': target => results.median(`${id}.many`, target, figure.mainCpuPerRequest),
          MB: target => results.median(`${id}.many`, target, figure.residentMb),
        },
      },
    ],
  }
}
