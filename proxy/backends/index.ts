import type { BackendConfig, Config } from '../config/schema.ts'
import type { Backend, RemoteBackend } from './backend.ts'
import { demo } from './demo.ts'
import { presetOf, presets, type Preset } from './presets.ts'

/** Seconds of silence that a backend is allowed unless its config says otherwise: models may think for minutes. */
const PATIENCE_SECONDS = 600

/**
 * Every backend that can be named, by id: those of the config in its order, then the services we know, then `demo`. One
 * that the config switches off is left out.
 */
export function createBackends(config: Config): ReadonlyMap<string, Backend> {
  const backends = new Map<string, Backend>()
  for (const [id, entry] of Object.entries(config.backends)) {
    if (entry.enabled !== false) backends.set(id, entry.type === 'demo' ? demo : fromConfig(id, entry))
  }
  for (const id of Object.keys(presets)) {
    if (config.backends[id] === undefined) backends.set(id, fromConfig(id, { type: id }))
  }
  if (config.backends['demo'] === undefined) backends.set(demo.id, demo)
  return backends
}

function fromConfig(id: string, entry: BackendConfig): RemoteBackend {
  const preset = presetOf(entry.type)
  return {
    kind: 'remote',
    id,
    title: preset === undefined || entry.type !== id ? id : preset.title,
    apis: apisOf(id, entry, preset),
    key: {
      // A custom backend without a key is a local server that wants none.
      required: preset !== undefined || entry.api_key !== undefined,
      reference: entry.api_key,
      envNames: (preset?.envPrefixes ?? []).map(prefix => `${prefix}_API_KEY`),
    },
    headers: entry.headers ?? {},
    models: entry.models,
    closed: entry.models !== undefined,
    timeoutMs: (entry.timeout ?? PATIENCE_SECONDS) * 1000,
  }
}

/**
 * Where a backend is called. An address of the config takes the place of the first; the vendor's others move with it if it
 * has the same path (a gateway, another region, a test server), and are left out if it has not, since nobody knows where
 * they are there. A protocol of the config picks the one that is spoken.
 */
function apisOf(id: string, entry: BackendConfig, preset: Preset | undefined): RemoteBackend['apis'] {
  const { protocol, api_url } = entry
  const known = (preset?.apis ?? []).filter(api => protocol === undefined || api.protocol === protocol)
  const [first = { protocol, baseUrl: api_url }, ...others] = known
  if (first.protocol === undefined || first.baseUrl === undefined)
    throw new Error(`backend ${id} has no address; config/load.ts checks this`)
  if (api_url === undefined) return [{ ...first, protocol: first.protocol, baseUrl: first.baseUrl }, ...others]
  const own = { ...first, protocol: first.protocol, baseUrl: api_url.replace(/\/+$/, '') }
  const isMoved = new URL(own.baseUrl).pathname === new URL(first.baseUrl).pathname
  const { origin } = new URL(own.baseUrl)
  return [own, ...(isMoved ? others.map(api => ({ ...api, baseUrl: origin + new URL(api.baseUrl).pathname })) : [])]
}
