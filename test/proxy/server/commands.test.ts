import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startFakeOpenai } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'
import { apis, ask, conversation, type Api, type Said } from './talking.ts'

type Fake = Awaited<ReturnType<typeof startFakeOpenai>>

let first: Fake
let second: Fake
let proxy: StartedApp

beforeAll(async () => {
  first = await startFakeOpenai({ key: 'sk-first' })
  second = await startFakeOpenai({ key: 'sk-second', models: ['gpt-x', 'gpt-y', 'gpt-z'] })
  proxy = await startApp(config(), { A_KEY: first.key, B_KEY: second.key })
})

beforeEach(() => {
  first.asked.length = 0
  second.asked.length = 0
})

afterAll(async () => {
  await proxy.close()
  await first.close()
  await second.close()
})

function config(more = '') {
  return `
default_backend: a
${more}
backends:
  a: { type: custom, protocol: openai-chat, api_url: ${first.url}, api_key: env:A_KEY }
  b: { type: custom, protocol: openai-chat, api_url: ${second.url}, api_key: env:B_KEY }
`
}

/** What the backends were asked, as their models and all the text of the request. */
function received() {
  const of = (name: string, { asked }: Fake) =>
    asked.map(({ body }) => ({ at: `${name}:${String(body['model'])}`, text: JSON.stringify(body['messages']) }))
  return [...of('a', first), ...of('b', second)]
}

const ways = (Object.keys(apis) as Api[]).flatMap(api => [
  [api, 'whole', false] as const,
  [api, 'streamed', true] as const,
])

describe.each(ways)('over %s, %s', (api, _, stream) => {
  const talk = (...said: readonly string[]) => conversation(proxy.url, { api, stream }, said)

  it('a message of commands alone is answered at once, by nobody but us, and then beats the model that the client asks for', async () => {
    const chat = talk()
    const told = await chat.say('!/backend(b)\n!/model(gpt-z)')
    expect(told.status).toBe(200)
    expect(told.words).toMatch(/^\[LLM Interactive Proxy [0-9a-f]{12}\] Backend is now b\.\nModel is now gpt-z/)
    expect(told.usage).toEqual([0, 0])
    expect(told.model).toBe('a:gpt-x')
    expect(received()).toEqual([])

    expect((await chat.say('hello')).words).toBe('Hello there')
    expect(received().map(({ at }) => at)).toEqual(['b:gpt-z'])
    expect(received()[0]?.text).not.toMatch(/!\/|Interactive Proxy/)
  })

  it('text beside a command goes on with the command cut out, and the session stays as the command left it', async () => {
    const chat = talk()
    await chat.say(`!/model(b:gpt-y) say it, ${api} ${String(stream)}`)
    await chat.say('and again')
    expect(received().map(({ at }) => at)).toEqual(['b:gpt-y', 'b:gpt-y'])
    for (const { text } of received()) expect(text).not.toContain('!/')
    expect(received()[1]?.text).toContain(`say it, ${api} ${String(stream)}`)
  })

  it('a one-off counts for one turn', async () => {
    const chat = talk()
    await chat.say('!/oneoff(b:gpt-z)')
    await chat.say('one')
    await chat.say('two')
    expect(received().map(({ at }) => at)).toEqual(['a:gpt-x', 'b:gpt-z'])
  })

  it('a wrong command or value is answered with help, changes nothing, and reaches nobody', async () => {
    const chat = talk()
    expect((await chat.say('!/modle(gpt-z)')).words).toContain('Did you mean !/model?')
    expect((await chat.say('!/set(temperature=9) hello')).words).toContain('from 0 to 2')
    expect((await chat.say('!/backend(nowhere)')).words).toMatch(/nowhere.*Nothing was changed/s)
    expect((await chat.say('!/help')).words).toContain('- !/oneoff: ')
    expect(received()).toEqual([])
    await chat.say('hello')
    expect(received().map(({ at }) => at)).toEqual(['a:gpt-x'])
    expect(received()[0]?.text).not.toMatch(/!\/|Interactive Proxy/)
  })

  it('parameters are laid over those of the client', async () => {
    const chat = talk()
    await chat.say('!/set(temperature=0.25, max-tokens=77)')
    await chat.say('hello')
    expect(first.asked[0]?.body).toMatchObject({ temperature: 0.25 })
    expect(JSON.stringify(first.asked[0]?.body)).toMatch(/"max_(completion_)?tokens":77/)
  })
})

