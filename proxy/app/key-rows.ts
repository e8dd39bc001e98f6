import type { Backend } from '../backends/backend.ts'
import { presets } from '../backends/presets.ts'
import { setVariables } from '../keys/env-keys.ts'
import type { KeyEntry } from '../keys/key-index.ts'
import { fingerprint } from '../keys/mask.ts'
import type { StoreState } from '../keys/secrets.ts'
import type { AppParts } from './parts.ts'
import type { KeyRow, KeyStore, Output } from './contract.ts'

/** Every key that is stored or set in the environment, and where new ones would go. Never a key itself. */
export async function listKeys({ secrets, options, proxy }: AppParts): Promise<Output<'keys.list'>> {
  const [{ entries }, stores] = await Promise.all([secrets.list(), secrets.stores()])
  const backends = [...(proxy()?.state().backends.values() ?? [])]
  const stored = entries.map(entry => storedRow(entry, stores, backends))
  const named = backends.flatMap(backend =>
    referencesOf(backend)
      .filter(reference => reference.startsWith('env:'))
      .map(reference => reference.slice('env:'.length))
      .filter(envName => valueOf(envName) !== '')
      .map(envName => envRow(envName, backend.id, true)),
  )
  const usual = Object.entries(presets).flatMap(([id, { envPrefixes }]) => {
    const variables = envPrefixes.map(prefix => `${prefix}_API_KEY`)
    return setVariables(options.env, variables).map(envName => {
      const number = /_API_KEY_(\d+)$/.exec(envName)?.[1]
      const isOverruled = stored.some(key => key.name === (number === undefined ? id : `${id}.${number}`))
      const isOfNone = backends.length > 0 && !backends.some(backend => backend.id === id)
      return isOverruled
        ? envRow(envName, id, false, 'The stored key comes before it.')
        : envRow(envName, id, !isOfNone)
    })
  })

  function envRow(envName: string, backend: string, inUse: boolean, detail?: string): KeyRow {
    const value = valueOf(envName)
    return {
      name: envName,
      backend,
      fingerprint: fingerprint(value),
      source: 'env',
      envName,
      inUse,
      state: 'ready',
      detail,
    }
  }

  function valueOf(envName: string): string {
    return options.env[envName]?.trim() ?? ''
  }

  // Two backends may read the same variable: it stands with the first.
  const fromEnv = [...named, ...usual]
  const firsts = fromEnv.filter((key, at) => fromEnv.findIndex(({ name }) => name === key.name) === at)
  return { keys: [...stored, ...firsts], stores: storeRows(stores) }
}

/** Where the config says that the keys of a backend are. */
function referencesOf(backend: Backend): readonly string[] {
  return backend.kind === 'remote' ? (backend.key.references ?? []) : []
}

function storedRow(
  { name, store, fingerprint, addedAt, lastUsedAt }: KeyEntry,
  stores: readonly StoreState[],
  backends: readonly Backend[],
): KeyRow {
  const place = stores.find(state => state.store === store)
  const owner = backends.find(backend => referencesOf(backend).includes(`keychain:${name}`))
  return {
    name,
    backend: owner?.id ?? name.replace(/\.\d+$/, ''),
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
    locked: !state.usable && state.locked,
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
