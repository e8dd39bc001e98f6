import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { loginPorts } from '../app/login-ports.ts'
import { knownBackends } from '../app/parts.ts'
import { loginBackends } from '../backends/login-presets.ts'
import { createUpstream } from '../backends/upstream.ts'
import { wayOutOf } from '../backends/way-out.ts'
import { loadConfig, parseConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import type { Config } from '../config/schema.ts'
import { setValues } from '../config/save.ts'
import { consentText, consentVersion, writesBack } from '../logins/consent.ts'
import { createLogins, type Logins } from '../logins/index.ts'
import type { Login, LoginDefinition, LoginStatus, QuotaWindow } from '../logins/login.ts'
import { toProxyError } from '../core/errors.ts'
import { parseOptions, UsageError, type Terminal, type Verb } from './args.ts'
import { askRunning } from './running.ts'
import { placeOptions, placesOf } from './world.ts'

const options = {
  ...placeOptions,
  json: { type: 'boolean' },
  quota: { type: 'boolean' },
  yes: { type: 'boolean' },
  'write-back': { type: 'boolean' },
} as const

/** How long the vendors may take that are asked for their quotas, in milliseconds. */
const PATIENCE_MS = 60_000

/** `logins` lists the sign-ins of other programs; `enable`, `disable` and `onboard` do as they say to one of them. */
export const logins: Verb = async (args, terminal) => {
  const { values, positionals } = parseOptions(args, options, { atMost: 2 })
  const [action = 'list', id] = positionals
  const places = placesOf(terminal, values)
  const { env } = terminal
  if (action === 'list') {
    // The one that runs knows of limits and quotas that only its turns have met.
    const input = { quota: values.quota === true }
    const running = await askRunning(places.instanceFile, 'logins.list', { input, patienceMs: PATIENCE_MS })
    if (running !== undefined) return tell(running, values.json === true, terminal)
  }
  let server: Config['server'] | undefined
  const upstream = createUpstream(origin => server && wayOutOf(server, env)(origin))
  const all = createLogins(loginPorts({ env, dataDir: dirname(places.keysFile), upstream }))
  try {
    const load = { file: places.configFile, env, flags: {}, knownBackends }
    const { config } = await loadConfig({ ...load, required: places.configRequired })
    server = config.server
    all.configure(config, loginBackends(config))
    const set = (changes: Record<string, unknown>) =>
      setValues(places.configFile, changes, text => parseConfig(text, load))

    switch (action) {
      case 'list':
        return await list(all, values.json === true, values.quota === true, terminal)
      case 'enable':
        return await enable(named(all, id), { yes: values.yes, writeBack: values['write-back'] }, set, terminal)
      case 'disable':
        await set({
          [`backends.${named(all, id).id}.consent`]: undefined,
          [`backends.${named(all, id).id}.write_back`]: undefined,
        })
        terminal.out.write(`${named(all, id).id} is off. Its credential is not read any more.\n`)
        return 0
      case 'onboard':
        return await onboard(named(all, id), terminal)
      default:
        throw new UsageError('Say `logins`, `logins enable ID`, `logins disable ID` or `logins onboard ID`.')
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    terminal.err.write(`${toProxyError(error).message.replace(/^unexpected: /, '')}\n`)
    return error instanceof ConfigError ? 2 : 1
  } finally {
    all.close()
    await upstream.close()
  }
}

async function list(all: Logins, json: boolean, quota: boolean, terminal: Terminal): Promise<number> {
  const before = await all.list()
  if (quota) await Promise.all(before.map(async ({ id }) => all.of(id)?.updateQuota()))
  return tell(quota ? await all.list() : before, json, terminal)
}

function tell(statuses: readonly LoginStatus[], json: boolean, { out }: Terminal): number {
  if (json) out.write(`${JSON.stringify({ logins: statuses }, null, 2)}\n`)
  else for (const status of statuses) out.write(inWords(status))
  return 0
}

/** Puts what the vendor says before the user, and stores that they agreed, to which text, and when. */
async function enable(
  { id, definition }: { readonly id: string; readonly definition: LoginDefinition },
  { yes = false, writeBack = false }: { readonly yes?: boolean | undefined; readonly writeBack?: boolean | undefined },
  set: (changes: Record<string, unknown>) => Promise<void>,
  { out, err }: Terminal,
): Promise<number> {
  out.write(`${definition.title}\n\n${consentText(definition).join('\n')}\n\n`)
  const asks = !yes && process.stdin.isTTY
  if (asks && !(await agrees('Use this login?', err))) {
    out.write('It stays off.\n')
    return 1
  }
  const { program } = definition.owner
  const question = `Let this app renew it, and write the new one into the file of ${program}?`
  const mayWrite = writesBack(definition) && (writeBack || (asks && (await agrees(question, err))))
  const consent = { text: consentVersion(definition), at: new Date().toISOString() }
  await set({
    [`backends.${id}.consent`]: consent,
    [`backends.${id}.enabled`]: undefined,
    [`backends.${id}.write_back`]: mayWrite ? true : undefined,
  })
  out.write(`${id} is on. Ask it for a model: ${id}:MODEL. Switch it off: lip logins disable ${id}\n`)
  return 0
}

/** Sets the account up at the vendor's, having said what that is. */
async function onboard({ definition, onboard: run }: Login, { out }: Terminal): Promise<number> {
  if (definition.onboard !== undefined) out.write(`${definition.onboard.does}\n`)
  out.write(`${await run()}\n`)
  return 0
}

async function agrees(question: string, err: NodeJS.WritableStream): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: err })
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim())
  } finally {
    reader.close()
  }
}

function named(all: Logins, id: string | undefined) {
  if (id === undefined) throw new UsageError('Name the login: lip logins enable openai-codex')
  const login = all.of(id)
  if (login === undefined) throw new UsageError(`There is no login ${JSON.stringify(id)}. \`lip logins\` lists them.`)
  return login
}

function inWords(status: LoginStatus): string {
  const { id, state, detail, account, plan, quota, expiresAt, lastError } = status
  const facts = [
    ...(account === undefined ? [] : [account]),
    ...(plan === undefined ? [] : [`plan ${plan}`]),
    ...(expiresAt === undefined ? [] : [`token until ${new Date(expiresAt).toISOString()}`]),
    ...(quota?.windows ?? []).map(windowInWords),
    ...(lastError === undefined ? [] : [`last trouble: ${lastError}`]),
  ]
  return [`${id}  ${state}`, `  ${detail}`, ...facts.map(fact => `  ${fact}`), ''].join('\n')
}

function windowInWords({ label, usedPercent, resetAt }: QuotaWindow): string {
  const reset = resetAt === undefined ? '' : `, resets ${new Date(resetAt).toISOString()}`
  return `${label}: ${usedPercent} % used${reset}`
}
