import { describe, expect, it } from 'vitest'
import { createBackends } from '../../../proxy/backends/index.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { ProxyError, type ErrorKind } from '../../../proxy/core/errors.ts'
import { createBreakers } from '../../../proxy/routing/breakers.ts'
import { createFailover, type Next } from '../../../proxy/routing/failover.ts'
import { classOf, failures, nothingSaid, OWN_LIMIT } from '../../../proxy/routing/failure.ts'
import { nameOfTarget, type KeyOrder, type Target } from '../../../proxy/routing/route.ts'

const defaults = configSchema.parse({})
const demo = createBackends(defaults).get('demo')
if (demo === undefined) throw new Error('there is no demo')
const target = (model: string): Target => ({ backend: demo, model, params: {} })

const errors = {
  connect: new ProxyError('unreachable', 'refused'),
  timeout: new ProxyError('timeout', 'silent'),
  'rate-limit-with-reset': new ProxyError('rate-limited', 'slow down', { status: 429, retryAfterMs: 4000 }),
  'rate-limit': new ProxyError('rate-limited', 'slow down', { status: 429 }),
  auth: new ProxyError('unauthenticated', 'bad key', { status: 401 }),
  credit: new ProxyError('out-of-credit', 'no money', { status: 402 }),
  forbidden: new ProxyError('forbidden', 'not you', { status: 403 }),
  'server-error': new ProxyError('bad-upstream', 'oops', { status: 500 }),
  overloaded: new ProxyError('overloaded', 'busy', { status: 529 }),
  empty: nothingSaid(),
  cut: new ProxyError('bad-upstream', 'broke off'),
  'model-missing': new ProxyError('unknown-model', 'no such model', { status: 404 }),
  'context-too-long': new ProxyError('context-too-long', 'too long', { status: 400 }),
  policy: new ProxyError('invalid-request', 'no', { status: 400, code: 'content_policy_violation' }),
  request: new ProxyError('invalid-request', 'wrong', { status: 400 }),
  'own-limit': new ProxyError('rate-limited', 'not so often', { retryAfterMs: 4000, code: OWN_LIMIT }),
  ours: new ProxyError('internal', 'bug'),
} as const satisfies Record<keyof typeof failures, ProxyError>

type Failure = keyof typeof errors

interface Course {
  readonly targets?: readonly string[]
  readonly keys?: KeyOrder
  /** How many keys each target has. */
  readonly keyCount?: number
  readonly settings?: Partial<typeof defaults.failure_handling>
  /** How long each attempt takes, in milliseconds. */
  readonly takesMs?: number
  readonly random?: () => number
}

/** What a turn does when its attempts fail so, one after the other; with the key of each attempt. */
function course(script: readonly (Failure | ProxyError)[], options: Course = {}): string[] {
  const { targets = ['a', 'b'], keys = 'every', keyCount = 1, settings = {}, takesMs = 0, random = () => 0 } = options
  let clock = 0
  const now = () => clock
  const breakers = createBreakers({ settings: defaults.resilience.circuit_breaker, now, random })
  const failover = createFailover({
    chain: { targets: targets.map(target), keys },
    settings: { ...defaults.failure_handling, ...settings },
    breakers,
    now,
    random,
  })
  const refused = new Map<string, number>()
  const lines: string[] = []
  let next: Next = failover.first()
  for (const step of script) {
    if (next.do === 'give-up') break
    clock += next.waitMs
    const { model } = next.target
    const key = (refused.get(model) ?? 0) + 1
    lines.push(`${model}${key}${next.waitMs === 0 ? '' : ` after ${next.waitMs}`}`)
    clock += takesMs
    const error = typeof step === 'string' ? errors[step] : step
    next = failover.failed(error, key < keyCount)
    if (next.do === 'try' && next.how !== 'wait') refused.set(model, key)
  }
  if (next.do === 'give-up') lines.push(`gives up: ${next.error.message}`)
  return lines
}

const often = (failure: Failure) => Array<Failure>(20).fill(failure)

describe('a failure', () => {
  it.each(Object.entries(errors))('of class %s is known by its error', (name, error) => {
    expect(classOf(error)).toBe(name)
  })

  it.each<[ErrorKind, object, Failure]>([
    ['forbidden', { code: 'moderation_blocked' }, 'policy'],
    ['invalid-request', { code: 'content_filter' }, 'policy'],
    ['invalid-request', { code: 'data_inspection_failed' }, 'policy'],
    ['invalid-request', { code: 'invalid_type' }, 'request'],
    ['not-found', {}, 'model-missing'],
    ['too-large', {}, 'context-too-long'],
    ['conflict', {}, 'request'],
    ['loop', {}, 'ours'],
    ['cancelled', {}, 'ours'],
  ])('%s with %j is of class %s', (kind, facts, name) => {
    expect(classOf(new ProxyError(kind, 'x', facts))).toBe(name)
  })
})

