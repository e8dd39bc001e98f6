import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfigError } from '../../../proxy/config/problems.ts'
import { parseConfig } from '../../../proxy/config/load.ts'
import { describeConfig } from '../../../proxy/config/describe.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { knownBackends, load } from './support.ts'

const world = { file: 'config.yaml', env: {}, flags: {}, knownBackends }

/** A config, or a ConfigError whose every problem is told in words; anything else fails the property. */
async function loadsOrTells(text: string, env: Record<string, string> = {}): Promise<void> {
  try {
    const loaded = await parseConfig(text, { ...world, env })
    expect(configSchema.parse(loaded.config)).toEqual(loaded.config)
    expect(describeConfig(loaded).map(({ key }) => key)).toEqual(Object.keys(loaded.sources))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.problems.length).toBeGreaterThan(0)
    for (const { message, line } of error.problems) {
      expect(message).toMatch(/\w{2}/)
      expect(message).not.toMatch(/undefined|\[object|NaN/)
      if (line !== undefined) expect(line).toBeLessThanOrEqual(text.split('\n').length)
    }
  }
}

const words = [
  'default_backend', 'backends', 'server', 'traffic', 'log_level', 'host', 'port', 'api_key', 'api_keys', 'type', 'models',
  'headers', 'timeout', 'enabled', 'protocol', 'api_url', 'openai', 'custom', 'demo', 'work', 'info', 'env:X', '${X}', 'http://x/v1',
  '__proto__', 'constructor', '8000', '1.5', 'true', 'null', '~', '', '.inf', '0.0.0.0', 'a:b', '😀',
] // prettier-ignore
const marks = [
  '\n', '\n  ', '\n    ', '\n\t', ': ', ':', '- ', '{ ', ' }', '[', ']', ', ', '"', "'", '#', ' # ', '|', '>', '&a ', '*a', '!t ', '%', '---\n',
  '? ', '\r\n', ' ', '\u0000', '\\', '<<: ', '\uFEFF',
] // prettier-ignore
const yamlish = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...marks) }, fc.constantFrom(...words), fc.string()), {
    maxLength: 40,
  })
  .map(pieces => pieces.join(''))

const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, fc.string())
const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(name, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 5 }),
    fc.record({ backends: tie('tree'), server: tie('tree'), host: tie('tree') }, { requiredKeys: [] }),
    fc.record({ openai: tie('tree'), default_backend: tie('tree') }, { requiredKeys: [] }),
    fc.record({ type: name, api_key: tie('tree'), headers: tie('tree') }, { requiredKeys: [] }),
  ),
}))

it('any bytes at all give a config or a ConfigError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
      await load(bytes).catch((error: unknown) => {
        if (!(error instanceof ConfigError)) throw error
      })
    }),
    { numRuns: 100 },
  )
})

it('any text that looks like YAML gives a config or a ConfigError', async () => {
  await fc.assert(
    fc.asyncProperty(yamlish, text => loadsOrTells(text)),
    { numRuns: 500 },
  )
})

it('any tree of values gives a config or a ConfigError', async () => {
  await fc.assert(
    fc.asyncProperty(tree, value => loadsOrTells(JSON.stringify(value))),
    { numRuns: 500 },
  )
})

it('any environment gives a config or a ConfigError', async () => {
  const variables = [
    'LLM_BACKEND',
    'APP_HOST',
    'APP_PORT',
    'LOG_LEVEL',
    'OPENAI_API_BASE_URL',
    'OPENAI_TIMEOUT',
    'API_KEYS',
  ]
  const env = fc.dictionary(fc.constantFrom(...variables), fc.oneof(fc.constantFrom(...words), fc.string()))
  await fc.assert(
    fc.asyncProperty(env, yamlish, (env, text) => loadsOrTells(text, env)),
    { numRuns: 500 },
  )
})
