import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { calls, type SessionRow } from '../../../proxy/app/contract.ts'
import { startFakeOpenai, wholeWords } from '../../support/fake-openai.ts'
import { eventually, startApp, type StartedApp } from '../../support/start-app.ts'
import { ask } from '../server/talking.ts'

type Fake = Awaited<ReturnType<typeof startFakeOpenai>>

let first: Fake
let second: Fake
let proxy: StartedApp

beforeAll(async () => {
  first = await startFakeOpenai({ key: 'sk-first' })
  second = await startFakeOpenai({ key: 'sk-second', models: ['gpt-y'] })
  proxy = await startApp(
    `
default_backend: a
backends:
  a: { type: custom, protocol: openai-chat, api_url: ${first.url}, api_key: env:A_KEY }
  b: { type: custom, protocol: openai-chat, api_url: ${second.url}, api_key: env:B_KEY }
`,
    { A_KEY: first.key, B_KEY: second.key },
  )
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

const say = (session: string, text: string, agent = 'opencode/1.0') =>
  ask(proxy.url, { api: 'chat', stream: false }, [['user', text]], {
    headers: { 'x-session-id': session, 'user-agent': agent },
  })

/** The session that was used last, checked against the contract. */
async function newest(): Promise<SessionRow> {
  const { sessions } = calls['sessions.list'].output.parse(await proxy.app.handlers['sessions.list']({ limit: 1 }))
  if (sessions[0] === undefined) throw new Error('no session')
  return sessions[0]
}

async function detailOf(id: string) {
  return calls['sessions.get'].output.parse(await proxy.app.handlers['sessions.get']({ id }))
}

describe('the list of sessions', () => {
  it('holds every conversation that its client names, titled by what its user said first', async () => {
    await say('list-one', 'Why is the sky blue?\nAnd the grass?')
    expect(await newest()).toMatchObject({
      title: 'Why is the sky blue?',
      client: 'opencode',
      from: 'x-session-id',
      asked: 'a:gpt-x',
      turns: 1,
      tokensIn: 11,
      tokensOut: 7,
      models: ['a:gpt-x'],
      changed: [],
    })
  })

  it('holds a conversation from the beginning of its first turn', async () => {
    let end = () => {}
    const asked = new Promise<void>(resolve => {
      first.answers(response => {
        end = () => wholeWords(response, 'late')
        resolve()
      })
    })
    const answer = say('list-early', 'Will you answer?')
    await asked
    first.answers(response => wholeWords(response, 'Hello there'))
    const early = await newest()
    expect(early).toMatchObject({ title: 'Will you answer?', turns: 0 })
    end()
    await answer
    expect(await newest()).toMatchObject({ id: early.id, startedAt: early.startedAt, turns: 1 })
  })

  it.each([
    ['Rename `foo` to `bar` in the parser', 'Rename `foo` to `bar` in the parser'],
    ['<b>Rename</b> the function `parse` & run tests', '<b>Rename</b> the function `parse` & run tests'],
    ['```\nconst pasted = 1\n```\n> quoted\nWhat does `pasted` hold?', 'What does `pasted` hold?'],
  ])('titles a conversation by a whole line of its user: %j', async (text, title) => {
    await say(`title-${title}`, text)
    expect((await newest()).title).toBe(title)
  })

  it('is found in by words, and bounded', async () => {
    await say('list-two', 'Needle in this one')
    await say('list-three', 'Hay')
    const { handlers } = proxy.app
    const all = await handlers['sessions.list']({ limit: 1 })
    expect(all.sessions).toHaveLength(1)
    expect(all.known).toBeGreaterThanOrEqual(3)
    // The title is known once the list has been asked for as far as that.
    await handlers['sessions.list']({ limit: 100 })
    const found = await handlers['sessions.list']({ limit: 100, text: 'needle' })
    expect(found.sessions.map(({ title }) => title)).toEqual(['Needle in this one'])
    expect(found.matching).toBe(1)
  })
})

describe('a session', () => {
  it('is changed as by the command, and its next turn goes by that', async () => {
    await say('change-one', 'hello')
    const { id } = await newest()
    const { handlers } = proxy.app
    const change = (name: string, value?: string) =>
      handlers['sessions.change']({ id, kind: 'setting', name, ...(value !== undefined && { value }) })
    expect(await change('model', 'b:gpt-y')).toEqual({ ok: true })
    expect(await change('temperature', '0.5')).toEqual({ ok: true })
    expect(await detailOf(id)).toMatchObject({
      session: {
        changed: [
          { kind: 'setting', name: 'model', value: 'b:gpt-y' },
          { kind: 'setting', name: 'temperature', value: '0.5' },
        ],
      },
      route: { asked: 'a:gpt-x', to: 'goes to b:gpt-y', by: 'command of the session' },
    })
    await say('change-one', 'hello again')
    expect(second.asked[0]?.body).toMatchObject({ model: 'gpt-y', temperature: 0.5 })

    expect(await change('temperature')).toEqual({ ok: true })
    expect((await newest()).changed.map(({ name }) => name)).toEqual(['model'])
    expect(await handlers['sessions.clear']({ id })).toEqual({ ok: true })
    expect((await detailOf(id))?.route).toMatchObject({ to: 'goes to a:gpt-x' })
  })

  it('takes a selector for its next turn alone, and gives it back', async () => {
    await say('next-one', 'hello')
    const { id } = await newest()
    const next = { id, kind: 'next', name: 'oneoff' } as const
    expect(await proxy.app.handlers['sessions.change']({ ...next, value: 'b:gpt-y' })).toEqual({ ok: true })
    expect((await newest()).changed).toEqual([{ kind: 'next', name: 'oneoff', value: 'b:gpt-y' }])
    await say('next-one', 'now')
    expect(second.asked).toHaveLength(1)
    expect((await newest()).changed).toEqual([])
    await proxy.app.handlers['sessions.change']({ ...next, value: 'b:gpt-y' })
    await proxy.app.handlers['sessions.change'](next)
    expect((await newest()).changed).toEqual([])
  })

  it('loses a route of its own', async () => {
    await say('route-one', '!/create-failover-route(fast, km)\n!/route-append(fast, b:gpt-y)')
    const { id, changed } = await newest()
    expect(changed).toEqual([{ kind: 'route', name: 'fast', value: 'km: b:gpt-y' }])
    await proxy.app.handlers['sessions.change']({ id, kind: 'route', name: 'fast' })
    expect((await newest()).changed).toEqual([])
  })

  it('stays as it is where a change can’t be, and says why', async () => {
    await say('refuse-one', 'hello')
    const { id } = await newest()
    const { handlers } = proxy.app
    const refused = async (name: string, value: string) => {
      const done = await handlers['sessions.change']({ id, kind: 'setting', name, value })
      return done.ok ? 'done' : done.reason
    }
    expect(await refused('temperature', '5')).toMatch(/^Temperature must be a number from 0 to 2/)
    expect(await refused('backend', 'nowhere')).toContain('nowhere')
    expect(await refused('modle', 'x')).toContain('did you mean model?')
    expect((await newest()).changed).toEqual([])
  })

  it('is gone when it was forgotten, and begun anew by its next turn', async () => {
    await say('forget-one', 'hello')
    const { id } = await newest()
    const { handlers } = proxy.app
    expect(await handlers['sessions.forget']({ id })).toEqual({ ok: true })
    expect(await handlers['sessions.get']({ id })).toBeNull()
    for (const call of ['sessions.forget', 'sessions.clear'] as const) {
      expect(await handlers[call]({ id })).toMatchObject({ ok: false })
    }
    expect(await handlers['sessions.change']({ id, kind: 'setting', name: 'model', value: 'x' })).toMatchObject({
      ok: false,
    })
    await say('forget-one', 'hello')
    expect(await newest()).toMatchObject({ turns: 1 })
    expect((await newest()).id).not.toBe(id)
  })

  it('is told of when it is used and when it is changed', async () => {
    const { notices, handlers } = proxy.app
    let told = 0
    const stop = notices.listen(notices.seq(), ({ type }) => {
      if (type === 'sessions') told++
    })
    await say('notice-one', 'hello')
    await eventually(() => told > 0)
    const before = told
    await handlers['sessions.forget']({ id: (await newest()).id })
    await eventually(() => told > before)
    stop?.()
  })
})
