import { parseArgs } from 'node:util'

export const scenarioIds = ['E', 'slow', 'A1', 'A200', 'B', 'C', 'long', 'D']

export const help = `npm run bench -- [options]

  --quick             about a minute: short samples, two rounds, what the goals of a relay need
  --scenarios <ids>   some of ${scenarioIds.join(',')} (README.md says what they are)
  --targets <ids>     some targets, such as ours,nginx; direct and bare, the measure of the others, always run
  --rounds <n>        how often everything is measured: 5, or 2 with --quick
  --help`

/**
 * The command line as values.
 *
 * @throws {Error} With what is wrong, when it cannot be understood.
 */
export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: 'boolean', default: false },
      scenarios: { type: 'string' },
      targets: { type: 'string' },
      rounds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const scenarios =
    list(values.scenarios) ?? (values.quick ? scenarioIds.filter(id => id !== 'C' && id !== 'long') : scenarioIds)
  const unknown = scenarios.filter(id => !scenarioIds.includes(id))
  if (unknown.length > 0) throw new Error(`no scenario ${unknown.join(', ')}; there are ${scenarioIds.join(', ')}`)
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1')
  return { quick: values.quick, help: values.help, scenarios, targets: list(values.targets), rounds }
}

function list(text) {
  return text
    ?.split(',')
    .map(id => id.trim())
    .filter(id => id !== '')
}
