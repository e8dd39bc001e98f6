import { expect, it } from 'vitest'
import { configSchema } from '../../../proxy/config/schema.ts'

it('holds every default', () => {
  expect(configSchema.parse({})).toEqual({
    backends: {},
    server: {
      host: '127.0.0.1',
      port: 8000,
      api_keys: [],
      allowed_hosts: [],
      allowed_origins: [],
      body_limit_mb: 64,
      drain_seconds: 10,
    },
    traffic: { capture: 'memory', retention_days: 30, max_mb: 500, memory_turns: 200, memory_mb: 128 },
    log_level: 'warn',
  })
})
