import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isolation } from './isolation.mjs'
import { buildPrograms } from './native.mjs'
import { nodeBinary } from './node-binary.mjs'
import { help, readOptions } from './options.mjs'

/**
 * `npm run bench`: prepares what the measurement needs, runs it (`bench.mjs`) in a place of its own, and cleans up
 * after it however it ends. What is measured, and how to read it, stands in README.md beside this file.
 */
const options = readOrExit(process.argv.slice(2))
if (options.help) {
  console.log(help)
  process.exit(0)
}
const problem = process.platform === 'linux' ? buildPrograms() : 'the benchmark reads /proc and uses epoll: Linux only'
if (problem !== undefined) {
  console.error(`bench: ${problem}`)
  process.exit(1)
}

const work = mkdtempSync(path.join(tmpdir(), 'lip-bench-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true, maxRetries: 5 }))

const isolated = isolation()
const [command, ...args] = [
  ...isolated.command,
  nodeBinary,
  path.join(import.meta.dirname, 'bench.mjs'),
  ...process.argv.slice(2),
]
const bench = spawn(command, args, {
  // The channel tells the measurement when this process is gone, even if it was killed.
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, BENCH_WORK: work, BENCH_ISOLATED: isolated.name },
})
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true
    bench.kill(isolated.killedBy)
  })
}
bench.on('exit', code => process.exit(interrupted ? 130 : (code ?? 1)))

function readOrExit(argv) {
  try {
    return readOptions(argv)
  } catch (error) {
    console.error(`bench: ${error.message}\n\n${help}`)
    process.exit(2)
  }
}
