import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import path from 'node:path'
import { faults } from './figures.mjs'
import { goals } from './goals.mjs'
import { pinned } from './processes.mjs'
import { quietGate } from './quiet.mjs'
import { median } from './results.mjs'

const folder = path.resolve(import.meta.dirname, '../../out/bench/results')

/** The run as Markdown: the goals first, then every scenario's table, then what was left out and how quiet it was. */
export function report({ results, participants, scenarios, rounds, seconds }) {
  const targets = participants.all()
  const tables = scenarios.flatMap(scenario => scenario.tables(results))
  return [
    '# Benchmark',
    `${new Date().toISOString()} · Node ${process.version} · ${availableParallelism()} × ${cpus()[0].model} · ` +
      `${rounds} rounds in ${Math.round(seconds)} s · ${process.env.BENCH_ISOLATED} · ` +
      (pinned ? 'target on a core of its own' : 'target and load share one core'),
    '## Goals',
    ...disturbance(results),
    goalTable(results),
    ...targets.map(target => faultLine(target, results)).filter(line => line !== undefined),
    ...tables.flatMap(table => detailTable(table, targets)),
    '## The run',
    [...participants.leftOut.map(({ title, reason }) => `- left out: ${title}: ${reason}`), quietLine(results)].join(
      '\n',
    ),
  ].join('\n\n')
}

/** Writes the report and all samples; gives the files' common path. */
export function save(text, results) {
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, new Date().toISOString().replace(/[:.]/g, '-'))
  const measured = goals.map(({ id, text, must, stretch, measure }) => ({
    id,
    text,
    must,
    stretch,
    value: measure(results),
  }))
  writeFileSync(`${file}.md`, `${text}\n`)
  writeFileSync(`${file}.json`, JSON.stringify({ node: process.version, goals: measured, samples: results }, null, 1))
  return file
}

/** Translated turns have lines here only in a run that translated. */
function goalTable(results) {
  const shown = goals.filter(goal => !goal.translated || goal.measure(results) !== undefined)
  const rows = shown.map(({ id, text, sign, must, stretch, meets, measure }) => {
    const value = measure(results)
    const verdict =
      value === undefined
        ? 'not measured'
        : meets(value, stretch)
          ? 'met, stretch too'
          : meets(value, must)
            ? 'met'
            : 'MISSED'
    return [id, text, number(value), `${sign} ${must}`, `${sign} ${stretch}`, verdict]
  })
  return table(['', 'goal', 'measured', 'must', 'stretch', ''], ['--', '--', '--:', '--:', '--:', '--'], rows)
}

function detailTable({ title, has, columns }, targets) {
  const rows = targets
    .filter(({ id }) => has(id))
    .map(({ id, title }) => [title, ...Object.values(columns).map(value => number(value(id)))])
  if (rows.length === 0) return []
  const names = Object.keys(columns)
  return [`## ${title}`, table(['', ...names], ['--', ...names.map(() => '--:')], rows)]
}

/** Markdown whose columns line up when read as plain text too. */
function table(head, align, rows) {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map(row => row[i].length)))
  const pad = (cell, i) => (align[i].endsWith(':') ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
  const rule = widths.map((width, i) => (align[i].endsWith(':') ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [head.map(pad), rule, ...rows.map(row => row.map(pad))].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function number(value) {
  if (value === undefined) return '–'
  const size = Math.abs(value)
  return size >= 100 ? String(Math.round(value)) : size >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function faultLine({ id, title }, results) {
  const samples = results.all().filter(entry => entry.id === id && entry.sample.requests !== undefined)
  const count = samples.reduce((sum, { sample }) => sum + faults(sample), 0)
  if (count === 0) return undefined
  const said = samples.find(({ sample }) => sample.errorSample !== '')?.sample.errorSample ?? ''
  return `**Faulty: ${title}:** ${count} answers that were broken, incomplete or no 2xx${said === '' ? '' : ` (“${said}”)`}`
}

const foreignShares = results =>
  results
    .all()
    .map(({ sample }) => sample.foreign)
    .filter(share => share !== undefined)

function disturbance(results) {
  const shares = foreignShares(results)
  if (shares.filter(share => share > quietGate).length <= shares.length / 2) return []
  return ['**Other programs kept the machine busy: of these figures none is sure. Run it again when it is quiet.**']
}

function quietLine(results) {
  const foreign = foreignShares(results)
  const disturbed = foreign.filter(share => share > quietGate).length
  return (
    `- ${foreign.length} samples under load; in the median others took ${number(100 * (median(foreign) ?? 0))} % of the ` +
    `machine, in ${disturbed} more than ${100 * quietGate} %, whose rounds count only where there are no two better ones`
  )
}
