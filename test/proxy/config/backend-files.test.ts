import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../../proxy/config/load.ts'
import { ConfigError } from '../../../proxy/config/problems.ts'
import { knownBackends, temporaryFolder } from './support.ts'

/** A config whose folder has this backend in a file of its own. */
async function configWith(backend: string, config = '') {
  const folder = temporaryFolder()
  const file = join(folder, 'config.yaml')
  await mkdir(join(folder, 'backends', 'work'), { recursive: true })
  await writeFile(join(folder, 'backends', 'work', 'backend.yaml'), backend)
  await writeFile(file, config)
  return loadConfig({ file, required: true, env: {}, flags: {}, knownBackends })
}

const documented = `
backend_type: custom
api_base_url: https://llm.example.com/v1
api_key_env_var: WORK_LLM_KEY
default_model: large
timeout: 60
max_retries: 3
retry_delay: 1.5
retry_backoff: 2
auth_type: custom
auth_header: X-Work-Key
headers: { x-team: search }
models:
  large:
    limits: { context_window: 128000, max_output_tokens: 8192, requests_per_minute: 60, requests_per_day: 9 }
    parameters: { temperature: 0.2, top_k: 4 }
  small:
`

test('a backend in a file of its own is one like any other', async () => {
  const { config, warnings } = await configWith(documented, 'default_backend: work')
  expect(config.backends['work']).toEqual({
    type: 'custom',
    protocol: 'openai-chat',
    api_url: 'https://llm.example.com/v1',
    api_key: 'env:WORK_LLM_KEY',
    auth: { header: 'X-Work-Key' },
    headers: { 'x-team': 'search' },
    default_model: 'large',
    timeout: 60,
    models: ['large', 'small'],
    limits: { large: { context_window: 128000, max_output_tokens: 8192, requests_per_minute: 60 } },
    parameters: { large: { temperature: 0.2 } },
    max_retries: 3,
    retry_delay: 1.5,
  })
  expect(warnings.map(({ message }) => message)).toEqual([
    'retry_backoff is not used here',
    'models.large.limits.requests_per_day is not used here',
    'models.large.parameters.top_k is not used here',
  ])
})

test('an entry of the same name in the config comes before it', async () => {
  const entry = 'backends: { work: { type: custom, protocol: anthropic, api_url: "http://127.0.0.1:1" } }'
  const { config } = await configWith(documented, entry)
  expect(config.backends['work']).toMatchObject({ protocol: 'anthropic', api_url: 'http://127.0.0.1:1' })
})

test.each([
  ['backend_type: openai\napi_base_url: https://x', 'backend_type must be custom'],
  ['backend_type: custom', 'api_base_url is missing'],
  ['backend_type: custom\napi_base_url: https://x\ntimeout: -1', 'timeout'],
])('a file that is not of that form is refused by its name: %s', async (text, reason) => {
  const failure = await configWith(text).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ConfigError)
  expect((failure as ConfigError).message).toContain(join('work', 'backend.yaml'))
  expect((failure as ConfigError).message).toContain(reason)
})
