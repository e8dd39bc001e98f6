import { rmSync } from 'node:fs'
import { createBench } from './measuring.mjs'
import { readOptions } from './options.mjs'
import { createParticipants } from './participants.mjs'
import { residentMb } from './processes.mjs'
import { report, save } from './report.mjs'
import { createResults } from './results.mjs'
import { longStream } from './scenarios/long-stream.mjs'
import { manyStreams } from './scenarios/many-streams.mjs'
import { slowReader } from './scenarios/slow-reader.mjs'
import { startup } from './scenarios/startup.mjs'
import { streamed } from './scenarios/streamed.mjs'
import { translated } from './scenarios/translated.mjs'
import { wholeLarge, wholeSmall } from './scenarios/whole.mjs'
import { allTargets } from './targets/index.mjs'
import { startUpstream } from './upstream.mjs'

// The measurement itself, top to bottom. `run.mjs` starts it in a place of its own; leaving it ends all it started.
// Should `run.mjs` be killed, nobody else tidies up.
process.on('disconnect', () => {
  rmSync(process.env.BENCH_WORK, { recursive: true, force: true })
  process.exit(1)
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

const began = performance.now()
const options = readOptions(process.argv.slice(2))
const work = process.env.BENCH_WORK
const scenarios = [startup, slowReader, wholeSmall, wholeLarge, streamed, translated, longStream, manyStreams].filter(
  ({ id }) => options.scenarios.includes(id),
)
const upstream = startUpstream(work)
const results = createResults()
const participants = createParticipants({ options, targets: allTargets(work), work })
const bench = createBench({ options, participants, results, upstream, work })

await participants.start()
for (const scenario of scenarios) {
  const began = performance.now()
  await scenario.run(bench)
  console.error(`${scenario.id}: ${Math.round((performance.now() - began) / 1000)} s`)
}
for (const target of participants.of('E')) {
  results.add('end', target.id, 0, { residentMb: residentMb(participants.running(target).pid) })
}

const seconds = (performance.now() - began) / 1000
const text = report({ results, participants, scenarios, rounds: options.rounds, seconds })
const file = save(text, results)
console.log(text)
console.error(`\nwritten to ${file}.md and .json`)
await participants.stop()
process.exit(0)
