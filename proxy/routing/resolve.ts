import type { Backend } from '../backends/backend.ts'
import type { RoutingConfig } from '../config/schema.ts'
import { ProxyError } from '../core/errors.ts'
import { own } from '../core/own.ts'
import { parseSelector, SelectorError } from '../core/parse-selector.ts'
import type { Params } from '../core/selector-params.ts'
import type { Branch, Leaf, Selector } from '../core/selector.ts'
import { factsFor, type Look } from './look.ts'
import { withParams, type Chain, type KeyOrder, type Leg, type Route, type Target } from './route.ts'
import { quote, type Named, type Targets } from './targets.ts'
import { drawn } from './weighted.ts'

export interface ResolverDeps {
  readonly backends: ReadonlyMap<string, Backend>
  readonly config: Pick<RoutingConfig, 'failover_routes' | 'routing'>
  readonly fallback: string
  readonly targets: Targets
  /** From 0 to 1. */
  readonly random: () => number
}

/** From text to a route: what a selector, the name of a route, or the name of a model stands for. */
export function createResolver({ backends, config, fallback, targets, random }: ResolverDeps) {
  const standard = standardOf(fallback)
  const standardBackend = firstBackendOf(standard)

  function fromText(text: string, look: Look, by: string): Route {
    if (text === '') return fromStandard('', {}, look, by)
    const named = routeCalled(text, look)
    return named === undefined
      ? fromSelector(parsed(text, look), look, by)
      : chain(branchesOf(text, look), keyOrders[named.policy], look, by)
  }

  /** One text after the other, each with all its keys. */
  function fromTexts(texts: readonly string[], look: Look, by: string): Route {
    const branches = texts.flatMap(text => branchesOf(text, look))
    return chain(branches, 'every', look, by)
  }

  function fromSelector(selector: Selector, look: Look, by: string): Route {
    switch (selector.kind) {
      case 'leaf':
        return fromLeaf(selector, look, by)
      case 'race':
        return { kind: 'race', legs: legsOf(fitting(selector.branches, look), look), by, warnings: look.warnings }
      case 'hybrid':
        return {
          kind: 'hybrid',
          reasoner: targetOf(selector.reasoner, look),
          actor: targetOf(selector.actor, look),
          by,
          warnings: look.warnings,
        }
      default:
        return chain(inOrder(selector, look), 'every', look, by)
    }
  }

  /** A leaf that names no backend goes to the default one, which may be several. */
  function fromLeaf(leaf: Branch, look: Look, by: string): Route {
    if (namedBy(leaf, look) !== undefined) return chain([leaf], 'every', look, by)
    fitting([leaf], look)
    return fromStandard(wholeName(leaf), leaf.params, look, by)
  }

  function chain(branches: readonly Branch[], keys: KeyOrder, look: Look, by: string): Chain {
    const targets = fitting(branches, look).map(branch => targetOf(branch, look))
    return { kind: 'chain', targets, keys, by, warnings: look.warnings }
  }

  /** What a text stands for, where it is one of several to be tried in order. */
  function branchesOf(text: string, look: Look): readonly Branch[] {
    const named = routeCalled(text, look)
    if (named === undefined) return inOrder(parsed(text, look), look)
    const elements = named.policy === 'k' ? named.elements.slice(0, 1) : named.elements
    return elements.flatMap(element => inOrder(parsed(element, look), look))
  }

  function inOrder(selector: Selector, look: Look): readonly Branch[] {
    switch (selector.kind) {
      case 'leaf':
        return [selector]
      case 'failover':
        return selector.branches
      case 'weighted': {
        look.isFixed = false
        const isFirst = look.asking.session?.isFirst === true
        const first = isFirst ? selector.branches.filter(({ marks }) => marks.first === true) : []
        const others = selector.branches.filter(branch => !first.includes(branch))
        return [...first, ...drawn(others, ({ marks }) => marks.weight ?? 1, random)]
      }
      default:
        throw new ProxyError('invalid-request', 'A race or a hybrid is no part of a route: it stands alone.', {
          param: 'model',
        })
    }
  }

  /** The branch with the greatest lead starts at once, the others as much later as they have less. */
  function legsOf(branches: readonly Branch[], look: Look): Leg[] {
    const most = Math.max(...branches.map(({ marks }) => marks.handicap ?? 0))
    return branches
      .map(branch => ({
        target: targetOf(branch, look),
        startAfterMs: Math.round((most - (branch.marks.handicap ?? 0)) * 1000),
        ...(branch.marks.ttft_timeout !== undefined && { firstWordWithinMs: branch.marks.ttft_timeout * 1000 }),
      }))
      .sort((a, b) => a.startAfterMs - b.startAfterMs)
  }

  /** The branches that take a request of this size. */
  function fitting(branches: readonly Branch[], look: Look): readonly Branch[] {
    if (branches.every(({ marks }) => marks.max_context === undefined)) return branches
    const tokens = factsFor(look)?.tokens ?? 0
    const fit = branches.filter(({ marks }) => tokens <= (marks.max_context ?? Infinity))
    for (const { model, marks } of branches) {
      if (tokens > (marks.max_context ?? Infinity)) {
        look.note(`${quote(model)} is left out: about ${tokens} tokens, and it takes ${marks.max_context ?? 0}`)
      }
    }
    if (fit.length > 0) return fit
    throw new ProxyError(
      'context-too-long',
      `This request has about ${tokens} tokens, which is more than any model of this route takes.`,
    )
  }

  function targetOf(leaf: Leaf, look: Look): Target {
    const named = namedBy(leaf, look)
    if (named !== undefined) return targets.target(named, leaf.params)
    if (standardBackend === undefined) throw noStandard()
    return targets.target({ backend: standardBackend, model: wholeName(leaf) }, leaf.params)
  }

  /**
   * The default backend for a model. A single default serves any model, and its own where none is named. Of several, those
   * with a model of their own keep it. Two that work as a hybrid serve as they are.
   */
  function fromStandard(model: string, params: Params, look: Look, by: string): Route {
    switch (standard.kind) {
      case 'route':
        return withParams(fromText(fallback, look, by), params)
      case 'hybrid':
        return withParams(fromSelector(standard, look, by), params)
      case 'leaf':
        if (standardBackend === undefined) throw noStandard()
        return withParams(
          fromSelector({ ...standard, model: model === '' ? standard.model : model }, look, by),
          params,
          'over',
        )
      default: {
        const branches = standard.branches.map(branch => (branch.model === '' ? { ...branch, model } : branch))
        return withParams(fromSelector({ ...standard, branches }, look, by), params)
      }
    }
  }

  function modelOfStandard(backend: Backend): string {
    return standard.kind === 'leaf' && standardBackend === backend ? standard.model : ''
  }

  /** In the default, a word without a colon is a backend's id. */
  function standardOf(text: string): Selector | { readonly kind: 'route' } {
    if (Object.hasOwn(config.failover_routes, text)) return { kind: 'route' }
    const selector = parseSelector(text)
    switch (selector.kind) {
      case 'leaf':
        return asBackend(selector)
      case 'hybrid':
        return selector
      default:
        return { ...selector, branches: selector.branches.map(asBackend) }
    }
  }

  function asBackend(branch: Branch): Branch {
    const isId = branch.backend === undefined && backends.has(branch.model)
    return isId ? { ...branch, backend: branch.model, model: '' } : branch
  }

  function firstBackendOf(standard: Selector | { readonly kind: 'route' }): Backend | undefined {
    const first = firstLeafOf(standard)
    return first?.backend === undefined ? undefined : targets.named(first, undefined)?.backend
  }

  function firstLeafOf(standard: Selector | { readonly kind: 'route' }): Leaf | undefined {
    switch (standard.kind) {
      case 'leaf':
        return standard
      case 'hybrid':
        return standard.actor
      case 'route': {
        const [element] = config.failover_routes[fallback]?.elements ?? []
        const selector = element === undefined ? undefined : parseSelector(element)
        return selector === undefined || selector.kind === 'hybrid' ? selector?.actor : firstLeafOf(selector)
      }
      default:
        return standard.branches[0]
    }
  }

  /** A name that holds a colon although no backend stands before it. Throws `unknown-model` where the default does not take it. */
  function wholeName(leaf: Leaf): string {
    const name = nameIn(leaf)
    if (leaf.backend === undefined) return name
    if (standardBackend !== undefined && targets.takesWhole(standardBackend, name)) return name
    throw targets.unknownBackend(leaf.backend)
  }

  function noStandard(): ProxyError {
    return new ProxyError(
      'unknown-model',
      `The default backend ${quote(fallback)} does not exist. Set default_backend to one of: ${[...backends.keys()].join(', ')}.`,
    )
  }

  /** Whether a text says by itself where it goes: a route's name, several branches, or a backend that exists. */
  function isExplicit(text: string, look: Look): boolean {
    if (text === '') return false
    if (isRoute(text, look)) return true
    const selector = parsed(text, look)
    if (selector.kind !== 'leaf') return true
    return namedBy(selector, look) !== undefined
  }

  function isRoute(text: string, look: Look): boolean {
    return routeCalled(text, look) !== undefined
  }

  function routeCalled(name: string, { asking }: Look): RoutingConfig['failover_routes'][string] | undefined {
    return own(asking.session?.routes, name) ?? own(config.failover_routes, name)
  }

  function namedBy(leaf: Leaf, look: Look): Named | undefined {
    if (leaf.backend === undefined && targets.mayBeNamedBySlash(leaf.model)) look.isFixed = false
    return targets.named(leaf, standardBackend)
  }

  function parsed(text: string, { warnings }: Look): Selector {
    const refuses = config.routing.bad_parameters === 'refuse'
    try {
      return parseSelector(text, refuses ? undefined : ({ says }) => !warnings.includes(says) && warnings.push(says))
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      throw new ProxyError('invalid-request', `The model ${quote(text)} can't be read: ${error.message}.`, {
        param: 'model',
        code: 'invalid_model',
        cause: error,
      })
    }
  }

  return {
    fromText,
    fromTexts,
    fromSelector,
    isExplicit,
    isRoute,
    parsed,
    modelOfStandard,
    noStandard,
    standardBackend,
  }
}

const keyOrders = { k: 'every', m: 'one', km: 'every', mk: 'rounds' } as const satisfies Record<string, KeyOrder>

/** A leaf's name as the client wrote it, where the part before the colon is no backend. */
export function nameIn({ backend, model }: Leaf): string {
  return backend === undefined ? model : `${backend}:${model}`
}
