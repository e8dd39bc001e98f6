import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeAnthropic } from '../../support/fake-anthropic.ts'
import { startFakeOpenai } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let chat: Awaited<ReturnType<typeof startFakeOpenai>>
let messages: Awaited<ReturnType<typeof startFakeAnthropic>>
let proxy: StartedApp
let openai: OpenAI
let anthropic: Anthropic

beforeAll(async () => {
  chat = await startFakeOpenai()
  messages = await startFakeAnthropic()
  proxy = await startApp(
    `
default_backend: chat
backends:
  chat: { type: custom, protocol: openai-chat, api_url: ${chat.url}, api_key: env:CHAT_KEY }
  claude: { type: custom, protocol: anthropic, api_url: ${messages.url}, api_key: env:CLAUDE_KEY }
`,
    { CHAT_KEY: chat.key, CLAUDE_KEY: messages.key },
  )
  openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: `${proxy.url}/anthropic`, apiKey: 'x', maxRetries: 0 })
})

afterAll(async () => {
  await proxy.close()
  await chat.close()
  await messages.close()
})

const hello = [{ role: 'user' as const, content: 'hello' }]

describe('a path that is not served', () => {
  const told = async (path: string, method = 'POST') => {
    const response = await fetch(`${proxy.url}${path}`, { method })
    return { status: response.status, allow: response.headers.get('allow'), text: await response.text() }
  }

  it('is told with all that are, for every API', async () => {
    const { status, text } = await told('/v1/nothing')
    expect(status).toBe(404)
    for (const path of ['/v1/responses', '/v1/embeddings', '/v1beta/models/*', '/v1/messages/count_tokens'])
      expect(text).toContain(`POST ${path}`)
  })

  it.each([
    ['/v1/v1/chat/completions', 'leave it out of its base URL'],
    ['//v1/chat/completions', 'must not end with a slash'],
    ['/chat/completions', 'must end with /v1'],
  ])('%s has a hint on the base URL', async (path, says) => {
    expect(await told(path)).toMatchObject({ status: 404, text: expect.stringContaining(says) as string })
  })

  it('is not one that takes another method, which is told', async () => {
    const { status, allow, text } = await told('/v1/chat/completions', 'GET')
    expect([status, allow]).toEqual([405, 'POST'])
    expect(text).toContain('/v1/chat/completions takes POST, not GET.')
    expect(await told('/v1/responses/resp_1', 'POST')).toMatchObject({ status: 405, allow: 'GET, DELETE' })
  })
})

describe('counting tokens', () => {
  it('is the vendor’s count where the backend speaks the client’s protocol, under its own name of the model', async () => {
    const counted = await anthropic.messages.countTokens({ model: 'claude:claude-x', messages: hello })
    expect(counted.input_tokens).toBe(messages.countedTokens)
    expect(messages.counted.at(-1)).toMatchObject({ model: 'claude-x' })
  })

  it('T69: is estimated for every other backend, with its system prompt and tools, and grows with the text', async () => {
    const short = await anthropic.messages.countTokens({ model: 'gpt-x', messages: hello })
    const long = await anthropic.messages.countTokens({
      model: 'gpt-x',
      messages: [{ role: 'user', content: 'hello '.repeat(400) }],
    })
    expect(short.input_tokens).toBeGreaterThan(0)
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens + 500)
    const equipped = await anthropic.messages.countTokens({
      model: 'gpt-x',
      messages: hello,
      system: 'Be brief. '.repeat(40),
      tools: [{ name: 'look', description: 'looks '.repeat(40), input_schema: { type: 'object' } }],
    })
    expect(equipped.input_tokens).toBeGreaterThan(short.input_tokens + 150)
  })

  it('T71: works over Responses for backends that are not OpenAI’s', async () => {
    const counted = await openai.responses.inputTokens.count({ model: 'gpt-x', input: 'hello there' })
    expect(counted).toMatchObject({ object: 'response.input_tokens' })
    expect(counted.input_tokens).toBeGreaterThan(1)
  })

  it('T70: is estimated when the backend has no such door, and stands in no log', async () => {
    const before = (await proxy.app.handlers['turns.list']({ limit: 50 })).turns.length
    await anthropic.messages.countTokens({ model: 'claude:unknown', messages: hello })
    expect((await proxy.app.handlers['turns.list']({ limit: 50 })).turns.length).toBe(before)
  })

  it('refuses a body that no turn could have, naming the field', async () => {
    await expect(
      anthropic.messages.countTokens({ model: 'gpt-x', messages: [{ role: 'user', content: 7 as never }] }),
    ).rejects.toMatchObject({ status: 400, message: expect.stringContaining('messages.0.content') as string })
  })
})

describe('embeddings', () => {
  it('come from a backend that has them, as floats whatever the SDK asked for', async () => {
    const { data, usage } = await openai.embeddings.create({ model: 'gpt-x', input: ['four', 'seven77'] })
    expect(data.map(({ embedding }) => embedding)).toEqual([
      [4, 0.5],
      [7, 0.5],
    ])
    expect(usage.total_tokens).toBe(4)
  })

  it('are refused in words by a backend that has none', async () => {
    await expect(openai.embeddings.create({ model: 'claude:claude-x', input: 'a' })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('has no embeddings') as string,
    })
    await expect(openai.embeddings.create({ model: 'gpt-x', input: 5 as never })).rejects.toMatchObject({
      status: 400,
      param: 'input',
    })
  })
})
