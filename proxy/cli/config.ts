import { knownBackends } from '../app/parts.ts'
import { describeConfig } from '../config/describe.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError, formatProblem } from '../config/problems.ts'
import { parseOptions, UsageError, type Verb } from './args.ts'
import { placeOptions, placesOf } from './world.ts'

const options = { ...placeOptions, json: { type: 'boolean' } } as const

/** `config path` tells where the file is, `config check` every value and where it comes from. Exit code 2 for a config that can't be used. */
export const config: Verb = async (args, terminal) => {
  const { values, positionals } = parseOptions(args, options, { atMost: 1 })
  const { configFile: file, configRequired: required } = placesOf(terminal, values)
  switch (positionals[0]) {
    case 'path':
      terminal.out.write(`${file}\n`)
      return 0
    case 'check':
      break
    default:
      throw new UsageError('Say `config path` or `config check`.')
  }
  try {
    const loaded = await loadConfig({ file, required, env: terminal.env, flags: {}, knownBackends })
    const rows = describeConfig(loaded)
    if (values.json === true)
      terminal.out.write(`${JSON.stringify({ file, values: rows, warnings: loaded.warnings }, null, 2)}\n`)
    else terminal.out.write(`${file}\n${table(rows.map(({ key, value, source }) => [key, value, source]))}`)
    for (const warning of loaded.warnings) terminal.err.write(`warning: ${formatProblem(warning)}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    terminal.err.write(`${error.message}\n`)
    return 2
  }
}

/** Rows in columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
