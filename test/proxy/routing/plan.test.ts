import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { createBackends } from '../../../proxy/backends/index.ts'
import { configSchema, type Config } from '../../../proxy/config/schema.ts'
import { ProxyError } from '../../../proxy/core/errors.ts'
import type { Asking } from '../../../proxy/routing/look.ts'
import { createPlan } from '../../../proxy/routing/plan.ts'
import { targetsOf, textOfTarget, type Route } from '../../../proxy/routing/route.ts'

type Input = z.input<typeof configSchema>

const custom = (port: number, more: object = {}) => ({
  type: 'custom',
  protocol: 'openai-chat',
  api_url: `http://127.0.0.1:${port}/v1`,
  ...more,
})

const entries = {
  work: custom(1, { models: ['gpt-x', 'gpt-y', 'llama3:8b'] }),
  free: custom(2),
  gateway: custom(3, { models: ['work/gpt-y', 'anthropic/claude-x'] }),
  gone: custom(4, { enabled: false }),
}

function configOf(input: Input): Config {
  return configSchema.parse({ backends: entries, ...input })
}

/** A plan for a config; draws are made by numbers of the test's own. */
function planFor(fallback: string, input: Input = {}, draws: readonly number[] = []) {
  const config = configOf(input)
  let draw = 0
  return createPlan({
    backends: createBackends(config),
    config,
    fallback,
    isConfigured: id => Object.hasOwn(entries, id),
    random: () => draws[draw++] ?? 0,
  })
}

/** A route in one line. */
function shown(route: Route): string {
  switch (route.kind) {
    case 'chain':
      return `${route.keys === 'every' ? '' : `${route.keys}: `}${route.targets.map(textOfTarget).join(' | ')}`
    case 'race':
      return route.legs
        .map(({ target, startAfterMs, firstWordWithinMs }) =>
          [
            textOfTarget(target),
            `+${startAfterMs}`,
            ...(firstWordWithinMs === undefined ? [] : [firstWordWithinMs]),
          ].join(' '),
        )
        .join(' ! ')
    case 'hybrid':
      return `${textOfTarget(route.reasoner)} thinks, ${textOfTarget(route.actor)} answers`
  }
}

const routed = (asked: string, fallback = 'work', input: Input = {}, asking: Asking = {}) =>
  shown(planFor(fallback, input).route(asked, asking))

const decidedBy = (asked: string, input: Input = {}, asking: Asking = {}) => {
  const route = planFor('work', input).route(asked, asking)
  return `${route.by}: ${shown(route)}`
}

function refusal(asked: string, fallback = 'work', input: Input = {}, asking: Asking = {}) {
  try {
    routed(asked, fallback, input, asking)
  } catch (error) {
    if (error instanceof ProxyError) return { kind: error.kind, message: error.message }
    throw error
  }
  throw new Error(`${asked} was not refused`)
}

