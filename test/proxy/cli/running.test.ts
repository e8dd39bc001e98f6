import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Verb } from '../../../proxy/cli/args.ts'
import { backends } from '../../../proxy/cli/backends.ts'
import { keys } from '../../../proxy/cli/keys.ts'
import { startFakeOpenai } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let upstream: Awaited<ReturnType<typeof startFakeOpenai>>
let proxy: StartedApp

beforeAll(async () => {
  upstream = await startFakeOpenai()
  proxy = await startApp(
    `backends: { work: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:WORK_KEY } }`,
    { WORK_KEY: upstream.key },
  )
})

afterAll(async () => {
  await proxy.close()
  await upstream.close()
})

it.each<[string, Verb]>([
  ['backends', backends],
  ['keys', keys],
])('lip %s test asks the running proxy, whose environment has the key', async (_, verb) => {
  const out = new PassThrough()
  await verb(['test', 'work', '--data-dir', proxy.folder], { env: {}, out, err: new PassThrough() })
  out.end()
  expect(await text(out)).toMatch(/^ok {4}/)
})
