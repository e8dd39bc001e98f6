import { secretReference } from '../config/schema.ts'
import { cleanKey } from './clean-key.ts'
import { MOST_KEYS } from './env-keys.ts'
import type { KeyEntry, KeyIndex, ListWatch } from './key-index.ts'
import type { KeyStore, StoreId } from './key-store.ts'
import { createKeychain } from './keychain.ts'
import { remedyFor } from './remedies.ts'
import type { HowToStore, Outcome, StoredKey, StoreState } from './stored-keys.ts'
import { createStoredKeys } from './stored-keys.ts'

export type { HowToStore, Outcome, StoreState } from './stored-keys.ts'

/** The value behind a reference, or why there is none and what to do about it, in whole sentences. */
export type Secret =
  | { readonly found: true; readonly value: string; readonly source: SecretSource }
  | {
      readonly found: false
      /** Whether there is none, rather than one that can't be read. */
      readonly absent: boolean
      readonly reason: string
      readonly remedy: string
    }

export type SecretSource = StoreId | `env:${string}`

/** Where a backend's key may come from. */
export interface KeyPlaces {
  /** `env:NAME` or `keychain:NAME`. Given, nothing else is looked at. */
  readonly reference?: string | undefined
  /** Environment variables that may hold it, first wins; looked at when no key is stored under the backend's name. */
  readonly envNames: readonly string[]
}

/** Where the keys of a backend may be that has several. */
export interface SeveralPlaces {
  /** Given, nothing else is looked at; the first is number 1. */
  readonly references?: readonly string[] | undefined
  /** Variables that may hold a key, first wins, each also with `_1` to `_99` behind it. */
  readonly envNames: readonly string[]
  /** Whether the numbers end at the first that is missing. */
  readonly endsAtGap: boolean
}

/** One key of a backend: `openai`, or `openai.2`, with its number as the instance. */
export interface KeySlot {
  readonly instance?: string | undefined
  /** The name that it is stored under, if it is. */
  readonly name: string
  readonly places: KeyPlaces
  /** Whether something is known to be there; it may still be locked, or no key. */
  readonly isSet: boolean
}

export interface SecretsOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Holds `keys.json` and, if there is one, `keys.enc`. Made when the first key is looked for. */
  readonly dataDir: string
  readonly keychain?: KeyStore | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** Told when keys were added, replaced or removed, by this or any other process. */
  readonly onChange?: (() => void) | undefined
  /** Told, in a sentence, what goes wrong beside the turns. */
  readonly warn?: ((message: string) => void) | undefined
}

export interface Secrets {
  /** The value of `env:NAME` or `keychain:NAME`; a key stored under the latter's name is taken from wherever it was put. */
  readonly resolve: (reference: string) => Promise<Secret>
  /** A backend's key. Remembered until the stored keys change; a failure for half a minute. */
  readonly keyOf: (backend: string, places: KeyPlaces) => Promise<Secret>
  /** What `keyOf` would say, if it remembers: most turns need not wait. */
  readonly peek: (backend: string, places: KeyPlaces) => Secret | undefined
  /** The keys that a backend has: the one without a number first; that one also where there are none at all. */
  readonly slotsOf: (backend: string, places: SeveralPlaces) => Promise<readonly KeySlot[]>
  /** Every value found so far, for masking. The same array until there is one more. */
  readonly known: () => readonly string[]
  readonly list: () => Promise<KeyIndex>
  /** Stores a key, in the keychain unless told otherwise. One of the same name is replaced, wherever it was. */
  readonly set: (name: string, value: string, how?: HowToStore) => Promise<Outcome<{ readonly entry: KeyEntry }>>
  /** Removes a stored key; `removed` says whether there was one. */
  readonly remove: (name: string) => Promise<Outcome<{ readonly removed: boolean }>>
  readonly stores: () => Promise<readonly StoreState[]>
  /** Takes the passphrase of `keys.enc`, in place of the variable LIP_PASSPHRASE, until this process ends. */
  readonly unlock: (passphrase: string) => Promise<Outcome<object>>
  /** Ends the watch over the stored keys and waits for what is being written. */
  readonly close: () => Promise<void>
}

/** How long a failure is remembered, so that an agent's retries do not each open a prompt. */
const FAILURE_MS = 30_000
/** How exact `lastUsedAt` is. */
const HOUR_MS = 3_600_000

