import type { Backend } from '../backends/backend.ts'
import type { AppParts } from './parts.ts'
import type { BackendRow, Route } from './contract.ts'
import { recentOf } from './figures.ts'

/** Every backend with its state in words. Empty until the proxy has been built. */
export async function backendRows(parts: AppParts): Promise<BackendRow[]> {
  const state = parts.proxy()?.state()
  if (state === undefined) return []
  return Promise.all(
    [...state.backends.values()].map(async backend => ({
      id: backend.id,
      title: backend.title,
      protocol: backend.kind === 'local' ? 'built in' : backend.apis[0].protocol,
      url: backend.kind === 'local' ? undefined : backend.apis[0].baseUrl,
      ...(await stateOf(parts, backend)),
      isDefault: backend.id === state.defaultBackend,
      ...recentOf(parts.journal, backend, Date.now()),
    })),
  )
}

/** Where turns go that name no backend, and where that was decided. */
export function routeOf(parts: AppParts): Route {
  const state = parts.proxy()?.state()
  const { config, sources } = parts.loaded()
  const backend = state?.defaultBackend ?? config.default_backend ?? 'demo'
  const model =
    config.default_backend?.startsWith(`${backend}:`) === true
      ? config.default_backend.slice(backend.length + 1)
      : undefined
  return { backend, model, source: sources['default_backend'] ?? 'default' }
}

async function stateOf({ secrets }: AppParts, backend: Backend): Promise<Pick<BackendRow, 'state' | 'detail'>> {
  if (backend.kind === 'local') return { state: 'ready', detail: 'Answers by itself; needs no key and no network.' }
  const key = await secrets.keyOf(backend.id, backend.key)
  if (key.found) return { state: 'ready', detail: `Has a key (${key.source}). “Test” tries it.` }
  if (!backend.key.required) return { state: 'ready', detail: 'Needs no key.' }
  return { state: 'needs-key', detail: `${key.reason} ${key.remedy}` }
}
