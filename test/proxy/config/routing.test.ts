import { describe, expect, it } from 'vitest'
import { load, problemsOf } from './support.ts'

describe('the routing part of a config', () => {
  it('is read in the form of the documents', async () => {
    const { config } = await load(`
default_backend: openai:gpt-5|openrouter:openai/gpt-5
static_route: openai.2:gpt-5?temperature=0.2
model_aliases:
  - { pattern: '^gpt-4$', replacement: 'openrouter:openai/\\0' }
failover_routes:
  default: { elements: [gpt-5] }
  careful: { policy: mk, elements: ['openai:gpt-5', 'openrouter:openai/gpt-5'] }
routing:
  rules:
    - name: pictures
      when: { client: claude-code, frontend: anthropic, model: 'claude-*', images: true, min_tokens: 10 }
      target: '[weight=2]openai:gpt-5^openrouter:a/b'
      on_failure: [careful, 'demo:demo']
failure_handling: { max_failover_hops: 2 }
resilience: { circuit_breaker: { failure_threshold: 5 } }
`)
    expect(config.static_route).toBe('openai.2:gpt-5?temperature=0.2')
    expect(config.model_aliases).toEqual([{ pattern: '^gpt-4$', replacement: 'openrouter:openai/\\0' }])
    expect(config.failover_routes).toEqual({
      default: { policy: 'km', elements: ['gpt-5'] },
      careful: { policy: 'mk', elements: ['openai:gpt-5', 'openrouter:openai/gpt-5'] },
    })
    expect(config.routing.rules).toEqual([
      {
        name: 'pictures',
        when: { client: 'claude-code', frontend: 'anthropic', model: 'claude-*', images: true, min_tokens: 10 },
        target: '[weight=2]openai:gpt-5^openrouter:a/b',
        on_failure: ['careful', 'demo:demo'],
        enabled: true,
      },
    ])
    expect(config.failure_handling).toMatchObject({ max_failover_hops: 2, max_silent_wait: 30 })
    expect(config.resilience.circuit_breaker).toMatchObject({ failure_threshold: 5, open_cooldown_seconds: 30 })
  })

  it('takes the old place of the static route, and its variable and those of the rewrites', async () => {
    expect((await load('backends: { static_route: openai:a }\n')).config.static_route).toBe('openai:a')
    const env = { STATIC_ROUTE: 'openai:b', MODEL_ALIASES: '[{"pattern":"x","replacement":"y"}]' }
    const { config, sources } = await load('model_aliases: [{ pattern: a, replacement: b }]\n', { env })
    expect(config.static_route).toBe('openai:b')
    expect(config.model_aliases).toEqual([{ pattern: 'x', replacement: 'y' }])
    expect(sources).toMatchObject({ static_route: 'env:STATIC_ROUTE', model_aliases: 'env:MODEL_ALIASES' })
    expect(await problemsOf('', { env: { MODEL_ALIASES: 'x=y' } })).toEqual([
      { key: 'model_aliases', message: 'MODEL_ALIASES must be a list' },
    ])
  })

  const NOBODY = 'names "nobody", and there is no such backend'
  const ORDER = 'can be no race and no hybrid: others are tried before or after it'
  it.each([
    [
      'default_backend: "openai|a^b"',
      'default_backend',
      'is no selector: one selector has one kind of sign between its branches: |, ^ or ! (at character 9)',
    ],
    ['default_backend: openai:a|nobody:b', 'default_backend', NOBODY],
    ['static_route: gpt-5', 'static_route', 'must name a backend and a model'],
    ['static_route: nobody:gpt-5', 'static_route', NOBODY],
    [
      'static_route: openai:m?temperature=9',
      'static_route',
      'is no selector: temperature must be a number from 0 to 2 (at character 10)',
    ],
    [
      'model_aliases: [{ pattern: "(", replacement: b }]',
      'model_aliases[0].pattern',
      'is no regular expression: Invalid regular expression: /(/y: Unterminated group',
    ],
    ['failover_routes: { x: { elements: ["nobody:a"] } }', 'failover_routes.x.elements[0]', NOBODY],
    ['failover_routes: { x: { elements: [] } }', 'failover_routes.x.elements', 'must be at least 1'],
    ['failover_routes: { x: { policy: z, elements: [a] } }', 'failover_routes.x.policy', 'must be one of k, m, km, mk'],
    ['failover_routes: { x: { elements: [a, "hybrid:[openai:a,openai:b]"] } }', 'failover_routes.x.elements[1]', ORDER],
    ['routing: { rules: [{ target: "nobody:a" }] }', 'routing.rules[0].target', NOBODY],
    ['routing: { rules: [{ target: "a!b", on_failure: [c] }] }', 'routing.rules[0].target', ORDER],
    ['routing: { rules: [{ target: a, on_failure: ["a!b"] }] }', 'routing.rules[0].on_failure[0]', ORDER],
    ['routing: { rules: [{ target: a, when: { clint: x } }] }', 'routing.rules[0].when.clint', 'is not a known key'],
  ])('is refused where it can mean nothing: %s', async (line, key, message) => {
    expect(await problemsOf(`${line}\n`)).toMatchObject([{ line: 1, key, message: `${key} ${message}` }])
  })

  it.each([
    ['failover_routes: { fast: { elements: ["openai:a"] } }\nstatic_route: fast\ndefault_backend: fast\n'],
    ['default_backend: openai|openrouter:a/b\n'],
    ['default_backend: hybrid:[openai:a,openrouter:b]\n'],
  ])('may name a route, or several backends: %j', async content => {
    expect(await problemsOf(content)).toEqual([])
  })
})