/** Secrets by reference: the environment, the keychain, and a file encrypted with a passphrase. Never one in place of another. */
export function createSecrets(options: SecretsOptions): Secrets {
  const { env, dataDir, keychain = createKeychain(), now = Date.now, onChange, warn } = options
  const stored = createStoredKeys({ dataDir, keychain, passphrase: env['LIP_PASSPHRASE'], now })
  let lookups = new Map<string, Lookup>()
  let known: readonly string[] = []
  const usedAt = new Map<string, number>()
  let writing: Promise<void> = Promise.resolve()
  let watching: Promise<ListWatch> | undefined
  /** As the watch told it last. */
  let listed: KeyIndex | undefined
  learn(env['LIP_PASSPHRASE'])

  function peek(backend: string, places: KeyPlaces): Secret | undefined {
    const lookup = lookups.get(idOf(backend, places))
    if (lookup?.secret === undefined || now() >= lookup.until) return undefined
    noteUse(lookup.secret, nameIn(backend, places))
    return lookup.secret
  }

  async function keyOf(backend: string, places: KeyPlaces): Promise<Secret> {
    const id = idOf(backend, places)
    const earlier = lookups.get(id)
    if (earlier !== undefined && now() < earlier.until) return earlier.promise
    const lookup: Lookup = { promise: find(backend, places), secret: undefined, until: Infinity }
    lookups.set(id, lookup)
    const secret = await lookup.promise
    lookup.secret = secret
    if (!secret.found) lookup.until = now() + FAILURE_MS
    noteUse(secret, nameIn(backend, places))
    return secret
  }

  async function find(backend: string, { reference, envNames }: KeyPlaces): Promise<Secret> {
    if (reference !== undefined) return resolve(reference)
    await watched()
    const key = await stored.get(backend)
    if (key.kind !== 'absent') return fromStored(backend, key)
    const envName = envNames.find(name => (env[name] ?? '').trim() !== '')
    if (envName !== undefined) return fromEnv(envName)
    return {
      found: false,
      absent: true,
      reason: [
        `There is no key for ${backend}: none is stored under that name`,
        ...(envNames.length === 0 ? [] : [`, and ${envNames.join(' or ')} is not set`]),
        ...(key.detail === undefined ? ['.'] : ['. ', key.detail]),
      ].join(''),
      remedy: `${envNames[0] === undefined ? 'Store' : `Set ${envNames[0]}, or store`} the key: lip keys set ${backend}`,
    }
  }

  async function slotsOf(backend: string, { references, envNames, endsAtGap }: SeveralPlaces): Promise<KeySlot[]> {
    if (references !== undefined) {
      return references.length === 1
        ? [{ name: backend, places: { reference: references[0], envNames }, isSet: true }]
        : references.map((reference, at) => ({
            instance: String(at + 1),
            name: `${backend}.${at + 1}`,
            places: { reference, envNames: [] },
            isSet: true,
          }))
    }
    await watched()
    const { entries, problem } = listed ?? (await stored.list())
    const names = new Set(entries.map(({ name }) => name))
    const values = new Set<string>()
    const isNamed = (variables: readonly string[]) => variables.some(name => env[name] !== undefined)
    /** A key that stands in two variables is one key. */
    const isNew = (variables: readonly string[]) => {
      const value = variables.map(name => env[name]?.trim() ?? '').find(text => text !== '')
      if (value === undefined || values.has(value)) return false
      values.add(value)
      return true
    }

    const slots: KeySlot[] = []
    const lone = { name: backend, places: { envNames } }
    if (names.has(backend) || isNew(envNames)) slots.push({ ...lone, isSet: true })
    let afterGap = false
    for (let number = 1; number <= MOST_KEYS; number++) {
      const name = `${backend}.${number}`
      const numbered = envNames.map(variable => `${variable}_${number}`)
      afterGap ||= endsAtGap && !isNamed(numbered)
      if (names.has(name) || (!afterGap && isNew(numbered))) {
        slots.push({ instance: String(number), name, places: { envNames: numbered }, isSet: true })
      }
    }
    // A list that is broken may have had it.
    return slots.length === 0 ? [{ ...lone, isSet: problem !== undefined }] : slots
  }

  async function resolve(reference: string): Promise<Secret> {
    // What is not a reference may be a key, so it is not repeated.
    if (!secretReference.safeParse(reference).success) {
      return {
        found: false,
        absent: false,
        reason: 'What stands in place of a secret is not a reference to one.',
        remedy: 'Write env:NAME or keychain:NAME.',
      }
    }
    const name = reference.slice(reference.indexOf(':') + 1)
    if (reference.startsWith('env:')) return fromEnv(name)
    await watched()
    return fromStored(name, await stored.search(name))
  }

  function fromStored(name: string, key: StoredKey): Secret {
    switch (key.kind) {
      case 'found':
        learn(key.value)
        return { found: true, value: key.value, source: key.store }
      case 'refused':
        return {
          found: false,
          absent: false,
          reason: `The stored key ${name} cannot be read. ${key.error.message}`,
          // A variable alone would not do: a stored key comes before it.
          remedy: remedyFor(key.error.kind, name, 'an environment variable (api_key: env:NAME in config.yaml)'),
        }
      case 'absent':
        return {
          found: false,
          absent: true,
          reason: `There is no key stored under the name ${name}.${key.detail === undefined ? '' : ` ${key.detail}`}`,
          remedy: `Store it: lip keys set ${name}`,
        }
    }
  }

  function fromEnv(name: string): Secret {
    const text = env[name]
    if (text === undefined) {
      return {
        found: false,
        absent: true,
        reason: `The environment variable ${name} is not set.`,
        remedy: `Set ${name} and start again.`,
      }
    }
    const key = cleanKey(text)
    if (!key.ok) {
      return {
        found: false,
        absent: false,
        reason: `The environment variable ${name} holds no key. ${key.reason}`,
        remedy: `Set ${name} anew and start again.`,
      }
    }
    learn(key.value)
    return { found: true, value: key.value, source: `env:${name}` }
  }

  function learn(value: string | undefined) {
    if (value !== undefined && !known.includes(value)) known = [...known, value]
  }

  /** Off the turn's path: the list is written behind its back, and at most once an hour for each key. */
  function noteUse(secret: Secret, name: string) {
    if (!secret.found || secret.source.startsWith('env:')) return
    const last = usedAt.get(name)
    if (last !== undefined && now() - last < HOUR_MS) return
    usedAt.set(name, now())
    writing = writing
      .then(() => stored.markUsed(name))
      .catch((error: unknown) => warn?.(`When keys were last used could not be noted: ${messageOf(error)}.`))
  }

  /** Settles once changes to the stored keys are heard of. */
  function watched(): Promise<ListWatch> {
    watching ??= watch()
    return watching
  }

  async function watch(): Promise<ListWatch> {
    let first = true
    const deaf = (error: unknown) =>
      warn?.(`Keys that other processes change are seen only after a restart: ${messageOf(error)}.`)
    try {
      return await stored.watch(index => {
        const { problem } = index
        listed = index
        if (problem !== undefined) warn?.(problem)
        if (!first) {
          lookups = new Map()
          onChange?.()
        }
        first = false
      }, deaf)
    } catch (error) {
      deaf(error)
      return { look: () => Promise.resolve(), end: () => undefined }
    }
  }

  /** Does something to the stored keys and forgets what was remembered of them. */
  async function changing<Result>(change: () => Promise<Result>): Promise<Result> {
    const { look } = await watched()
    try {
      return await change()
    } finally {
      lookups = new Map()
      await look()
    }
  }

  return {
    resolve,
    keyOf,
    peek,
    slotsOf,
    known: () => known,
    list: stored.list,
    set: (name, value, how) => changing(() => stored.set(name, value, how)),
    remove: name => changing(() => stored.remove(name)),
    stores: stored.states,
    unlock: passphrase => {
      learn(passphrase)
      return changing(() => stored.unlock(passphrase))
    },
    close: async () => {
      const watch = await watching
      watch?.end()
      await writing
    },
  }
}

/** What is remembered of a backend's key: the question, its answer once it came, and when it must be asked anew. */
interface Lookup {
  readonly promise: Promise<Secret>
  secret: Secret | undefined
  until: number
}

function idOf(backend: string, { reference, envNames }: KeyPlaces): string {
  return `${backend}\n${reference ?? ''}\n${envNames.join()}`
}

/** The name under which the key is stored, if it is. */
function nameIn(backend: string, { reference }: KeyPlaces): string {
  return reference?.startsWith('keychain:') ? reference.slice('keychain:'.length) : backend
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
