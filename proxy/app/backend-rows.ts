import type { Backend } from '../backends/backend.ts'
import { toProxyError } from '../core/errors.ts'
import type { ServerState } from '../server/state.ts'
import type { AppParts } from './parts.ts'
import type { BackendRow, Route } from './contract.ts'
import { recentByBackend } from './figures.ts'

/** Every backend with its state in words. Empty until the proxy has been built. */
export async function backendRows(parts: AppParts): Promise<BackendRow[]> {
  const state = parts.proxy()?.state()
  if (state === undefined) return []
  const recent = await recentByBackend(parts.journal, parts.store, Date.now())
  return Promise.all(
    [...state.backends.values()].map(async backend => ({
      id: backend.id,
      title: backend.title,
      protocol: backend.kind === 'local' ? 'built in' : backend.apis[0].protocol,
      kind: kindOf(parts, backend),
      url: backend.kind === 'local' ? undefined : backend.apis[0].baseUrl,
      via: viaOf(parts, backend),
      rotation: backend.kind === 'local' ? undefined : backend.key.rotation,
      ...(await stateIn(state, backend)),
      listed: listedBy(parts, backend),
      isDefault: backend.id === state.defaultBackend,
      ...recent(backend.id),
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

function kindOf({ loaded }: AppParts, backend: Backend): BackendRow['kind'] {
  if (backend.kind === 'local') return 'built-in'
  if (backend.login !== undefined) return 'login'
  return loaded().config.backends[backend.id]?.type === 'custom' ? 'custom' : 'service'
}

function viaOf({ wayOut }: AppParts, backend: Backend): string | undefined {
  if (backend.kind === 'local') return undefined
  try {
    return wayOut(new URL(backend.apis[0].baseUrl).origin)?.address
  } catch (error) {
    return toProxyError(error).message
  }
}

function listedBy({ modelMemory }: AppParts, backend: Backend): BackendRow['listed'] {
  const list = modelMemory.of(backend)
  return list && { count: list.models.length, at: list.at }
}

async function stateIn({ stateOf }: ServerState, backend: Backend) {
  const { keys, ...state } = await stateOf(backend)
  return { ...state, keys: [...keys] }
}
