import { setImmediate } from 'node:timers/promises'
import { configSchema } from '../../../proxy/config/schema.ts'
import { createJournal, storeLimits } from '../../../proxy/traffic/journal.ts'
import { createStore } from '../../../proxy/traffic/store.ts'

/** Closes turns as fast as the log takes them, into the file it is given, and tells after every few how many it closed and how many of them are written. */
const [file = ''] = process.argv.slice(2)
const config = configSchema.parse({}).traffic
const store = createStore({ file, limits: storeLimits(config) })
const journal = createJournal({ store, config })
const request = { url: '/v1/chat/completions', headers: { 'user-agent': 'curl/8.14.1' } }

for (let closed = 50; ; closed += 50) {
  for (let n = 0; n < 50; n++) {
    const turn = journal.open({ protocol: 'openai-chat', request, body: Buffer.from('{"model":"gpt-x"}') })
    turn.status = 200
    journal.close(turn, { interrupted: false })
  }
  process.stdout.write(`${JSON.stringify({ closed, written: closed - store.health().waiting })}\n`)
  do await setImmediate()
  while (store.health().waiting >= 200)
}
