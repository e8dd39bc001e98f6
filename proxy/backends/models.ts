import type { Credential } from '../core/credential.ts'
import { ProxyError, kindOfStatus } from '../core/errors.ts'
import { USER_AGENT } from '../version.ts'
import { jsonOrText } from '../wire/json.ts'
import type { RemoteBackend } from './backend.ts'
import type { CredentialsOf } from './credentials.ts'
import { endpointsOf, openedBy } from './endpoints.ts'
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
  const { models, auth, fixed } = endpointsOf(api, credential)
  if (models === undefined) throw new ProxyError('not-found', `${backend.id} has no list of models.`)
  const { status, chunks } = await upstream.open(
    {
      method: 'GET',
      endpoint: openedBy(models, api, credential),
      headers: {
        accept: 'application/json',
        'user-agent': USER_AGENT,
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
  const remembered = new Map<string, { readonly models: Promise<readonly string[]>; readonly until: number }>()

  /** What a backend serves; nothing if it can't be asked now. */
  function modelsOf(backend: RemoteBackend): Promise<readonly string[]> {
    if (backend.models !== undefined) return Promise.resolve(backend.models)
    const known = remembered.get(backend.id)
    if (known !== undefined && now() < known.until) return known.models
    const models = ask(backend)
    remembered.set(backend.id, { models, until: now() + FRESH_MS })
    return models
  }

  async function ask(backend: RemoteBackend): Promise<readonly string[]> {
    try {
      return await askForModels(upstream, backend, await credentialsOf(backend).take([]))
    } catch {
      // A list is a convenience: a backend that can't be asked is left out of it, and says why when a turn asks for it.
      remembered.set(backend.id, { models: Promise.resolve([]), until: now() + RETRY_MS })
      return []
    }
  }

  return { modelsOf }
}

/** `{data: [{id}]}` is OpenAI's form; some compatible servers send the bare list. */
function idsIn(text: string, backend: RemoteBackend): readonly string[] {
  const body = jsonOrText(text)
  const list: unknown = Array.isArray(body)
    ? body
    : typeof body === 'object' && body !== null && 'data' in body
      ? body.data
      : undefined
  if (!Array.isArray(list))
    throw new ProxyError('bad-upstream', `${backend.id} answered its model list with something that is no list.`)
  return list.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string' ? [entry.id] : [],
  )
}
