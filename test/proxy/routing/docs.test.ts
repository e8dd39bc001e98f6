import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBackends } from '../../../proxy/backends/index.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { leavesOf, dotted } from '../../../proxy/config/key.ts'
import { paramNames } from '../../../proxy/core/selector-params.ts'
import { failures } from '../../../proxy/routing/failure.ts'
import { createPlan } from '../../../proxy/routing/plan.ts'

const text = readFileSync(join(import.meta.dirname, '../../../docs/routing.md'), 'utf8')

/** The cells of the table under a heading, without its head. */
function table(head: string): string[][] {
  const [, rest = ''] = text.split(`| ${head} |`)
  const lines = rest.split('\n').slice(2)
  return lines
    .slice(
      0,
      lines.findIndex(line => !line.startsWith('|')),
    )
    .map(line =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map(cell => cell.trim()),
    )
}

describe('docs/routing.md', () => {
  it('has the order in which a turn is decided', () => {
    const config = configSchema.parse({})
    const plan = createPlan({ backends: createBackends(config), config, fallback: 'demo' })
    const asked = plan.explain('x').steps.map(step => step.split(':')[0])
    expect(table('Decides | When').map(cells => cells[1])).toEqual(asked)
  })

  it('has the table of failures', () => {
    expect(table('Failure | Means | Then | Says of the target')).toEqual(
      Object.entries(failures).map(([name, { means, actions, tells }]) => [
        `\`${name}\``,
        means,
        actions.length === 0 ? 'give up' : actions.join(', ').replaceAll('-', ' '),
        { failed: 'that it fails', succeeded: 'that it works', nothing: 'nothing' }[tells],
      ]),
    )
  })

  it('has every parameter', () => {
    expect(table('Name | Value').map(([name]) => name?.replaceAll('`', ''))).toEqual(paramNames)
  })

  it('has the settings with their defaults', () => {
    const rows = new Map(table('Key | Default | Meaning').map(([key = '', value]) => [key.replaceAll('`', ''), value]))
    const { routing, failure_handling, resilience } = configSchema.parse({})
    for (const [path, value] of leavesOf({ routing, failure_handling, resilience })) {
      const shown = Array.isArray(value) && value.length === 0 ? 'none' : String(value)
      expect([dotted(path), rows.get(dotted(path))]).toEqual([dotted(path), shown])
    }
  })
})
