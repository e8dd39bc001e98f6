import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { missingPackages, sourcesHash } from '../main/prepare.mjs'
import { copyInto, makeCheckout, type Checkout } from './support/checkout.ts'

const project = `
import { defineConfig } from 'vitest/config'
export default defineConfig({ test: { projects: [
  { test: { name: 'unit', include: ['test/unit/*.test.ts'] } },
  { test: { name: 'e2e', include: ['test/e2e/*.test.ts'] } },
] } })
`
const green = `
import { it } from 'vitest'
it('adds', () => {})
it('divides', ({ skip }) => skip('no divisor here'))
`

const checkouts: Checkout[] = []
/** A checkout with the real node_modules and the real scripts, but a project of its own under test. */
function projectUnderTest(files: Readonly<Record<string, string>>) {
  const checkout = makeCheckout({
    'package.json': JSON.stringify({ type: 'module', scripts: { check: 'node -v && vitest run --project unit' } }),
    'vitest.config.ts': project,
    'test/unit/a.test.ts': green,
    'test/e2e/a.test.ts': green,
    ...files,
  })
  checkouts.push(checkout)
  copyInto(checkout, [
    ...['package-lock.json', 'main/prepare.mjs', 'test/run.mjs'],
    ...['test/support/system-packages.mjs', 'test/support/summary-reporter.mjs'],
  ])
  symlinkSync(resolve(import.meta.dirname, '../node_modules'), join(checkout.root, 'node_modules'))
  checkout.write({ 'out/.sources': sourcesHash(checkout.root) })
  return checkout.root
}

afterEach(() => {
  for (const checkout of checkouts.splice(0)) checkout[Symbol.dispose]()
})

/** What the run says, without times, and how it ends. */
function run(root: string, ...filters: readonly string[]) {
  expect(missingPackages(root), 'this test must not install anything').toBeUndefined()
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'test', 'run.mjs'), ...filters], {
    encoding: 'utf8',
    env: { ...process.env, VITEST: '' },
  })
  return {
    lines: stdout
      .trimEnd()
      .replaceAll(/ \(\d+\.\d s\)$/gm, '')
      .split('\n'),
    status,
  }
}

describe('npm test', () => {
  it('runs the static steps and both projects, and closes with the sum and the reasons of what it skipped', () => {
    const { lines, status } = run(projectUnderTest({}))
    expect(lines.slice(0, 2).sort()).toEqual(['ok     node -v', 'ok     vitest unit, 1 passed'])
    expect(lines.slice(2)).toEqual([
      'ok     vitest e2e, 1 passed',
      'skipped 2: no divisor here',
      '3 passed, 0 failed, 2 skipped',
    ])
    expect(status).toBe(0)
  })

  it('counts and shows a failing test, a file that does not load, and a failing step', () => {
    const { lines, status } = run(
      projectUnderTest({
        'package.json': JSON.stringify({
          type: 'module',
          scripts: { check: 'node no-such-file.js && vitest run --project unit' },
        }),
        'test/unit/b.test.ts': `import { expect, it } from 'vitest'\nit('fails', () => { expect('left').toBe('right') })`,
        'test/e2e/b.test.ts': 'import "./nowhere.ts"',
      }),
    )
    const text = lines.join('\n')
    expect(text).toMatch(/no-such-file\.js/)
    expect(text).toMatch(/expected 'left' to be 'right'/)
    expect(text).toMatch(/nowhere\.ts/)
    expect(lines.filter(line => line.startsWith('FAILED'))).toHaveLength(3)
    expect(lines.at(-1)).toBe('2 passed, 3 failed, 2 skipped')
    expect(status).toBe(1)
  })

  it('names a test that was skipped without a reason', () => {
    const { lines } = run(
      projectUnderTest({ 'test/e2e/a.test.ts': `import { it } from 'vitest'\nit.skipIf(true)('waits', () => {})` }),
    )
    expect(lines).toContain('skipped 1: no reason given: test/e2e/a.test.ts > waits')
  })

  it('runs only what it is asked to run, and fails when that is nothing', () => {
    const root = projectUnderTest({})
    expect(run(root, 'unit/a').lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped')
    const nothing = run(root, 'no-such-test')
    expect(nothing.lines.slice(-2)).toEqual(['Nothing ran.', '0 passed, 0 failed, 0 skipped'])
    expect(nothing.status).toBe(1)
  })
})
