import type { Breaker, Explanation, Handlers, Routing, RoutingRule } from '../../proxy/app/contract.ts'

type RoutingCalls = Pick<Handlers, Extract<keyof Handlers, `routing.${string}` | `breakers.${string}`>>

/** What the routing of the fake app starts from. */
export interface FakeRoutingWorld {
  readonly routing?: Routing
  readonly breakers?: readonly Breaker[]
  /** The routing part of its config file; `null` where no part can be told apart. */
  readonly routingText?: string | null
}

/** The calls of the routing over made-up lists that change as they are told, in memory. `changed` is called when they do. */
export function createFakeRouting(world: FakeRoutingWorld, now: number, changed: () => void): RoutingCalls {
  let routing = world.routing ?? fakeRoutingOf()
  let breakers = [...(world.breakers ?? fakeBreakers(now))]
  let written = world.routingText === undefined ? fakeText : world.routingText

  const change = (next: Partial<Routing>) => {
    routing = { ...routing, ...next }
    changed()
    return { ok: true } as const
  }
  const refusal = (target: string) =>
    target.startsWith('nosuch:')
      ? { ok: false as const, reason: 'routing.rules[0].target names "nosuch", and there is no such backend' }
      : undefined
  const problemsOf = (text: string) => {
    const line = text.split('\n').findIndex(line => line.includes('nosuch:')) + 1
    return line === 0
      ? []
      : [{ line, column: 15, message: 'routing.rules[0].target names "nosuch", and there is no such backend' }]
  }

  return {
    'routing.get': () => routing,
    'routing.editRules': edit => {
      const refused = 'item' in edit ? refusal(edit.item.target) : undefined
      if (refused !== undefined) return refused
      return change({ rules: edited(routing.rules, edit, rule => ({ rule, source: 'config.yaml:40' })) })
    },
    'routing.editRewrites': edit =>
      change({ rewrites: edited(routing.rewrites, edit, rewrite => ({ rewrite, source: 'config.yaml:41' })) }),
    'routing.saveRoute': ({ route, isNew }) => {
      if (isNew && routing.routes.some(other => other.route.name === route.name)) {
        return { ok: false, reason: `There is a route ${route.name} already. Choose another name.` }
      }
      const others = routing.routes.filter(other => other.route.name !== route.name)
      return change({ routes: [...others, { route, source: 'config.yaml:42' }] })
    },
    'routing.removeRoute': ({ name }) => change({ routes: routing.routes.filter(({ route }) => route.name !== name) }),
    'routing.text': () =>
      written === null
        ? { ok: false, reason: 'config.yaml: is written in braces (edit the file by hand)' }
        : { ok: true, text: written },
    'routing.checkText': ({ text }) => problemsOf(text),
    'routing.saveText': ({ text }) => {
      const problems = problemsOf(text)
      if (problems.length === 0) {
        written = text
        changed()
      }
      return problems
    },
    'routing.explain': ({ model, ...supposed }) => ({
      ok: true,
      explanation: explained(routing, model, supposed.images === true),
    }),
    'breakers.list': () => breakers,
    'breakers.reset': ({ target }) => {
      breakers = breakers.filter(breaker => breaker.target !== target)
      return { ok: true }
    },
  }
}

type Edit<Item> =
  | { readonly type: 'add'; readonly item: Item }
  | { readonly type: 'replace'; readonly at: number; readonly item: Item }
  | { readonly type: 'remove'; readonly at: number }
  | { readonly type: 'move'; readonly at: number; readonly to: number }

function edited<Row, Item>(rows: readonly Row[], edit: Edit<Item>, rowOf: (item: Item) => Row): Row[] {
  switch (edit.type) {
    case 'add':
      return [...rows, rowOf(edit.item)]
    case 'replace':
      return rows.with(edit.at, rowOf(edit.item))
    case 'remove':
      return rows.toSpliced(edit.at, 1)
    case 'move':
      return rows.toSpliced(edit.at, 1).toSpliced(edit.to, 0, ...rows.slice(edit.at, edit.at + 1))
  }
}

