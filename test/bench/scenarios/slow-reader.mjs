import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { programs } from '../native.mjs'
import { highestMb, loadCore, onCore, residentMb } from '../processes.mjs'
import { requestFile, small } from '../requests.mjs'

const request = { route: 'relay', size: small, stream: true }
const readers = 100

/**
 * Each answer comes at 800 KB a second, so that the kernel's buffers, of some MB a stream, are full in a few seconds; a
 * program that went on reading would grow by 80 MB a second. Not faster, since then the first rush would count most.
 */
const profile = { chunks: 5000, interval_us: 5000, first_us: 0, jitter: 1, pad: 4096 }

/** slow: a hundred clients that read 1 KB a second; how much more memory that takes than serving as many quick ones. */
export const slowReader = {
  id: 'slow',

  async run(bench) {
    const targets = await bench.able('slow', request)
    for (const target of targets) {
      const shape = { connections: readers, requests: 5 * readers, maxMs: 4000, deltas: 50 }
      bench.results.add('slow.quick', target.id, 0, await bench.load(target, request, shape))
    }
    await bench.setStreams(profile)
    await Promise.all(
      targets.map(async target => bench.results.add('slow', target.id, 0, await readSlowly(bench, target))),
    )
    await bench.setStreams({ pad: 0 })
  },

  tables: results => [
    {
      title: `slow · ${readers} clients that read 1 KB a second`,
      has: id => results.has('slow', id),
      columns: {
        'growth MB': id => results.median('slow', id, sample => sample.growthMb),
        'before MB': id => results.median('slow', id, sample => sample.beforeMb),
        'streams open': id => results.median('slow', id, sample => sample.ok - sample.closed),
        'KB read': id => results.median('slow', id, sample => sample.bytes / 1024),
      },
    },
  ],
}

async function readSlowly(bench, target) {
  const { pid } = bench.participants.running(target)
  const seconds = bench.quick ? 8 : 12
  const file = requestFile(target, request, bench.work)
  const args = [String(target.program.port), file, String(readers), String(seconds)]
  const [command, ...rest] = onCore(loadCore, [programs.slowReader, ...args])

  const beforeMb = residentMb(pid)
  const reading = promisify(execFile)(command, rest)
  const highest = await highestMb(pid, reading)
  return { ...JSON.parse((await reading).stdout), beforeMb, growthMb: highest - beforeMb }
}
