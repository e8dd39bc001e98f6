import { setTimeout as sleep } from 'node:timers/promises'
import * as figure from '../figures.mjs'
import { residentMb } from '../processes.mjs'
import { small } from '../requests.mjs'
import { difference, ratio } from '../results.mjs'

const request = { route: 'relay', size: small, stream: true }
const streams = 500

/** The share of all deltas that came. */
export const delivered = sample => sample.deltas / (streams * sample.deltasEach)

/** D: five hundred streams open at once, of twenty deltas a second each. */
export const manyStreams = {
  id: 'D',

  async run(bench) {
    const targets = await bench.able('D', request)
    const deltas = bench.quick ? 40 : 80
    await bench.setStreams({ chunks: deltas, interval_us: 50_000, first_us: 0, jitter: 1 })
    const shape = { connections: streams, requests: streams, maxMs: 9000, deltas, rampMs: 1 }
    const take = async target => {
      const loading = bench.quietLoad(target, request, shape)
      await sleep(deltas * 35)
      const openMb = residentMb(bench.participants.running(target).pid)
      return { ...(await loading), openMb, deltasEach: deltas }
    }
    await bench.rounds('D', targets, take, { atMost: 3 })
  },

  tables: results => [
    {
      title: `D · ${streams} streams of 20 deltas a second`,
      has: id => results.has('D', id),
      columns: {
        'delta p50 µs': id => results.median('D', id, figure.deltaP50),
        'added p50 µs': id => results.paired('D', [id, 'direct'], difference(figure.deltaP50)),
        'delta p99 µs': id => results.median('D', id, figure.deltaP99),
        'p99 ÷ bare': id => results.paired('D', [id, 'bare'], ratio(figure.deltaP99)),
        'max µs': id => results.median('D', id, figure.deltaMax),
        'first delta µs': id => results.median('D', id, figure.firstDelta),
        'CPU µs/delta': id => results.median('D', id, figure.cpuPerDelta),
        'CPU ÷ bare': id => results.paired('D', [id, 'bare'], ratio(figure.cpuPerDelta)),
        'delivered %': id => results.median('D', id, sample => 100 * delivered(sample)),
        'MB while open': id => results.median('D', id, sample => sample.openMb),
      },
    },
  ],
}
