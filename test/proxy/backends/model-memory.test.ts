import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBackends } from '../../../proxy/backends/index.ts'
import { createModelMemory } from '../../../proxy/backends/model-memory.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { startFakeOpenai } from '../../support/fake-openai.ts'
import { startApp } from '../../support/start-app.ts'

const NOW = Date.UTC(2026, 10, 1)
const DAY = 24 * 3_600_000
let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lip-models-'))
  file = join(folder, 'data', 'models.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function backend(api_url = 'http://127.0.0.1:9/v1') {
  const entry = { type: 'custom', protocol: 'openai-chat', api_url }
  const found = createBackends(configSchema.parse({ backends: { work: entry } })).get('work')
  if (found === undefined) throw new Error('no backend')
  return found
}

async function memoryAt(now = NOW) {
  const warnings: string[] = []
  const memory = createModelMemory({ file, now: () => now, warn: message => warnings.push(message) })
  await memory.ready
  return { ...memory, warnings }
}

const models = [
  { id: 'a', facts: { contextWindow: 9000, source: 'list' as const } },
  { id: 'b', facts: undefined },
]

test('what a backend listed is there after a restart, with its age, and for its own address alone', async () => {
  const first = await memoryAt()
  first.keep(backend(), models)
  await first.close()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const next = await memoryAt(NOW + DAY)
  expect(next.of(backend())).toMatchObject({
    at: NOW,
    models: [{ id: 'a', facts: { contextWindow: 9000 } }, { id: 'b' }],
  })
  expect(next.of(backend('http://127.0.0.1:10/v1'))).toBeUndefined()
})

test('many lists at once end in one whole file', async () => {
  const memory = await memoryAt()
  for (let i = 0; i < 50; i++) memory.keep(backend(), [{ id: `m${i}` }])
  await memory.close()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ work: { models: [{ id: 'm49' }] } })
})

test('no more is kept than anybody needs, and nothing for ever', async () => {
  const memory = await memoryAt()
  memory.keep(
    backend(),
    Array.from({ length: 6000 }, (_, i) => ({ id: `m${i}` })),
  )
  expect(memory.of(backend())?.models).toHaveLength(5000)
  await memory.close()
  expect((await memoryAt(NOW + 91 * DAY)).of(backend())).toBeUndefined()
})

test.each(['', '{', '[]', '"x"', '{"work":{"url":"http://127.0.0.1:9/v1","at":"x","models":{}}}'])(
  'a file that is broken counts as empty, and is written anew: %j',
  async content => {
    const first = await memoryAt()
    first.keep(backend(), models)
    await first.close()
    await writeFile(file, content)
    const next = await memoryAt()
    expect(next.of(backend())).toBeUndefined()
    next.keep(backend(), models)
    await next.close()
    expect((await memoryAt()).of(backend())?.models).toHaveLength(2)
  },
)

test('a folder that can’t be written is said, and no more than that', async () => {
  await writeFile(join(folder, 'data'), 'a file where the folder would be')
  const memory = await memoryAt()
  memory.keep(backend(), models)
  await memory.close()
  expect(memory.of(backend())?.models).toHaveLength(2)
  expect(memory.warnings).toEqual([expect.stringContaining('Lists of models are not kept')])
})

test('a restart while the vendor can’t be reached still lists what there was', async () => {
  const upstream = await startFakeOpenai()
  const yaml = `backends: { work: { type: custom, protocol: openai-chat, api_url: "${upstream.url}", api_key: env:WORK } }`
  const env = { WORK: upstream.key }
  const listed = async (app: Awaited<ReturnType<typeof startApp>>) =>
    (await app.app.handlers['models.list']()).filter(model => model.backend === 'work').map(({ model }) => model)
  const first = await startApp(yaml, env)
  expect(await listed(first)).toEqual(['gpt-x', 'gpt-y'])
  await first.app.close()
  await upstream.close()

  const second = await startApp(yaml, env, first.folder)
  expect(await listed(second)).toEqual(['gpt-x', 'gpt-y'])
  const { backends } = await second.app.handlers['app.snapshot']()
  expect(backends.find(({ id }) => id === 'work')?.listed).toEqual({ count: 2, at: expect.any(Number) as number })
  await second.close()
})
