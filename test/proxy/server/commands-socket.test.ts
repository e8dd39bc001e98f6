import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startFakeOpenai } from '../../support/fake-openai.ts'
import { startFakeResponses } from '../../support/fake-responses.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'
import { openSocket, type Spoken } from './speaking.ts'

let native: Awaited<ReturnType<typeof startFakeResponses>>
let chat: Awaited<ReturnType<typeof startFakeOpenai>>
let proxy: StartedApp

beforeAll(async () => {
  native = await startFakeResponses({ key: 'sk-native' })
  chat = await startFakeOpenai({ key: 'sk-chat' })
  proxy = await startApp(
    `
default_backend: native
backends:
  native: { type: custom, protocol: openai-responses, api_url: ${native.url}, api_key: env:NATIVE_KEY }
  chat: { type: custom, protocol: openai-chat, api_url: ${chat.url}, api_key: env:CHAT_KEY }
`,
    { NATIVE_KEY: native.key, CHAT_KEY: chat.key },
  )
})

beforeEach(() => {
  native.asked.length = 0
  chat.asked.length = 0
})

afterAll(async () => {
  await proxy.close()
  await native.close()
  await chat.close()
})

/** Codex names its session in the head of the upgrade; another client may tell nothing. */
const heads = [
  ['whose client names its session', () => ({ 'session-id': crypto.randomUUID(), originator: 'codex_cli_rs' })],
  ['whose client names none', () => ({})],
] as const

/** What the backends were asked, in order of the backends: the model, and all of the conversation. */
function received() {
  return [
    ...native.asked.map(({ body }) => ({
      model: `native:${String(body['model'])}`,
      text: JSON.stringify(body['input']),
    })),
    ...chat.asked.map(({ body }) => ({
      model: `chat:${String(body['model'])}`,
      text: JSON.stringify(body['messages']),
    })),
  ]
}

const wordsOf = (told: readonly Spoken[]) => told.at(-1)?.response?.output[0]?.content?.[0]?.text ?? ''

/** A conversation as Codex has it: only what is new goes over the wire. */
async function converse(head: Readonly<Record<string, string>>) {
  const socket = await openSocket(`${proxy.url}/v1/responses`, head)
  let previous: string | undefined
  return {
    say: async (text: string) => {
      const told = await socket.ask({
        type: 'response.create',
        model: 'gpt-x',
        store: false,
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
        ...(previous !== undefined && { previous_response_id: previous }),
      })
      previous = told.at(-1)?.response?.id
      return { told, words: wordsOf(told) }
    },
    close: socket.close,
  }
}

describe.each(heads)('over the WebSocket of Responses, in a conversation %s', (_, head) => {
  it('help is answered at once, as a stream with an end, and asks nobody', async () => {
    const talk = await converse(head())
    const { told, words } = await talk.say('!/help')
    expect(told.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['response.created', 'response.output_text.delta', 'response.completed']),
    )
    expect(words).toMatch(/^\[LLM Interactive Proxy [0-9a-f]{12}\] Commands for the proxy/)
    expect(received()).toEqual([])
    talk.close()
  })

  it('a model that is set stays set, and no provider sees the talk about it', async () => {
    const talk = await converse(head())
    await talk.say('first words')
    expect((await talk.say('!/model(chat:gpt-y)')).words).toContain('Model is now chat:gpt-y')
    expect((await talk.say('second words')).words).toBe('Hello there')
    expect((await talk.say('third words')).words).toBe('Hello there')
    expect(received().map(({ model }) => model)).toEqual(['native:gpt-x', 'chat:gpt-y', 'chat:gpt-y'])
    for (const { text } of received()) expect(text).not.toMatch(/!\/|Interactive Proxy/)
    expect(received()[2]?.text).toMatch(/first words.*second words.*third words/)
    expect((await talk.say('!/model()')).words).toContain('The client’s own model')
    await talk.say('fourth words')
    expect(received()[1]).toMatchObject({ model: 'native:gpt-x' })
    expect(received()[1]?.text).not.toMatch(/!\/|Interactive Proxy/)
    talk.close()
  })

  it('a one-off counts for the message that it stands in, or for the next', async () => {
    const talk = await converse(head())
    await talk.say('!/oneoff(chat:gpt-y) in this one')
    await talk.say('!/oneoff(chat:gpt-y)')
    await talk.say('in the next one')
    await talk.say('no more')
    expect(received().map(({ model }) => model)).toEqual(['native:gpt-x', 'chat:gpt-y', 'chat:gpt-y'])
    expect(received()[0]?.text).toContain('no more')
    for (const { text } of received()) expect(text).not.toContain('!/')
    talk.close()
  })

  it('a wrong command changes nothing and is answered with how it is used', async () => {
    const talk = await converse(head())
    expect((await talk.say('!/oneoff()')).words).toContain('It is used so: !/oneoff(')
    expect((await talk.say('!/modle(x)')).words).toContain('Did you mean !/model?')
    await talk.say('hello')
    expect(received().map(({ model }) => model)).toEqual(['native:gpt-x'])
    talk.close()
  })
})
