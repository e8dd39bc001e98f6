import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginStream, chunkOf, done, startFakeOpenai } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let chat: Awaited<ReturnType<typeof startFakeOpenai>>
let proxy: StartedApp

beforeAll(async () => {
  chat = await startFakeOpenai()
  proxy = await startApp(
    `
server: { keep_alive_seconds: 0.02 }
default_backend: chat
backends:
  chat: { type: custom, protocol: openai-chat, api_url: ${chat.url}, api_key: env:CHAT_KEY }
`,
    { CHAT_KEY: chat.key },
  )
})

afterAll(async () => {
  await proxy.close()
  await chat.close()
})

describe('a client that waits while the model thinks', () => {
  it('gets pings of Anthropic’s API until the next word', async () => {
    let goOn = () => {}
    chat.answers(response => {
      beginStream(response)
      response.write(chunkOf({ role: 'assistant', content: 'a' }))
      goOn = () => response.end(chunkOf({ content: 'b' }, 'stop') + done)
    })
    const answer = await fetch(`${proxy.url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({
        model: 'gpt-x',
        max_tokens: 9,
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      }),
    })
    let text = ''
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString()
      // The answer ends only after the sign of life has come.
      if (text.includes('event: ping')) goOn()
    }
    expect(text).toContain('"text":"b"')
    expect(text.trimEnd().endsWith('data: {"type":"message_stop"}')).toBe(true)
  })
})
