import { dirname } from 'node:path'
import { knownBackends } from '../app/parts.ts'
import { createCredentials } from '../backends/credentials.ts'
import { createBackends } from '../backends/index.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { frontendIds } from '../config/routing-schema.ts'
import { createSecrets } from '../keys/secrets.ts'
import { askingOf, explained } from '../routing/explained.ts'
import type { Asking } from '../routing/look.ts'
import { createPlan, type Explanation } from '../routing/plan.ts'
import { targetsOf } from '../routing/route.ts'
import { setUpOf } from '../routing/set-up.ts'
import { parseOptions, UsageError, type Terminal, type Verb } from './args.ts'
import { placeOptions, placesOf } from './world.ts'

const options = {
  ...placeOptions,
  json: { type: 'boolean' },
  client: { type: 'string' },
  frontend: { type: 'string' },
  images: { type: 'boolean' },
  tools: { type: 'boolean' },
  tokens: { type: 'string' },
  'session-backend': { type: 'string' },
  'session-model': { type: 'string' },
  'one-off': { type: 'string' },
} as const

/** `route explain [MODEL]` tells where a turn would go and why, by the code that decides it. Nothing is sent. Exit code 1 where it would be refused. */
export const route: Verb = async (args, terminal) => {
  const { values, positionals } = parseOptions(args, options, { atMost: 2 })
  const [action, model = ''] = positionals
  if (action !== 'explain') throw new UsageError('Say `route explain MODEL`.')
  const tokens = Number(values.tokens ?? 0)
  if (!Number.isInteger(tokens) || tokens < 0) throw new UsageError('--tokens is a number of tokens.')
  const { frontend } = values
  if (frontend !== undefined && !frontendIds.some(id => id === frontend))
    throw new UsageError(`--frontend is one of ${frontendIds.join(', ')}.`)
  const asking = askingOf({
    ...values,
    tokens,
    oneOff: values['one-off'],
    sessionBackend: values['session-backend'],
    sessionModel: values['session-model'],
  })
  try {
    const { explanation, keyless } = await explain(placesOf(terminal, values), terminal, { model, asking })
    terminal.out.write(
      values.json === true
        ? `${JSON.stringify({ ...explained(explanation), keyless }, null, 2)}\n`
        : inWords(explanation, keyless),
    )
    return explanation.error === undefined ? 0 : 1
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    terminal.err.write(`${error.message}\n`)
    return 2
  }
}

/** Where it would go, and those of its backends that need a key and have none. */
async function explain(
  { configFile: file, configRequired: required, keysFile }: ReturnType<typeof placesOf>,
  { env, err }: Terminal,
  { model, asking }: { readonly model: string; readonly asking: Asking },
) {
  const { config } = await loadConfig({ file, required, env, flags: {}, knownBackends })
  const backends = createBackends(config)
  const secrets = createSecrets({ env, dataDir: dirname(keysFile), warn: message => err.write(`${message}\n`) })
  try {
    const { hasKey } = createCredentials({ secrets, logins: () => undefined, now: Date.now })
    const plan = createPlan({ backends, config, ...(await setUpOf(config, backends, hasKey)) })
    const explanation = plan.explain(model, asking)
    const asked = explanation.route === undefined ? [] : targetsOf(explanation.route).map(({ backend }) => backend)
    const keyless: string[] = []
    for (const backend of new Set(asked)) {
      if (backend.kind === 'remote' && backend.key.required && !(await hasKey(backend))) keyless.push(backend.id)
    }
    return { explanation, keyless }
  } finally {
    await secrets.close()
  }
}

function inWords({ asked, steps, error }: Explanation, keyless: readonly string[]): string {
  const heading = asked === '' ? 'A request that names no model' : `A request for ${asked}`
  const lines = steps.map((step, index) => `${String(index + 1).padStart(3)}  ${step}`)
  const wanting = keyless.map(id => `     ${id} has no key, neither stored nor in this environment: it would refuse`)
  return [`${heading}:`, ...lines, ...wanting, ...(error === undefined ? [] : [`  refused: ${error}`]), ''].join('\n')
}
