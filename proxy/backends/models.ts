import type { Credential } from '../core/credential.ts'
import { ProxyError, kindOfStatus } from '../core/errors.ts'
import { USER_AGENT } from '../version.ts'
import { jsonOrText } from '../wire/json.ts'
import type { RemoteBackend } from './backend.ts'
import type { CredentialsOf } from './credentials.ts'
import { endpointsOf, LOOP_HEADER, openedBy } from './endpoints.ts'
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
  const [api] = backend.apis
  if (backend.missing !== undefined) throw new ProxyError('invalid-request', backend.missing)
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
  return idsIn(text, backend)
}

/** Model lists of backends, asked for once and remembered for a while. */
export function createModelLists(upstream: Upstream, credentialsOf: CredentialsOf, now: () => number) {
  const remembered = new Map<string, Listed>()

  /** What a backend serves: its list, else what it listed last, else what it is known to serve. */
  async function modelsOf(backend: RemoteBackend): Promise<readonly string[]> {
    if (backend.models !== undefined) return backend.models
    const { models } = await listed(backend)
    return models ?? backend.usualModels ?? []
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
      return { models: await askForModels(upstream, backend, credential), answers: true }
    } catch (error) {
      // A list is a convenience: why a backend can't be asked is told when a turn asks for it.
      const known = remembered.get(backend.id)
      if (known !== undefined) known.until = now() + RETRY_MS
      const isThere = error instanceof ProxyError && error.status !== undefined && error.kind !== 'loop'
      return { models: (await earlier)?.models, answers: isThere }
    }
  }

  return { modelsOf, answers }
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
function idsIn(text: string, backend: RemoteBackend): readonly string[] {
  const body = jsonOrText(text)
  const list = Array.isArray(body) ? (body as unknown[]) : listIn(body)
  if (list === undefined)
    throw new ProxyError('bad-upstream', `${backend.id} answered its model list with something that is no list.`)
  return list.flatMap(idIn)
}

function listIn(body: unknown): readonly unknown[] | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const found = ['data' in body ? body.data : undefined, 'models' in body ? body.models : undefined].find(Array.isArray)
  return found as readonly unknown[] | undefined
}

/** Gemini also lists models that only embed. */
function idIn(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null) return []
  const { id, name, supportedGenerationMethods: methods } = entry as Readonly<Record<string, unknown>>
  if (Array.isArray(methods) && !methods.includes('generateContent')) return []
  if (typeof id === 'string') return [id]
  return typeof name === 'string' ? [name.replace(/^models\//, '')] : []
}
