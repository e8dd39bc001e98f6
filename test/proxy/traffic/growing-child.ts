import { setImmediate } from 'node:timers/promises'
import { configSchema } from '../../../proxy/config/schema.ts'
import { createJournal, storeLimits } from '../../../proxy/traffic/journal.ts'
import { createStore } from '../../../proxy/traffic/store.ts'

/** Closes turns with bodies, into the file it is given, and tells what memory is in use after ten thousand and after forty thousand. */
const [file = ''] = process.argv.slice(2)
const config = { ...configSchema.parse({}).traffic, memory_mb: 4 }
const store = createStore({ file, limits: storeLimits(config) })
const journal = createJournal({ store, config })
const used: number[] = []

for (const turns of [10_000, 30_000]) {
  for (let n = 0; n < turns; n++) {
    const request = { url: '/v1/chat/completions', headers: { 'user-agent': 'curl/8.14.1', 'x-n': String(n) } }
    const turn = journal.open({ protocol: 'openai-chat', request, body: Buffer.alloc(2000, 'x') })
    for (let chunk = 0; chunk < 20; chunk++) turn.responseCapture?.append(Buffer.alloc(250, 'y'))
    journal.close(turn, { interrupted: false })
    if (n % 200 === 0) await journal.flush()
  }
  await journal.flush()
  // What is behind buffers is freed beside the collection, so that one round of it does not tell.
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.()
    await setImmediate()
  }
  const { heapUsed, external } = process.memoryUsage()
  used.push(heapUsed + external)
}
await journal.stop()
process.stdout.write(JSON.stringify(used))
