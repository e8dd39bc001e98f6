import type { Draft } from './draft.ts'
import { dotted, isSection, type Path } from './key.ts'
import type { ConfigProblem } from './problems.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** The command line's flags that are settings, by name without dashes. */
export type Flags = Readonly<
  Partial<Record<'host' | 'port' | 'default-backend' | 'static-route' | 'log-level', string | undefined>>
>

/** A backend that needs no entry in the file to exist, and the prefixes of its environment variables if it has any, first wins. */
export interface KnownBackend {
  readonly id: string
  readonly envPrefixes?: readonly string[] | undefined
}

/** Other places where a value may stand, as the predecessor had them. */
export const oldPlaces: readonly {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly isOutdated: boolean
}[] = [
  { from: ['backends', 'default_backend'], to: ['default_backend'], isOutdated: false },
  { from: ['backends', 'static_route'], to: ['static_route'], isOutdated: false },
  { from: ['host'], to: ['server', 'host'], isOutdated: true },
  { from: ['port'], to: ['server', 'port'], isOutdated: true },
]

/** Brings what the file says in the predecessor's way into ours. A value that stands in both places must be the same. */
export function readOldSpellings(draft: Draft): { problems: ConfigProblem[]; warnings: ConfigProblem[] } {
  const problems: ConfigProblem[] = []
  const warnings: ConfigProblem[] = []
  for (const { from, to, isOutdated } of oldPlaces) {
    const old = draft.get(from)
    const now = draft.get(to)
    const name = dotted(to)
    if (old !== undefined && isOutdated) {
      warnings.push(draft.problem({ path: from, says: `is the old place of ${name}`, atKey: true }))
    }
    if (old !== undefined && now !== undefined && old !== now) {
      problems.push(draft.problem({ path: from, says: `and ${name} say different things`, suggestion: `keep ${name}` }))
    }
    if (old !== undefined && now === undefined) draft.set(to, old, draft.originOf(from))
    draft.remove(from)
  }
  for (const path of referencePlaces(draft)) {
    const name = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(String(draft.get(path)))?.[1]
    if (name !== undefined) draft.set(path, `env:${name}`)
  }
  return { problems, warnings }
}

/** A backend of the product's list needs no `type`: its name says it. */
export function fillTypes(draft: Draft, known: readonly KnownBackend[]): void {
  for (const [id, entry] of backendsIn(draft)) {
    const path = ['backends', id, 'type']
    if (entry === undefined) draft.set(['backends', id], {})
    if (known.some(backend => backend.id === id) && draft.get(path) === undefined) draft.set(path, id)
  }
}

/** Lays the environment over the file. A variable that is set but empty counts as not set. */
export function layEnvironment(draft: Draft, env: Env, known: readonly KnownBackend[]): ConfigProblem[] {
  for (const { path, variable, read } of [...settings, aliases]) {
    const text = given(env[variable])
    if (text !== undefined) draft.set(path, read(text), { from: 'env', name: variable })
  }
  for (const backend of known) layBackend(draft, env, backend)
  return layClientKeys(draft, env)
}

/** What the predecessor read from the environment and a user of it may count on, but has another place now. */
export function unread(env: Env): ConfigProblem[] {
  if (given(env['PROXY_TIMEOUT']) === undefined) return []
  const suggestion = 'set timeout of a backend, or <PREFIX>_TIMEOUT: OPENAI_TIMEOUT'
  return [{ message: 'PROXY_TIMEOUT is not read', suggestion }]
}

/** Lays the command line over all else. */
export function layFlags(draft: Draft, flags: Flags): void {
  for (const { path, flag, read } of settings) {
    const text = flags[flag]
    if (text !== undefined) draft.set(path, read(text), { from: 'flag', name: `--${flag}` })
  }
}

/** Takes levels in capitals, and by the predecessor's names. */
export function readLevel(draft: Draft): void {
  const level = draft.get(['log_level'])
  if (typeof level !== 'string') return
  const name = level.toLowerCase()
  draft.set(['log_level'], name === 'warning' ? 'warn' : name === 'critical' ? 'fatal' : name)
}

