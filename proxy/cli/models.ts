import type { ModelRow } from '../app/contract.ts'
import { parseOptions, type Terminal, type Verb } from './args.ts'
import { askRunning } from './running.ts'
import { placeOptions, placesOf } from './world.ts'

const options = { ...placeOptions, json: { type: 'boolean' } } as const

/** How long the backends may take that are asked for their lists, in milliseconds. */
const PATIENCE_MS = 30_000

/** `models [WORD]` lists what the running proxy can be asked for, with what is known of each and on whose word. */
export const models: Verb = async (args, terminal) => {
  const { values, positionals } = parseOptions(args, options, { atMost: 1 })
  const [word = ''] = positionals
  const { instanceFile } = placesOf(terminal, values)
  const all = await askRunning(instanceFile, 'models.list', { patienceMs: PATIENCE_MS })
  if (all === undefined) {
    terminal.err.write('No proxy runs here. Start it: lip serve\n')
    return 1
  }
  const found = all.filter(({ id }) => id.toLowerCase().includes(word.toLowerCase()))
  if (values.json === true) terminal.out.write(`${JSON.stringify({ models: found }, null, 2)}\n`)
  else tell(found, terminal)
  return 0
}

function tell(found: readonly ModelRow[], { out }: Terminal) {
  const width = Math.max(0, ...found.map(({ id }) => id.length))
  for (const { id, facts } of found) out.write(`${id.padEnd(width)}  ${inWords(facts)}`.trimEnd() + '\n')
  const sources = new Set(found.flatMap(({ facts }) => sourceOf(facts?.price)))
  for (const source of sources) out.write(`${source}\n`)
}

/** What is not known is left out. */
function inWords(facts: ModelRow['facts']): string {
  const { contextWindow, maxOutput, price } = facts ?? {}
  return [
    ...(contextWindow === undefined ? [] : [`context ${short(contextWindow)}`]),
    ...(maxOutput === undefined ? [] : [`answer ${short(maxOutput)}`]),
    ...(price === undefined ? [] : [`$${price.input} in, $${price.output} out a million${rest(price)}`]),
  ].join(', ')
}

function rest({ upTo, source, asOf }: NonNullable<NonNullable<ModelRow['facts']>['price']>): string {
  const bound = upTo === undefined ? '' : `, prompts up to ${short(upTo)}`
  const word = { config: ' (config)', list: ' (its list)', catalogue: ` (${asOf ?? ''})` }[source]
  return bound + word
}

function sourceOf(price: NonNullable<ModelRow['facts']>['price']): string[] {
  return price?.from === undefined ? [] : [`Prices as of ${price.asOf ?? ''}: ${price.from}`]
}

/** Tokens: `128k`, `1.05M`. */
function short(tokens: number): string {
  return tokens >= 1e6 ? `${Number((tokens / 1e6).toFixed(2))}M` : `${Math.round(tokens / 1000)}k`
}
