import type { Backend } from '../backends/backend.ts'
import { ProxyError } from '../core/errors.ts'
import { parseSelector } from './selector.ts'

/** Where a turn goes: a backend, and the model it is asked for there. */
export interface Target {
  readonly backend: Backend
  readonly model: string
}

/** From the model a client asked for (empty if it named none) to the target. Throws `unknown-model`, naming what there is. */
export type Plan = (asked: string) => Target

/** How many targets are remembered by what was asked for: far more than the models anybody uses. */
const REMEMBERED = 1000

/**
 * The plan for a set of backends. `fallback` is the default: a backend's id, or `backend:model`, whose model serves
 * clients that name none.
 */
export function createPlan(backends: ReadonlyMap<string, Backend>, fallback: string): Plan {
  const remembered = new Map<string, Target>()
  const standard = backends.has(fallback) ? { backend: fallback, model: '' } : parseSelector(fallback)

  function plan(asked: string): Target {
    const known = remembered.get(asked)
    if (known !== undefined) return known
    const target = find(asked)
    if (remembered.size >= REMEMBERED) remembered.clear()
    remembered.set(asked, target)
    return target
  }

  function find(asked: string): Target {
    const { backend: named, model } = parseSelector(asked)
    if (named === undefined) return checked(defaultBackend(), asked === '' ? standard.model : asked)
    const backend = backends.get(named)
    if (backend !== undefined) return checked(backend, model)
    // Some servers have colons in the names of their models (`llama3:8b`).
    const serving = defaultBackend()
    if (serving.models?.includes(asked) === true) return { backend: serving, model: asked }
    throw new ProxyError(
      'unknown-model',
      `There is no backend ${quote(named)}. There are: ${[...backends.keys()].join(', ')}.`,
      {
        param: 'model',
      },
    )
  }

  function defaultBackend(): Backend {
    const backend = backends.get(standard.backend ?? '')
    if (backend !== undefined) return backend
    throw new ProxyError(
      'unknown-model',
      `The default backend ${quote(fallback)} does not exist. Set default_backend to one of: ${[...backends.keys()].join(', ')}.`,
    )
  }

  function checked(backend: Backend, model: string): Target {
    if (model === '') {
      throw new ProxyError(
        'invalid-request',
        `Name a model: the field "model" is missing or empty, and the default backend ${quote(backend.id)} has no model set.`,
        {
          param: 'model',
          code: 'missing_required_parameter',
        },
      )
    }
    if (backend.closed && backend.models?.includes(model) === false) {
      throw new ProxyError(
        'unknown-model',
        `Backend ${quote(backend.id)} has no model ${quote(model)}. It has: ${backend.models.join(', ')}.`,
        {
          param: 'model',
        },
      )
    }
    return { backend, model }
  }

  return plan
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