function explained({ rules, defaultBackend }: Routing, model: string, images: boolean): Explanation {
  if (model.startsWith('nosuch:')) {
    return { steps: ['locked static route: no decision'], error: 'There is no backend "nosuch".' }
  }
  const at = rules.findIndex(({ rule }) => rule.enabled && isFor(rule, images))
  const rule = rules[at]?.rule
  const target = rule?.target ?? defaultBackend.value ?? 'demo:demo'
  const decidedBy = rule === undefined ? 'default backend' : `rule "${rule.name ?? String(at + 1)}"`
  const targets = rule === undefined ? [target] : [target, ...rule.on_failure]
  const steps = ['locked static route: no decision', `${decidedBy}: goes to ${targets.join(', then ')}`]
  return { steps, decidedBy, kind: 'chain', targets, breakers: targets }
}

function isFor({ when }: RoutingRule, images: boolean): boolean {
  return Object.keys(when).every(name => name === 'images') && (when.images ?? images) === images
}

/** A config that says nothing of where turns go. */
export const emptyRouting: Routing = {
  file: '/home/ada/.config/llm-interactive-proxy/config.yaml',
  defaultBackend: { source: 'default' },
  staticRoute: { source: 'default' },
  lockStaticRoute: { value: false, source: 'default' },
  rules: [],
  rewrites: [],
  routes: [],
}

function fakeRoutingOf(): Routing {
  return {
    ...emptyRouting,
    defaultBackend: { value: 'openai:gpt-5.6-terra', source: 'config.yaml:1' },
    rules: [
      {
        rule: {
          name: 'pictures',
          when: { images: true },
          target: 'openai:gpt-5.6-terra',
          on_failure: ['openrouter:google/gemini-3-pro'],
          enabled: true,
        },
        source: 'config.yaml:18',
      },
      {
        rule: {
          name: 'long reads of Claude Code',
          when: { client: 'claude-*', frontend: 'anthropic', min_tokens: 120_000 },
          target: 'openrouter:google/gemini-3-pro|openrouter:qwen/qwen3-coder',
          on_failure: [],
          enabled: true,
        },
        source: 'config.yaml:22',
      },
      {
        rule: { when: { model: 'o5*' }, target: 'careful', on_failure: [], enabled: false },
        source: 'config.yaml:27',
      },
    ],
    rewrites: [
      { rewrite: { pattern: 'fast$', replacement: 'openrouter:qwen/qwen3-coder' }, source: 'config.yaml:6' },
      { rewrite: { pattern: 'claude-(.*)$', replacement: 'openrouter:anthropic/claude-\\1' }, source: 'config.yaml:7' },
    ],
    routes: [
      {
        route: { name: 'careful', policy: 'km', elements: ['openai:o5', 'openrouter:anthropic/claude-sonnet-5'] },
        source: 'config.yaml:11',
      },
    ],
  }
}

function fakeBreakers(now: number): readonly Breaker[] {
  return [
    { target: 'openrouter:google/gemini-3-pro', state: 'open', failures: 4, restsUntil: now + 24_000 },
    { target: 'openrouter.1:deepseek/deepseek-r3', state: 'half-open', failures: 3 },
    { target: 'openai:o5', state: 'closed', failures: 1 },
  ]
}

const fakeText = `default_backend: openai:gpt-5.6-terra

# Short names.
model_aliases:
  - { pattern: "fast$", replacement: "openrouter:qwen/qwen3-coder" }
  - { pattern: "claude-(.*)$", replacement: "openrouter:anthropic/claude-\\\\1" }

failover_routes:
  careful: { elements: ["openai:o5", "openrouter:anthropic/claude-sonnet-5"] }

routing:
  rules:
    # Not every model has eyes.
    - name: pictures
      when: { images: true }
      target: openai:gpt-5.6-terra
      on_failure: ["openrouter:google/gemini-3-pro"]
    - name: long reads of Claude Code
      when: { client: claude-*, frontend: anthropic, min_tokens: 120000 }
      target: openrouter:google/gemini-3-pro|openrouter:qwen/qwen3-coder
    - when: { model: "o5*" }
      target: careful
      enabled: false
`
