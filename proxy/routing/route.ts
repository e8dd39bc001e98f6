import type { Backend } from '../backends/backend.ts'
import type { Params } from '../core/selector-params.ts'
import { printLeaf } from '../core/selector.ts'

/** One place a turn can go: a backend, and what it is asked for there. */
export interface Target {
  readonly backend: Backend
  /** Which of the backend's keys is pinned: `2` in `openai.2:gpt-5`. */
  readonly instance?: string | undefined
  /** As it was asked for, without the backend's name. */
  readonly model: string
  /** What the selector wants changed in the request. */
  readonly params: Params
}

/** Where a turn goes, ready to be carried out: all choices that can be made beforehand are made. */
export type Route = Chain | Race | HybridRoute

interface RouteCommon {
  /** What decided, in the words of the precedence table: `rule "pictures"`. */
  readonly by: string
  /** What was passed over because the config says so: bad parameters. */
  readonly warnings: readonly string[]
}

/** Targets to try one after the other. A single target is a chain of one. */
export interface Chain extends RouteCommon {
  readonly kind: 'chain'
  readonly targets: readonly Target[]
  readonly keys: KeyOrder
}

/** How the keys of the targets take turns: one for each, all of one target before the next, or the first of all before the second. */
export type KeyOrder = 'one' | 'every' | 'rounds'

/** Targets that are asked at once; the first that says something answers, and the others are given up. */
export interface Race extends RouteCommon {
  readonly kind: 'race'
  readonly legs: readonly Leg[]
}

export interface Leg {
  readonly target: Target
  /** How long after the first it starts, in milliseconds; at once when one that has started fails. */
  readonly startAfterMs: number
  /** How long it may take to say its first word, counted from its start. */
  readonly firstWordWithinMs?: number | undefined
}

/** One target thinks, the other answers. */
export interface HybridRoute extends RouteCommon {
  readonly kind: 'hybrid'
  readonly reasoner: Target
  readonly actor: Target
}

/** Every target of a route, the likeliest first. */
export function targetsOf(route: Route): readonly Target[] {
  switch (route.kind) {
    case 'chain':
      return route.targets
    case 'race':
      return route.legs.map(({ target }) => target)
    case 'hybrid':
      return [route.actor, route.reasoner]
  }
}

/** A target by the name that tells it from others: `openai.2:gpt-5`. Breakers and the log go by it. */
export function nameOfTarget({ backend, instance, model }: Target): string {
  return `${backend.id}${instance === undefined ? '' : `.${instance}`}:${model}`
}

/** A target as a selector, with its parameters. */
export function textOfTarget(target: Target): string {
  const { backend, instance, model, params } = target
  const id = instance === undefined ? backend.id : `${backend.id}.${instance}`
  return printLeaf({ kind: 'leaf', backend: id, model, params })
}

/** A route as people read it. */
export function inWords(route: Route): string {
  switch (route.kind) {
    case 'chain':
      return `goes to ${route.targets.map(textOfTarget).join(', then ')}${keysInWords(route)}`
    case 'race':
      return `asks ${route.legs.map(({ target }) => textOfTarget(target)).join(' and ')} at once`
    case 'hybrid':
      return `thinks with ${textOfTarget(route.reasoner)} and answers with ${textOfTarget(route.actor)}`
  }
}

function keysInWords({ keys }: Chain): string {
  switch (keys) {
    case 'every':
      return ''
    case 'one':
      return ', with one key each'
    case 'rounds':
      return ', with the first key of each, then the second of each'
  }
}

/** A route whose targets have further parameters: beneath their own, or over them. */
export function withParams(route: Route, params: Params, place: 'beneath' | 'over' = 'beneath'): Route {
  if (Object.keys(params).length === 0) return route
  return mapTargets(route, target => ({
    ...target,
    params: place === 'over' ? { ...target.params, ...params } : { ...params, ...target.params },
  }))
}

/** A route with each of its targets changed. */
export function mapTargets(route: Route, changed: (target: Target) => Target): Route {
  switch (route.kind) {
    case 'chain':
      return { ...route, targets: route.targets.map(changed) }
    case 'race':
      return { ...route, legs: route.legs.map(leg => ({ ...leg, target: changed(leg.target) })) }
    case 'hybrid':
      return { ...route, reasoner: changed(route.reasoner), actor: changed(route.actor) }
  }
}