describe('a plan', () => {
  it.each([
    ['gpt-x', 'work:gpt-x'],
    ['work:gpt-x', 'work:gpt-x'],
    ['free:anything', 'free:anything'],
    ['free:vendor/model:free', 'free:vendor/model:free'],
    ['demo:demo-slow', 'demo:demo-slow'],
    ['llama3:8b', 'work:llama3:8b'],
    ['work:llama3:8b', 'work:llama3:8b'],
    ['free.2:m', 'free.2:m'],
    ['gpt-x?temperature=0.5', 'work:gpt-x?temperature=0.5'],
    ['free:a|work:gpt-y', 'free:a | work:gpt-y'],
    ['gpt-x|free:a', 'work:gpt-x | free:a'],
    ['free:a!work:gpt-x', 'free:a +0 ! work:gpt-x +0'],
    ['[handicap=2]free:a![ttft_timeout=9]work:gpt-x', 'free:a +0 ! work:gpt-x +2000 9000'],
    ['free:a![handicap=1.5]work:gpt-x![handicap=1]work:gpt-y', 'work:gpt-x +0 ! work:gpt-y +500 ! free:a +1500'],
    ['hybrid:[free:a?top_p=1,work:gpt-x]', 'free:a?top_p=1 thinks, work:gpt-x answers'],
  ])('takes %s to %s', (asked, target) => {
    expect(routed(asked)).toBe(target)
  })

  it('takes a name with a slash before its colon as a model of the default backend', () => {
    expect(routed('vendor/model:free', 'free')).toBe('free:vendor/model:free')
  })

  it('refuses an unknown backend and says which there are', () => {
    expect(refusal('frei:gpt-x')).toMatchObject({ kind: 'unknown-model' })
    expect(refusal('frei:gpt-x').message).toMatch(
      /^There is no backend "frei"\. Did you mean "free"\? Set up are: work, free, gateway, demo\.$/,
    )
    expect(refusal('gone:x').message).toMatch(/^There is no backend "gone"\./)
    expect(refusal('demo.2:x').message).toMatch(/^There is no backend "demo\.2"\./)
  })

  it('refuses a model that a closed list does not have and says which it has', () => {
    expect(refusal('work:gpt-9')).toEqual({
      kind: 'unknown-model',
      message: 'Backend "work" has no model "gpt-9". It has: gpt-x, gpt-y, llama3:8b.',
    })
  })

  it('refuses a request that names no model when the default names none either', () => {
    expect(refusal('').kind).toBe('invalid-request')
    expect(refusal('work:')).toEqual({
      kind: 'invalid-request',
      message: `The model "work:" can't be read: no model stands behind the colon (at character 6).`,
    })
  })

  it('refuses parameters that are unknown or out of range, or passes them over and says so', () => {
    expect(refusal('gpt-x?temperature=3&x=1')).toMatchObject({ kind: 'invalid-request' })
    expect(refusal('gpt-x?temperature=3&x=1').message).toMatch(/temperature must be.*there is no parameter "x"/)
    const { warnings, ...route } = planFor('work', { routing: { bad_parameters: 'warn' } }).route(
      'gpt-x?top_p=9&seed=1',
    )
    expect(warnings).toEqual(['top_p must be a number from 0 to 1'])
    expect(shown({ warnings, ...route })).toBe('work:gpt-x?seed=1')
  })

  it('gives the very same route the second time where nothing else could decide otherwise', () => {
    const plan = planFor('free')
    const first = plan.route('work:gpt-x', { client: 'codex' })
    expect(plan.route('work:gpt-x', { client: 'curl', session: {} })).toBe(first)
    for (let i = 0; i < 3000; i++) plan.route(`free:m${i}`)
    expect(plan.route('work:gpt-x')).toEqual(first)
  })
})

describe('a default backend', () => {
  it.each([
    ['work:gpt-x', '', 'work:gpt-x'],
    ['work:gpt-x', 'llama3:8b', 'work:llama3:8b'],
    ['free:a?seed=1&top_p=1', 'b?seed=2', 'free:b?seed=2&top_p=1'],
    ['free|work:gpt-x', 'b', 'free:b | work:gpt-x'],
    ['free:a|work:gpt-x', '', 'free:a | work:gpt-x'],
    ['free!work:gpt-x', 'b', 'free:b +0 ! work:gpt-x +0'],
    ['hybrid:[free:a,work:gpt-x]', 'anything?seed=3', 'free:a?seed=3 thinks, work:gpt-x?seed=3 answers'],
    ['careful', 'anything', 'rounds: free:a | work:gpt-x'],
    ['careful', '', 'rounds: free:a | work:gpt-x'],
  ])('may be any selector: with %s, %j goes to %s', (fallback, asked, target) => {
    const failover_routes = { careful: { policy: 'mk', elements: ['free:a', 'work:gpt-x'] } }
    expect(routed(asked, fallback, { failover_routes } as Input)).toBe(target)
  })

  it('that does not exist is told', () => {
    expect(refusal('x', 'nobody').message).toMatch(/^The default backend "nobody" does not exist/)
    expect(refusal('x', 'nobody/x').message).toMatch(/^The default backend "nobody\/x" does not exist/)
    expect(refusal('x|y', 'nobody').message).toMatch(/^The default backend "nobody" does not exist/)
  })

  it.each([
    ['work:gpt-x', 'work'],
    ['free|work', 'free'],
    ['hybrid:[free:a,work:gpt-x]', 'work'],
    ['demo', 'demo'],
  ])('of %s is %s where only one can be', (fallback, id) => {
    expect(planFor(fallback).defaultBackend).toBe(id)
  })
})

