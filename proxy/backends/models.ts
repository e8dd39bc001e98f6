import type { Credential } from '../core/credential.ts'
import { ProxyError, kindOfStatus } from '../core/errors.ts'
import { own } from '../core/own.ts'
import { USER_AGENT } from '../version.ts'
import { jsonOrText } from '../wire/json.ts'
import { factsIn, factsOf, type ModelFacts } from '../catalogue/catalogue.ts'
import type { Backend, RemoteBackend } from './backend.ts'
import type { CredentialsOf } from './credentials.ts'
import { endpointsOf, LOOP_HEADER, openedBy } from './endpoints.ts'
import type { ListedModel, ModelList, ModelMemory } from './model-memory.ts'
import { textOf, type Upstream } from './upstream.ts'

/** How long a model list may take, and how long it is then good for, in milliseconds. */
const PATIENCE_MS = 5000
const FRESH_MS = 5 * 60_000
/** After a failure the next try waits this long. */
const RETRY_MS = 30_000

/** Asks a backend which models it serves. Throws what went wrong, in words for people. */
export async function askForModels(
  upstream: Upstream,
  backend: RemoteBackend,
  credential: Credential | undefined,
): Promise<readonly string[]> {
  return (await askForEntries(upstream, backend, credential)).map(({ id }) => id)
}

async function askForEntries(
  upstream: Upstream,
  backend: RemoteBackend,
  credential: Credential | undefined,
): Promise<readonly ListedModel[]> {
  const [api] = backend.apis
  if (backend.missing !== undefined) throw new ProxyError('invalid-request', backend.missing.detail)
  const { models, auth, fixed } = endpointsOf(api, credential)
  if (models === undefined) throw new ProxyError('not-found', `${backend.id} has no list of models.`)
  const { status, chunks } = await upstream.open(
    {
      method: 'GET',
      endpoint: openedBy(models, api, credential),
      headers: {
        accept: 'application/json',
        'user-agent': USER_AGENT,
        // A local server's usual port may be ours.
        ...(api.bareHeaders !== true && { [LOOP_HEADER]: '1' }),
        ...fixed,
        ...(credential !== undefined && auth(credential)),
        ...backend.headers,
      },
      body: null,
      timeoutMs: PATIENCE_MS,
    },
    AbortSignal.timeout(PATIENCE_MS),
  )
  const text = await textOf(chunks)
  if (status !== 200) {
    throw new ProxyError(
      kindOfStatus(status),
      `${backend.id} answered its model list with ${status}: ${text.slice(0, 300)}`,
      { status },
    )
  }
  return entriesIn(text, backend)
}

export interface ModelListsDeps {
  readonly upstream: Upstream
  readonly credentialsOf: CredentialsOf
  readonly memory: ModelMemory
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Model lists of backends, asked for once and good for a while; the last ones are kept for the times when they can't be asked. */
export function createModelLists({ upstream, credentialsOf, memory, now }: ModelListsDeps) {
  const remembered = new Map<string, Listed>()

  /** What a backend serves: its list, else what it listed last, else what it is known to serve. */
  async function modelsOf(backend: RemoteBackend): Promise<readonly string[]> {
    if (backend.models !== undefined) return backend.models
    const { models } = await listed(backend)
    return models ?? namesOf(memory.of(backend)) ?? backend.usualModels ?? []
  }

  /** What a backend serves as far as that is known without asking now: by its entry, or by what it listed last. */
  function knownModelsOf(backend: Backend): readonly string[] | undefined {
    return backend.models ?? namesOf(memory.of(backend))
  }

  /** Whether a server is there at all. */
  async function answers(backend: RemoteBackend): Promise<boolean> {
    return (await listed(backend)).answers
  }

  function listed(backend: RemoteBackend): Promise<List> {
    const known = remembered.get(backend.id)
    if (known !== undefined && now() < known.until) return known.list
    const fresh: Listed = { list: ask(backend, known?.list), until: now() + FRESH_MS }
    remembered.set(backend.id, fresh)
    return fresh.list
  }

  async function ask(backend: RemoteBackend, earlier: Promise<List> | undefined): Promise<List> {
    try {
      const credential = await credentialsOf(backend).take([])
      const entries = await askForEntries(upstream, backend, credential)
      memory.keep(backend, entries)
      return { models: entries.map(({ id }) => id), answers: true }
    } catch (error) {
      // A list is a convenience: why a backend can't be asked is told when a turn asks for it.
      const known = remembered.get(backend.id)
      if (known !== undefined) known.until = now() + RETRY_MS
      await memory.ready
      const isThere = error instanceof ProxyError && error.status !== undefined && error.kind !== 'loop'
      return { models: (await earlier)?.models, answers: isThere }
    }
  }

  /** What is known of a model: by the config, else by the backend's list if that was asked for, else by the catalogue. */
  function factsAt(backend: Backend, model: string): ModelFacts | undefined {
    if (backend.kind === 'local') return undefined
    const known = factsOf(model, backend.service)
    const listed = factsListed(memory.of(backend), model)
    const { contextWindow, maxOutput } = own(backend.limits, model) ?? {}
    const price = own(backend.prices, model)
    const isSized = contextWindow !== undefined || maxOutput !== undefined
    if (known === undefined && listed === undefined && price === undefined && !isSized) return undefined
    return {
      contextWindow: contextWindow ?? listed?.contextWindow ?? known?.contextWindow,
      maxOutput: maxOutput ?? listed?.maxOutput ?? known?.maxOutput,
      price: price ?? listed?.price ?? known?.price,
      source: isSized ? 'config' : ((listed ?? known)?.source ?? 'config'),
    }
  }

  return { modelsOf, knownModelsOf, answers, factsAt }
}

/** By name, made once for each list: there are thousands of models. */
const indexes = new WeakMap<ModelList, ReadonlyMap<string, ModelFacts | undefined>>()

function factsListed(list: ModelList | undefined, model: string): ModelFacts | undefined {
  if (list === undefined) return undefined
  const index = indexes.get(list) ?? new Map(list.models.map(({ id, facts }) => [id, facts]))
  indexes.set(list, index)
  return index.get(model)
}

function namesOf(list: ModelList | undefined): readonly string[] | undefined {
  return list?.models.map(({ id }) => id)
}

interface List {
  readonly models: readonly string[] | undefined
  readonly answers: boolean
}

interface Listed {
  readonly list: Promise<List>
  until: number
}

/** `{data: [{id}]}` is OpenAI's form, `{models: [{name}]}` Gemini's; some compatible servers send the bare list. */
function entriesIn(text: string, backend: RemoteBackend): readonly ListedModel[] {
  const body = jsonOrText(text)
  const list = Array.isArray(body) ? (body as unknown[]) : listIn(body)
  if (list === undefined)
    throw new ProxyError('bad-upstream', `${backend.id} answered its model list with something that is no list.`)
  return list.flatMap(entryIn)
}

function listIn(body: unknown): readonly unknown[] | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const found = ['data' in body ? body.data : undefined, 'models' in body ? body.models : undefined].find(Array.isArray)
  return found as readonly unknown[] | undefined
}

/** Gemini also lists models that only embed. */
function entryIn(value: unknown): ListedModel[] {
  if (typeof value !== 'object' || value === null) return []
  const entry = value as Readonly<Record<string, unknown>>
  const { id, name, supportedGenerationMethods: methods } = entry
  if (Array.isArray(methods) && !methods.includes('generateContent')) return []
  const named = typeof id === 'string' ? id : typeof name === 'string' ? name.replace(/^models\//, '') : undefined
  return named === undefined ? [] : [{ id: named, facts: factsIn(entry) }]
}
