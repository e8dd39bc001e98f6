import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { knownBackends } from '../app/parts.ts'
import { createCredentials } from '../backends/credentials.ts'
import { testKey, type TestStep } from '../backends/key-test.ts'
import { createBackends } from '../backends/index.ts'
import { createUpstream } from '../backends/upstream.ts'
import { wayOutOf } from '../backends/way-out.ts'
import { loadConfig } from '../config/load.ts'
import { ProxyError, toProxyError } from '../core/errors.ts'
import { setVariables } from '../keys/env-keys.ts'
import { createSecrets, type Secrets } from '../keys/secrets.ts'
import { parseOptions, UsageError, type Terminal, type Verb } from './args.ts'
import { askRunning, findRunning } from './running.ts'
import { tellSteps } from './test-steps.ts'
import { placeOptions, placesOf } from './world.ts'

const options = { ...placeOptions, json: { type: 'boolean' }, store: { type: 'string' } } as const

/** The longest that a test may take, in milliseconds. */
const PATIENCE_MS = 60_000

/** `keys set NAME` reads a key from the terminal or standard input and stores it; `list`, `test` and `rm` do as they say. */
export const keys: Verb = async (args, terminal) => {
  const { values, positionals } = parseOptions(args, options, { atMost: 2 })
  const [action, name] = positionals
  const places = placesOf(terminal, values)
  const secrets = createSecrets({
    env: terminal.env,
    dataDir: dirname(places.keysFile),
    warn: message => terminal.err.write(`${message}\n`),
  })
  try {
    switch (action) {
      case 'list':
        return await list(secrets, values.json === true, terminal)
      case 'set':
        return await set(secrets, named(name), storeIn(values.store), terminal)
      case 'rm':
        await unlockFile(secrets, named(name), terminal)
        return await remove(secrets, named(name), terminal)
      case 'test': {
        const steps = await testRunning(places.instanceFile, named(name))
        if (steps !== undefined) return tell(steps, terminal)
        await unlockFile(secrets, named(name), terminal)
        return await test(secrets, named(name), places, terminal)
      }
      default:
        throw new UsageError('Say `keys set NAME`, `keys list`, `keys test NAME` or `keys rm NAME`.')
    }
  } finally {
    await secrets.close()
  }
}

async function list(secrets: Secrets, json: boolean, { out, env }: Terminal): Promise<number> {
  const [{ entries, problem }, stores] = await Promise.all([secrets.list(), secrets.stores()])
  const all = knownBackends.flatMap(({ envPrefixes = [] }) =>
    setVariables(
      env,
      envPrefixes.map(prefix => `${prefix}_API_KEY`),
    ),
  )
  // Two backends may read the same variable.
  const fromEnv = [...new Set(all)]
  if (json) {
    out.write(`${JSON.stringify({ keys: entries, environment: fromEnv, stores, problem }, null, 2)}\n`)
    return 0
  }
  for (const { name, store, fingerprint, addedAt } of entries) {
    out.write(
      `${name}  ${fingerprint === undefined ? '' : `…${fingerprint}  `}${store}  added ${addedAt.slice(0, 10)}\n`,
    )
  }
  for (const variable of fromEnv) out.write(`${variable}  environment\n`)
  if (entries.length + fromEnv.length === 0) out.write('No keys yet. Store one: lip keys set openai\n')
  for (const store of stores) if (!store.usable) out.write(`${store.store}: ${store.reason} ${store.remedy}\n`)
  if (problem !== undefined) out.write(`${problem}\n`)
  return 0
}

/** Asks for the passphrase where the key is in the encrypted file and no variable has it. */
async function unlockFile(secrets: Secrets, name: string, terminal: Terminal): Promise<void> {
  const { entries } = await secrets.list()
  const isInFile = entries.some(entry => entry.name === name && entry.store === 'file')
  if (!isInFile || terminal.env['LIP_PASSPHRASE'] !== undefined || !process.stdin.isTTY) return
  await secrets.unlock(await readSecret('Passphrase of the key file (not shown): ', terminal))
}