describe('backend/model', () => {
  it.each([
    ['work/gpt-x', 'work:gpt-x', 'the backend serves it'],
    ['work/gpt-y', 'free:work/gpt-y', 'a gateway lists the whole name'],
    ['work/gpt-9', 'free:work/gpt-9', 'the backend does not serve it'],
    ['anthropic/claude-9', 'free:anthropic/claude-9', 'nobody set that backend up'],
    ['nobody/gpt-x', 'free:nobody/gpt-x', 'there is no such backend'],
    ['work/gpt-x?seed=1', 'work:gpt-x?seed=1', 'parameters do not change that'],
    ['free:work/gpt-x', 'free:work/gpt-x', 'a colon says more'],
  ])('%s goes to %s: %s', (asked, target) => {
    expect(routed(asked, 'free')).toBe(target)
  })

  it('names no backend where a setting says so', () => {
    expect(routed('work/gpt-x', 'free', { routing: { slash_selects_backend: false } })).toBe('free:work/gpt-x')
  })

  it('follows the lists of models as they come to be known', () => {
    const config = configOf({})
    const known = new Map<string, readonly string[]>([['free', ['a']]])
    const plan = createPlan({
      backends: createBackends(config),
      config,
      fallback: 'gateway',
      modelsOf: ({ id, models }) => known.get(id) ?? models,
    })
    expect(shown(plan.route('free/a'))).toBe('free:a')
    known.set('free', ['b'])
    expect(() => plan.route('free/a')).toThrow('Backend "gateway" has no model "free/a"')
  })
})

describe('a weighted choice', () => {
  const choice = '[weight=1]free:a^[weight=3]free:b^[weight=1]free:c'

  it.each<[readonly number[], string]>([
    [[0, 0, 0], 'free:a | free:b | free:c'],
    [[0.5, 0, 0], 'free:b | free:a | free:c'],
    [[0.99, 0.99, 0], 'free:c | free:b | free:a'],
  ])('is drawn by weight, and drawn again among the rest: %j gives %s', (draws, order) => {
    expect(shown(planFor('work', {}, draws).route(choice))).toBe(order)
  })

  it('is drawn anew for each turn', () => {
    const plan = planFor('work', {}, [0, 0, 0, 0.5])
    expect(shown(plan.route(choice))).toMatch(/^free:a/)
    expect(shown(plan.route(choice))).toMatch(/^free:b/)
  })

  it('begins with [first] in the first turn of a session', () => {
    const plan = planFor('work')
    const selector = 'free:a^[first]free:b'
    expect(shown(plan.route(selector, { session: { isFirst: true } }))).toBe('free:b | free:a')
    expect(shown(plan.route(selector, { session: { isFirst: false } }))).toBe('free:a | free:b')
  })

  it('comes out as often as the weights say', () => {
    const plan = createPlan({
      backends: createBackends(configOf({})),
      config: configOf({}),
      fallback: 'work',
      random: lcg(),
    })
    let b = 0
    for (let i = 0; i < 5000; i++) if (targetsOf(plan.route(choice))[0]?.model === 'b') b++
    expect(b / 5000).toBeCloseTo(0.6, 1)
  })
})

