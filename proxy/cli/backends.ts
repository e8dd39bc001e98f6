import { dirname } from 'node:path'
import type { Output } from '../app/contract.ts'
import { loginPorts } from '../app/login-ports.ts'
import { knownBackends } from '../app/parts.ts'
import type { Backend } from '../backends/backend.ts'
import { createCredentials } from '../backends/credentials.ts'
import { createBackends } from '../backends/index.ts'
import type { TestStep } from '../backends/key-test.ts'
import { climb } from '../backends/ladder.ts'
import { loginBackends } from '../backends/login-presets.ts'
import { createModelMemory } from '../backends/model-memory.ts'
import { createModelLists } from '../backends/models.ts'
import { createStates, type BackendState } from '../backends/states.ts'
import { createUpstream } from '../backends/upstream.ts'
import { wayOutOf } from '../backends/way-out.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { toProxyError } from '../core/errors.ts'
import { createSecrets } from '../keys/secrets.ts'
import { createLogins } from '../logins/index.ts'
import { parseOptions, UsageError, type Terminal, type Verb } from './args.ts'
import { askRunning, findRunning } from './running.ts'
import { tellSteps } from './test-steps.ts'
import { placeOptions, placesOf } from './world.ts'

const options = {
  ...placeOptions,
  json: { type: 'boolean' },
  all: { type: 'boolean' },
  model: { type: 'string' },
} as const

/** The longest that a whole test may take, in milliseconds. */
const PATIENCE_MS = 120_000

/** `backends` lists every service with its state; `backends test ID` tries one up to a tool call. */
export const backends: Verb = async (args, terminal) => {
  const { values, positionals } = parseOptions(args, options, { atMost: 2 })
  const [action = 'list', id] = positionals
  const places = placesOf(terminal, values)
  try {
    switch (action) {
      case 'list': {
        const running = await askRunning(places.instanceFile, 'app.snapshot')
        const rows = running?.backends ?? (await withBackends(places, terminal, listAll))
        tell(rows, values, terminal)
        return 0
      }
      case 'test': {
        if (id === undefined) throw new UsageError('Name the backend: lip backends test openai')
        const [, name = id, instance] = /^(.+)\.(\d{1,2})$/.exec(id) ?? []
        const steps =
          (await testRunning(places.instanceFile, id, values.model)) ??
          (await withBackends(places, terminal, parts => test(parts, { id, name, instance, ...values })))
        tellTest(steps, values.json === true, terminal)
        return steps.every(({ ok }) => ok) ? 0 : 1
      }
      default:
        throw new UsageError('Say `backends`, or `backends test ID`.')
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    terminal.err.write(`${toProxyError(error).message.replace(/^unexpected: /, '')}\n`)
    return error instanceof ConfigError ? 2 : 1
  }
}

type Row = Pick<
  Output<'app.snapshot'>['backends'][number],
  'id' | 'title' | 'protocol' | 'url' | 'detail' | 'state'
> & {
  readonly status?: string | undefined
}

type Parts = Awaited<ReturnType<typeof assemble>>

/** Does something with all that the running proxy would have, and takes it down again. */
async function withBackends<Result>(
  places: ReturnType<typeof placesOf>,
  terminal: Terminal,
  work: (parts: Parts) => Promise<Result>,
): Promise<Result> {
  const parts = await assemble(places, terminal)
  try {
    return await work(parts)
  } finally {
    parts.logins.close()
    await parts.secrets.close()
    await parts.upstream.close()
  }
}

async function assemble(places: ReturnType<typeof placesOf>, { env, err }: Terminal) {
  const { configFile: file, configRequired: required, keysFile } = places
  const { config } = await loadConfig({ file, required, env, flags: {}, knownBackends })
  const dataDir = dirname(keysFile)
  const upstream = createUpstream(wayOutOf(config.server, env))
  const secrets = createSecrets({ env, dataDir, warn: message => err.write(`${message}\n`) })
  const logins = createLogins(loginPorts({ env, dataDir, upstream }))
  logins.configure(config, loginBackends(config))
  const { credentialsOf, keyStates } = createCredentials({ secrets, logins: id => logins.of(id), now: Date.now })
  const { answers } = createModelLists({
    upstream,
    credentialsOf,
    memory: createModelMemory({ now: Date.now }),
    now: Date.now,
  })
  const { stateOf } = createStates({ keyStates, answers, loginStatus: async id => logins.of(id)?.status() })
  return { upstream, secrets, logins, credentialsOf, stateOf, backends: createBackends(config) }
}

function listAll({ backends: all, stateOf }: Parts): Promise<Row[]> {
  return Promise.all([...all.values()].map(async backend => rowOf(backend, await stateOf(backend))))
}

function rowOf(backend: Backend, state: BackendState): Row & BackendState {
  const { id, title } = backend
  if (backend.kind === 'local') return { id, title, protocol: 'built in', ...state }
  const [{ protocol, baseUrl }] = backend.apis
  return { id, title, protocol, url: baseUrl, ...state }
}

interface Asked {
  /** As it was typed, perhaps with the number of a key behind it. */
  readonly id: string
  readonly name: string
  readonly instance: string | undefined
  readonly model?: string | undefined
}

/** The proxy that runs has the keys of its own environment, and knows which of them rest. */
async function testRunning(
  instanceFile: string,
  id: string,
  model: string | undefined,
): Promise<readonly TestStep[] | undefined> {
  const found = await findRunning(instanceFile, id)
  if (found === undefined) return undefined
  const input = { ...found, model }
  return (await askRunning(instanceFile, 'backends.test', { input, patienceMs: PATIENCE_MS }))?.steps
}

async function test({ backends: all, credentialsOf, upstream }: Parts, asked: Asked): Promise<readonly TestStep[]> {
  const whole = all.get(asked.id)
  const backend = whole ?? all.get(asked.name)
  if (backend === undefined)
    throw new UsageError(`There is no backend ${asked.name}. \`lip backends --all\` lists them.`)
  if (backend.kind === 'local') return [{ name: 'Built in', ok: true, ms: 0, detail: 'Needs no key.' }]
  const credential = await credentialsOf(backend, whole === undefined ? asked.instance : undefined).take([])
  return climb({ upstream, backend, credential, model: asked.model, signal: AbortSignal.timeout(PATIENCE_MS) })
}

/** Those that can be used or nearly can; with `--all`, and for programs, every one that is known. */
function tell(rows: readonly Row[], { json, all }: { json?: boolean; all?: boolean }, { out }: Terminal) {
  if (json === true) {
    out.write(`${JSON.stringify({ backends: rows }, null, 2)}\n`)
    return
  }
  const shown = all === true ? rows : rows.filter(({ state, status }) => state === 'ready' || !idle.has(status ?? ''))
  for (const { id, status, state, detail } of shown) out.write(`${id.padEnd(18)} ${status ?? state}. ${detail}\n`)
  const hidden = rows.length - shown.length
  if (hidden > 0) out.write(`${hidden} more are known and not set up: lip backends --all\n`)
}

/** What nobody has begun to set up. */
const idle = new Set(['Needs a key', 'Needs an address', 'Not running', 'Off', 'Not found'])

function tellTest(steps: readonly TestStep[], json: boolean, terminal: Terminal) {
  if (json) terminal.out.write(`${JSON.stringify({ ok: steps.every(({ ok }) => ok), steps }, null, 2)}\n`)
  else tellSteps(steps, terminal)
}
