import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginStream, chunkOf, refuse, startFakeOpenai, streamWords } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let chat: Awaited<ReturnType<typeof startFakeOpenai>>
let proxy: StartedApp
let google: GoogleGenAI

beforeAll(async () => {
  chat = await startFakeOpenai({ models: ['gpt-x', 'vendor/gpt:free'] })
  proxy = await startApp(
    `
default_backend: chat
backends:
  chat: { type: custom, protocol: openai-chat, api_url: ${chat.url}, api_key: env:CHAT_KEY }
`,
    { CHAT_KEY: chat.key },
  )
  google = new GoogleGenAI({ apiKey: 'x', httpOptions: { baseUrl: proxy.url } })
})

afterAll(async () => {
  await proxy.close()
  await chat.close()
})

describe('Google’s SDK on a Chat Completions backend', () => {
  it('gets text, whole and streamed, with usage', async () => {
    const whole = await google.models.generateContent({ model: 'gpt-x', contents: 'hello' })
    expect(whole.text).toBe('Hello there')
    expect(whole.usageMetadata).toMatchObject({ promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 })

    let text = ''
    for await (const chunk of await google.models.generateContentStream({ model: 'gpt-x', contents: 'hello' }))
      text += chunk.text ?? ''
    expect(text).toBe('Hello there')
  })

  it.each(['v1', 'v1beta'])(
    'is served under %s, with backends, colons and slashes in the model’s name, encoded or not',
    async version => {
      for (const model of [
        'chat:vendor/gpt:free',
        'vendor/gpt:free',
        'chat:vendor%2Fgpt%3Afree',
        'chat%3Avendor/gpt:free',
      ]) {
        const answer = await fetch(`${proxy.url}/${version}/models/${model}:generateContent?key=x&unknown=1`, {
          method: 'POST',
          body: JSON.stringify({ contents: [{ parts: [{ text: 'hi' }] }] }),
        })
        expect([model, answer.status]).toEqual([model, 200])
        expect(chat.asked.at(-1)?.body['model']).toBe('vendor/gpt:free')
      }
    },
  )

  it('streams one JSON array to who does not ask for events', async () => {
    const answer = await fetch(`${proxy.url}/v1beta/models/gpt-x:streamGenerateContent`, {
      method: 'POST',
      body: JSON.stringify({ contents: [{ parts: [{ text: 'hi' }] }] }),
    })
    expect(answer.headers.get('content-type')).toContain('application/json')
    const items = (await answer.json()) as { candidates: { content?: { parts?: { text?: string }[] } }[] }[]
    expect(
      items
        .flatMap(({ candidates }) => candidates[0]?.content?.parts ?? [])
        .map(({ text }) => text)
        .join(''),
    ).toBe('Hello there')
  })

  it('ends with an error in mid-stream as Google does, since Gemini CLI gives up where the connection breaks', async () => {
    chat.answers(response => {
      beginStream(response)
      response.write(chunkOf({ role: 'assistant', content: 'half' }), () => response.socket?.destroy())
    })
    for (const framing of ['?alt=sse', '']) {
      const answer = await fetch(`${proxy.url}/v1beta/models/gpt-x:streamGenerateContent${framing}`, {
        method: 'POST',
        body: JSON.stringify({ contents: [{ parts: [{ text: 'hi' }] }] }),
      })
      const text = await answer.text()
      expect(text).toContain('half')
      expect(text).toMatch(/"error":\{"code":5\d\d,/)
      if (framing === '') expect(JSON.parse(text)).toHaveLength(2)
    }
    chat.answers(response => streamWords(response, ['Hello', ' there']))
  })

  it('gets an error before the stream as an item of the array it asked for', async () => {
    chat.answers(response => refuse(response, 400, 'invalid_request_error', 'invalid_value', 'no'))
    const bodies = await Promise.all(
      ['streamGenerateContent', 'streamGenerateContent?alt=sse', 'generateContent'].map(async method => {
        const body = JSON.stringify({ contents: [{ parts: [{ text: 'hi' }] }] })
        return (await fetch(`${proxy.url}/v1beta/models/gpt-x:${method}`, { method: 'POST', body })).json()
      }),
    )
    const error = { error: expect.objectContaining({ code: 400, status: 'INVALID_ARGUMENT' }) as unknown }
    expect(bodies).toEqual([[error], error, error])
    chat.answers(response => streamWords(response, ['Hello', ' there']))
  })

  it('counts tokens and lists models in its own shapes', async () => {
    expect((await google.models.countTokens({ model: 'gpt-x', contents: 'hello there' })).totalTokens).toBeGreaterThan(
      1,
    )
    const { models } = (await (await fetch(`${proxy.url}/v1beta/models`)).json()) as { models: { name: string }[] }
    expect(models.map(({ name }) => name)).toContain('models/gpt-x')
    const names: (string | undefined)[] = []
    for await (const model of await google.models.list()) names.push(model.name)
    expect(names).toContain('models/gpt-x')
    expect(await google.models.get({ model: 'gpt-x' })).toMatchObject({ name: 'models/gpt-x' })
  })

  it('embeds one text or several on a backend of another form', async () => {
    const { embeddings } = await google.models.embedContent({ model: 'gpt-x', contents: ['four', 'seven77'] })
    expect(embeddings?.map(({ values }) => values)).toEqual([
      [4, 0.5],
      [7, 0.5],
    ])
    const one = await fetch(`${proxy.url}/v1beta/models/gpt-x:embedContent`, {
      method: 'POST',
      body: JSON.stringify({ content: { parts: [{ text: 'four' }] } }),
    })
    expect(await one.json()).toEqual({ embedding: { values: [4, 0.5] } })
  })

  it('gets errors in Google’s shape, of the backend, of the path and of the body', async () => {
    chat.answers(response => refuse(response, 429, 'requests', 'rate_limit_exceeded', 'slow down'))
    await expect(google.models.generateContent({ model: 'gpt-x', contents: 'hi' })).rejects.toMatchObject({
      status: 429,
    })
    chat.answers(response => streamWords(response, ['x']))
    const post = async (path: string, body: string) => {
      const answer = await fetch(proxy.url + path, { method: 'POST', body })
      return [answer.status, ((await answer.json()) as { error: { status: string } }).error.status]
    }
    expect(await post('/v1beta/models/gpt-x:sing', '{}')).toEqual([404, 'NOT_FOUND'])
    expect(await post('/v1beta/models/gpt-x:generateContent', '{"contents":7}')).toEqual([400, 'INVALID_ARGUMENT'])
    expect(await post('/v1beta/models/gpt-x:generateContent', '{')).toEqual([400, 'INVALID_ARGUMENT'])
    expect(await post('/v1beta/models/nobody:x:generateContent', '{}')).toEqual([404, 'NOT_FOUND'])
  })
})
