import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { models } from '../../../proxy/cli/models.ts'
import { startApp } from '../../support/start-app.ts'

async function run(folder: string, ...args: string[]) {
  const out = new PassThrough()
  const err = new PassThrough()
  const code = await models([...args, '--data-dir', folder], { env: {}, out, err })
  out.end()
  err.end()
  return { code, out: await text(out), err: await text(err) }
}

test('lists what the running proxy can be asked for, with what each takes and costs, and on whose word', async () => {
  const app = await startApp(
    `backends:
  anthropic: { models: [claude-opus-5, claude-opus-5-9] }
  work: { type: custom, protocol: openai-chat, api_url: "http://127.0.0.1:9/v1", models: [own, claude-opus-5], prices: { own: { input: 0.5, output: 1 } }, limits: { own: { context_window: 9000 } } }
`,
    { ANTHROPIC_API_KEY: 'sk-ant-0123456789' },
  )
  const { code, out } = await run(app.folder)
  expect(code).toBe(0)
  const lines = out.split('\n').map(line => line.replace(/ {2,}/g, '  '))
  expect(lines).toContain('claude-opus-5  context 1M, answer 128k, $5 in, $25 out a million (2026-10)')
  expect(lines).toContain('claude-opus-5-9')
  expect(lines).toContain('work:own  context 9k, $0.5 in, $1 out a million (config)')
  expect(lines).toContain('work:claude-opus-5  context 1M, answer 128k')
  expect(lines).toContain('Prices as of 2026-10: platform.claude.com/docs, models and pricing')

  const found = JSON.parse((await run(app.folder, 'OWN', '--json')).out) as { models: unknown[] }
  expect(found.models).toEqual([
    {
      id: 'work:own',
      backend: 'work',
      model: 'own',
      facts: {
        contextWindow: 9000,
        price: { input: 0.5, output: 1, cacheRead: 0.5, cacheWrite: 0.5, cacheWrite1h: 0.5, source: 'config' },
        source: 'config',
      },
    },
  ])
  await app.close()
})

test('says what to do where no proxy runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lip-models-'))
  expect(await run(folder)).toEqual({ code: 1, out: '', err: 'No proxy runs here. Start it: lip serve\n' })
  await rm(folder, { recursive: true })
})
