import { join } from 'node:path'
import { secretReference } from '../config/schema.ts'
import { cleanKey } from './clean-key.ts'
import type { KeyEntry } from './key-index.ts'
import { createKeyIndex } from './key-index.ts'
import type { KeyStore, StoreId } from './key-store.ts'
import { StoreError } from './key-store.ts'
import { fingerprint, maskText } from './mask.ts'
import { createPassphraseFile } from './passphrase-file.ts'
import { anyVariable, remedyFor } from './remedies.ts'

/** What came of looking for a stored key. `refused`: it is or may be there, but its store would not give it. */
export type StoredKey =
  | { readonly kind: 'found'; readonly value: string; readonly store: StoreId }
  | { readonly kind: 'refused'; readonly error: StoreError }
  | { readonly kind: 'absent'; readonly detail?: string | undefined }

/** What became of a wish to store or remove a key. `notes` are sentences that its owner should read all the same. */
export type Outcome<Done> = (Done & { readonly ok: true; readonly notes: readonly string[] }) | Refused

export interface Refused {
  readonly ok: false
  readonly reason: string
  readonly remedy: string
}

/** A place for keys, and whether it can be used here and now. `inUse`: it holds at least one key. `locked`: for want of its passphrase. */
export type StoreState = { readonly store: StoreId; readonly inUse: boolean } & (
  | { readonly usable: true }
  | { readonly usable: false; readonly locked: boolean; readonly reason: string; readonly remedy: string }
)

export interface HowToStore {
  readonly store?: StoreId | undefined
  /** For the file. */
  readonly passphrase?: string | undefined
}

export interface StoredKeysOptions {
  readonly dataDir: string
  readonly keychain: KeyStore
  readonly passphrase: string | undefined
  readonly now: () => number
}

