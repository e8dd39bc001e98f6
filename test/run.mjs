import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { passSignals, pinnedNode, prepare, toolEnvironment } from '../main/prepare.mjs'
import { installSystemPackages } from './support/system-packages.mjs'

/*
 * `npm test`: makes the checkout ready, then runs everything: what `npm run check` runs, each tool of which counts as
 * a test, and the end-to-end tests. A step's output is shown only where it fails. The last line is the sum.
 *
 *   npm test                  everything
 *   npm test -- sse relay     only the test files whose path has one of these words in it
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const filters = process.argv.slice(2)
const summaries = mkdtempSync(join(tmpdir(), 'test-summaries-'))
/* global AbortSignal */
/** When a step that hangs is given up, so that a run ends by itself and says which step it was. */
const deadline = AbortSignal.timeout(24 * 60_000)

let results
try {
  installSystemPackages()
  await prepare(root)
  const cores = availableParallelism()
  const { tools, projects } = check()
  // The tools use one core, so the unit tests get the others. An end-to-end test is several programs, each with work to do.
  const quick = await Promise.all([
    inOrder(filters.length === 0 ? tools : [], tool),
    inOrder(projects, project => vitest(project, cores - 1)),
  ])
  results = [...quick.flat(), await vitest('e2e', cores / 2)]
} catch (error) {
  console.log(error.message)
  results = [{ passed: 0, failed: 1, skipped: 0, reasons: {} }]
}
rmSync(summaries, { recursive: true })

for (const [reason, tests] of skipped()) console.log(`skipped ${tests}: ${reason}`)
const [passed, failed, skips] = ['passed', 'failed', 'skipped'].map(key =>
  results.reduce((sum, step) => sum + step[key], 0),
)
if (passed === 0 && failed === 0) console.log('Nothing ran.')
console.log(`${passed} passed, ${failed} failed, ${skips} skipped`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

/** What `npm run check` runs: tools by their command lines, and vitest's projects. */
function check() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const commands = scripts.check.split('&&').map(command => command.trim())
  const projects = commands
    .filter(command => command.startsWith('vitest'))
    .flatMap(command => [...command.matchAll(/--project[ =](\S+)/g)].map(([, project]) => project))
  return { tools: commands.filter(command => !command.startsWith('vitest')), projects }
}

async function inOrder(items, work) {
  const done = []
  for (const item of items) done.push(await work(item))
  return done
}

/** A tool of the check as one test: it passes or it fails. */
async function tool(command) {
  const { ok, output, seconds } = await run(command, [], { shell: true })
  const result = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, reasons: {} }
  report({ name: command, ok, output, seconds })
  return result
}

/** A project of vitest's, counted by our reporter. */
async function vitest(project, cores) {
  const summary = join(summaries, project)
  const { ok, output, seconds } = await run(
    pinnedNode(root),
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      ...['run', '--project', project, '--maxWorkers', String(Math.max(1, Math.floor(cores))), ...filters],
      ...['--reporter', 'default', '--reporter', join(root, 'test', 'support', 'summary-reporter.mjs')],
      ...(filters.length > 0 ? ['--passWithNoTests'] : []),
    ],
    { env: { ...toolEnvironment(root), SUMMARY_FILE: summary } },
  )
  const result = counted(summary)
  // A run that died, or that failed for a reason that is no test's (a coverage threshold, a broken configuration).
  if (!ok && result.failed === 0) result.failed = 1
  report({ name: `vitest ${project}, ${result.passed} passed`, ok: result.failed === 0, output, seconds })
  return result
}

function counted(summary) {
  try {
    return JSON.parse(readFileSync(summary, 'utf8'))
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return { passed: 0, failed: 0, skipped: 0, reasons: {} }
  }
}

/** Runs a program to its end, or to the deadline. */
function run(command, args, options) {
  const started = performance.now()
  return new Promise(resolve => {
    const child = spawn(command, args, {
      cwd: root,
      env: toolEnvironment(root),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: deadline,
      ...options,
    })
    passSignals(child)
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => (output += text))
    child.stderr.setEncoding('utf8').on('data', text => (output += text))
    child.on(
      'error',
      error => (output += `\n${deadline.aborted ? 'given up: the time for all tests is over' : error.message}`),
    )
    child.on('close', code => resolve({ ok: code === 0, output, seconds: (performance.now() - started) / 1000 }))
  })
}

function report({ name, ok, output, seconds }) {
  if (!ok) console.log(output.trimEnd())
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`)
}

/** Why tests were skipped, with how many, each reason once. */
function skipped() {
  const reasons = new Map()
  for (const [reason, tests] of results.flatMap(step => Object.entries(step.reasons))) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + tests)
  }
  return reasons
}
