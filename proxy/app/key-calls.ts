import { presets } from '../backends/presets.ts'
import type { RemoteBackend } from '../backends/backend.ts'
import { testKey } from '../backends/key-test.ts'
import { ProxyError, toProxyError } from '../core/errors.ts'
import type { KeyEntry } from '../keys/key-index.ts'
import { setVariables } from '../keys/env-keys.ts'
import { fingerprint, guessBackend } from '../keys/mask.ts'
import type { StoreState } from '../keys/secrets.ts'
import { createUpstream } from '../backends/upstream.ts'
import type { ServerState } from '../server/state.ts'
import type { AppParts } from './parts.ts'
import type { Input, KeyRow, KeyStore, Output } from './contract.ts'

/** Every key that is stored or set in the environment, and where new ones would go. */
export async function listKeys({ secrets, options, proxy }: AppParts): Promise<Output<'keys.list'>> {
  const [{ entries }, stores] = await Promise.all([secrets.list(), secrets.stores()])
  const stored = entries.map(entry => storedRow(entry, stores))
  const backends = proxy()?.state().backends
  const set = Object.entries(presets).flatMap(([id, { envPrefixes }]) => {
    const variables = envPrefixes.map(prefix => `${prefix}_API_KEY`)
    return setVariables(options.env, variables).map(envName => envRow(envName, id))
  })

  function envRow(envName: string, id: string): KeyRow {
    const value = options.env[envName]?.trim() ?? ''
    const number = /_API_KEY_(\d+)$/.exec(envName)?.[1]
    const overruled = stored.some(key => key.name === (number === undefined ? id : `${id}.${number}`))
    return {
      name: envName,
      backend: id,
      fingerprint: fingerprint(value),
      source: 'env',
      envName,
      inUse: !overruled && backends?.has(id) !== false,
      state: 'ready',
      detail: overruled ? 'The stored key comes before it.' : undefined,
    }
  }

  // Two backends may read the same variable: it stands with the first.
  const fromEnv = set.filter((key, at) => set.findIndex(({ name }) => name === key.name) === at)
  return { keys: [...stored, ...fromEnv], stores: storeRows(stores) }
}

export function guessKey(value: string): Output<'keys.guess'> {
  return { backend: guessBackend(value.trim()) }
}

export async function addKey(
  { secrets }: AppParts,
  { backend, value, store, passphrase }: Input<'keys.add'>,
): Promise<Output<'keys.add'>> {
  const stored = await secrets.set(backend, value, {
    ...(store !== undefined && { store }),
    ...(passphrase !== undefined && { passphrase }),
  })
  return stored.ok ? { ok: true } : { ok: false, reason: `${stored.reason} ${stored.remedy}` }
}

/** Opens the file of encrypted keys until the program ends. */
export async function unlockKeys(
  { secrets, keysChanged }: AppParts,
  passphrase: string,
): Promise<Output<'keys.unlock'>> {
  const unlocked = await secrets.unlock(passphrase)
  if (!unlocked.ok) return { ok: false, reason: unlocked.reason }
  await keysChanged()
  return { ok: true }
}

/** Whether there are stored keys that want a passphrase before they can be used. The keychain is not asked. */
export async function areKeysLocked({ secrets }: Pick<AppParts, 'secrets'>): Promise<boolean> {
  const { entries } = await secrets.list()
  if (!entries.some(({ store }) => store === 'file')) return false
  return (await secrets.stores()).some(isLocked)
}

function isLocked(state: StoreState): boolean {
  return !state.usable && state.locked
}

export async function removeKey({ secrets }: AppParts, name: string): Promise<Output<'keys.remove'>> {
  const removed = await secrets.remove(name)
  if (!removed.ok) return { ok: false, reason: `${removed.reason} ${removed.remedy}` }
  return removed.removed ? { ok: true } : { ok: false, reason: `There is no stored key ${name}.` }
}

/** Tests a key before or after it is stored, rung by rung. */
export async function testBackendKey(
  { proxy }: AppParts,
  { backend: id, value }: Input<'keys.test'>,
): Promise<Output<'keys.test'>> {
  const state = proxy()?.state()
  const backend = state?.backends.get(id)
  if (state === undefined || backend === undefined) return failedStep(`There is no backend ${id}.`)
  if (backend.kind === 'local')
    return { ok: true, steps: [{ name: 'Built in', ok: true, ms: 0, detail: 'Needs no key.' }] }
  const credential = await credentialFor(state, backend, value).catch(toProxyError)
  if (credential instanceof ProxyError) return failedStep(credential.message)
  const upstream = createUpstream()
  try {
    const steps = await testKey(upstream, backend, credential)
    return { ok: steps.every(step => step.ok), steps: [...steps] }
  } finally {
    await upstream.close()
  }
}

async function credentialFor({ credentialsOf }: ServerState, backend: RemoteBackend, value: string | undefined) {
  return value === undefined ? credentialsOf(backend).take([]) : { name: backend.id, secret: value.trim() }
}

function failedStep(detail: string): Output<'keys.test'> {
  return { ok: false, steps: [{ name: 'Key', ok: false, ms: 0, detail }] }
}

function storedRow({ name, store, fingerprint, addedAt, lastUsedAt }: KeyEntry, stores: readonly StoreState[]): KeyRow {
  const place = stores.find(state => state.store === store)
  return {
    name,
    backend: name.replace(/\.\d+$/, ''),
    fingerprint,
    source: store,
    inUse: true,
    state: stateIn(place),
    detail: place?.usable === false ? `${place.reason} ${place.remedy}` : undefined,
    addedAt: Date.parse(addedAt),
    lastUsedAt: lastUsedAt === undefined ? undefined : Date.parse(lastUsedAt),
  }
}

/** A keychain that can't be used is most often one that is not unlocked; a file is either locked or broken. */
function stateIn(place: StoreState | undefined): KeyRow['state'] {
  if (place === undefined || place.usable) return 'ready'
  return place.store === 'keychain' || place.locked ? 'locked' : 'unreadable'
}

const keychainNames: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'macOS Keychain',
  win32: 'Windows Credential Manager',
  linux: 'Secret Service keyring',
}

function storeRows(states: readonly StoreState[]): KeyStore[] {
  const rows = states.map(state => ({
    id: state.store,
    title:
      state.store === 'keychain'
        ? (keychainNames[process.platform] ?? 'System keychain')
        : 'File encrypted with a passphrase',
    usable: state.usable,
    locked: isLocked(state),
    weak: state.store === 'file',
    detail: state.usable
      ? state.store === 'keychain'
        ? 'Protected by your login.'
        : 'Protected by the passphrase you choose.'
      : `${state.reason} ${state.remedy}`,
  }))
  return [
    // A key goes elsewhere than to the keychain only where its owner says so.
    ...rows.map(row => ({ ...row, inUse: row.id === 'keychain' && row.usable })),
    {
      id: 'env',
      title: 'Environment variables',
      usable: true,
      inUse: false,
      locked: false,
      weak: false,
      detail: 'Read when the program starts; never written.',
    },
  ]
}
