import type { Output } from '../app/contract.ts'
import { parseOptions, type Verb } from './args.ts'
import { askRunning } from './running.ts'
import { placeOptions, placesOf } from './world.ts'

const options = { ...placeOptions, json: { type: 'boolean' } } as const

/** Asks the running proxy how it is. Exit code 1 if none runs. */
export const status: Verb = async (args, terminal) => {
  const { values } = parseOptions(args, options, { atMost: 0 })
  const { instanceFile, configFile } = placesOf(terminal, values)
  const snapshot = await askRunning(instanceFile, 'app.snapshot')
  if (values.json === true) {
    const report =
      snapshot === undefined
        ? { run: 'stopped', configFile }
        : {
            ...snapshot.status,
            configFile,
            counters: snapshot.counters,
            backends: snapshot.backends,
            route: snapshot.route,
          }
    terminal.out.write(`${JSON.stringify(report, null, 2)}\n`)
  } else {
    terminal.out.write(
      snapshot === undefined ? 'Not running. Start it: llm-interactive-proxy serve\n' : inWords(snapshot),
    )
  }
  return snapshot === undefined ? 1 : 0
}

function inWords({ status: now, counters, backends, route }: Output<'app.snapshot'>): string {
  const seconds = now.startedAt === undefined ? 0 : Math.round((Date.now() - now.startedAt) / 1000)
  return [
    `${now.run === 'running' ? 'Running' : now.run} on ${now.url}, version ${now.version}, for ${seconds} s`,
    `default: ${route.backend}${route.model === undefined ? '' : ` / ${route.model}`} (${route.source})`,
    `today: ${counters.turns} turns, ${counters.errors} failed, ${counters.tokensIn} tokens in, ${counters.tokensOut} out; ${counters.open} open now`,
    ...backends
      .filter(({ state, isDefault }) => state === 'ready' || isDefault)
      .map(
        ({ id, status: words, state, detail }) => `  ${id}: ${words ?? state}${state === 'ready' ? '' : `. ${detail}`}`,
      ),
    '  lip backends --all tells of every other',
    ...(now.log.state === 'ok'
      ? []
      : [`traffic log: ${now.log.state}: ${now.log.reason ?? ''} (${now.log.dropped} records dropped)`]),
    ...now.configProblems.map(problem => `config: ${problem}`),
    '',
  ].join('\n')
}
