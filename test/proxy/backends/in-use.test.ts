import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PassThrough } from 'node:stream'
import { backends as backendsVerb } from '../../../proxy/cli/backends.ts'
import { json, refuse, startFakeOpenai, streamWords, wholeWords, type Answer } from '../../support/fake-openai.ts'
import { sayHello, startFakeVendor, type VendorRules } from '../../support/fake-vendor.ts'
import { eventually, startApp, type StartedApp } from '../../support/start-app.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function appWith(yaml: string, env: Record<string, string> = {}): Promise<StartedApp> {
  const started = await startApp(yaml, env)
  ends.push(started.close)
  return started
}

async function vendorWith(rules: VendorRules) {
  const fake = await startFakeVendor(rules)
  ends.push(fake.close)
  return fake
}

async function ask({ url }: StartedApp, model: string, more: object = {}, signal: AbortSignal | null = null) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more }),
    signal,
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('a custom backend', () => {
  const door = 'POST /base/chat/completions'
  const entry = (origin: string, rest: string) =>
    `backends: { work: { type: custom, protocol: openai-chat, api_url: "${origin}/base", ${rest} } }`

  test.each([
    ['auth: bearer', 'authorization', 'Bearer k-0123456789'],
    ['auth: { header: X-Work-Key }', 'x-work-key', 'k-0123456789'],
  ])('shows its key as the config says: %s', async (auth, place, value) => {
    const fake = await vendorWith({ doors: { [door]: sayHello }, auth: { place, values: [value] } })
    const app = await appWith(entry(fake.origin, `api_key: env:WORK, ${auth}, headers: { x-team: search }`), {
      WORK: 'k-0123456789',
    })
    expect(await ask(app, 'work:m')).toMatchObject({ status: 200 })
    expect(fake.asked[0]?.headers['x-team']).toBe('search')
    if (place !== 'authorization') expect(fake.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('shows its key in the address, and none of it in the log', async () => {
    const fake = await vendorWith({
      doors: { [`${door}?token=k-0123456789`]: sayHello },
      auth: { place: '?token', values: ['k-0123456789'] },
    })
    const app = await appWith(entry(fake.origin, 'api_key: env:WORK, auth: { query: token }'), { WORK: 'k-0123456789' })
    expect(await ask(app, 'work:m')).toMatchObject({ status: 200 })
    expect(app.log()).not.toContain('k-0123456789')
  })

  test('shows no key at all, if it wants none', async () => {
    const fake = await vendorWith({ doors: { [door]: sayHello } })
    const app = await appWith(entry(fake.origin, 'auth: none'))
    expect(await ask(app, 'work:m')).toMatchObject({ status: 200 })
  })

  test('is never asked for more than its limit', async () => {
    const fake = await vendorWith({ doors: { [door]: sayHello } })
    const app = await appWith(entry(fake.origin, 'limits: { m: { max_output_tokens: 50 } }'))
    await ask(app, 'work:m', { max_completion_tokens: 900 })
    await ask(app, 'work:other', { max_completion_tokens: 900 })
    expect(fake.asked.map(({ body }) => body['max_completion_tokens'])).toEqual([50, 900])
  })

  test('is asked no more often than its config allows; then another is, or the client is told when to come back', async () => {
    const fake = await vendorWith({ doors: { [door]: sayHello } })
    const app = await appWith(entry(fake.origin, 'requests_per_minute: 1, limits: { n: { requests_per_minute: 1 } }'))
    expect(await ask(app, 'work:m')).toMatchObject({ status: 200 })
    const refused = await ask(app, 'work:m')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(refused.text).toContain('no more often than its config allows')
    expect(await ask(app, 'work:m|demo:demo')).toMatchObject({ status: 200 })
    expect(fake.asked).toHaveLength(1)
    const stream = await fetch(`${app.url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({ model: 'work:m', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect([stream.status, await stream.text()]).toEqual([429, expect.stringContaining('"rate_limit_error"')])
  })

  test('makes a turn wait that need not wait for long, and no key rests for it', async () => {
    const fake = await vendorWith({
      doors: { [door]: sayHello },
      auth: { place: 'authorization', values: ['Bearer k-1'] },
    })
    const limits = (tokens: number) =>
      entry(fake.origin, `api_key: env:WORK, limits: { m: { tokens_per_minute: ${tokens} } }`)
    const long = { messages: [{ role: 'user', content: 'x'.repeat(4000) }] }
    const app = await appWith(limits(600), { WORK: 'k-1' })
    expect(await ask(app, 'work:m', long)).toMatchObject({ status: 200 })
    expect(await ask(app, 'work:m')).toMatchObject({ status: 200 })
    const hasty = await appWith(`${limits(20)}\nfailure_handling: { enabled: false }`, { WORK: 'k-1' })
    expect(await ask(hasty, 'work:m', long)).toMatchObject({ status: 200 })
    expect(await ask(hasty, 'work:m')).toMatchObject({ status: 429 })
    const { backends } = await hasty.app.handlers['app.snapshot']()
    expect(backends.find(({ id }) => id === 'work')).toMatchObject({ status: 'Ready' })
  })

  test('keeps no room for a turn whose client leaves while it waits', async () => {
    const fake = await vendorWith({ doors: { [door]: sayHello } })
    const app = await appWith(
      `${entry(fake.origin, 'requests_per_minute: 1')}\nfailure_handling: { max_silent_wait: 90 }`,
    )
    await ask(app, 'work:m')
    // Each would wait for a minute; if the first one's room were still kept, the second would be refused at once.
    for (let n = 0; n < 2; n++) {
      const client = new AbortController()
      const answer = ask(app, 'work:m', {}, client.signal)
      const waits = await Promise.race([answer, eventually(() => app.app.openTurns() === 1)])
      client.abort()
      expect(waits).toBe(true)
      await expect(answer).rejects.toThrow('aborted')
      await eventually(() => app.app.openTurns() === 0)
    }
    expect(fake.asked).toHaveLength(1)
  })

  test('refuses a request that is longer than its model takes', async () => {
    const fake = await vendorWith({ doors: { [door]: sayHello } })
    const app = await appWith(entry(fake.origin, 'limits: { m: { max_input_tokens: 100 } }'))
    expect(await ask(app, 'work:m')).toMatchObject({ status: 200 })
    const { status, text } = await ask(app, 'work:m', { messages: [{ role: 'user', content: 'x'.repeat(1000) }] })
    expect([status, text]).toEqual([400, expect.stringContaining('context_length_exceeded')])
    expect(fake.asked).toHaveLength(1)
  })

  test('is asked again as often as its config has retries', async () => {
    let left = 2
    const failing: Answer = response => {
      if (left-- > 0) json(response, 500, { error: { message: 'a fault' } })
      else wholeWords(response, 'Hello there')
    }
    const fake = await startFakeOpenai()
    ends.push(fake.close)
    fake.answers(failing)
    const work = (rest: string) =>
      `backends: { work: { type: custom, protocol: openai-chat, api_url: "${fake.url}", api_key: env:WORK, ${rest} } }`
    const env = { WORK: fake.key }
    const patient = await appWith(work('max_retries: 2, retry_delay: 0.01'), env)
    expect(await ask(patient, 'work:gpt-x')).toMatchObject({ status: 200 })
    left = 2
    const less = await appWith(work('max_retries: 1, retry_delay: 0.01'), env)
    expect((await ask(less, 'work:gpt-x')).status).toBeGreaterThanOrEqual(500)
    left = 1
    const none = await appWith(work('max_retries: 0'), env)
    expect((await ask(none, 'work:gpt-x')).status).toBeGreaterThanOrEqual(500)
  })

  test('gets the parameters that its config has for a model, where the client says nothing of them', async () => {
    const fake = await vendorWith({ doors: { [door]: sayHello } })
    const app = await appWith(entry(fake.origin, 'parameters: { m: { temperature: 0.2, top_p: 0.9 } }'))
    await ask(app, 'work:m', { top_p: 0.5 })
    await ask(app, 'work:n')
    expect(fake.asked.map(({ body }) => [body['temperature'], body['top_p']])).toEqual([
      [0.2, 0.5],
      [undefined, undefined],
    ])
  })

  test('may stand in a file of its own', async () => {
    const fake = await vendorWith({ doors: { [door]: sayHello } })
    const app = await appWith(`backends: { other: { type: demo } }`)
    const { mkdir, writeFile } = await import('node:fs/promises')
    await mkdir(`${app.folder}/backends/mine`, { recursive: true })
    const file = `backend_type: custom\napi_base_url: ${fake.origin}/base\n`
    await writeFile(`${app.folder}/backends/mine/backend.yaml`, file)
    await app.app.handlers['settings.set']({ key: 'traffic.retention_days', value: 7 })
    expect(await ask(app, 'mine:m')).toMatchObject({ status: 200 })
  })
})

describe('several keys', () => {
  const env = { OPENAI_API_KEY: 'sk-one-0123456789', OPENAI_API_KEY_2: 'sk-two-0123456789' }
  const shown = Object.values(env).map(key => `Bearer ${key}`)

  test('take over from each other in the same turn, streamed or not, and say how they are', async () => {
    const fake = await vendorWith({
      doors: {
        'POST /v1/chat/completions': (response, asked) => {
          if (asked.headers.authorization === shown[0])
            refuse(response, 429, 'requests', 'rate_limit_exceeded', 'Slow down.', { 'retry-after': '600' })
          else sayHello(response, asked)
        },
      },
      auth: { place: 'authorization', values: shown },
    })
    const app = await appWith(`backends: { openai: { api_url: "${fake.origin}/v1" } }`, env)
    expect(await ask(app, 'openai:m')).toMatchObject({ status: 200 })
    expect(await ask(app, 'openai:m', { stream: true })).toMatchObject({ status: 200 })
    expect(fake.asked.map(({ headers }) => shown.indexOf(headers.authorization ?? ''))).toEqual([0, 1, 1])

    const { backends } = await app.app.handlers['app.snapshot'](undefined)
    expect(backends.find(({ id }) => id === 'openai')).toMatchObject({
      status: 'Ready',
      keys: [
        { name: 'OPENAI_API_KEY', state: 'rate-limited', detail: 'Rate limited: Slow down.' },
        { instance: '2', name: 'OPENAI_API_KEY_2', state: 'ready' },
      ],
    })
  })

  test('that all rest make the client wait as long as the first of them', async () => {
    const waits = ['600', '300']
    const fake = await vendorWith({
      doors: {
        'POST /v1/chat/completions': response =>
          refuse(response, 429, 'requests', 'rate_limit_exceeded', 'Slow down.', {
            'retry-after': waits.shift() ?? '',
          }),
      },
      auth: { place: 'authorization', values: shown },
    })
    const app = await appWith(`backends: { openai: { api_url: "${fake.origin}/v1" } }`, env)
    expect(await ask(app, 'openai:m')).toMatchObject({
      status: 429,
      text: expect.stringContaining('Slow down.') as string,
    })
    const { status, headers } = await ask(app, 'openai:m')
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(290)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(300)
    expect(fake.asked).toHaveLength(2)
  })
})

describe('MiniMax', () => {
  test('tells its errors inside answers with status 200, and its thoughts inside the text', async () => {
    const answers = [
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
      {
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [
          { index: 0, message: { role: 'assistant', content: '<think>why</think>\n\nso' }, finish_reason: 'stop' },
        ],
        base_resp: { status_code: 0, status_msg: '' },
      },
    ]
    const fake = await vendorWith({
      doors: { 'POST /v1/chat/completions': response => json(response, 200, answers.shift()) },
      auth: { place: 'authorization', values: ['Bearer k'] },
    })
    const app = await appWith(`backends: { minimax: { api_url: "${fake.origin}/v1" } }`, { MINIMAX_API_KEY: 'k' })
    expect(await ask(app, 'minimax:m')).toMatchObject({
      status: 429,
      text: expect.stringContaining('insufficient balance') as string,
    })
    const { text } = await ask(app, 'minimax:m')
    const { choices } = JSON.parse(text) as { choices: { message: { content: string } }[] }
    expect(choices[0]?.message.content).toBe('so')
  })
})

describe('a test of a backend', () => {
  let fake: Awaited<ReturnType<typeof startFakeOpenai>>
  beforeEach(async () => {
    fake = await startFakeOpenai({ models: ['big-model', 'text-embedding-1', 'small-mini'] })
    ends.push(fake.close)
  })

  /** A model that says what it is asked to, and calls a tool where it is offered one. */
  const capable: Answer = (response, { body }) => {
    if (!Array.isArray(body['tools'])) {
      streamWords(response, ['one', ' two'])
      return
    }
    const call = { index: 0, id: 'c1', type: 'function', function: { name: 'current_time', arguments: '{}' } }
    const chunk = (delta: object, finish: string | null) =>
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chunk({ role: 'assistant', tool_calls: [call] }, null)}${chunk({}, 'tool_calls')}data: [DONE]\n\n`)
  }

  const config = (key = 'env:WORK') =>
    `backends: { work: { type: custom, protocol: openai-chat, api_url: "${fake.url}", api_key: "${key}" } }`

  test('climbs to a tool call, by the model whose name is the cheapest', async () => {
    fake.answers(capable)
    const app = await appWith(config(), { WORK: fake.key })
    const { ok, steps } = await app.app.handlers['backends.test']({ backend: 'work' })
    expect(steps.map(({ name, ok: held }) => [name, held])).toEqual([
      ['Connection', true],
      ['Key and model list', true],
      ['One-token answer', true],
      ['Streaming', true],
      ['Tool call', true],
    ])
    expect(ok).toBe(true)
    expect(fake.asked.map(({ body }) => body['model'])).toEqual(['small-mini', 'small-mini', 'small-mini'])
  })

  test('stops where it does not hold, with the vendor’s words and what they mean', async () => {
    const app = await appWith(config(), { WORK: 'sk-wrong' })
    const { ok, steps } = await app.app.handlers['backends.test']({ backend: 'work' })
    expect(ok).toBe(false)
    expect(steps.at(-1)).toMatchObject({
      name: 'Key and model list',
      ok: false,
      detail: expect.stringMatching(/Incorrect API key provided\..*the key is not accepted/s) as string,
    })
  })

  test('says of a model that calls no tools that agents can’t use it', async () => {
    const app = await appWith(config(), { WORK: fake.key })
    const { steps } = await app.app.handlers['backends.test']({ backend: 'work', model: 'big-model' })
    expect(steps.at(-1)).toMatchObject({ name: 'Tool call', ok: false })
  })

  test('can be run from the command line, where no proxy runs', async () => {
    fake.answers(capable)
    const app = await appWith(config(), {})
    await app.app.close()
    const run = async (...args: string[]) => {
      const out = new PassThrough({ encoding: 'utf8' })
      const env = { WORK: fake.key }
      const code = await backendsVerb([...args, '--config', app.paths.configFile, '--data-dir', app.folder], {
        env,
        out,
        err: out,
      })
      return { code, text: String(out.read()) }
    }
    const tested = await run('test', 'work')
    expect(tested).toMatchObject({ code: 0, text: expect.stringContaining('ok    Tool call') as string })
    const { backends } = JSON.parse((await run('list', '--json')).text) as { backends: { id: string }[] }
    expect(backends.map(({ id }) => id)).toEqual(expect.arrayContaining(['work', 'openai', 'ollama', 'demo']))
    expect(await run('test', 'nosuch').catch((error: unknown) => error)).toMatchObject({
      message: expect.stringContaining('There is no backend nosuch') as string,
    })
  })
})

describe('a server on this computer', () => {
  test('is usable while it runs, and its models are listed', async () => {
    const fake = await startFakeVendor({
      doors: { 'GET /v1/models': response => json(response, 200, { data: [{ id: 'llama' }] }) },
    })
    const app = await appWith(`backends: { ollama: { api_url: "${fake.origin}/v1" } }`)
    const stateNow = async () => {
      const { backends } = await app.app.handlers['app.snapshot'](undefined)
      return backends.find(({ id }) => id === 'ollama')
    }
    expect(await stateNow()).toMatchObject({ state: 'ready', status: 'Ready', detail: 'Needs no key.' })
    expect(await app.app.handlers['models.list'](undefined)).toContainEqual({
      id: 'llama',
      backend: 'ollama',
      model: 'llama',
    })

    await fake.close()
    const again = await appWith(`backends: { ollama: { api_url: "${fake.origin}/v1" } }`)
    const { backends } = await again.app.handlers['app.snapshot'](undefined)
    expect(backends.find(({ id }) => id === 'ollama')).toMatchObject({ state: 'off', status: 'Not running' })
  })

  test('that is this very proxy is not taken for one, and asked for its models only once', async () => {
    const app = await appWith('')
    const other = await appWith(`backends: { vllm: { api_url: "${app.url}/v1" } }`)
    const { backends } = await other.app.handlers['app.snapshot'](undefined)
    expect(backends.find(({ id }) => id === 'vllm')).toMatchObject({ state: 'off', status: 'Not running' })
  })
})

test('what is known of a model stands in every list of models: by the config, its backend, or the catalogue', async () => {
  const listed = [{ id: 'a', context_length: 32_000 }, { id: 'b' }, { id: 'claude-haiku-4-5' }]
  const fake = await vendorWith({ doors: { 'GET /v1/models': response => json(response, 200, { data: listed }) } })
  const app = await appWith(
    `backends: { work: { type: custom, protocol: openai-chat, api_url: "${fake.origin}/v1", limits: { b: { context_window: 9000 } } } }`,
  )
  const read = async (path: string, headers = {}) => (await fetch(`${app.url}${path}`, { headers })).json()
  expect(await read('/v1/models')).toMatchObject({
    data: expect.arrayContaining([
      expect.objectContaining({ id: 'a', context_window: 32_000 }),
      expect.objectContaining({ id: 'b', context_window: 9000 }),
      expect.objectContaining({ id: 'claude-haiku-4-5', max_output_tokens: 64_000 }),
    ]) as unknown,
  })
  expect(await read('/v1/models/a', { 'anthropic-version': '2023-06-01' })).toMatchObject({ max_input_tokens: 32_000 })
  expect(await read('/v1beta/models/a')).toMatchObject({ inputTokenLimit: 32_000 })
})

describe('an address of the config that has less than the vendor', () => {
  test('is asked by its first protocol where another is not there', async () => {
    const fake = await vendorWith({
      doors: { 'POST /api/paas/v4/chat/completions': sayHello },
      auth: { place: 'authorization', values: ['Bearer k'] },
    })
    const app = await appWith(`backends: { zai: { api_url: "${fake.origin}/api/paas/v4" } }`, { ZAI_API_KEY: 'k' })
    const askInMessages = async () => {
      const response = await fetch(`${app.url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'zai:glm-5', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }),
      })
      return response.text()
    }
    expect(await askInMessages()).toContain('Hello there')
    expect(await askInMessages()).toContain('Hello there')
    expect(fake.asked.map(({ what }) => what)).toEqual([
      'POST /api/anthropic/v1/messages',
      'POST /api/paas/v4/chat/completions',
      'POST /api/paas/v4/chat/completions',
    ])
  })
})
