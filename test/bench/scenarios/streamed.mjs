import * as figure from '../figures.mjs'
import { large, small } from '../requests.mjs'
import { addedRatio, difference, ratio } from '../results.mjs'

const paced = { chunks: 40, interval_us: 1000, first_us: 1000, jitter: 0 }
const burst = { chunks: 500, interval_us: 0, first_us: 0 }

/** B: streamed answers to requests of 1 KB and 200 KB. */
export const streamed = {
  id: 'B',

  async run(bench) {
    for (const size of bench.quick ? [small] : [small, large]) {
      await runStreams(bench, {
        scenario: 'B',
        step: `B.${size.name}`,
        request: { route: 'relay', size, stream: true },
      })
    }
  },

  tables: results =>
    [small, large].map(size =>
      streamTable(results, {
        title: `B · streamed answers, requests of ${size.name}`,
        step: `B.${size.name}`,
        base: 'bare',
      }),
    ),
}

/** One stream of a delta each millisecond, then four that come as fast as they are read. */
export async function runStreams(bench, { scenario, step, request, atMost }) {
  const targets = await bench.able(scenario, request)
  const one = { connections: 1, requests: 24, maxMs: 1500, deltas: paced.chunks, warmUp: 2 }
  const four = { connections: 4, requests: 2000, maxMs: 1200, deltas: burst.chunks, warmUp: 4 }

  await bench.setStreams(paced)
  await bench.rounds(`${step}.paced`, targets, target => bench.quietLoad(target, request, one), { atMost })
  await bench.setStreams(burst)
  await bench.rounds(`${step}.burst`, targets, target => bench.quietLoad(target, request, four), { atMost })
}

/** What `runStreams` measured, compared with a base. */
export function streamTable(results, { title, step, base }) {
  const [paced, burst] = [`${step}.paced`, `${step}.burst`]
  return {
    title,
    has: id => results.has(paced, id),
    columns: {
      'first delta µs': id => results.median(paced, id, figure.firstDelta),
      'added first µs': id => results.paired(paced, [id, 'direct'], difference(figure.firstDelta)),
      [`added first ÷ ${base}`]: id => results.paired(paced, [id, base, 'direct'], addedRatio(figure.firstDelta)),
      'delta p50 µs': id => results.median(paced, id, figure.deltaP50),
      'delta p99 µs': id => results.median(paced, id, figure.deltaP99),
      'added delta p50 µs': id => results.paired(paced, [id, 'direct'], difference(figure.deltaP50)),
      'CPU µs/delta': id => results.median(paced, id, figure.cpuPerDelta),
      'burst deltas/s': id => results.median(burst, id, figure.deltasPerSecond),
      [`d/s ÷ ${base}`]: id => results.paired(burst, [id, base], ratio(figure.deltasPerSecond)),
      'burst CPU µs/delta': id => results.median(burst, id, figure.cpuPerDelta),
      [`CPU ÷ ${base}`]: id => results.paired(burst, [id, base], ratio(figure.cpuPerDelta)),
    },
  }
}
