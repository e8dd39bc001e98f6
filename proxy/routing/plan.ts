import type { Backend } from '../backends/backend.ts'
import type { RoutingConfig } from '../config/schema.ts'
import { ProxyError } from '../core/errors.ts'
import type { Params } from '../core/selector-params.ts'
import type { Selector } from '../core/selector.ts'
import { factsFor, type Asking, type Look, type SessionRouting } from './look.ts'
import { createResolver, nameIn } from './resolve.ts'
import { createRewrite } from './rewrite.ts'
import { inWords, targetsOf, withParams, type Route, type Target } from './route.ts'
import { unmet, type Circumstances, type Rule } from './rules.ts'
import { createTargets, quote } from './targets.ts'

export interface PlanDeps {
  readonly backends: ReadonlyMap<string, Backend>
  readonly config: Pick<RoutingConfig, 'static_route' | 'model_aliases' | 'failover_routes' | 'routing'>
  /** The default backend: its id, or any selector. */
  readonly fallback: string
  /** Whether somebody set a backend up. Without it, all are. */
  readonly isConfigured?: ((id: string) => boolean) | undefined
  /** What a backend is known to serve at this moment. Without it, what its own entry says. */
  readonly modelsOf?: ((backend: Backend) => readonly string[] | undefined) | undefined
  /** From 0 to 1, for weighted choices. */
  readonly random?: (() => number) | undefined
}

/** From what a client asked for to where it goes. */
export interface Plan {
  /** Throws `unknown-model`, naming what there is, `invalid-request` for a faulty selector, `context-too-long` where no target takes so much. */
  readonly route: (asked: string, asking?: Asking) => Route
  /** The likeliest target, for what is asked of one only: a count, an embedding, a model's entry. */
  readonly target: (asked: string, asking?: Asking) => Target
  /** The same as `route`, with each step in words. An error is told, not thrown. */
  readonly explain: (asked: string, asking?: Asking) => Explanation
  /** The backend that serves models named without one. */
  readonly defaultBackend: string
}

export interface Explanation {
  readonly asked: string
  /** What was looked at, in order. */
  readonly steps: readonly string[]
  readonly route?: Route | undefined
  readonly error?: string | undefined
}

/** How many routes are remembered by what was asked for: far more than the models anybody uses. */
const REMEMBERED = 1000

/** Something that may decide where a turn goes. */
interface Authority {
  readonly name: string
  readonly decide: (look: Look) => Route | undefined
}