/** The keys that were stored: their values in the keychain or the passphrase file, their names in `keys.json`. */
export function createStoredKeys({ dataDir, keychain, passphrase, now }: StoredKeysOptions) {
  const index = createKeyIndex(dataDir)
  const file = createPassphraseFile({
    path: join(dataDir, 'keys.enc'),
    lockPath: join(dataDir, 'keys.enc.lock'),
    passphrase,
  })
  const stores = { keychain, file } as const satisfies Record<StoreId, KeyStore>

  /** A key that the list names. While the list is broken, any store that has it will do. */
  async function get(name: string): Promise<StoredKey> {
    const { entries, problem } = await index.read()
    const entry = entries.find(entry => entry.name === name)
    if (entry !== undefined) {
      const key = await readFrom(entry.store, name)
      return key.kind === 'absent'
        ? { kind: 'absent', detail: `It is listed as kept in the ${entry.store}, but is not there.` }
        : key
    }
    if (problem === undefined) return { kind: 'absent' }
    const key = await searchAll(name)
    return key.kind === 'found' ? key : { kind: 'absent', detail: problem }
  }

  /** A key by its name, listed or not: it may have been put into the keychain by other means. */
  async function search(name: string): Promise<StoredKey> {
    const { entries } = await index.read()
    return entries.some(entry => entry.name === name) ? get(name) : searchAll(name)
  }

  async function searchAll(name: string): Promise<StoredKey> {
    const inKeychain = await readFrom('keychain', name)
    if (inKeychain.kind === 'found') return inKeychain
    const inFile = await readFrom('file', name)
    return inFile.kind === 'absent' ? inKeychain : inFile
  }

  async function readFrom(store: StoreId, name: string): Promise<StoredKey> {
    try {
      const value = await stores[store].get(name)
      return value === undefined ? { kind: 'absent' } : { kind: 'found', value, store }
    } catch (error) {
      return { kind: 'refused', error: toStoreError(error) }
    }
  }

  async function set(
    name: string,
    text: string,
    { store = 'keychain', passphrase }: HowToStore = {},
  ): Promise<Outcome<{ readonly entry: KeyEntry }>> {
    const key = cleanKey(text)
    if (!key.ok)
      return { ok: false, reason: key.reason, remedy: 'Copy the key again, alone and whole. Nothing was stored.' }
    const reason = refusalOfName(name, key.value)
    if (reason !== undefined)
      return {
        ok: false,
        reason,
        remedy: 'Name the key after its backend, such as openai or openai.2. Nothing was stored.',
      }

    const entry: KeyEntry = { name, store, addedAt: new Date(now()).toISOString(), ...fingerprinted(key.value) }
    let before: KeyEntry | undefined
    try {
      if (store === 'file' && passphrase !== undefined) await file.unlock(passphrase)
      await stores[store].set(name, key.value)
      await index.update(({ entries }) => {
        before = entries.find(entry => entry.name === name)
        return [...entries.filter(entry => entry.name !== name), entry]
      })
    } catch (error) {
      return refused(error, name)
    }
    return {
      ok: true,
      entry,
      notes: [
        ...(key.trimmed ? ['White space around the key was left out.'] : []),
        ...(before === undefined || before.store === store ? [] : await removeOldCopy(before)),
      ],
    }
  }

  async function removeOldCopy({ name, store }: KeyEntry): Promise<string[]> {
    try {
      await stores[store].remove(name)
      return [`The key of that name in the ${store} was removed.`]
    } catch (error) {
      return [`An older key of that name is still in the ${store}. ${toStoreError(error).message}`]
    }
  }

  async function remove(name: string): Promise<Outcome<{ readonly removed: boolean }>> {
    try {
      const { entries } = await index.read()
      const entry = entries.find(entry => entry.name === name)
      if (entry === undefined) return { ok: true, removed: await removeUnlisted(name), notes: [] }
      const wasThere = await stores[entry.store].remove(name)
      await index.update(({ entries }) => entries.filter(entry => entry.name !== name))
      return {
        ok: true,
        removed: true,
        notes: wasThere ? [] : [`It was listed, but was not in the ${entry.store} any more.`],
      }
    } catch (error) {
      return refused(error, name)
    }
  }

  /** A key that was put into the keychain by other means, where there is a keychain. */
  async function removeUnlisted(name: string): Promise<boolean> {
    try {
      return await keychain.remove(name)
    } catch (error) {
      if (toStoreError(error).kind === 'unavailable') return false
      throw error
    }
  }

  async function states(): Promise<StoreState[]> {
    const { entries } = await index.read()
    return Promise.all((['keychain', 'file'] as const).map(store => stateOf(store, entries)))
  }

  async function stateOf(store: StoreId, entries: readonly KeyEntry[]): Promise<StoreState> {
    const inUse = entries.some(entry => entry.store === store)
    try {
      await stores[store].check()
      return { store, inUse, usable: true }
    } catch (error) {
      const { kind } = toStoreError(error)
      const { reason, remedy } = refused(error, '<name>')
      return { store, inUse, usable: false, locked: inUse && kind.endsWith('-passphrase'), reason, remedy }
    }
  }

  async function unlock(passphrase: string): Promise<Outcome<object>> {
    try {
      await file.unlock(passphrase)
      return { ok: true, notes: [] }
    } catch (error) {
      return refused(error, '<name>')
    }
  }

  /** Notes in the list that a key was used. A list that is broken is left for its owner to see. */
  async function markUsed(name: string): Promise<void> {
    const lastUsedAt = new Date(now()).toISOString()
    await index.update(({ entries, problem }) => {
      if (problem !== undefined || !entries.some(entry => entry.name === name)) return entries
      return entries.map(entry => (entry.name === name ? { ...entry, lastUsedAt } : entry))
    })
  }

  return { get, search, set, remove, states, unlock, markUsed, list: index.read, watch: index.watch }
}

function refused(error: unknown, name: string): Refused {
  const { kind, message } = toStoreError(error)
  return { ok: false, reason: message, remedy: remedyFor(kind, name, anyVariable) }
}

/** What a store throws besides its own errors is the file system's: a full disk, a folder that may not be written. */
function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError(
    'failed',
    `The stored keys could not be reached: ${error instanceof Error ? error.message : String(error)}.`,
    error,
  )
}

/** Names are written in clear, so a key must not stand in one by mistake: `lip keys set sk-…`. */
function refusalOfName(name: string, key: string): string | undefined {
  if (name.includes(key) || maskText(name, []) !== name) return 'What was given as the name is itself a key.'
  if (secretReference.safeParse(`keychain:${name}`).success) return undefined
  return 'The name may have only letters, digits and . _ - @ / in it.'
}

function fingerprinted(key: string) {
  const last = fingerprint(key)
  return last === undefined ? {} : { fingerprint: last }
}
