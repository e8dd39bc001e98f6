import type { Backend, RemoteBackend } from '../backends/backend.ts'
import type { Config } from '../config/schema.ts'

/** What a plan has to know of who set up what. */
export interface SetUp {
  /** Whether a backend has an entry in the config, or a key. */
  readonly isConfigured: (id: string) => boolean
  /** Where turns go that name no backend: where the config says, else the first backend in it, else the first with a key, else the demo. */
  readonly fallback: string
}

/** Looks which of the backends somebody set up. */
export async function setUpOf(
  { default_backend, backends: entries }: Config,
  backends: ReadonlyMap<string, Backend>,
  hasKey: (backend: RemoteBackend) => Promise<boolean>,
): Promise<SetUp> {
  const inConfig = Object.keys(entries).filter(id => backends.has(id))
  const keyed = await Promise.all(
    [...backends.values()].map(async backend => {
      const isKeyed = backend.kind === 'remote' && backend.key.required && (await hasKey(backend))
      return isKeyed ? [backend.id] : []
    }),
  )
  const ids = [...inConfig, ...keyed.flat()]
  const known = new Set(ids)
  return { isConfigured: id => known.has(id), fallback: default_backend ?? ids[0] ?? 'demo' }
}