describe('a turn over two targets of two keys each, which fails in the same way each time,', () => {
  it.each<[Failure, string[]]>([
    ['connect', ['a1', 'a1 after 1000', 'b1', 'b1 after 1000', 'gives up: refused']],
    ['timeout', ['a1', 'b1', 'gives up: silent']],
    [
      'rate-limit-with-reset',
      [
        ...['a1', 'a2', 'a2 after 4000', 'a2 after 4000', 'a2 after 4000'],
        ...['b1', 'b2', 'b2 after 4000', 'b2 after 4000', 'b2 after 4000', 'gives up: slow down'],
      ],
    ],
    ['rate-limit', ['a1', 'a2', 'b1', 'b2', 'b2 after 1000', 'gives up: slow down']],
    ['auth', ['a1', 'a2', 'b1', 'b2', 'gives up: bad key']],
    ['credit', ['a1', 'a2', 'b1', 'b2', 'gives up: no money']],
    ['forbidden', ['a1', 'a2', 'b1', 'b2', 'gives up: not you']],
    ['server-error', ['a1', 'b1', 'gives up: oops']],
    ['overloaded', ['a1', 'a1 after 1000', 'b1', 'b1 after 1000', 'gives up: busy']],
    ['empty', ['a1', 'a1 after 1000', 'b1', 'b1 after 1000', 'gives up: The backend answered with nothing.']],
    ['cut', ['a1', 'a1 after 1000', 'b1', 'b1 after 1000', 'gives up: broke off']],
    ['model-missing', ['a1', 'b1', 'gives up: no such model']],
    ['context-too-long', ['a1', 'b1', 'gives up: too long']],
    ['policy', ['a1', 'gives up: no']],
    ['request', ['a1', 'gives up: wrong']],
    ['own-limit', ['a1', 'b1', 'gives up: not so often']],
    ['ours', ['a1', 'gives up: bug']],
  ])('by %s', (failure, lines) => {
    expect(course(often(failure), { keyCount: 2 })).toEqual(lines)
  })

  it('was looked at for every class', () => {
    expect(Object.keys(errors)).toEqual(Object.keys(failures))
  })
})

