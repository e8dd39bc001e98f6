import { expect, it } from 'vitest'
import { configSchema } from '../../../proxy/config/schema.ts'

it('holds every default', () => {
  expect(configSchema.parse({})).toEqual({
    backends: {},
    model_aliases: [],
    failover_routes: {},
    routing: { slash_selects_backend: true, bad_parameters: 'refuse', lock_static_route: false, rules: [] },
    failure_handling: {
      enabled: true,
      max_silent_wait: 30,
      total_timeout_budget: 90,
      keepalive_interval: 8,
      max_failover_hops: 5,
      min_retry_wait: 1,
    },
    hybrid: { thinking_timeout: 60, probability: 1, first_turns: 1, slow_after: 8, backoff_turns: 2 },
    resilience: { circuit_breaker: { enabled: true, failure_threshold: 3, open_cooldown_seconds: 30 } },
    server: {
      host: '127.0.0.1',
      port: 8000,
      api_keys: [],
      allowed_hosts: [],
      allowed_origins: [],
      body_limit_mb: 64,
      fetch_media: 'public',
      keep_alive_seconds: 15,
      no_proxy: [],
      drain_seconds: 10,
    },
    traffic: { capture: 'memory', retention_days: 30, max_mb: 500, memory_turns: 200, memory_mb: 128 },
    responses: { retention_days: 30, max_mb: 200 },
    commands: { mode: 'enabled', prefix: '!/', openai_urls: 'known' },
    reasoning_aliases: [],
    sessions: { max: 1000, expire_days: 30 },
    log_level: 'warn',
  })
})
