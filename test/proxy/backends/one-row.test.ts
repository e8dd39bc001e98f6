import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Output } from '../../../proxy/app/contract.ts'
import type { Preset } from '../../../proxy/backends/preset.ts'
import { presets } from '../../../proxy/backends/presets.ts'
import { json } from '../../support/fake-openai.ts'
import { sayHello, startFakeVendor } from '../../support/fake-vendor.ts'
import type { StartedApp } from '../../support/start-app.ts'

/** A service that the product does not know, in the one row that makes it known. */
const novel: Preset = {
  title: 'Novel AI Cloud',
  apis: [{ protocol: 'openai-chat', baseUrl: 'https://api.novel.example/v1' }],
  envPrefixes: ['NOVEL'],
}

let fake: Awaited<ReturnType<typeof startFakeVendor>>
let started: StartedApp

beforeAll(async () => {
  Object.assign(presets, { novel })
  fake = await startFakeVendor({
    doors: {
      'POST /v1/chat/completions': sayHello,
      'GET /v1/models': response => json(response, 200, { object: 'list', data: [{ id: 'novel-1' }] }),
    },
    auth: { place: 'authorization', values: ['Bearer novel-key-0123456789'] },
  })
  // Only now, so that whatever makes a list of the rows finds it among them.
  const { startApp } = await import('../../support/start-app.ts')
  started = await startApp('', {
    NOVEL_API_KEY: 'novel-key-0123456789',
    NOVEL_API_BASE_URL: `${fake.origin}/v1`,
    NOVEL_TIMEOUT: '7',
  })
})
afterAll(async () => {
  await started.close()
  await fake.close()
})

async function snapshot(): Promise<Output<'app.snapshot'>> {
  return started.app.handlers['app.snapshot'](undefined)
}

test('a new row is a backend: by its variables, in lists and tables, in turns and tests', async () => {
  const answered = await fetch(`${started.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'novel:novel-1', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  expect(await answered.text()).toContain('Hello there')
  expect(fake.asked.at(-1)?.headers.authorization).toBe('Bearer novel-key-0123456789')

  const { backends, route } = await snapshot()
  expect(backends.find(({ id }) => id === 'novel')).toMatchObject({
    title: 'Novel AI Cloud',
    url: `${fake.origin}/v1`,
    state: 'ready',
    status: 'Ready',
    keys: [{ name: 'NOVEL_API_KEY', state: 'ready' }],
  })
  expect(route.backend).toBe('novel')

  const models = (await (await fetch(`${started.url}/v1/models`)).json()) as { data: { id: string }[] }
  expect(models.data.map(({ id }) => id)).toContain('novel-1')

  const { keys } = await started.app.handlers['keys.list'](undefined)
  expect(keys).toContainEqual(expect.objectContaining({ name: 'NOVEL_API_KEY', backend: 'novel', inUse: true }))
  expect((await started.app.handlers['backends.test']({ backend: 'novel' })).steps.map(({ name }) => name)).toContain(
    'Streaming',
  )
  const { BEGIN, END, withTables } = await import('../../support/backends-table.ts')
  expect(withTables(`${BEGIN}${END}`)).toContain('| `novel` | Novel AI Cloud | openai-chat |')
})
