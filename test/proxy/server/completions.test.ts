import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streamWords, startFakeOpenai } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let chat: Awaited<ReturnType<typeof startFakeOpenai>>
let proxy: StartedApp
let openai: OpenAI

beforeAll(async () => {
  chat = await startFakeOpenai()
  proxy = await startApp(
    `
default_backend: chat
backends:
  chat: { type: custom, protocol: openai-chat, api_url: ${chat.url}, api_key: env:CHAT_KEY }
`,
    { CHAT_KEY: chat.key },
  )
  openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 })
})

afterAll(async () => {
  await proxy.close()
  await chat.close()
})

describe('legacy completions', () => {
  it('ask their prompt as a chat and give its text, whole and streamed', async () => {
    chat.answers((response, { body }) => {
      expect(body).toMatchObject({ messages: [{ role: 'user', content: 'Say hello' }], max_completion_tokens: 5 })
      streamWords(response, ['Hello', ' there'])
    })
    const asked = { model: 'gpt-x', prompt: 'Say hello', max_tokens: 5 }
    const whole = await openai.completions.create(asked)
    expect(whole).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello there', index: 0, finish_reason: 'stop', logprobs: null }],
      usage: { prompt_tokens: 11, completion_tokens: 7 },
    })

    const chunks = []
    for await (const chunk of await openai.completions.create({ ...asked, stream: true })) chunks.push(chunk)
    expect(chunks.map(({ object }) => object)).toEqual(chunks.map(() => 'text_completion'))
    expect(chunks.map(({ choices }) => choices[0]?.text).join('')).toBe('Hello there')
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  })

  it('refuse what only a bare completion can do, and name it', async () => {
    const asked = { model: 'gpt-x', prompt: 'a' }
    await expect(openai.completions.create({ ...asked, suffix: 'b' })).rejects.toMatchObject({
      status: 400,
      param: 'suffix',
    })
    await expect(openai.completions.create({ ...asked, echo: true })).rejects.toMatchObject({
      status: 400,
      param: 'echo',
    })
    await expect(openai.completions.create({ ...asked, prompt: ['a', 'b'] })).rejects.toMatchObject({ status: 400 })
    await expect(openai.completions.create({ ...asked, n: 2 })).rejects.toMatchObject({ status: 400, param: 'n' })
  })
})
