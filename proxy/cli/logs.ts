import { followTurns, openForReading, queryTurns } from '../traffic/query.ts'
import type { TurnRecord } from '../traffic/record.ts'
import { turnLine } from '../traffic/turn-line.ts'
import { parseOptions, UsageError, type Verb } from './args.ts'
import { placeOptions, placesOf } from './world.ts'

const options = {
  ...placeOptions,
  json: { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
  last: { type: 'string', short: 'n' },
} as const

/** The last turns, oldest first, and with `--follow` those to come. `--json` gives one object a line. */
export const logs: Verb = async (args, terminal) => {
  const { values } = parseOptions(args, options, { atMost: 0 })
  const { trafficFile } = placesOf(terminal, values)
  const last = Number(values.last ?? 20)
  if (!Number.isInteger(last) || last < 0) throw new UsageError('--last is a number of turns.')
  const write = (turns: readonly TurnRecord[]) => {
    for (const turn of turns)
      terminal.out.write(`${values.json === true ? JSON.stringify(turn) : `${timeOf(turn)}  ${turnLine(turn)}`}\n`)
  }

  if (values.follow === true) {
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
    terminal.out.once('error', () => stop.abort())
    for await (const turns of followTurns(trafficFile, { last, signal: stop.signal })) write(turns)
    return 0
  }
  const db = openForReading(trafficFile)
  if (db === undefined) {
    terminal.err.write('There is no traffic log yet.\n')
    return 0
  }
  write([...queryTurns(db, { limit: last })].reverse())
  db.close()
  return 0
}

function timeOf({ at }: TurnRecord): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 23)
}
