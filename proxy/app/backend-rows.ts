import type { Backend } from '../backends/backend.ts'
import type { LoginStatus } from '../logins/login.ts'
import type { ServerState } from '../server/state.ts'
import type { AppParts } from './parts.ts'
import type { BackendRow, Route } from './contract.ts'
import { recentByBackend } from './figures.ts'

/** Every backend with its state in words. Empty until the proxy has been built. */
export async function backendRows(parts: AppParts): Promise<BackendRow[]> {
  const state = parts.proxy()?.state()
  if (state === undefined) return []
  const recent = recentByBackend(parts.journal, Date.now())
  return Promise.all(
    [...state.backends.values()].map(async backend => ({
      id: backend.id,
      title: backend.title,
      protocol: backend.kind === 'local' ? 'built in' : backend.apis[0].protocol,
      url: backend.kind === 'local' ? undefined : backend.apis[0].baseUrl,
      ...(await stateOf(parts, state, backend)),
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

async function stateOf(
  { logins }: AppParts,
  { keyStates, isUsable }: ServerState,
  backend: Backend,
): Promise<Pick<BackendRow, 'state' | 'detail'>> {
  if (backend.kind === 'local') return { state: 'ready', detail: 'Answers by itself; needs no key and no network.' }
  if (backend.missing !== undefined) return { state: 'off', detail: backend.missing }
  if (backend.isLocalServer && !(await isUsable(backend)))
    return { state: 'off', detail: `Nothing answers at ${backend.apis[0].baseUrl}. Start ${backend.title} to use it.` }
  if (backend.login !== undefined) return loginState(await logins.of(backend.id)?.status())
  const keys = await keyStates(backend)
  const [first] = keys
  if (first === undefined) return { state: 'ready', detail: 'Needs no key.' }
  const ready = keys.filter(({ state }) => state === 'ready')
  if (ready.length > 0)
    return { state: 'ready', detail: `Has a key (${ready.map(({ name }) => name).join(', ')}). “Test” tries it.` }
  const isThere = keys.some(({ state }) => state !== 'not-found' && state !== 'unreadable')
  return { state: isThere ? 'ready' : 'needs-key', detail: first.detail }
}

function loginState(status: LoginStatus | undefined): Pick<BackendRow, 'state' | 'detail'> {
  if (status === undefined) return { state: 'off', detail: 'Off.' }
  const state = status.isUsable ? 'ready' : status.state === 'Off' ? 'off' : 'needs-key'
  return { state, detail: `${status.state}. ${status.detail}` }
}
