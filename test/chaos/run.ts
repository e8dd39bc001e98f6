import { parseArgs } from 'node:util'
import { startApp } from '../support/start-app.ts'
import { randomOf } from './random.ts'
import { ask, type Result } from './turns.ts'
import { startUpstream } from './upstream.ts'

/**
 * Two thousand turns over a chain of three upstreams that fail, hang, cut and crawl by chance: `npm run chaos -- --seed 7`. Every
 * turn must end in an answer or in a proper error of its API; nothing may be left open; and no turn may be answered to its end
 * by two upstreams, since both would be billed.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    turns: { type: 'string', default: '2000' },
    at: { type: 'string', default: '50' },
  },
})
const seed = Number(values.seed)
const random = randomOf(seed)
const upstreams = [await startUpstream(random), await startUpstream(random), await startUpstream(random)]
const proxy = await startApp(`
failure_handling: { min_retry_wait: 0.005, max_failover_hops: 3 }
resilience: { circuit_breaker: { failure_threshold: 20, open_cooldown_seconds: 0.05 } }
traffic: { capture: metadata }
backends:
${upstreams.map(({ url }, index) => `  u${index}: { type: custom, protocol: openai-chat, api_url: ${url}, timeout: 0.3 }`).join('\n')}
`)

const startedAt = performance.now()
const before = await resting()
const results: Result[] = []
let next = 0
async function worker() {
  while (next < Number(values.turns)) results.push(await ask(proxy.url, `turn-${next++}`, random))
}
await Promise.all(Array.from({ length: Number(values.at) }, worker))
const seconds = (performance.now() - startedAt) / 1000

const faults = results.flatMap(({ turn, fault }) => (fault === undefined ? [] : [`${turn}: ${fault}`]))
const twice = [...countTwice()]
const after = await resting()
const leaks = [
  ...(proxy.app.openTurns() > 0 ? [`${proxy.app.openTurns()} turns are open`] : []),
  ...upstreams.flatMap(({ open }, index) => (open() > 0 ? [`upstream ${index} has ${open()} open requests`] : [])),
  ...(after.timers > before.timers + 5 ? [`${after.timers} timers, ${before.timers} before`] : []),
  ...(after.megabytes > before.megabytes + 40 ? [`${after.megabytes} MB of heap, ${before.megabytes} before`] : []),
]
await proxy.close()
await Promise.all(upstreams.map(upstream => upstream.close()))

const kinds = [...new Set(results.map(({ kind }) => kind))].map(
  kind => `${results.filter(result => result.kind === kind).length} ${kind}`,
)
console.log(`seed ${seed}: ${results.length} turns in ${seconds.toFixed(1)} s: ${kinds.join(', ')}`)
console.log(`heap ${before.megabytes} → ${after.megabytes} MB, timers ${before.timers} → ${after.timers}`)
for (const line of [...faults.slice(0, 20), ...twice.slice(0, 20), ...leaks]) console.log(`  ✗ ${line}`)
console.log(faults.length + twice.length + leaks.length === 0 ? 'nothing was lost' : 'FAILED')
process.exit(faults.length + twice.length + leaks.length === 0 ? 0 : 1)

/** Turns that were answered to their end more than once. */
function* countTwice() {
  for (const { turn } of results) {
    const times = upstreams.reduce((sum, { answered }) => sum + (answered.get(turn) ?? 0), 0)
    if (times > 1) yield `${turn} was answered ${times} times`
  }
}

/** What is held when everything has come to rest. */
async function resting() {
  for (let look = 0; look < 100 && upstreams.some(({ open }) => open() > 0); look++) await pause(50)
  await pause(1500)
  globalThis.gc?.()
  return {
    timers: process.getActiveResourcesInfo().filter(name => name === 'Timeout').length,
    megabytes: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
