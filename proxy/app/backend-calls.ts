import { check } from '../config/check.ts'
import { HIDDEN, shownHeader } from '../config/describe.ts'
import { dotted, type Path } from '../config/key.ts'
import type { BackendConfig } from '../config/schema.ts'
import { own } from '../core/own.ts'
import type { CustomBackend, Input, Output } from './contract.ts'
import { knownBackends, type AppParts } from './parts.ts'
import { writeSettings } from './setting-calls.ts'

/** A backend that the config file adds, as a form shows it; nothing for any other. */
export function readBackend(parts: AppParts, { id }: Input<'backends.get'>): Output<'backends.get'> {
  const entry = customIn(parts, id)
  if (entry?.protocol === undefined || entry.api_url === undefined) return null
  const { protocol, api_url, auth, api_key, models, default_model, headers, timeout, requests_per_minute } = entry
  return {
    id,
    protocol,
    url: api_url,
    auth,
    key: api_key,
    models,
    defaultModel: default_model,
    headers: headers && mapped(headers, shownHeader),
    timeout,
    requestsPerMinute: requests_per_minute,
  }
}

/** Writes a custom backend into the config file: a new one, or what of one that stands there has changed. */
export async function saveBackend(
  parts: AppParts,
  { backend, isNew }: Input<'backends.save'>,
): Promise<Output<'backends.save'>> {
  const { id } = backend
  const isTaken = knownBackends.some(known => known.id === id) || Object.hasOwn(parts.loaded().config.backends, id)
  if (isNew && isTaken) return { ok: false, reason: `There is a backend ${id} already. Choose another id.` }
  const before = customIn(parts, id)
  if (!isNew && before === undefined) return notHere(id)
  return writeSettings(
    parts,
    Object.fromEntries(
      Object.entries(entryOf(backend, before?.headers)).map(([name, value]) => [keyOf(id, name), value]),
    ),
  )
}

/** Writes which of a backend's keys is next into the config file. */
export async function useKeys(
  parts: AppParts,
  { id, rotation, order }: Input<'backends.useKeys'>,
): Promise<Output<'backends.useKeys'>> {
  const state = parts.proxy()?.state()
  if (state?.backends.get(id)?.kind !== 'remote') return { ok: false, reason: `There is no backend ${id}.` }
  const { backends, default_backend } = parts.loaded().config
  // The first backend in the config is the default where none is set, and this may be the first to stand there.
  const isNewThere = default_backend === undefined && !Object.hasOwn(backends, id)
  return writeSettings(parts, {
    [keyOf(id, 'rotation')]: rotation === 'fill-first' ? rotation : undefined,
    [keyOf(id, 'key_order')]: rotation === 'fill-first' ? order : undefined,
    ...(isNewThere && rotation === 'fill-first' && { default_backend: state.defaultBackend }),
  })
}

/** What of the config would name nothing without a backend. */
export function usesOfBackend({ loaded }: AppParts, { id }: Input<'backends.uses'>): Output<'backends.uses'> {
  const { config } = loaded()
  const backends = Object.fromEntries(Object.entries(config.backends).filter(([other]) => other !== id))
  const knownIds = knownBackends.map(known => known.id)
  const wrong = check({ ...config, backends }, knownIds).map(({ path }) => path)
  const isWrong = (...place: Path) => wrong.some(path => place.every((step, i) => step === path[i]))
  return [
    ...(isWrong('default_backend') ? [{ kind: 'default' } as const] : []),
    ...(isWrong('static_route') ? [{ kind: 'static' } as const] : []),
    ...Object.keys(config.failover_routes)
      .filter(name => isWrong('failover_routes', name))
      .map(name => ({ kind: 'route', name }) as const),
    ...config.routing.rules.flatMap(({ name }, at) =>
      isWrong('routing', 'rules', at) ? [{ kind: 'rule', at, name } as const] : [],
    ),
  ]
}

/** Takes a custom backend out of the config file. One that something else in the config names stays. */
export async function removeBackend(
  parts: AppParts,
  { id }: Input<'backends.remove'>,
): Promise<Output<'backends.remove'>> {
  return customIn(parts, id) === undefined ? notHere(id) : writeSettings(parts, { [keyOf(id)]: undefined })
}

/** One that stands in a file of its own is not ours to write. */
function customIn({ loaded }: AppParts, id: string): BackendConfig | undefined {
  const { config, sources } = loaded()
  const entry = own(config.backends, id)
  return entry?.type === 'custom' && sources[keyOf(id, 'type')]?.startsWith('file:') === true ? entry : undefined
}

/** As the config has it; what is absent is taken out there. */
function entryOf(backend: CustomBackend, headersBefore: BackendConfig['headers'] = {}) {
  const { protocol, url, auth, key, models, defaultModel, headers, timeout, requestsPerMinute } = backend
  return {
    type: 'custom',
    protocol,
    api_url: url,
    auth,
    api_key: key,
    models,
    default_model: defaultModel,
    headers: headers && mapped(headers, (value, name) => (value === HIDDEN ? (headersBefore[name] ?? value) : value)),
    timeout,
    requests_per_minute: requestsPerMinute,
  }
}

function mapped(headers: Readonly<Record<string, string>>, change: (value: string, name: string) => string) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value, name)]))
}

function keyOf(id: string, ...inner: readonly string[]): string {
  return dotted(['backends', id, ...inner])
}

function notHere(id: string) {
  return { ok: false, reason: `The config file holds no custom backend ${JSON.stringify(id)}.` } as const
}
