import { setTimeout as sleep } from 'node:timers/promises'
import { inTurn } from '../measuring.mjs'
import { cpuMs, residentMb, stop } from '../processes.mjs'
import { ratio } from '../results.mjs'
import { start } from '../start.mjs'

const settleMs = 1500

export const startMs = sample => sample.firstAnswerMs
export const idleMb = sample => sample.idleMb

/** E: from starting the process to its first answer; then what it costs to have it sit there. */
export const startup = {
  id: 'E',

  async run(bench) {
    const targets = bench.participants.of('E')
    const rounds = bench.quick ? 1 : 3
    await bench.participants.stop()
    for (let round = 0; round < rounds; round++) {
      const started = []
      for (const target of inTurn(targets, round)) {
        const { running, ...times } = await start(target, bench.work)
        started.push({ target, running, times })
        await sleep(200)
      }
      await sleep(settleMs)
      const before = started.map(({ running }) => cpuMs(running.pid).all)
      await sleep(settleMs)
      for (const [i, { target, running, times }] of started.entries()) {
        const idleCpuMs = (cpuMs(running.pid).all - before[i]) / (settleMs / 1000)
        bench.results.add('E', target.id, round, { ...times, idleMb: residentMb(running.pid), idleCpuMs })
      }
      await Promise.all(started.map(({ running }) => stop(running)))
    }
    await bench.participants.start()
  },

  tables: results => [
    {
      title: 'E · start-up and memory',
      has: id => results.has('E', id),
      columns: {
        'listens ms': id => results.median('E', id, sample => sample.listenMs),
        'first answer ms': id => results.median('E', id, startMs),
        '÷ bare': id => results.paired('E', [id, 'bare'], ratio(startMs)),
        'idle MB': id => results.median('E', id, idleMb),
        'idle ÷ bare': id => results.paired('E', [id, 'bare'], ratio(idleMb)),
        'idle CPU ms/s': id => results.median('E', id, sample => sample.idleCpuMs),
        'MB after the run': id => results.median('end', id, sample => sample.residentMb),
        'after ÷ bare': id =>
          results.paired(
            'end',
            [id, 'bare'],
            ratio(sample => sample.residentMb),
          ),
      },
    },
  ],
}
