import { isIPv4 } from 'node:net'
import type { Finding } from './draft.ts'
import { didYouMean } from './explain.ts'
import type { BackendConfig, Config } from './schema.ts'

/** What is wrong with a config as a whole although each of its values is well-formed. */
export function check(config: Config, knownIds: readonly string[]): Finding[] {
  const backends = Object.entries(config.backends)
  return [
    ...backends.flatMap(([id, backend]) => checkBackend(id, backend, knownIds)),
    ...checkDefault(config, [...backends.map(([id]) => id), ...knownIds]),
    ...checkHost(config),
  ]
}

/** What a user will want to know although it can be worked with. */
export function remark({ default_backend, backends }: Config): Finding[] {
  const picked = default_backend === undefined ? '' : backendOf(default_backend)
  const isOff = Object.hasOwn(backends, picked) && backends[picked]?.enabled === false
  return [
    ...(isOff ? [{ path: ['default_backend'], says: 'names a backend that is switched off (enabled: false)' }] : []),
    ...Object.entries(backends).flatMap(([id, { headers }]) =>
      Object.entries(headers ?? {})
        .filter(([name, value]) => isCredential.test(name) && !value.startsWith('env:'))
        .map(([name]) => ({
          path: ['backends', id, 'headers', name],
          says: 'seems to hold a secret in clear',
          suggestion: 'put it into an environment variable and write env:NAME',
        })),
    ),
  ]
}

const isCredential = /^(authorization|proxy-authorization|cookie|(x-)?(\w+-)*(api-?key|token|secret))$/i

function checkBackend(id: string, { type, protocol, api_url }: BackendConfig, knownIds: readonly string[]): Finding[] {
  const here = ['backends', id]
  if (type === 'custom') {
    return [
      ...(protocol === undefined
        ? [missing([...here, 'protocol'], 'say what it speaks: openai-chat, anthropic, …')]
        : []),
      ...(api_url === undefined ? [missing([...here, 'api_url'], 'say where it is: https://…')] : []),
    ]
  }
  if (knownIds.includes(type)) return []
  const suggestion =
    didYouMean(type, ['custom', ...knownIds]) ?? 'for any other service write type: custom, with protocol and api_url'
  return [{ path: [...here, 'type'], says: `must be custom or one of ${knownIds.join(', ')}`, suggestion }]
}

function missing(path: readonly string[], suggestion: string): Finding {
  return { path, says: 'is missing, which a custom backend needs', suggestion }
}

function checkDefault({ default_backend }: Config, ids: readonly string[]): Finding[] {
  if (default_backend === undefined) return []
  const id = backendOf(default_backend)
  if (ids.includes(id)) return []
  const there = [...new Set(ids)].join(', ')
  return [{ path: ['default_backend'], says: `must name one of ${there}`, suggestion: didYouMean(id, ids) }]
}

/** The backend that a selector names: what stands before the first colon. */
function backendOf(selector: string): string {
  return /^[^:]*/.exec(selector)?.[0] ?? selector
}

function checkHost({ server }: Config): Finding[] {
  if (isLoopback(server.host) || server.api_keys.length > 0) return []
  return [
    {
      path: ['server', 'host'],
      says: 'lets other computers in, and no key is asked of them',
      suggestion:
        'set LLM_INTERACTIVE_PROXY_API_KEY to a key of your choice, list references in server.api_keys, or use 127.0.0.1',
    },
  ]
}

/** Whether an address is one that only programs of this computer can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