const asText = (text: string): unknown => text
/** What is no number is left for the schema to refuse. */
const asNumber = (text: string): unknown => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text)

const settings = [
  { path: ['default_backend'], variable: 'LLM_BACKEND', flag: 'default-backend', read: asText },
  { path: ['static_route'], variable: 'STATIC_ROUTE', flag: 'static-route', read: asText },
  { path: ['server', 'host'], variable: 'APP_HOST', flag: 'host', read: asText },
  { path: ['server', 'port'], variable: 'APP_PORT', flag: 'port', read: asNumber },
  { path: ['log_level'], variable: 'LOG_LEVEL', flag: 'log-level', read: asText },
] as const

/** A list of `{pattern, replacement}` as JSON; what is no JSON is left for the schema to refuse. */
const aliases = { path: ['model_aliases'], variable: 'MODEL_ALIASES', read: asJson } as const

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/**
 * `<PREFIX>_API_BASE_URL` and `<PREFIX>_TIMEOUT` speak of a backend of the list: they are laid over the entry of its name,
 * made if there is none, and stand in where another entry of its type says nothing.
 */
function layBackend(draft: Draft, env: Env, { id, envPrefixes = [] }: KnownBackend): void {
  for (const { suffix, field, read } of [
    { suffix: '_API_BASE_URL', field: 'api_url', read: asText },
    { suffix: '_TIMEOUT', field: 'timeout', read: asNumber },
  ]) {
    const name = envPrefixes.map(prefix => `${prefix}${suffix}`).find(variable => given(env[variable]) !== undefined)
    const text = name === undefined ? undefined : given(env[name])
    if (name === undefined || text === undefined) continue
    const origin = { from: 'env', name } as const
    if (draft.get(['backends', id]) === undefined) draft.set(['backends', id, 'type'], id, origin)
    for (const [entry] of backendsIn(draft)) {
      if (draft.get(['backends', entry, 'type']) !== id) continue
      const path = ['backends', entry, field]
      if (entry === id || draft.get(path) === undefined) draft.set(path, read(text), origin)
    }
  }
}

const clientKeys = ['LLM_INTERACTIVE_PROXY_API_KEY', 'API_KEYS']

/** These variables hold keys, so that the config gets their names only. */
function layClientKeys(draft: Draft, env: Env): ConfigProblem[] {
  const names = clientKeys.filter(name => given(env[name]) !== undefined)
  if (names.length === 0) return []
  const path = ['server', 'api_keys']
  draft.set(
    path,
    names.map(name => `env:${name}`),
    { from: 'env', name: names.join(',') },
  )
  return names
    .filter(name => !/[^\s,]/.test(env[name] ?? ''))
    .map(name => ({ key: dotted(path), message: `${name} holds no key`, suggestion: 'unset it, or set it to a key' }))
}

function backendsIn(draft: Draft): [string, unknown][] {
  const backends = draft.get(['backends'])
  return isSection(backends) ? Object.entries(backends) : []
}

function referencePlaces(draft: Draft): Path[] {
  const clientKeys = draft.get(['server', 'api_keys'])
  return [
    ...(Array.isArray(clientKeys) ? clientKeys.map((_, index) => ['server', 'api_keys', index]) : []),
    ...backendsIn(draft).flatMap(([id]) => {
      const headers = draft.get(['backends', id, 'headers'])
      const names = isSection(headers) ? Object.keys(headers) : []
      const keys = draft.get(['backends', id, 'api_keys'])
      const several = Array.isArray(keys) ? keys.map((_, index) => ['backends', id, 'api_keys', index]) : []
      return [['backends', id, 'api_key'], ...several, ...names.map(name => ['backends', id, 'headers', name])]
    }),
  ]
}

function given(value: string | undefined): string | undefined {
  const text = value?.trim()
  return text === '' ? undefined : text
}
