import { expect, it } from 'vitest'
import { describeConfig } from '../../../proxy/config/describe.ts'
import { load } from './support.ts'

it('shows every value with where it comes from', async () => {
  const content = `default_backend: work
backends:
  work:
    type: custom
    protocol: gemini
    api_url: http://127.0.0.1:1
    api_key: keychain:work
    models: [a, b]
    enabled: true
  openai.2: { type: openai }
`
  const loaded = await load(content, { env: { APP_PORT: '9000' }, flags: { 'log-level': 'debug' } })
  const rows = describeConfig(loaded)
  expect(rows.filter(({ source }) => source !== 'default')).toEqual([
    { key: 'default_backend', value: 'work', source: 'file:1' },
    { key: 'backends.work.type', value: 'custom', source: 'file:4' },
    { key: 'backends.work.protocol', value: 'gemini', source: 'file:5' },
    { key: 'backends.work.api_url', value: 'http://127.0.0.1:1', source: 'file:6' },
    { key: 'backends.work.api_key', value: 'keychain:work', source: 'file:7' },
    { key: 'backends.work.models', value: '["a","b"]', source: 'file:8' },
    { key: 'backends.work.enabled', value: 'true', source: 'file:9' },
    { key: 'backends."openai.2".type', value: 'openai', source: 'file:10' },
    { key: 'server.port', value: '9000', source: 'env:APP_PORT' },
    { key: 'log_level', value: 'debug', source: 'flag:--log-level' },
  ])
  expect(rows).toContainEqual({ key: 'server.host', value: '127.0.0.1', source: 'default' })
  expect(rows).toContainEqual({ key: 'server.api_keys', value: '[]', source: 'default' })
})

it('shows references, but never what may be a secret', async () => {
  const loaded = await load(
    `
backends:
  openai:
    api_url: https://gateway.example/v1?key=hush
    headers: { x-team: hush, x-gateway: env:GATEWAY_KEY }
`,
    { env: { LLM_INTERACTIVE_PROXY_API_KEY: 'hush' } },
  )
  const rows = describeConfig(loaded)
  expect(rows).toContainEqual({
    key: 'backends.openai.api_url',
    value: 'https://gateway.example/v1?(hidden)',
    source: 'file:4',
  })
  expect(rows).toContainEqual({ key: 'backends.openai.headers.x-team', value: '(hidden)', source: 'file:5' })
  expect(rows).toContainEqual({ key: 'backends.openai.headers.x-gateway', value: 'env:GATEWAY_KEY', source: 'file:5' })
  expect(rows).toContainEqual({
    key: 'server.api_keys',
    value: '["env:LLM_INTERACTIVE_PROXY_API_KEY"]',
    source: 'env:LLM_INTERACTIVE_PROXY_API_KEY',
  })
  expect(JSON.stringify(rows)).not.toContain('hush')
})
