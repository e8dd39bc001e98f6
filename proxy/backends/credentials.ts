import type { Credential, Credentials } from '../core/credential.ts'
import { ProxyError, type ErrorKind } from '../core/errors.ts'
import type { KeySlot, Secret, Secrets } from '../keys/secrets.ts'
import type { RemoteBackend } from './backend.ts'

/** Gives the keys of a backend to its turns; with an instance, only the one that is pinned (`2` for `openai.2`). */
export type CredentialsOf = (backend: RemoteBackend, instance?: string) => Credentials

/** How a key is, in a word that code decides by and a sentence for people. */
export interface KeyState {
  /** As a selector pins it; nothing for the key without a number. */
  readonly instance?: string | undefined
  /** The variable, or the store and the name there: `OPENAI_API_KEY`, `keychain:openai.2`. */
  readonly name: string
  readonly state: 'ready' | 'rate-limited' | 'out-of-credit' | 'refused' | 'not-found' | 'unreadable'
  readonly detail: string
  /** When it is tried again, where it rests; epoch milliseconds. */
  readonly until?: number | undefined
}

export interface CredentialsOptions {
  readonly secrets: Secrets
  /** The credentials of the login that a backend is called with, by the backend's id. */
  readonly logins?: ((id: string) => Credentials | undefined) | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** How long a key rests after a refusal that does not say so, in milliseconds. */
const REST_MS: Readonly<Partial<Record<ErrorKind, number>>> = {
  'rate-limited': 30_000,
  forbidden: 60_000,
  'out-of-credit': 10 * 60_000,
  unauthenticated: 10 * 60_000,
}
/** No vendor's word makes a key rest for longer. */
const LONGEST_REST_MS = 24 * 3_600_000

/** A refusal of a key, which is remembered however often the config changes. */
interface Rest {
  readonly until: number
  readonly error: ProxyError
}

/**
 * The keys of every backend, each with its health: one that was refused rests for as long as the vendor asked, and the next
 * is tried meanwhile. A lone key never rests, since nobody says better than the vendor why it is refused.
 */
export function createCredentials({ secrets, logins, now }: CredentialsOptions) {
  const rests = new Map<string, Rest>()
  const cursors = new Map<string, number>()
  const made = new WeakMap<Secret, Credential>()
  let rings = new WeakMap<RemoteBackend, Ring>()

  /** The keys are looked up anew: one was added, changed or removed. */
  function forget() {
    rings = new WeakMap()
  }

  function credentialsOf(backend: RemoteBackend, instance?: string): Credentials {
    if (backend.login !== undefined) return loginOf(backend, backend.login)
    const ring = ringOf(backend)
    return instance === undefined ? ring.all : pinned(ring, instance)
  }

  function loginOf({ id }: RemoteBackend, login: string): Credentials {
    const found = logins?.(id)
    if (found !== undefined) return found
    throw new ProxyError('unauthenticated', `Backend ${id} is called with the login ${login}, which is not there.`)
  }

  function ringOf(backend: RemoteBackend): Ring {
    const known = rings.get(backend)
    if (known !== undefined) return known
    const ring = createRing(backend)
    rings.set(backend, ring)
    return ring
  }

  /** The keys in the order in which they are used, where they have one. */
  async function slotsOf({ id, key }: RemoteBackend): Promise<readonly KeySlot[]> {
    const slots = await secrets.slotsOf(key.name, key)
    const { rotation, order = [] } = key
    if (rotation !== 'fill-first' || order.length === 0) return slots
    const place = ({ instance }: KeySlot) => {
      const at = order.indexOf(instance === undefined ? id : `${id}.${instance}`)
      return at === -1 ? order.length : at
    }
    return slots.toSorted((a, b) => place(a) - place(b))
  }

  function createRing(backend: RemoteBackend): Ring {
    let known: readonly KeySlot[] | undefined
    const slots = async () => (known = await slotsOf(backend))

    function take(refused: readonly Credential[]) {
      if (backend.missing !== undefined) throw new ProxyError('invalid-request', backend.missing.detail)
      if (known === undefined) return slots().then(found => pick(backend, found, refused))
      const [lone] = known
      return known.length === 1 && lone !== undefined
        ? refused.length > 0
          ? undefined
          : valueOf(backend, lone)
        : pick(backend, known, refused)
    }
    return { backend, slots, all: { take, report: (credential, error) => report(backend, credential, error) } }
  }

  function pinned({ backend, slots, all }: Ring, instance: string): Credentials {
    return {
      ...all,
      async take(refused) {
        const found = await slots()
        const slot = found.find(slot => slot.instance === instance)
        if (slot !== undefined) return refused.length > 0 ? undefined : valueOf(backend, slot)
        const there = found.flatMap(slot => (slot.instance === undefined ? [] : [`${backend.id}.${slot.instance}`]))
        throw new ProxyError(
          'unknown-model',
          `Backend ${backend.id} has no key number ${instance}. ${there.length === 0 ? 'Its keys have no numbers.' : `There are ${there.join(', ')}.`}`,
          { param: 'model' },
        )
      },
    }
  }

  /** The next key that neither was refused in this turn nor rests. */
  async function pick(backend: RemoteBackend, slots: readonly KeySlot[], refused: readonly Credential[]) {
    const found = await Promise.all(slots.map(async slot => ({ slot, secret: await lookUp(slot) })))
    const there = found.flatMap(({ slot, secret }) => (secret.found ? [credentialOf(secret, slot)] : []))
    const [first] = slots
    if (there.length === 0 && first !== undefined) return refused.length > 0 ? undefined : valueOf(backend, first)
    const left = there.filter(credential => !refused.some(({ secret }) => secret === credential.secret))
    if (left.length === 0) return undefined
    const start = backend.key.rotation === 'fill-first' ? 0 : (cursors.get(backend.id) ?? 0)
    const inTurn = there.map((_, step) => there[(start + step) % there.length]).filter(isThere)
    const next = inTurn.find(credential => left.includes(credential) && restOf(backend, credential) === undefined)
    if (next !== undefined) {
      cursors.set(backend.id, there.indexOf(next) + 1)
      return next
    }
    return leastTired(backend, left)
  }

  /** All rest: where that is for a limit, the client is told when it ends; any other refusal may have been put right since. */
  function leastTired(backend: RemoteBackend, left: readonly Credential[]): Credential | undefined {
    const tired = left
      .flatMap(credential => {
        const rest = restOf(backend, credential)
        return rest === undefined ? [] : [{ credential, rest }]
      })
      .sort((a, b) => a.rest.until - b.rest.until)
    const limited = tired.find(({ rest }) => rest.error.kind === 'rate-limited')
    if (limited === undefined) return tired[0]?.credential
    const wait = limited.rest.until - now()
    throw new ProxyError(
      'rate-limited',
      `All keys of ${backend.id} rest; the first can be used again in ${Math.ceil(wait / 1000)} s. The last refusal: ${limited.rest.error.message}`,
      { retryAfterMs: wait },
    )
  }

  function restOf(backend: RemoteBackend, credential: Credential): Rest | undefined {
    const id = restId(backend, credential)
    const rest = rests.get(id)
    if (rest === undefined || now() < rest.until) return rest
    rests.delete(id)
    return undefined
  }

  function report(backend: RemoteBackend, credential: Credential, error?: ProxyError) {
    if (error === undefined) {
      if (rests.size > 0) rests.delete(restId(backend, credential))
      return
    }
    const standard = REST_MS[error.kind]
    if (standard === undefined) return
    const ms = Math.min(error.retryAfterMs ?? standard, LONGEST_REST_MS)
    rests.set(restId(backend, credential), { until: now() + ms, error })
  }

  function lookUp({ name, places }: KeySlot): Secret | Promise<Secret> {
    return secrets.peek(name, places) ?? secrets.keyOf(name, places)
  }

  function valueOf(backend: RemoteBackend, slot: KeySlot): Credential | undefined | Promise<Credential | undefined> {
    const secret = lookUp(slot)
    return secret instanceof Promise ? secret.then(found => inUse(found, slot, backend)) : inUse(secret, slot, backend)
  }

  function inUse(secret: Secret, slot: KeySlot, backend: RemoteBackend): Credential | undefined {
    if (secret.found) return credentialOf(secret, slot)
    if (!backend.key.required) return undefined
    throw new ProxyError('unauthenticated', `Backend ${backend.id} has no key. ${secret.reason} ${secret.remedy}`, {
      code: 'missing_api_key',
    })
  }

  function credentialOf(secret: Secret & { found: true }, slot: KeySlot): Credential {
    const known = made.get(secret)
    if (known !== undefined) return known
    const credential = { name: nameOf(secret.source, slot), secret: withoutScheme(secret.value) }
    made.set(secret, credential)
    return credential
  }

  /** Whether a backend has a key at all; the keychain is not asked for it. */
  async function hasKey(backend: RemoteBackend): Promise<boolean> {
    const slots = await slotsOf(backend)
    return slots.some(({ isSet }) => isSet)
  }

  /** Every key that a backend has, and how it is; where it has none and needs one, what there should be. */
  async function keyStates(backend: RemoteBackend): Promise<readonly KeyState[]> {
    const slots = await slotsOf(backend)
    const states = await Promise.all(
      slots.map(async (slot): Promise<KeyState | undefined> => {
        const { instance, name, places } = slot
        const secret = await secrets.keyOf(name, places)
        if (secret.found) return { instance, ...healthOf(backend, credentialOf(secret, slot)) }
        if (!backend.key.required && secret.absent) return undefined
        return {
          instance,
          name,
          state: secret.absent ? 'not-found' : 'unreadable',
          detail: `${secret.reason} ${secret.remedy}`,
        }
      }),
    )
    return states.filter(isThere)
  }

  function healthOf(backend: RemoteBackend, credential: Credential): Omit<KeyState, 'instance'> {
    const { name } = credential
    const rest = restOf(backend, credential)
    if (rest === undefined) return { name, state: 'ready', detail: 'Ready.' }
    const { error, until } = rest
    switch (error.kind) {
      case 'rate-limited':
        return { name, state: 'rate-limited', until, detail: `Rate limited: ${error.message}` }
      case 'out-of-credit':
        return { name, state: 'out-of-credit', until, detail: `Out of credit: ${error.message}` }
      default:
        return { name, state: 'refused', until, detail: `Refused: ${error.message}` }
    }
  }

  return { credentialsOf, keyStates, hasKey, forget }
}

interface Ring {
  readonly backend: RemoteBackend
  readonly slots: () => Promise<readonly KeySlot[]>
  readonly all: Credentials
}

/** Keys are copied from documents with the word that stands before them in a header. */
function withoutScheme(secret: string): string {
  return secret.replace(/^bearer\s+/i, '')
}

/** The variable, or the store and the name there: `OPENAI_API_KEY`, `keychain:openai.2`. */
function nameOf(source: string, { name, places: { reference } }: KeySlot): string {
  if (source.startsWith('env:')) return source.slice('env:'.length)
  return `${source}:${reference?.startsWith('keychain:') ? reference.slice('keychain:'.length) : name}`
}

function restId({ id }: RemoteBackend, { secret }: Credential): string {
  return `${id}\n${secret}`
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined
}
