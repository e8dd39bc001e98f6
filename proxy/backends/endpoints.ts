import type { Credential } from '../core/credential.ts'
import type { Api, AuthStyle } from './backend.ts'

/** Sent with every request we make, so that one which comes back to us is known. */
export const LOOP_HEADER = 'x-lip-loop'

/** A place of a backend, taken apart once: turns come by the thousand, and an address does not change. */
export interface Endpoint {
  readonly origin: string
  /** Name and port, for people. */
  readonly host: string
  /** Path and query. */
  readonly path: string
  /** Whether HTTP/2 must not be offered there. */
  readonly http1Only?: boolean | undefined
}

export interface Endpoints {
  /** Where a turn is answered. Gemini has the model and whether it streams in the path. */
  readonly answer: Door
  readonly models?: Endpoint | undefined
  readonly countTokens?: Door | undefined
  /** Where a conversation is made short. */
  readonly compact?: Door | undefined
  readonly embeddings?: Door | undefined
  /** The headers that prove who we are. */
  readonly auth: (credential: Credential) => Readonly<Record<string, string>>
  /** Headers that a request must have, where its client did not send them. */
  readonly fixed: Readonly<Record<string, string>>
}

type Door = (model: string, stream: boolean) => Endpoint

/** Paths are below the base URL. */
interface Places {
  /** Stands in front of all of them, unless the base URL ends in it already. */
  readonly version?: string
  readonly answer: Place
  readonly models?: string
  readonly countTokens?: Place
  readonly compact?: Place
  readonly embeddings?: Place
  readonly auth: AuthStyle
  readonly fixed: Readonly<Record<string, string>>
}

type Place = string | ((model: string, stream: boolean) => string)

const places: Readonly<Record<Api['protocol'], Places>> = {
  'openai-chat': {
    answer: '/chat/completions',
    models: '/models',
    embeddings: '/embeddings',
    auth: 'bearer',
    fixed: {},
  },
  'openai-responses': {
    answer: '/responses',
    models: '/models',
    countTokens: '/responses/input_tokens',
    compact: '/responses/compact',
    embeddings: '/embeddings',
    auth: 'bearer',
    fixed: {},
  },
  anthropic: {
    answer: '/messages',
    models: '/models?limit=1000',
    countTokens: '/messages/count_tokens',
    auth: { header: 'x-api-key' },
    fixed: { 'anthropic-version': '2023-06-01' },
  },
  gemini: {
    version: '/v1beta',
    answer: (model, stream) => `${geminiModel(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    models: '/models?pageSize=1000',
    countTokens: model => `${geminiModel(model)}:countTokens`,
    embeddings: model => `${geminiModel(model)}:batchEmbedContents`,
    auth: { header: 'x-goog-api-key' },
    fixed: {},
  },
  'code-assist': {
    answer: (_, stream) => `/v1internal:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    countTokens: '/v1internal:countTokens',
    auth: 'bearer',
    fixed: {},
  },
}

const known = new WeakMap<Api, Endpoints>()
/** Those of accounts that are served elsewhere than their backend, by base URL. */
const knownElsewhere = new WeakMap<Api, Map<string, Endpoints>>()

/** Where an API has its doors for a credential, and how that is shown at them. */
export function endpointsOf(api: Api, credential?: Credential): Endpoints {
  const baseUrl = credential?.baseUrl
  if (baseUrl !== undefined && baseUrl !== api.baseUrl) return elsewhere(api, baseUrl)
  const remembered = known.get(api)
  if (remembered !== undefined) return remembered
  const endpoints = takenApart(api)
  known.set(api, endpoints)
  return endpoints
}

function elsewhere(api: Api, baseUrl: string): Endpoints {
  const remembered = knownElsewhere.get(api) ?? new Map<string, Endpoints>()
  knownElsewhere.set(api, remembered)
  const endpoints = remembered.get(baseUrl) ?? takenApart({ ...api, baseUrl: baseUrl.replace(/\/+$/, '') })
  remembered.set(baseUrl, endpoints)
  return endpoints
}

function takenApart(given: Api): Endpoints {
  const { version = '', fixed, models, ...rest } = places[given.protocol]
  const api = { ...given, baseUrl: withVersion(given.baseUrl, version) }
  return {
    fixed,
    answer: doorOf(api, rest.answer),
    models: models === undefined ? undefined : endpoint(api, models),
    countTokens: rest.countTokens === undefined ? undefined : doorOf(api, rest.countTokens),
    compact: rest.compact === undefined ? undefined : doorOf(api, rest.compact),
    embeddings: rest.embeddings === undefined ? undefined : doorOf(api, rest.embeddings),
    auth: authIn(api.auth ?? rest.auth),
  }
}

function withVersion(baseUrl: string, version: string): string {
  const [base = '', ...query] = baseUrl.split('?')
  return [base.endsWith(version) ? base : base + version, ...query].join('?')
}

/** The door with the key in its address, where that is the way; most doors stay as they are. */
export function openedBy(door: Endpoint, { auth }: Api, credential: Credential | undefined): Endpoint {
  if (credential === undefined || typeof auth !== 'object' || !('query' in auth)) return door
  const mark = door.path.includes('?') ? '&' : '?'
  const key = `${encodeURIComponent(auth.query)}=${encodeURIComponent(credential.secret)}`
  return { ...door, path: door.path + mark + key }
}

function authIn(style: AuthStyle): Endpoints['auth'] {
  if (style === 'bearer') {
    return ({ secret, headers }) => ({ authorization: `Bearer ${secret}`, ...headers })
  }
  if (style === 'none' || 'query' in style) return ({ headers }) => headers ?? {}
  const name = style.header.toLowerCase()
  return ({ secret, headers }) => ({ [name]: secret, ...headers })
}

/** A door that is the same for every model is made once. */
function doorOf(api: Api, place: Place): Door {
  if (typeof place === 'function') return (model, stream) => endpoint(api, place(model, stream))
  if (api.baseUrl.includes(MODEL)) return model => endpoint(api, place, model)
  const door = endpoint(api, place)
  return () => door
}

/** `gemini-pro`, `models/gemini-pro` and `tunedModels/mine` are told apart; any other slash is part of a name. */
function geminiModel(model: string): string {
  const [, kind = 'models', name = model] = /^(models|tunedModels)\/(.+)$/.exec(model) ?? []
  return `/${kind}/${encodeURIComponent(name)}`
}

/** What stands in a base URL for the model's name (Azure's deployments). */
const MODEL = '{model}'

/** A query of the base URL (Azure's `?api-version=…`) goes behind every path. */
function endpoint({ baseUrl, http1Only }: Api, place: string, model = ''): Endpoint {
  const [base = '', baseQuery] = baseUrl.split('?')
  const [path = '', query] = place.split('?')
  const { origin, host, pathname } = new URL(base.replaceAll(MODEL, encodeURIComponent(model)) + path)
  const queries = [query, baseQuery].filter(text => text !== undefined)
  return { origin, host, path: queries.length === 0 ? pathname : `${pathname}?${queries.join('&')}`, http1Only }
}
