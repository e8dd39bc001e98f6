import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApp, type App } from '../app/app.ts'
import { VERSION } from '../version.ts'
import { parseOptions, type Terminal, type Verb } from './args.ts'
import { placeOptions, placesOf } from './world.ts'

const options = {
  ...placeOptions,
  host: { type: 'string' },
  port: { type: 'string' },
  'default-backend': { type: 'string' },
  'static-route': { type: 'string' },
  'log-level': { type: 'string' },
} as const

/** Runs the proxy until it is asked to stop. */
export const serve: Verb = async (args, terminal) => {
  const { values } = parseOptions(args, options, { atMost: 0 })
  const { config: _, 'data-dir': __, ...flags } = values
  const app = await createApp({
    paths: placesOf(terminal, values),
    env: terminal.env,
    flags,
    shell: 'headless',
    rendererDir: rendererDir(),
    logTo: terminal.err,
  })

  const asked = stopAsked()
  const { trouble } = await app.start()
  if (trouble !== undefined) {
    terminal.err.write(`${trouble.message}\n`)
    await app.close()
    return trouble.kind === 'config' ? 2 : 3
  }
  greet(app, terminal)
  const signal = await asked
  terminal.out.write(`\n${signal}: no new requests; waiting for open turns to end.\n`)
  await app.close()
  return 0
}

function greet(app: App, { out }: Terminal) {
  const { url } = app.status()
  out.write(
    [
      `LLM Interactive Proxy ${VERSION} listens on ${url}`,
      `dashboard: ${app.dashboard()}`,
      `try it: curl ${url}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"demo:demo","messages":[{"role":"user","content":"hello"}]}'`,
      '',
    ].join('\n'),
  )
}

/** How long after the first signal a second Ctrl+C counts as impatience: supervisors send several at once. */
const IMPATIENT_MS = 1000

/** Settles at the first signal that asks to stop; a later Ctrl+C ends the program at once. */
function stopAsked(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    let askedAt: number | undefined
    const stop = (signal: NodeJS.Signals) => {
      if (askedAt !== undefined && signal === 'SIGINT' && performance.now() - askedAt > IMPATIENT_MS) process.exit(130)
      askedAt ??= performance.now()
      resolve(signal)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

/** The built window: beside the program where this file is an entry or a chunk of it, and where the build puts it for the sources. */
function rendererDir(): string {
  const places = ['../renderer', '../../renderer', '../../out/renderer'].map(place =>
    fileURLToPath(new URL(place, import.meta.url)),
  )
  return places.find(place => existsSync(join(place, 'index.html'))) ?? ''
}
