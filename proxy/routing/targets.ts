import { modelAt, type Backend } from '../backends/backend.ts'
import { nearest } from '../config/nearest.ts'
import { ProxyError } from '../core/errors.ts'
import type { Leaf } from '../core/selector.ts'
import type { Target } from './route.ts'

export interface TargetsDeps {
  readonly backends: ReadonlyMap<string, Backend>
  /** Whether somebody set the backend up: it has an entry in the config, or a key. */
  readonly isConfigured: (id: string) => boolean
  /** What a backend is known to serve at this moment. */
  readonly modelsOf: (backend: Backend) => readonly string[] | undefined
  /** Whether `backend/model` may name a backend. */
  readonly slashSelects: boolean
}

/** A backend that a text names, and what is left of the text. */
export interface Named {
  readonly backend: Backend
  readonly instance?: string | undefined
  readonly model: string
  /** Whether it was named with a slash, which another list of models would undo. */
  readonly bySlash: boolean
}

export type Targets = ReturnType<typeof createTargets>

/** Finds the backends that leaves name, and makes targets of them. */
export function createTargets({ backends, isConfigured, modelsOf, slashSelects }: TargetsDeps) {
  /**
   * The backend that a leaf names: before a colon, perhaps with one of its keys (`openai.2:`), or before a slash where that
   * is sure. Nothing if it names none, and nothing if it names one that does not exist.
   */
  function named({ backend: name, model }: Leaf, fallback: Backend | undefined): Named | undefined {
    if (name === undefined) return slashSelects ? namedBySlash(model, fallback) : undefined
    const backend = backends.get(name)
    if (backend !== undefined) return { backend, model, bySlash: false }
    const dot = name.lastIndexOf('.')
    const owner = dot === -1 ? undefined : backends.get(name.slice(0, dot))
    const instance = name.slice(dot + 1)
    return owner?.kind === 'remote' && instance !== '' ? { backend: owner, instance, model, bySlash: false } : undefined
  }

  /**
   * `openai/gpt-5` may be OpenAI's model, or a gateway's name for it. It is taken for the backend's if the backend is set up
   * and serves the model, unless a list of models holds the whole name or the default backend takes such names.
   */
  function namedBySlash(text: string, fallback: Backend | undefined): Named | undefined {
    const slash = text.indexOf('/')
    const id = text.slice(0, Math.max(0, slash))
    const model = text.slice(slash + 1)
    const backend = backends.get(id)
    if (backend === undefined || model === '' || !isConfigured(id)) return undefined
    if (modelsOf(backend)?.includes(model) === false) return undefined
    if (fallback?.kind === 'remote' && fallback.id !== id && fallback.prefixes.includes(id)) return undefined
    const listsWhole = (other: Backend) => isConfigured(other.id) && modelsOf(other)?.includes(text) === true
    return [...backends.values()].some(listsWhole) ? undefined : { backend, model, bySlash: true }
  }

  /** Whether the first segment of a name is a backend's id, so that what it means depends on lists that change. */
  function mayBeNamedBySlash(text: string): boolean {
    const slash = text.indexOf('/')
    return slashSelects && slash > 0 && backends.has(text.slice(0, slash))
  }

  /** Whether a backend takes a name with a colon in it (`llama3:8b`) that no other backend claims. */
  function takesWhole(backend: Backend, name: string): boolean {
    const models = modelsOf(backend)
    if (models?.includes(name) === true) return true
    return models === undefined && backend.kind === 'remote' && backend.isLocalServer
  }

  /** Throws `unknown-model` for one that a closed list does not hold, `invalid-request` where none is named. */
  function target({ backend, instance, model: asked }: Omit<Named, 'bySlash'>, params: Target['params']): Target {
    const model = asked === '' ? (backend.defaultModel ?? '') : asked
    if (model === '') {
      throw new ProxyError(
        'invalid-request',
        `Name a model: the field "model" is missing or empty, and the default backend ${quote(backend.id)} has no model set.`,
        { param: 'model', code: 'missing_required_parameter' },
      )
    }
    if (
      backend.closed &&
      backend.models?.includes(model) === false &&
      !backend.models.includes(modelAt(backend, model))
    ) {
      throw new ProxyError(
        'unknown-model',
        `Backend ${quote(backend.id)} has no model ${quote(model)}. It has: ${backend.models.join(', ')}.`,
        { param: 'model' },
      )
    }
    return { backend, ...(instance !== undefined && { instance }), model, params }
  }

  function unknownBackend(name: string): ProxyError {
    const ids = [...backends.keys()]
    const meant = nearest(name, ids)
    const there = ids.filter(id => isConfigured(id) || backends.get(id)?.kind === 'local')
    const hint = meant === undefined ? '' : ` Did you mean ${quote(meant)}?`
    return new ProxyError(
      'unknown-model',
      `There is no backend ${quote(name)}.${hint} Set up are: ${there.join(', ')}.`,
      {
        param: 'model',
      },
    )
  }

  return { named, mayBeNamedBySlash, takesWhole, target, unknownBackend }
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
