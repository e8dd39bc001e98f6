import type { BackendConfig, Config } from '../config/schema.ts'
import type { Backend, RemoteBackend } from './backend.ts'
import { demo } from './demo.ts'
import { presetOf, presets } from './presets.ts'

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
  const baseUrl = entry.api_url ?? preset?.baseUrl
  const protocol = entry.protocol ?? preset?.protocol
  if (baseUrl === undefined || protocol === undefined)
    throw new Error(`backend ${id} has no address; config/load.ts checks this`)
  return {
    kind: 'remote',
    id,
    title: preset === undefined || entry.type !== id ? id : preset.title,
    protocol,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    key: {
      // A custom backend without a key is a local server that wants none.
      required: preset !== undefined || entry.api_key !== undefined,
      reference: entry.api_key,
      envNames: preset === undefined ? [] : [`${preset.envPrefix}_API_KEY`],
    },
    headers: entry.headers ?? {},
    models: entry.models,
    closed: entry.models !== undefined,
    timeoutMs: (entry.timeout ?? PATIENCE_SECONDS) * 1000,
  }
}
