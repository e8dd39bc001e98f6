import type { BackendConfig, Config } from '../config/schema.ts'
import type { Api, Backend, RemoteBackend } from './backend.ts'
import { demo } from './demo.ts'
import { loginPresets } from './login-presets.ts'
import type { LoginPreset, Preset } from './preset.ts'
import { presetOf, presets } from './presets.ts'

/** Seconds of silence that a backend is allowed unless its config says otherwise: models may think for minutes. */
const PATIENCE_SECONDS = 600

/**
 * Every backend that can be named, by id: those of the config in its order, then the services we know, then the logins, then `demo`. One
 * that the config switches off is left out.
 */
export function createBackends(config: Config): ReadonlyMap<string, Backend> {
  const backends = new Map<string, Backend>()
  for (const [id, entry] of Object.entries(config.backends)) {
    if (entry.enabled !== false) backends.set(id, entry.type === 'demo' ? demo : fromConfig(id, entry))
  }
  for (const id of [...Object.keys(presets), ...Object.keys(loginPresets)]) {
    if (config.backends[id] === undefined) backends.set(id, fromConfig(id, { type: id }))
  }
  if (config.backends['demo'] === undefined) backends.set(demo.id, demo)
  return backends
}

type Known = Preset | LoginPreset

function fromConfig(id: string, entry: BackendConfig): RemoteBackend {
  const preset = presetOf(entry.type)
  const login = preset !== undefined && 'login' in preset ? preset.login : undefined
  const envPrefixes = preset !== undefined && 'envPrefixes' in preset ? preset.envPrefixes : []
  const isOfTheList = preset !== undefined && entry.type === id
  const references = entry.api_keys ?? (entry.api_key === undefined ? undefined : [entry.api_key])
  const models = entry.models ?? (preset?.listsModels === false ? preset.models : undefined)
  return {
    kind: 'remote',
    id,
    title: isOfTheList ? preset.title : id,
    apis: apisOf(id, entry, preset),
    login,
    isSubscription: login !== undefined && !(preset !== undefined && 'isMetered' in preset && preset.isMetered),
    key: {
      name: isOfTheList ? (preset.keyName ?? id) : id,
      // A custom backend without a key is a local server that wants none.
      required:
        login === undefined &&
        entry.auth !== 'none' &&
        (references !== undefined || (preset !== undefined && !isLocal(preset))),
      references,
      envNames: envPrefixes.map(prefix => `${prefix}_API_KEY`),
      rotation: entry.rotation ?? 'round-robin',
      order: entry.key_order,
      endsAtGap: preset?.keysEndAtGap === true,
    },
    headers: entry.headers ?? {},
    prefixes: preset?.prefixes ?? [],
    missing: preset?.address !== undefined && entry.api_url === undefined ? missingAddress(id, preset) : undefined,
    isLocalServer: isLocal(preset),
    limits: limitsOf(entry),
    requestsPerMinute: entry.requests_per_minute,
    retries: retriesOf(entry),
    parameters: entry.parameters,
    service: serviceOf(entry, preset),
    prices: pricesOf(entry),
    ...(models !== undefined && { models }),
    usualModels: preset?.models,
    defaultModel: entry.default_model,
    closed: entry.models !== undefined,
    timeoutMs: (entry.timeout ?? PATIENCE_SECONDS) * 1000,
  }
}

/** OpenAI's service has two rows, and one price list. */
function serviceOf({ type, api_url }: BackendConfig, preset: Known | undefined): string | undefined {
  if (preset === undefined || api_url !== undefined) return undefined
  return 'keyName' in preset && preset.keyName !== undefined ? preset.keyName : type
}

function isLocal(preset: Known | undefined): boolean {
  return preset?.isLocalServer === true
}

function missingAddress(id: string, preset: Known): RemoteBackend['missing'] {
  const variable = 'envPrefixes' in preset ? `, or ${preset.envPrefixes[0]}_API_BASE_URL,` : ''
  return {
    what: 'address',
    detail: `${preset.title} gives each customer an address of their own. Set backends.${id}.api_url${variable} to it: ${preset.address ?? ''}`,
  }
}

function limitsOf({ limits }: BackendConfig): RemoteBackend['limits'] {
  if (limits === undefined) return undefined
  return Object.fromEntries(
    Object.entries(limits).map(([model, limit]) => [
      model,
      {
        contextWindow: limit.context_window,
        maxOutput: limit.max_output_tokens,
        maxInput: limit.max_input_tokens,
        requestsPerMinute: limit.requests_per_minute,
        tokensPerMinute: limit.tokens_per_minute,
      },
    ]),
  )
}

function pricesOf({ prices }: BackendConfig): RemoteBackend['prices'] {
  if (prices === undefined) return undefined
  return Object.fromEntries(
    Object.entries(prices).map(([model, { input, output, cache_read, cache_write, cache_write_1h }]) => [
      model,
      {
        input,
        output,
        cacheRead: cache_read ?? input,
        cacheWrite: cache_write ?? input,
        cacheWrite1h: cache_write_1h ?? cache_write ?? input,
        source: 'config',
      },
    ]),
  )
}

function retriesOf({ max_retries, retry_delay }: BackendConfig): RemoteBackend['retries'] {
  if (max_retries === undefined && retry_delay === undefined) return undefined
  return { most: max_retries, delayMs: retry_delay === undefined ? undefined : retry_delay * 1000 }
}

/**
 * Where a backend is called. An address of the config takes the place of the first; the vendor's others move with it if it
 * has the same path (a gateway, another region, a test server), and are left out if it has not, since nobody knows where
 * they are there. A protocol of the config picks the one that is spoken.
 */
function apisOf(id: string, entry: BackendConfig, preset: Known | undefined): RemoteBackend['apis'] {
  const { protocol, api_url } = entry
  const auth = entry.auth === undefined ? undefined : { auth: entry.auth }
  const known = (preset?.apis ?? []).filter(api => protocol === undefined || api.protocol === protocol)
  const [first, ...others] = known.map(api => ({ ...api, ...auth }))
  if (api_url === undefined && first !== undefined) return [first, ...others]
  const spoken = first?.protocol ?? protocol
  if (api_url === undefined || spoken === undefined)
    throw new Error(`backend ${id} has no address; config/load.ts checks this`)

  const own: Api = { ...first, ...auth, protocol: spoken, baseUrl: completed(api_url, preset) }
  const { origin, pathname } = new URL(own.baseUrl)
  const isMoved = first !== undefined && pathname === new URL(first.baseUrl).pathname
  return [
    own,
    ...(isMoved ? others.map(api => ({ ...api, baseUrl: origin + new URL(api.baseUrl).pathname, isGuess: true })) : []),
  ]
}

/** The address without slashes at its end, and with the path that every customer of the service has, if it has none. */
function completed(address: string, preset: Known | undefined): string {
  const trimmed = address.replace(/\/+$/, '')
  return preset?.path !== undefined && new URL(trimmed).pathname === '/' ? trimmed + preset.path : trimmed
}