/** The plan for a config and its backends. */
export function createPlan(deps: PlanDeps): Plan {
  const { backends, config, fallback, isConfigured = () => true, random = Math.random } = deps
  const modelsOf = deps.modelsOf ?? (backend => backend.models)
  const targets = createTargets({
    backends,
    isConfigured,
    modelsOf,
    slashSelects: config.routing.slash_selects_backend,
  })
  const rewrite = createRewrite(config.model_aliases)
  const remembered = new Map<string, Route>()
  const resolver = createResolver({ backends, config, fallback, targets, random })
  const { fromText, fromTexts, isExplicit, isRoute, parsed } = resolver

  /** Who decides, the first first. The table of docs/routing.md is this one. */
  const precedence: readonly Authority[] = [
    {
      name: 'locked static route',
      decide: look => (config.routing.lock_static_route ? byStaticRoute(look, 'locked static route') : undefined),
    },
    { name: 'one-off command', decide: byOneOff },
    { name: 'command of the session', decide: bySession },
    { name: 'backend or route in the request', decide: byName },
    { name: 'rule', decide: byRule },
    { name: 'rewrite', decide: byRewrite },
    { name: 'static route', decide: look => byStaticRoute(look, 'static route') },
    { name: 'default route', decide: byDefaultRoute },
    { name: 'default backend', decide: byDefault },
  ]

  function route(asked: string, asking: Asking = {}): Route {
    const isPlain = saysNothing(asking.session)
    const known = isPlain ? remembered.get(asked) : undefined
    if (known !== undefined) return known
    const look: Look = { asked, asking, warnings: [], note: () => undefined, isFixed: isPlain }
    const found = decide(look)
    if (look.isFixed) remember(asked, found)
    return found
  }

  function remember(asked: string, route: Route) {
    if (remembered.size >= REMEMBERED) remembered.clear()
    remembered.set(asked, route)
  }

  function explain(asked: string, asking: Asking = {}): Explanation {
    const steps: string[] = []
    const look: Look = { asked, asking, warnings: [], note: step => steps.push(step), isFixed: false }
    try {
      const route = decide(look)
      for (const warning of route.warnings) steps.push(`passed over: ${warning}`)
      return { asked, steps, route }
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error
      return { asked, steps, error: error.message }
    }
  }

  function decide(look: Look): Route {
    for (const { name, decide } of precedence) {
      const route = decide(look)
      if (route === undefined) {
        look.note(`${name}: no decision`)
        continue
      }
      look.note(`${route.by}: ${inWords(route)}`)
      return route
    }
    throw new ProxyError('internal', 'Nothing decides where this turn goes.')
  }

  // ── Those who decide ───────────────────────────────────────────────────────────────────────────────────────────────

  function byOneOff(look: Look): Route | undefined {
    const { session } = look.asking
    if (session?.oneOff === undefined) return undefined
    return fromText(rewritten(session.oneOff, look), look, 'one-off command')
  }

  function bySession(look: Look): Route | undefined {
    const { session, session: { backend, model } = {} } = look.asking
    if (session === undefined || (backend === undefined && model === undefined)) return undefined
    const by = 'command of the session'
    const text = rewritten(model ?? look.asked, look)
    if (backend === undefined) return fromText(text, look, by)
    const found = backends.get(backend)
    if (found === undefined) throw targets.unknownBackend(backend)
    if (text === '') {
      const model = resolver.modelOfStandard(found)
      return resolver.fromSelector({ kind: 'leaf', backend, model, params: {}, marks: {} }, look, by)
    }
    if (model !== undefined && isExplicit(text, look)) return fromText(text, look, by)
    return resolver.fromSelector(withBackend(parsed(text, look), backend), look, by)
  }

  function byName(look: Look): Route | undefined {
    if (!isExplicit(look.asked, look)) return undefined
    return fromText(rewritten(look.asked, look), look, 'backend or route in the request')
  }

  function byRule(look: Look): Route | undefined {
    const { rules } = config.routing
    const circumstances = circumstancesOf(look)
    for (const [index, rule] of rules.entries()) {
      const name = `rule ${quote(rule.name ?? String(index + 1))}`
      const missed = rule.enabled ? unmet(rule, circumstances) : undefined
      if (rule.enabled && missed === undefined) return fromRule(rule, look, name)
      look.note(`${name}: ${missed === undefined ? 'switched off' : `not for this turn (${missed})`}`)
    }
    return undefined
  }

  function fromRule(rule: Rule, look: Look, by: string): Route {
    const { target, on_failure } = rule
    const route = on_failure.length === 0 ? fromText(target, look, by) : fromTexts([target, ...on_failure], look, by)
    return withParams(route, paramsOf(look))
  }

  function byRewrite(look: Look): Route | undefined {
    const text = rewritten(look.asked, look)
    return text !== look.asked && isExplicit(text, look) ? fromText(text, look, 'rewrite') : undefined
  }

  /** Parameters behind the client's model stay, where the static route does not speak of them. */
  function byStaticRoute(look: Look, by: string): Route | undefined {
    return config.static_route === undefined
      ? undefined
      : withParams(fromText(config.static_route, look, by), paramsOf(look))
  }

  function byDefaultRoute(look: Look): Route | undefined {
    const name = ['default', '*'].find(name => isRoute(name, look))
    return name === undefined ? undefined : withParams(fromText(name, look, `route ${quote(name)}`), paramsOf(look))
  }

  function byDefault(look: Look): Route {
    return fromText(rewrite(look.asked)?.text ?? look.asked, look, 'default backend')
  }

  // ── What they look at ──────────────────────────────────────────────────────────────────────────────────────────────

  function rewritten(text: string, { note }: Look): string {
    const found = text === '' ? undefined : rewrite(text)
    if (found === undefined) return text
    note(`rewrite ${quote(found.pattern)}: ${quote(text)} becomes ${quote(found.text)}`)
    return found.text
  }

  function circumstancesOf(look: Look): Circumstances {
    const { asked, asking } = look
    const leaf = asked === '' ? undefined : parsed(asked, look)
    return {
      model: leaf?.kind === 'leaf' ? nameIn(leaf) : asked,
      client: () => ((look.isFixed = false), asking.client),
      protocol: () => ((look.isFixed = false), asking.protocol),
      facts: () => factsFor(look),
    }
  }

  function paramsOf(look: Look): Params {
    if (look.asked === '') return {}
    const selector = parsed(look.asked, look)
    return selector.kind === 'leaf' ? selector.params : {}
  }

  return {
    route,
    target(asked, asking) {
      const [target] = targetsOf(route(asked, asking))
      if (target === undefined) throw resolver.noStandard()
      return target
    },
    explain,
    defaultBackend: resolver.standardBackend?.id ?? '',
  }
}

function saysNothing(session: SessionRouting | undefined): boolean {
  if (session === undefined) return true
  const { oneOff, backend, model, routes } = session
  return oneOff === undefined && backend === undefined && model === undefined && routes === undefined
}

function withBackend(selector: Selector, backend: string): Selector {
  switch (selector.kind) {
    case 'leaf':
      return { ...selector, backend }
    case 'hybrid':
      return { ...selector, reasoner: { ...selector.reasoner, backend }, actor: { ...selector.actor, backend } }
    default:
      return { ...selector, branches: selector.branches.map(branch => ({ ...branch, backend })) }
  }
}
