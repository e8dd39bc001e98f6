import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginStream, chunkOf, startFakeOpenai, streamWords } from '../../support/fake-openai.ts'
import { jwt } from '../../support/fake-logins.ts'
import { startFakeResponses } from '../../support/fake-responses.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'
import { ask } from './talking.ts'

type Fake = Awaited<ReturnType<typeof startFakeOpenai>>

let priced: Fake
let unpriced: Fake
let proxy: StartedApp

beforeAll(async () => {
  priced = await startFakeOpenai({
    key: 'sk-a',
    pricing: { prompt: '0.001', completion: '0.002', input_cache_read: '0.0001' },
  })
  unpriced = await startFakeOpenai({ key: 'sk-b' })
  proxy = await startApp(
    `
failure_handling: { enabled: false }
backends:
  a: { type: custom, protocol: openai-chat, api_url: ${priced.url}, api_key: env:A_KEY }
  b: { type: custom, protocol: openai-chat, api_url: ${unpriced.url}, api_key: env:B_KEY }
`,
    { A_KEY: priced.key, B_KEY: unpriced.key },
  )
  // The backends' own lists tell the prices.
  await fetch(`${proxy.url}/v1/models`)
})

afterAll(async () => {
  await proxy.close()
  await priced.close()
  await unpriced.close()
})

const chat = { api: 'chat', stream: false } as const

/** Tokens that the fake says each answer took, three of them from its cache, at its prices. */
const ONE_TURN = 8 * 0.001 + 3 * 0.0001 + 7 * 0.002

async function lastTurn() {
  const { turns } = await proxy.app.handlers['turns.list']({ limit: 1 })
  return turns[0]
}

describe('what a turn costs', () => {
  it('is told by its model’s price, relayed or translated', async () => {
    await ask(proxy.url, chat, [['user', 'hello']])
    expect(await lastTurn()).toMatchObject({ way: 'relayed', cost: ONE_TURN })
    await ask(proxy.url, { api: 'messages', stream: true }, [['user', 'hello']])
    expect(await lastTurn()).toMatchObject({ way: 'translated', cost: ONE_TURN })
  })

  it('is unpriced where no price is known, and nothing of what never answered', async () => {
    await ask(proxy.url, chat, [['user', 'hello']], { extra: { model: 'b:gpt-x' } })
    expect(await lastTurn()).toMatchObject({ backend: 'b', cost: 'unpriced' })
    await ask(proxy.url, chat, [['user', 'hello']], { extra: { model: 'a:none' } })
    expect((await lastTurn())?.cost).toBeUndefined()
  })

  it('of two models is that of both, each with its own tokens', async () => {
    priced.answers(response => {
      beginStream(response)
      response.write(chunkOf({ reasoning_content: 'Two and two are four.' }))
      response.write(chunkOf({ content: 'The answer' }))
    })
    unpriced.answers(response => streamWords(response, ['Four.']))
    await ask(proxy.url, chat, [['user', '2+2?']], { extra: { model: 'hybrid:[a:gpt-x,b:gpt-x]' } })
    const turn = await lastTurn()
    const [thinking, answer] = turn?.attempts ?? []
    expect(thinking).toMatchObject({ backend: 'a', phase: 'thinking', isEstimate: true })
    expect(thinking?.cost).toBeCloseTo((thinking?.tokensIn ?? 0) * 0.001 + (thinking?.tokensOut ?? 0) * 0.002, 9)
    expect(answer).toEqual({
      backend: 'b',
      model: 'gpt-x',
      credential: 'B_KEY',
      phase: 'answer',
      tokensIn: 11,
      tokensOut: 7,
      cost: 'unpriced',
    })
    expect(turn).toMatchObject({ cost: 'unpriced', tokensIn: 11 + (thinking?.tokensIn ?? 0) })
  })
})

describe('what a session costs', () => {
  const headers = { 'x-session-id': 'session-that-costs' }

  it('is counted from its first turn on, told in the chat, and kept apart where no price is known', async () => {
    priced.answers(response => streamWords(response, ['Hello']))
    await ask(proxy.url, { api: 'chat', stream: true }, [['user', 'hello']], { headers })
    await ask(proxy.url, { api: 'chat', stream: true }, [['user', 'hello']], { headers })
    unpriced.answers(response => streamWords(response, ['Hello']))
    await ask(proxy.url, { api: 'chat', stream: true }, [['user', 'hello']], { headers, extra: { model: 'b:gpt-x' } })
    const { words } = await ask(proxy.url, chat, [['user', '!/status']], { headers })
    expect(words).toContain(
      `Used: 3 turns, 33 tokens in, 21 tokens out, $${(2 * ONE_TURN).toFixed(4)}; 1 turn unpriced.`,
    )
    const { sessions } = await proxy.app.handlers['sessions.list']({ limit: 10 })
    expect(sessions).toMatchObject([
      { turns: 3, errors: 0, cost: 2 * ONE_TURN, unpriced: 1, covered: 0, models: ['b:gpt-x', 'a:gpt-x'] },
    ])
    const { turns } = await proxy.app.handlers['turns.list']({ limit: 10, filter: { session: sessions[0]?.id ?? '' } })
    expect(turns).toHaveLength(4)
  })

  it('is covered by a subscription where another program’s sign-in is used, and no sum of money', async () => {
    const token = jwt({ exp: 4e9 })
    const vendor = await startFakeResponses({ key: token, models: ['gpt-x'] })
    const home = await mkdtemp(join(tmpdir(), 'lip-cost-'))
    await mkdir(join(home, '.codex'))
    await writeFile(join(home, '.codex', 'auth.json'), JSON.stringify({ tokens: { access_token: token } }))
    const app = await startApp(`backends: { openai-codex: { api_url: "${vendor.url}" } }\n`, { HOME: home })
    const { handlers } = app.app
    const login = (await handlers['logins.list']({})).find(({ id }) => id === 'openai-codex')
    await handlers['logins.enable']({ id: 'openai-codex', version: login?.terms.version ?? '' })
    const extra = { model: 'openai-codex:gpt-x' }
    await ask(app.url, { api: 'responses', stream: true }, [['user', 'hello']], { headers, extra })
    expect((await handlers['turns.list']({ limit: 1 })).turns).toMatchObject([{ outcome: 'ok', cost: 'subscription' }])
    const { words } = await ask(app.url, chat, [['user', '!/status']], { headers })
    expect(words).toMatch(/1 turn, .* tokens out, 1 turn covered by a subscription\./)
    await app.close()
    await vendor.close()
    await rm(home, { recursive: true })
  })
})
