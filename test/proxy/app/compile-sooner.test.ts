import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** Runs a module in which V8 compiles at once, not in a thread beside. */
const run = (source: string) =>
  promisify(execFile)(process.execPath, [
    '--allow-natives-syntax',
    '--no-concurrent-recompilation',
    '--input-type=module',
    '--eval',
    source,
  ])

/** Prints whether a function is fully optimized after 2,000 calls, by V8's own bit for it (`OptimizationStatus` in its runtime.h). */
const called = `
  const add = (a, b) => a + b
  for (let call = 0; call < 2000; call++) add(call, 1)
  process.stdout.write(String((%GetOptimizationStatus(add) & 64) !== 0))
`

it('has V8 optimize what it would leave as it is by itself', async () => {
  const file = JSON.stringify(new URL('../../../proxy/app/compile-sooner.ts', import.meta.url).href)
  const [sooner, asEver] = await Promise.all([
    run(`import { compileSooner } from ${file}; compileSooner(); ${called}`),
    run(called),
  ])
  // A flag that V8 does not know would be named on standard error.
  expect(sooner).toEqual({ stdout: 'true', stderr: '' })
  expect(asEver.stdout).toBe('false')
})
