import { readFileSync, writeFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

/** Stands in for the writer's thread: dies in the middle of its first call as often as the file `deaths` says, then is the real one. */
const deaths = `${(workerData as { file: string }).file}.deaths`
const left = Number(readFileSync(deaths, 'utf8'))

if (left > 0) {
  parentPort?.once('message', () => {
    writeFileSync(deaths, String(left - 1))
    process.exit(1)
  })
} else {
  await import('../../../proxy/traffic/store-worker.ts')
}