async function set(
  secrets: Secrets,
  name: string,
  store: 'keychain' | 'file' | undefined,
  terminal: Terminal,
): Promise<number> {
  const value = await readSecret(`Key for ${name} (not shown): `, terminal)
  const passphrase =
    store === 'file' && terminal.env['LIP_PASSPHRASE'] === undefined && process.stdin.isTTY
      ? await readSecret('Passphrase of the key file (not shown): ', terminal)
      : undefined
  const stored = await secrets.set(name, value, {
    ...(store !== undefined && { store }),
    ...(passphrase !== undefined && { passphrase }),
  })
  if (!stored.ok) {
    terminal.err.write(`${stored.reason} ${stored.remedy}\n`)
    return 1
  }
  for (const note of stored.notes) terminal.err.write(`${note}\n`)
  terminal.out.write(
    `Stored the key ${name} in the ${stored.entry.store === 'keychain' ? 'keychain' : 'encrypted file'}.\n`,
  )
  return 0
}

async function remove(secrets: Secrets, name: string, { out, err }: Terminal): Promise<number> {
  const removed = await secrets.remove(name)
  if (!removed.ok) {
    err.write(`${removed.reason} ${removed.remedy}\n`)
    return 1
  }
  out.write(removed.removed ? `Removed the key ${name}.\n` : `There is no stored key ${name}.\n`)
  return removed.removed ? 0 : 1
}

/** Tries the backend of that name with its key, and tells each step and its time. */
async function test(
  secrets: Secrets,
  name: string,
  { configFile: file, configRequired: required }: ReturnType<typeof placesOf>,
  terminal: Terminal,
): Promise<number> {
  const { env, err } = terminal
  const { config } = await loadConfig({ file, required, env, flags: {}, knownBackends })
  const all = createBackends(config)
  const [, owner = name, number] = /^(.+)\.(\d{1,2})$/.exec(name) ?? []
  const backend = all.get(name) ?? all.get(owner)
  const instance = all.has(name) ? undefined : number
  if (backend?.kind !== 'remote') {
    err.write(
      backend === undefined ? `There is no backend ${name}.\n` : `Backend ${name} is built in and needs no key.\n`,
    )
    return backend === undefined ? 2 : 0
  }
  const { credentialsOf } = createCredentials({ secrets, now: Date.now })
  const credential = await Promise.resolve(credentialsOf(backend, instance).take([])).catch(toProxyError)
  if (credential instanceof ProxyError) {
    err.write(`${credential.message}\n`)
    return 1
  }
  const upstream = createUpstream(wayOutOf(config.server, env))
  const steps = await testKey(upstream, backend, credential)
  await upstream.close()
  return tell(steps, terminal)
}

/** The proxy that runs has the keys of its own environment. */
async function testRunning(instanceFile: string, name: string): Promise<readonly TestStep[] | undefined> {
  const found = await findRunning(instanceFile, name)
  if (found === undefined) return undefined
  const input = { backend: found.backend, ...(found.instance !== undefined && { name }) }
  return (await askRunning(instanceFile, 'keys.test', { input, patienceMs: PATIENCE_MS }))?.steps
}

function tell(steps: readonly TestStep[], terminal: Terminal): number {
  tellSteps(steps, terminal)
  return steps.every(({ ok }) => ok) ? 0 : 1
}

/** A secret typed without being shown, or piped in. */
async function readSecret(prompt: string, { err }: Terminal): Promise<string> {
  if (!process.stdin.isTTY) {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
      .toString('utf8')
      .replace(/\r?\n$/, '')
  }
  err.write(prompt)
  const reader = createInterface({ input: process.stdin, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    err.write('\n')
  }
}

function named(name: string | undefined): string {
  if (name === undefined) throw new UsageError('Name the key, by its backend: lip keys set openai')
  return name
}

function storeIn(store: string | undefined): 'keychain' | 'file' | undefined {
  if (store === undefined || store === 'keychain' || store === 'file') return store
  throw new UsageError(`--store is keychain or file, not ${JSON.stringify(store)}.`)
}
