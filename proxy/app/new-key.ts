import { MOST_KEYS } from '../keys/env-keys.ts'
import type { Input, Output } from './contract.ts'
import type { AppParts } from './parts.ts'

type Place = Output<'keys.plan'>[number]
const nothingTaken: ReadonlySet<string> = new Set()

/** Where each of several new keys would go, one after the other. Nothing is stored. */
export async function planKeys(parts: AppParts, { keys }: Input<'keys.plan'>): Promise<Output<'keys.plan'>> {
  const places: Place[] = []
  const planned = new Set<string>()
  for (const { backend, beside } of keys) {
    const place = await placeOfNewKey(parts, backend, beside, planned)
    if (place.ok) planned.add(place.name)
    places.push(place)
  }
  return places
}

/**
 * Under which name a new key of a backend is stored, so that the backend finds it: its own, and with `beside` the first
 * that no key of it has, so that they take turns. Where the config says where the keys are, it is one of the names there.
 * Names that are promised to other new keys are as good as taken.
 */
export async function placeOfNewKey(
  { proxy, secrets, options }: AppParts,
  id: string,
  beside: boolean,
  promised = nothingTaken,
): Promise<Place> {
  const { entries } = await secrets.list()
  const stored = new Set(entries.map(({ name }) => name))
  const backend = proxy()?.state().backends.get(id)
  if (backend?.kind !== 'remote') return at(id)
  const { name, references, envNames } = backend.key
  if (references !== undefined) {
    const names = references.flatMap(reference => /^keychain:(.*)$/.exec(reference)?.slice(1) ?? [])
    const free = names.find(known => !stored.has(known) && !promised.has(known))
    const place = free ?? (beside ? undefined : names[0])
    return place === undefined ? refused(id, references) : at(place)
  }
  const slots = await secrets.slotsOf(name, backend.key)
  const taken = new Set(slots.flatMap(slot => (slot.isSet ? [slot.name] : [])))
  const isFree = (place: string) => !taken.has(place) && !promised.has(place)
  if (!beside || isFree(name)) {
    return at(
      name,
      envNames.find(variable => (options.env[variable] ?? '').trim() !== ''),
    )
  }
  const numbered = Array.from({ length: MOST_KEYS }, (_, index) => `${name}.${index + 1}`)
  const place = numbered.find(isFree)
  return place === undefined
    ? { ok: false, reason: `Backend ${id} has ${MOST_KEYS} keys already: remove one first.` }
    : at(place)

  function at(place: string, variable?: string): Place {
    const replaces = stored.has(place) ? place : variable
    return { ok: true, name: place, ...(replaces !== undefined && { replaces }) }
  }
}

function refused(id: string, references: readonly string[]): Place {
  return {
    ok: false,
    reason: `The config says where the keys of ${id} are: ${references.join(', ')}. Another one is only used once it is named there (backends.${id}.api_keys).`,
  }
}