describe('a turn', () => {
  it.each<[KeyOrder, string[]]>([
    ['one', ['a1', 'b1', 'c1', 'gives up: bad key']],
    ['every', ['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'gives up: bad key']],
    ['rounds', ['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'gives up: bad key']],
  ])('goes over the keys of its targets by their order: %s', (keys, lines) => {
    const settings = { max_failover_hops: 10 }
    expect(course(often('auth'), { targets: ['a', 'b', 'c'], keys, keyCount: 2, settings })).toEqual(lines)
  })

  it('comes back in a later round only to targets whose key was to blame', () => {
    const script: Failure[] = ['auth', 'timeout', 'auth', 'auth']
    const settings = { max_failover_hops: 10 }
    expect(course(script, { targets: ['a', 'b', 'c'], keys: 'rounds', keyCount: 2, settings })).toEqual([
      'a1',
      'b1',
      'c1',
      'a2',
    ])
  })

  it('goes over the keys of a single target in rounds, too', () => {
    expect(course(often('auth'), { targets: ['a'], keys: 'rounds', keyCount: 3 })).toEqual([
      'a1',
      'a2',
      'a3',
      'gives up: bad key',
    ])
  })

  it('goes on with whatever each failure asks for', () => {
    const script: Failure[] = ['overloaded', 'timeout', 'auth', 'server-error']
    expect(course(script, { targets: ['a', 'b', 'c'], keyCount: 2 })).toEqual(['a1', 'a1 after 1000', 'b1', 'b2'])
  })

  it('does not wait longer than it may, but goes on', () => {
    const late = new ProxyError('rate-limited', 'tomorrow', { retryAfterMs: 31_000 })
    expect(course([late, late], {})).toEqual(['a1', 'b1', 'gives up: tomorrow'])
    expect(course([late, late], { settings: { max_silent_wait: 40 } })).toEqual(['a1', 'a1 after 31000'])
  })

  it('never waits shorter than it was told, nor than the shortest wait, and a little longer by chance', () => {
    const soon = new ProxyError('rate-limited', 'soon', { retryAfterMs: 10 })
    expect(course([soon, 'timeout'])).toEqual(['a1', 'a1 after 1000'])
    expect(course(['rate-limit-with-reset', 'timeout'], { random: () => 0.5 })[1]).toBe('a1 after 4400')
    expect(course(['rate-limit-with-reset', 'timeout'], { random: () => 0.999 })[1]).toBe('a1 after 4800')
  })

  it('tries nothing new when its time is up', () => {
    expect(course(often('timeout'), { targets: ['a', 'b', 'c', 'd'], takesMs: 31_000 })).toEqual([
      'a1',
      'b1',
      'c1',
      'gives up: silent',
    ])
    expect(course(['overloaded'], { targets: ['a'], takesMs: 89_500 })).toEqual(['a1', 'gives up: busy'])
  })

  it('goes on so often and no more', () => {
    const targets = ['a', 'b', 'c', 'd']
    const lines = ['a1', 'b1', 'c1', 'gives up: silent']
    expect(course(often('timeout'), { targets, settings: { max_failover_hops: 2 } })).toEqual(lines)
    const keys = course(often('auth'), { targets, keyCount: 9, settings: { max_failover_hops: 2 } })
    expect(keys).toEqual(['a1', 'a2', 'a3', 'gives up: bad key'])
  })

  it('asks one target once where failures are not to be handled', () => {
    expect(course(often('connect'), { keyCount: 2, settings: { enabled: false } })).toEqual(['a1', 'gives up: refused'])
  })
})

describe('breakers and a turn', () => {
  function world() {
    let clock = 0
    const now = () => clock
    const breakers = createBreakers({ settings: defaults.resilience.circuit_breaker, now, random: () => 0 })
    const turn = (...targets: string[]) =>
      createFailover({
        chain: { targets: targets.map(target), keys: 'every' },
        settings: defaults.failure_handling,
        breakers,
        now,
        random: () => 0,
      })
    return { breakers, turn, pass: (ms: number) => (clock += ms) }
  }

  const asked = (next: Next) => (next.do === 'try' ? nameOfTarget(next.target) : next.error.message)

  it('step over a target that rests', () => {
    const { breakers, turn } = world()
    for (let i = 0; i < 3; i++) {
      const failover = turn('a', 'b')
      expect(asked(failover.first())).toBe('demo:a')
      expect(asked(failover.failed(errors.timeout))).toBe('demo:b')
      failover.succeeded()
    }
    expect(breakers.list()).toEqual([{ target: 'demo:a', state: 'open', failures: 3, restsForMs: 30_000 }])
    expect(asked(turn('a', 'b').first())).toBe('demo:b')
  })

  it('let one turn at a time try it after its rest', () => {
    const { breakers, turn, pass } = world()
    for (let i = 0; i < 3; i++) breakers.failed('demo:a')
    pass(30_000)
    const probe = turn('a', 'b')
    expect(asked(probe.first())).toBe('demo:a')
    expect(asked(turn('a', 'b').first())).toBe('demo:b')
    probe.succeeded()
    expect(asked(turn('a', 'b').first())).toBe('demo:a')
    expect(breakers.list()).toEqual([])
  })

  it('let the next one try where the client of the first left', () => {
    const { breakers, turn, pass } = world()
    for (let i = 0; i < 3; i++) breakers.failed('demo:a')
    pass(30_000)
    const probe = turn('a', 'b')
    probe.first()
    probe.abandoned()
    expect(asked(turn('a', 'b').first())).toBe('demo:a')
  })

  it('do not wait at a target that begins its rest', () => {
    const { breakers, turn } = world()
    breakers.failed('demo:a')
    breakers.failed('demo:a')
    const failover = turn('a', 'b')
    failover.first()
    expect(asked(failover.failed(errors.overloaded))).toBe('demo:b')
  })

  it('ask the one that rests the shortest where all rest, one turn at a time', () => {
    const { breakers, turn, pass } = world()
    for (let i = 0; i < 3; i++) breakers.failed('demo:b')
    pass(10_000)
    for (let i = 0; i < 3; i++) breakers.failed('demo:a')
    const first = turn('a', 'b')
    expect(asked(first.first())).toBe('demo:b')
    expect(asked(turn('a', 'b').first())).toBe('demo:a')
    const third = turn('a', 'b').first()
    expect(third).toMatchObject({
      do: 'give-up',
      error: { kind: 'overloaded', code: 'circuit_open', retryAfterMs: 20_000 },
    })
    first.succeeded()
    expect(asked(turn('a', 'b').first())).toBe('demo:b')
  })

  it('hold nothing against a target for what its key or the request is to blame for', () => {
    const { breakers, turn } = world()
    for (const name of Object.keys(errors) as Failure[]) {
      for (let i = 0; i < 3; i++) {
        const failover = turn(name)
        failover.first()
        failover.failed(errors[name])
      }
    }
    expect(breakers.list().map(({ target }) => target.slice('demo:'.length))).toEqual(
      (Object.keys(failures) as Failure[]).filter(name => failures[name].tells === 'failed'),
    )
  })

  it('forgive a target nothing for a request that it was never asked', () => {
    const { breakers, turn, pass } = world()
    for (let i = 0; i < 3; i++) breakers.failed('demo:a')
    pass(60_000)
    const failover = turn('a')
    expect(asked(failover.first())).toBe('demo:a')
    failover.failed(errors['own-limit'])
    expect(breakers.list()).toMatchObject([{ target: 'demo:a', state: 'half-open', failures: 3 }])
    // The next turn may try it, as this one might have.
    expect(asked(turn('a').first())).toBe('demo:a')
  })
})