describe('a session', () => {
  const chat = { api: 'chat', stream: false } as const

  it('is told by a header, whatever the conversation', async () => {
    const headers = { 'x-session-id': 'session-by-header' }
    await ask(proxy.url, chat, [['user', '!/model(b:gpt-z)']], { headers })
    await ask(proxy.url, chat, [['user', 'something else']], { headers })
    await ask(proxy.url, chat, [['user', 'something else']], { headers: { 'x-session-id': 'another' } })
    expect(received().map(({ at }) => at)).toEqual(['a:gpt-x', 'b:gpt-z'])
  })

  it('is told by a field of the body', async () => {
    const extra = { session_id: 'session-by-body' }
    await ask(proxy.url, chat, [['user', '!/model(b:gpt-z)']], { extra })
    await ask(proxy.url, chat, [['user', 'something else']], { extra })
    await ask(proxy.url, chat, [['user', 'something else']], { extra: { session_id: 'session-other' } })
    expect(received().map(({ at }) => at)).toEqual(['a:gpt-x', 'b:gpt-z'])
  })

  it('is told by how the conversation began, and never mixed with one that began otherwise', async () => {
    const began: readonly Said[] = [
      ['user', '!/model(b:gpt-z) first words'],
      ['assistant', 'Hello there'],
      ['user', 'go on'],
    ]
    await ask(proxy.url, chat, began.slice(0, 1))
    await ask(proxy.url, chat, began)
    await ask(proxy.url, chat, [['user', 'other words'], ...began.slice(1)])
    expect(received().map(({ at }) => at)).toEqual(['a:gpt-x', 'b:gpt-z', 'b:gpt-z'])
  })

  it('two conversations that begin with the same command are told by our answers in them', async () => {
    const one = conversation(proxy.url, chat, [])
    const two = conversation(proxy.url, chat, [])
    await one.say('!/help')
    await two.say('!/help')
    await one.say('!/model(b:gpt-y)')
    await two.say('!/model(b:gpt-z)')
    await one.say('hello')
    await two.say('hello')
    expect(received().map(({ at }) => at)).toEqual(['b:gpt-y', 'b:gpt-z'])
  })

  it('stands in the turn’s record, which says why it went where it went', async () => {
    const headers = { 'x-session-id': 'session-of-records' }
    await ask(proxy.url, chat, [['user', '!/model(b:gpt-z)']], { headers })
    await ask(proxy.url, chat, [['user', 'hello']], { headers })
    await ask(proxy.url, chat, [['user', '!/max hello']], { headers })
    const { turns } = await proxy.app.handlers['turns.list']({ limit: 3 })
    expect(turns.map(({ way, why }) => `${String(way)}: ${String(why)}`)).toEqual([
      'translated: a command set parameters; routed by command of the session',
      'relayed: same protocol, only the model’s name replaced; routed by command of the session',
      'local: a message of commands, answered by the proxy',
    ])
  })

  it('counts what it used, and tells it', async () => {
    const headers = { 'x-session-id': 'session-of-usage' }
    await ask(proxy.url, chat, [['user', '!/project(name)']], { headers })
    await ask(proxy.url, chat, [['user', 'hello']], { headers })
    const { words } = await ask(proxy.url, chat, [['user', '!/status']], { headers })
    expect(words).toMatch(/It goes to a:gpt-x\..*project: name.*Used: 1 turn, [1-9].*, 1 turn unpriced/s)
  })

  it('is not another local key’s', async () => {
    const app = await startApp(config('server: { api_keys: ["env:CLIENT_KEYS"] }'), {
      A_KEY: first.key,
      B_KEY: second.key,
      CLIENT_KEYS: 'key-one,key-two',
    })
    const as = (key: string) => ({ headers: { 'x-session-id': 'shared-name', authorization: `Bearer ${key}` } })
    await ask(app.url, chat, [['user', '!/model(b:gpt-z)']], as('key-one'))
    await ask(app.url, chat, [['user', 'hello']], as('key-two'))
    await ask(app.url, chat, [['user', 'hello']], as('key-one'))
    expect(received().map(({ at }) => at)).toEqual(['a:gpt-x', 'b:gpt-z'])
    await app.close()
  })

  it('is kept over a restart', async () => {
    const env = { A_KEY: first.key, B_KEY: second.key }
    const headers = { 'x-session-id': 'session-kept' }
    const before = await startApp(config(), env)
    await ask(before.url, chat, [['user', '!/model(b:gpt-z)']], { headers })
    await before.app.close()
    const after = await startApp(config(), env, before.folder)
    await ask(after.url, chat, [['user', 'hello']], { headers })
    expect(received().map(({ at }) => at)).toEqual(['b:gpt-z'])
    await after.close()
  })
})

describe('a conversation that is kept here', () => {
  it('is asked for without what was said to us in it', async () => {
    const post = async (body: Record<string, unknown>) => {
      const answer = await fetch(`${proxy.url}/v1/responses`, {
        method: 'POST',
        body: JSON.stringify({ model: 'gpt-x', ...body }),
      })
      return (await answer.json()) as { id: string }
    }
    const { id } = await post({ input: '!/model(b:gpt-y)' })
    const { id: next } = await post({ input: 'hello', previous_response_id: id })
    await post({ input: 'go on', previous_response_id: next })
    expect(received().map(({ at }) => at)).toEqual(['b:gpt-y', 'b:gpt-y'])
    expect(received()[1]?.text).toContain('hello')
    for (const { text } of received()) expect(text).not.toMatch(/!\/|Interactive Proxy/)
  })
})

describe('commands', () => {
  const chat = { api: 'chat', stream: false } as const

  it.each(['strip', 'off'])('can be switched: %s', async mode => {
    const app = await startApp(config(`commands: { mode: ${mode} }`), { A_KEY: first.key, B_KEY: second.key })
    await ask(app.url, chat, [['user', '!/model(b:gpt-z) hello']])
    expect(received().map(({ at }) => at)).toEqual(['a:gpt-x'])
    expect(received()[0]?.text.includes('!/model')).toBe(mode === 'off')
    await app.close()
  })

  it('leave a body in which there is none as it is, byte for byte', async () => {
    const body = '{ "model":"gpt-x", "messages":[{"role":"user","content":"#!/bin/sh and !/ and a!/model(x)"}] }'
    await fetch(`${proxy.url}/v1/chat/completions`, { method: 'POST', body })
    expect(first.asked[0]?.raw.toString()).toBe(body)
  })
})
