import type { Backend, RemoteBackend } from '../backends/backend.ts'
import type { ModelFacts } from '../catalogue/catalogue.ts'
import { ProxyError } from '../core/errors.ts'
import type { Plan } from '../routing/plan.ts'

export interface ModelsDeps {
  readonly backends: ReadonlyMap<string, Backend>
  /** Id of the backend that serves models named without one. */
  readonly defaultBackend: string
  readonly plan: Plan
  readonly isUsable: (backend: RemoteBackend) => boolean | Promise<boolean>
  readonly modelsOf: (backend: RemoteBackend) => Promise<readonly string[]>
  /** What is known of a model without asking. */
  readonly factsAt: (backend: Backend, model: string) => ModelFacts | undefined
}

/** A model by the name that a client can ask for, and the backend that serves it. */
export interface ListedModel {
  readonly id: string
  readonly backend: string
  /** Its name at the backend. */
  readonly model: string
  readonly facts?: ModelFacts | undefined
}

/** Every model that can be called now: those of the default backend by their own names, the others' with their backend before it. */
export async function listModels(deps: ModelsDeps): Promise<readonly ListedModel[]> {
  const lists = await Promise.all(
    [...deps.backends.values()].map(async backend => {
      const models = await callableModels(deps, backend)
      const prefix = backend.id === deps.defaultBackend ? '' : `${backend.id}:`
      return models.map(model => ({
        id: prefix + model,
        backend: backend.id,
        model,
        ...withFacts(deps, backend, model),
      }))
    }),
  )
  return lists.flat()
}

/** The model of that name. Throws `unknown-model`. */
export async function findModel(deps: ModelsDeps, id: string): Promise<ListedModel> {
  const { backend, model } = deps.plan.target(id)
  const models = await callableModels(deps, backend)
  if (!models.includes(model)) {
    throw new ProxyError(
      'unknown-model',
      `There is no model ${JSON.stringify(id)}. GET /v1/models lists what there is.`,
      { param: 'model' },
    )
  }
  return { id, backend: backend.id, model, ...withFacts(deps, backend, model) }
}

/** What a backend can be asked for now; nothing if it has no key. */
export async function callableModels(deps: ModelsDeps, backend: Backend): Promise<readonly string[]> {
  if (backend.kind === 'local') return backend.models ?? []
  return (await deps.isUsable(backend)) ? deps.modelsOf(backend) : []
}

function withFacts({ factsAt }: ModelsDeps, backend: Backend, model: string): { readonly facts?: ModelFacts } {
  const facts = factsAt(backend, model)
  return facts === undefined ? {} : { facts }
}
