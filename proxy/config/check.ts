import { isIPv4 } from 'node:net'
import { parseSelector } from '../core/parse-selector.ts'
import { leavesOf } from '../core/selector.ts'
import type { Finding } from './draft.ts'
import { didYouMean } from './explain.ts'
import type { Path } from './key.ts'
import type { BackendConfig, Config } from './schema.ts'

/** What is wrong with a config as a whole although each of its values is well-formed. */
export function check(config: Config, knownIds: readonly string[]): Finding[] {
  const backends = Object.entries(config.backends)
  const ids = [...backends.map(([id]) => id), ...knownIds]
  return [
    ...backends.flatMap(([id, backend]) => checkBackend(id, backend, knownIds)),
    ...checkDefault(config, ids),
    ...checkStaticRoute(config, ids),
    ...selectorsIn(config).flatMap(([path, text]) => checkBackendsOf(path, text, ids)),
    ...checkOrders(config),
    ...checkHost(config),
  ]
}

/** What a user will want to know although it can be worked with. */
export function remark({ default_backend, backends }: Config): Finding[] {
  const picked = default_backend === undefined ? [] : leavesOf(parseSelector(default_backend))
  const isOff = picked.some(({ backend, model }) => backends[backend ?? model]?.enabled === false)
  return [
    ...(isOff ? [{ path: ['default_backend'], says: 'names a backend that is switched off (enabled: false)' }] : []),
    ...Object.entries(backends).flatMap(([id, { key_order, rotation }]) =>
      key_order === undefined || rotation === 'fill-first'
        ? []
        : [{ path: ['backends', id, 'key_order'], says: 'has no effect unless rotation is fill-first' }],
    ),
    ...Object.entries(backends).flatMap(([id, { api_url = '' }]) => {
      const end = endpointAt.exec(api_url)?.[0]
      return end === undefined
        ? []
        : [
            {
              path: ['backends', id, 'api_url'],
              says: `ends with ${end}, which is put behind it once more`,
              suggestion: 'give the base URL',
            },
          ]
    }),
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

/** An address to which requests are sent, where the one is wanted that they have in common. */
const endpointAt = /\/(chat\/completions|completions|responses|messages|embeddings|models)\/?$/

const isCredential = /^(authorization|proxy-authorization|cookie|(x-)?(\w+-)*(api-?key|token|secret))$/i

function checkBackend(id: string, entry: BackendConfig, knownIds: readonly string[]): Finding[] {
  return [...checkType(id, entry, knownIds), ...checkKeyOrder(id, entry)]
}

function checkKeyOrder(id: string, { key_order = [] }: BackendConfig): Finding[] {
  return key_order.flatMap((name, i) => {
    if (name === id || (name.startsWith(`${id}.`) && /^\d{1,2}$/.test(name.slice(id.length + 1)))) return []
    return [{ path: ['backends', id, 'key_order', i], says: `must be ${id}, or ${id}. with the number of a key` }]
  })
}

function checkType(id: string, { type, protocol, api_url }: BackendConfig, knownIds: readonly string[]): Finding[] {
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

/** A leaf without a colon names a backend here, or a route. */
function checkDefault({ default_backend, failover_routes }: Config, ids: readonly string[]): Finding[] {
  if (default_backend === undefined || Object.hasOwn(failover_routes, default_backend)) return []
  return leavesOf(parseSelector(default_backend)).flatMap(({ backend, model }) => {
    if (ids.includes(model) && backend === undefined) return []
    return checkBackendName(['default_backend'], backend ?? model, ids)
  })
}

function checkStaticRoute({ static_route, failover_routes }: Config, ids: readonly string[]): Finding[] {
  if (static_route === undefined || Object.hasOwn(failover_routes, static_route)) return []
  const path = ['static_route']
  const isWhole = leavesOf(parseSelector(static_route)).every(({ backend }) => backend !== undefined)
  const missing = { path, says: 'must name a backend and a model', suggestion: 'write backend:model' }
  return isWhole ? checkBackendsOf(path, static_route, ids) : [missing]
}

/** Every selector of the config that may name a backend or leave it to the default, with its place. */
function selectorsIn({ failover_routes, routing }: Config): (readonly [Path, string])[] {
  return [
    ...Object.entries(failover_routes).flatMap(([name, { elements }]) =>
      elements.map((element, i) => [['failover_routes', name, 'elements', i], element] as const),
    ),
    ...routing.rules.flatMap(({ target, on_failure }, i) => [
      [['routing', 'rules', i, 'target'], target] as const,
      ...on_failure.map((next, j) => [['routing', 'rules', i, 'on_failure', j], next] as const),
    ]),
  ]
}

function checkBackendsOf(path: Path, text: string, ids: readonly string[]): Finding[] {
  return leavesOf(parseSelector(text)).flatMap(({ backend }) =>
    backend === undefined ? [] : checkBackendName(path, backend, ids),
  )
}

/** `openai.2` is a key of `openai`. */
function checkBackendName(path: Path, name: string, ids: readonly string[]): Finding[] {
  if (ids.includes(name) || ids.includes(name.replace(/\.[^.]+$/, ''))) return []
  return [
    { path, says: `names ${JSON.stringify(name)}, and there is no such backend`, suggestion: didYouMean(name, ids) },
  ]
}

/** What is asked all at once, or one for another, has no place among others that are tried in order. */
function checkOrders({ failover_routes, routing }: Config): Finding[] {
  const elements = Object.entries(failover_routes).flatMap(([name, { elements }]) =>
    elements.map((text, i) => [['failover_routes', name, 'elements', i], text] as const),
  )
  const chained = routing.rules.flatMap(({ target, on_failure }, i) => {
    const here = ['routing', 'rules', i]
    const further = on_failure.map((text, j) => [[...here, 'on_failure', j], text] as const)
    return further.length === 0 ? [] : [[[...here, 'target'], target] as const, ...further]
  })
  return [...elements, ...chained].flatMap(([path, text]) => {
    const { kind } = parseSelector(text)
    const says = 'can be no race and no hybrid: others are tried before or after it'
    return kind === 'race' || kind === 'hybrid' ? [{ path, says }] : []
  })
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