/** Numbers between 0 and 1, always the same ones. */
function lcg(): () => number {
  let state = 1
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

describe('[max_context]', () => {
  const facts = (tokens: number) => ({ facts: () => ({ images: false, tools: false, tokens }) })

  it.each([
    ['[max_context=100]free:a|free:b', 50, 'free:a | free:b'],
    ['[max_context=100]free:a|free:b', 101, 'free:b'],
    ['[max_context=100]free:a^free:b', 101, 'free:b'],
    ['[max_context=100]free:a!free:b', 101, 'free:b +0'],
    ['[max_context=100]free:a', 100, 'free:a'],
  ])('%s with %i tokens goes to %s', (asked, tokens, target) => {
    expect(routed(asked, 'work', {}, facts(tokens))).toBe(target)
  })

  it('refuses what nothing is left for', () => {
    expect(refusal('[max_context=9]free:a|[max_context=5]free:b', 'work', {}, facts(10))).toEqual({
      kind: 'context-too-long',
      message: 'This request has about 10 tokens, which is more than any model of this route takes.',
    })
  })

  it('counts over all of a rule and of a named route', () => {
    const rule = { routing: { rules: [{ target: '[max_context=9]free:a', on_failure: ['work:gpt-x'] }] } }
    expect(routed('m', 'work', rule, facts(10))).toBe('work:gpt-x')
    const route = { failover_routes: { r: { elements: ['[max_context=9]free:a', 'work:gpt-x'] } } }
    expect(routed('r', 'work', route, facts(10))).toBe('work:gpt-x')
  })

  it('is no reason to read a request that does not name it', () => {
    const facts = () => {
      throw new Error('read')
    }
    expect(routed('free:a|free:b', 'work', {}, { facts })).toBe('free:a | free:b')
  })
})

describe('a named route', () => {
  const elements = ['[weight=1]free:a^[weight=9]free:b', 'gpt-x', 'demo:demo?seed=1']

  it.each([
    ['k', 'free:a | free:b'],
    ['m', 'one: free:a | free:b | work:gpt-x | demo:demo?seed=1'],
    ['km', 'free:a | free:b | work:gpt-x | demo:demo?seed=1'],
    ['mk', 'rounds: free:a | free:b | work:gpt-x | demo:demo?seed=1'],
  ])('goes by its policy %s', (policy, target) => {
    expect(routed('careful', 'work', { failover_routes: { careful: { policy, elements } } } as Input)).toBe(target)
  })

  it.each(['default', '*'])('called %s serves all who name nothing else', name => {
    const input = { failover_routes: { [name]: { elements: ['free:a'] }, gpt: { elements: ['free:b'] } } }
    expect(decidedBy('gpt-x', input)).toBe(`route "${name}": free:a`)
    expect(decidedBy('', input)).toBe(`route "${name}": free:a`)
    expect(decidedBy('gpt', input)).toBe('backend or route in the request: free:b')
    expect(decidedBy('work:gpt-x', input)).toBe('backend or route in the request: work:gpt-x')
  })

  it('of the session comes before one of the config', () => {
    const input = { failover_routes: { r: { elements: ['free:a'] } } }
    const routes = { r: { policy: 'm' as const, elements: ['free:b'] } }
    expect(routed('r', 'work', input, { session: { routes } })).toBe('one: free:b')
  })

  it('can hold no race', () => {
    const input = { failover_routes: { r: { elements: ['free:a!free:b'] } } }
    expect(refusal('r', 'work', input).message).toBe('A race or a hybrid is no part of a route: it stands alone.')
  })
})

describe('rewrites', () => {
  const input = {
    model_aliases: [
      { pattern: '^gpt-4(.*)$', replacement: 'free:v/gpt-4\\1' },
      { pattern: 'gpt-4', replacement: 'never' },
      { pattern: '(?<vendor>\\w+)-latest', replacement: 'free:\\g<vendor>?seed=1' },
      { pattern: 'q|(z)', replacement: '\\0\\1x' },
      { pattern: 'free:old', replacement: 'free:new' },
      { pattern: 'plain', replacement: 'gpt-x' },
      { pattern: 'both', replacement: 'free:a|work:gpt-x' },
    ],
  }

  it.each([
    ['gpt-4', 'free:v/gpt-4', 'the first that matches counts'],
    ['gpt-4o', 'free:v/gpt-4o', 'groups are filled in'],
    ['my-gpt-4', 'free:my-gpt-4', 'matching begins at the start'],
    ['claude-latest-2', 'free:claude?seed=1', 'and need not reach the end'],
    ['free:old', 'free:new', 'they come before the backend is read'],
    ['plain', 'free:gpt-x', 'what names no backend then goes to the default'],
    ['both', 'free:a | work:gpt-x', 'they may give any selector'],
    ['qc', 'free:qx', 'a group that did not match is nothing'],
  ])('%s becomes %s: %s', (asked, target) => {
    expect(routed(asked, 'free', input)).toBe(target)
  })

  it('are made once', () => {
    const twice = {
      model_aliases: [
        { pattern: 'x', replacement: 'y' },
        { pattern: 'y', replacement: 'x' },
      ],
    }
    expect(routed('x', 'free', twice)).toBe('free:y')
    expect(routed('y', 'free', twice)).toBe('free:x')
  })
})

describe('rules', () => {
  const rule = (when: object, target = 'free:r') => ({ routing: { rules: [{ when, target }] } }) as Input
  const facts = (over: object) => () => ({ images: false, tools: false, tokens: 10, ...over })

  it.each<[object, string, Asking, boolean]>([
    [{}, 'gpt-x', {}, true],
    [{ client: 'claude-code' }, 'gpt-x', { client: 'claude-code' }, true],
    [{ client: 'claude-*' }, 'gpt-x', { client: 'claude-code' }, true],
    [{ client: 'claude-*' }, 'gpt-x', { client: 'codex' }, false],
    [{ client: 'claude-*' }, 'gpt-x', {}, false],
    [{ frontend: 'anthropic' }, 'gpt-x', { protocol: 'anthropic' }, true],
    [{ frontend: 'anthropic' }, 'gpt-x', { protocol: 'gemini' }, false],
    [{ model: 'gpt-*' }, 'gpt-x', {}, true],
    [{ model: 'GPT-X' }, 'gpt-x?seed=1', {}, true],
    [{ model: 'g*x*' }, 'gpt-x', {}, true],
    [{ model: '*-*-*' }, 'gpt-x', {}, false],
    [{ model: 'gpt' }, 'gpt-x', {}, false],
    [{ images: true }, 'gpt-x', { facts: facts({ images: true }) }, true],
    [{ images: true }, 'gpt-x', { facts: facts({}) }, false],
    [{ images: false }, 'gpt-x', { facts: facts({}) }, true],
    [{ images: false }, 'gpt-x', {}, false],
    [{ tools: true }, 'gpt-x', { facts: facts({ tools: true }) }, true],
    [{ min_tokens: 10 }, 'gpt-x', { facts: facts({}) }, true],
    [{ min_tokens: 11 }, 'gpt-x', { facts: facts({}) }, false],
    [{ max_tokens: 10 }, 'gpt-x', { facts: facts({}) }, true],
    [{ max_tokens: 9 }, 'gpt-x', { facts: facts({}) }, false],
    [{ max_tokens: 9 }, 'gpt-x', {}, false],
    [{ model: 'gpt-*', tools: true }, 'gpt-x', { facts: facts({}) }, false],
  ])('when %j, for %s and %o', (when, asked, asking, applies) => {
    expect(routed(asked, 'work', rule(when), asking).startsWith('free:r')).toBe(applies)
  })

  it('are asked in order; those that are switched off are not', () => {
    const rules = [
      { when: { client: 'codex' }, target: 'free:codex' },
      { name: 'off', target: 'free:off', enabled: false },
      { name: 'all', target: 'free:all?seed=1' },
    ]
    expect(decidedBy('gpt-x', { routing: { rules } }, { client: 'codex' })).toBe('rule "1": free:codex')
    expect(decidedBy('gpt-x?top_p=1&seed=2', { routing: { rules } })).toBe('rule "all": free:all?top_p=1&seed=1')
  })

  it('say where a turn goes on when their target fails', () => {
    const rules = [{ target: '[weight=9]free:a^free:b', on_failure: ['careful', 'gpt-x'] }]
    const input = { routing: { rules }, failover_routes: { careful: { elements: ['free:c', 'free:d'] } } }
    expect(routed('m', 'work', input)).toBe('free:a | free:b | free:c | free:d | work:gpt-x')
  })

  it('do not make a turn be read that they decide without', () => {
    const facts = () => {
      throw new Error('read')
    }
    expect(routed('gpt-x', 'work', rule({ model: 'claude-*', images: true }), { facts })).toBe('work:gpt-x')
    expect(routed('work:gpt-x', 'work', rule({ images: true }), { facts })).toBe('work:gpt-x')
  })

  it('decide anew for each turn where they ask for more than the model', () => {
    const plan = planFor('work', rule({ client: 'codex' }))
    expect(shown(plan.route('gpt-x', { client: 'curl' }))).toBe('work:gpt-x')
    expect(shown(plan.route('gpt-x', { client: 'codex' }))).toBe('free:r')
  })
})

describe('precedence', () => {
  const all = {
    static_route: 'free:static',
    model_aliases: [{ pattern: 'alias', replacement: 'free:aliased' }],
    failover_routes: { default: { elements: ['free:fallback'] }, named: { elements: ['free:named'] } },
    routing: { rules: [{ name: 'ruled', when: { model: 'ruled*' }, target: 'free:ruled' }] },
  }
  const { static_route: _, ...withoutStatic } = all

  it.each<[string, Input, string, Asking['session'], string]>([
    ['the default backend', {}, 'gpt-x', {}, 'default backend: work:gpt-x'],
    ['a default route before it', withoutStatic, 'gpt-x', {}, 'route "default": free:fallback'],
    ['the static route before that', all, 'gpt-x', {}, 'static route: free:static'],
    ['the static route with the client’s parameters', all, 'gpt-x?seed=1', {}, 'static route: free:static?seed=1'],
    ['a rewrite to a backend before that', all, 'alias', {}, 'rewrite: free:aliased'],
    ['a rule before that', all, 'ruled', {}, 'rule "ruled": free:ruled'],
    ['a backend in the request before that', all, 'work:gpt-x', {}, 'backend or route in the request: work:gpt-x'],
    ['a backend before a slash', all, 'work/gpt-x', {}, 'backend or route in the request: work:gpt-x'],
    ['a route’s name', all, 'named', {}, 'backend or route in the request: free:named'],
    ['the session’s model before all those', all, 'work:gpt-x', { model: 'free:m' }, 'command of the session: free:m'],
    [
      'the session’s model without a backend',
      all,
      'work:gpt-x',
      { model: 'gpt-y' },
      'command of the session: work:gpt-y',
    ],
    ['the session’s model, rewritten', all, 'x', { model: 'alias' }, 'command of the session: free:aliased'],
    ['the session’s backend', all, 'work:gpt-x', { backend: 'free' }, 'command of the session: free:gpt-x'],
    [
      'the session’s backend, parameters kept',
      all,
      'x?seed=1',
      { backend: 'free' },
      'command of the session: free:x?seed=1',
    ],
    ['the session’s backend and model', all, 'x', { backend: 'free', model: 'm' }, 'command of the session: free:m'],
    [
      'the session’s model with a backend of its own',
      all,
      'x',
      { backend: 'free', model: 'work:gpt-x' },
      'command of the session: work:gpt-x',
    ],
    [
      'the session’s backend, for several',
      all,
      'a|work:b',
      { backend: 'free' },
      'command of the session: free:a | free:b',
    ],
    ['a one-off before those', all, 'x', { backend: 'work', oneOff: 'free:once' }, 'one-off command: free:once'],
    [
      'a locked static route before all',
      { ...all, routing: { lock_static_route: true } },
      'work:gpt-x',
      { oneOff: 'free:once' },
      'locked static route: free:static',
    ],
  ])('has %s', (_name, input, asked, session, decision) => {
    expect(decidedBy(asked, input, { session })).toBe(decision)
  })

  it('has nothing to lock without a static route', () => {
    expect(decidedBy('work:gpt-x', { routing: { lock_static_route: true } })).toMatch(/^backend or route/)
  })

  it('refuses a session’s backend that does not exist', () => {
    expect(refusal('x', 'work', {}, { session: { backend: 'nobody' } }).message).toMatch(
      /^There is no backend "nobody"/,
    )
  })

  it('takes the default’s model where a session picks that backend and the client names no model', () => {
    expect(routed('', 'free:a', {}, { session: { backend: 'free' } })).toBe('free:a')
    expect(refusal('', 'free:a', {}, { session: { backend: 'work' } }).kind).toBe('invalid-request')
  })
})

describe('an explanation', () => {
  it('tells each step, and the same route', () => {
    const plan = planFor('work', {
      model_aliases: [{ pattern: 'fast', replacement: 'gpt-x' }],
      routing: { rules: [{ name: 'pictures', when: { images: true }, target: 'free:v' }], bad_parameters: 'warn' },
    })
    const { steps, route, error } = plan.explain('fast?top_p=7')
    expect(steps).toEqual([
      'locked static route: no decision',
      'one-off command: no decision',
      'command of the session: no decision',
      'backend or route in the request: no decision',
      'rule "pictures": not for this turn (images)',
      'rule: no decision',
      'rewrite "fast": "fast?top_p=7" becomes "gpt-x"',
      'rewrite: no decision',
      'static route: no decision',
      'default route: no decision',
      'default backend: goes to work:gpt-x',
      'passed over: top_p must be a number from 0 to 1',
    ])
    expect(route).toEqual(plan.route('fast?top_p=7'))
    expect(error).toBeUndefined()
  })

  it('tells an error in place of a route', () => {
    expect(planFor('work').explain('work:gpt-9')).toMatchObject({
      asked: 'work:gpt-9',
      error: 'Backend "work" has no model "gpt-9". It has: gpt-x, gpt-y, llama3:8b.',
    })
  })
})

describe('the backends of a config', () => {
  it('leave out those that are switched off', () => {
    expect([...createBackends(configOf({})).keys()].slice(0, 3)).toEqual(['work', 'free', 'gateway'])
  })
})
