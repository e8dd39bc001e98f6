import { highestMb, residentMb } from '../processes.mjs'
import { small } from '../requests.mjs'
import { pairs } from './translated.mjs'

const routes = { relay: 'relayed', ...pairs }

/** Deltas of 4 KB, as fast as they are read: a stream of 5 MB first, so that all is there that a stream needs, then one of 50. */
const deltaBytes = 4096
const deltasOf = megabytes => Math.ceil((megabytes * 2 ** 20) / deltaBytes)

/** long: how much more memory a stream of 50 MB takes than one of 5 MB. */
export const longStream = {
  id: 'long',

  async run(bench) {
    for (const route of Object.keys(routes)) {
      const request = { route, size: small, stream: true }
      for (const target of await bench.able('long', request)) {
        await stream(bench, target, request, deltasOf(5))
        bench.results.add(`long.${route}`, target.id, 0, await stream(bench, target, request, deltasOf(50)))
      }
    }
    await bench.setStreams({ pad: 0 })
  },

  tables: results =>
    Object.entries(routes).map(([route, name]) => ({
      title: `long · a stream of 50 MB after one of 5 MB, ${name}`,
      has: id => results.has(`long.${route}`, id),
      columns: {
        'growth MB': id => results.median(`long.${route}`, id, sample => sample.growthMb),
        'before MB': id => results.median(`long.${route}`, id, sample => sample.beforeMb),
        'MB read': id => results.median(`long.${route}`, id, sample => (sample.deltas * deltaBytes) / 2 ** 20),
      },
    })),
}

async function stream(bench, target, request, deltas) {
  const { pid } = bench.participants.running(target)
  await bench.setStreams({ chunks: deltas, interval_us: 0, first_us: 0, pad: deltaBytes })
  const beforeMb = residentMb(pid)
  const reading = bench.load(target, request, { connections: 1, requests: 1, maxMs: 60_000, deltas })
  const highest = await highestMb(pid, reading)
  return { ...(await reading), beforeMb, growthMb: highest - beforeMb }
}
