import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ProxyError } from '../../../proxy/core/errors.ts'
import type { TurnNotice } from '../../../proxy/traffic/journal.ts'
import { columns } from '../../../proxy/traffic/record.ts'
import { chatFacts, runTurn, startJournal, tempFolder, trafficConfig } from './support.ts'

/** A key as a vendor makes them, put together so that no scanner takes this file for a leak. */
const apiKey = ['sk', 'proj', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6'].join('-')

async function journalIn(...more: Parameters<typeof startJournal> extends [string, ...infer Rest] ? Rest : never) {
  return startJournal(join(await tempFolder(), 'traffic.db'), ...more)
}

describe('a turn', () => {
  test('is recorded with all that was noted of it', async () => {
    const { journal, store } = await journalIn({}, { now: () => 1_732_340_000_000, newId: () => 'the-id' })
    const turn = journal.open(chatFacts('{"model":"work:gpt-x"}'))
    turn.asked = 'work:gpt-x'
    turn.backend = 'work'
    turn.served = 'gpt-x'
    turn.way = 'relayed'
    turn.why = 'same protocol, nothing to change'
    turn.streamed = true
    turn.status = 200
    turn.firstByteMs = 12.5
    turn.firstTokenMs = 15.25
    turn.responseBytes += 321
    turn.usage = { input: 120, output: 30, cacheRead: 100, reasoning: 12 }
    turn.stopReason = 'stop'
    turn.upstreamId = 'req_42'
    journal.close(turn, { interrupted: false })

    const expected = {
      id: 'the-id',
      at: 1_732_340_000_000,
      frontend: 'openai-chat',
      path: '/v1/chat/completions',
      client: 'openai-node',
      userAgent: 'OpenAI/JS 7.57.0',
      asked: 'work:gpt-x',
      backend: 'work',
      served: 'gpt-x',
      way: 'relayed',
      why: 'same protocol, nothing to change',
      streamed: true,
      outcome: 'ok',
      status: 200,
      firstByteMs: 12.5,
      firstTokenMs: 15.25,
      durationMs: expect.any(Number) as number,
      inputTokens: 120,
      outputTokens: 30,
      cacheReadTokens: 100,
      cacheWriteTokens: undefined,
      reasoningTokens: 12,
      requestBytes: 22,
      responseBytes: 321,
      stopReason: 'stop',
      upstreamId: 'req_42',
      error: undefined,
      credential: undefined,
      dropped: undefined,
      attempts: undefined,
      session: undefined,
      cost: undefined,
    }
    expect(journal.recent(1)).toEqual([expected])
    expect(await store.query({})).toEqual([expected])
  })

  test('has its fields in the order of the columns they are written to', async () => {
    const { journal } = await journalIn()
    runTurn(journal)
    expect(Object.keys(journal.recent(1)[0] ?? {})).toEqual(columns)
  })

  test('leaves the query of its path out, since some clients put their key there', async () => {
    const { journal } = await journalIn()
    const request = { url: `/v1beta/models/m:generateContent?key=${apiKey}`, headers: {} }
    const turn = journal.open({ protocol: 'gemini', request, body: Buffer.alloc(0) })
    expect(turn.path).toBe('/v1beta/models/m:generateContent')
  })

  test('that failed says why, without the key that a vendor quotes', async () => {
    const { journal } = await journalIn({}, { knownSecrets: () => ['hunter2-hunter2'] })
    const turn = journal.open(chatFacts())
    turn.status = 401
    const error = new ProxyError('unauthenticated', `Incorrect API key ${apiKey}, or password hunter2-hunter2`)
    journal.close(turn, { error, interrupted: false })
    const [record] = journal.recent(1)
    expect(record).toMatchObject({ outcome: 'auth failed', status: 401 })
    expect(record?.error).toMatch(/^Incorrect API key /)
    expect(record?.error).not.toContain(apiKey)
    expect(record?.error).not.toContain('hunter2-hunter2')
  })

  test('closes once, whoever else closes it', async () => {
    const { journal } = await journalIn()
    const turn = journal.open(chatFacts())
    journal.close(turn, { interrupted: true })
    journal.close(turn, { interrupted: false })
    expect(journal.recent(10).map(record => record.outcome)).toEqual(['interrupted'])
    expect(journal.counters()).toMatchObject({ turns: 1, open: 0 })
  })

  test('is live until it closes', async () => {
    const { journal } = await journalIn()
    const first = journal.open(chatFacts())
    const second = journal.open(chatFacts())
    second.backend = 'openai'
    journal.close(first, { interrupted: false })
    expect(journal.live().map(({ id, backend, outcome }) => ({ id, backend, outcome }))).toEqual([
      { id: second.id, backend: 'openai', outcome: undefined },
    ])
    expect(journal.find(second.id)?.outcome).toBeUndefined()
    expect(journal.find(first.id)?.outcome).toBe('ok')
    expect(journal.find('another')).toBeUndefined()
  })

  test('can be broken off where its server has said how', async () => {
    const { journal } = await journalIn()
    expect(journal.breakOff(journal.open(chatFacts()).id)).toBe(false)
    let broken = 0
    const turn = journal.open({ ...chatFacts(), breakOff: () => broken++ })
    expect(journal.breakOff(turn.id)).toBe(true)
    expect(broken).toBe(1)
    journal.close(turn, { error: new ProxyError('cancelled', 'the client hung up'), interrupted: true })
    expect(journal.breakOff(turn.id)).toBe(false)
    expect(journal.find(turn.id)).toMatchObject({
      outcome: 'client cancelled',
      error: 'stopped here, not by its client',
    })
  })

  test('keeps what it was when it ended before it could be broken off', async () => {
    const { journal } = await journalIn()
    const turn = journal.open({ ...chatFacts(), breakOff: () => undefined })
    journal.breakOff(turn.id)
    journal.close(turn, { interrupted: false })
    expect(journal.find(turn.id)).toMatchObject({ outcome: 'ok', error: undefined })
  })
})

describe('the counters', () => {
  test('add up turns, failures and tokens since the start', async () => {
    const { journal } = await journalIn()
    const good = journal.open(chatFacts())
    good.usage = { input: 100, output: 10 }
    const bad = journal.open(chatFacts())
    const given = journal.open(chatFacts())
    journal.open(chatFacts())
    journal.close(good, { interrupted: false })
    journal.close(bad, { error: new ProxyError('unreachable', 'no route'), interrupted: false })
    journal.close(given, { interrupted: false, clientGone: true })
    expect(journal.counters()).toEqual({ turns: 3, failures: 1, open: 1, inputTokens: 100, outputTokens: 10 })
  })
})

describe('the recent turns', () => {
  test('are the last thousand, newest first', async () => {
    const { journal } = await journalIn({ capture: 'metadata' })
    const ids = Array.from({ length: 2500 }, () => runTurn(journal))
    expect(journal.recent(Infinity).map(record => record.id)).toEqual(ids.slice(-1000).reverse())
    expect(journal.recent(2).map(record => record.id)).toEqual(ids.slice(-2).reverse())
  })
})

describe('a listener', () => {
  test('hears of turns as they open, change and close, in numbered notices', async () => {
    const { journal } = await journalIn()
    runTurn(journal)
    const heard: TurnNotice[] = []
    journal.subscribe(notice => heard.push(notice))
    const turn = journal.open(chatFacts())
    turn.backend = 'openai'
    journal.changed(turn)
    journal.close(turn, { interrupted: false })
    expect(heard.map(({ type, sequence, turn: { backend, outcome } }) => [type, sequence, backend, outcome])).toEqual([
      ['opened', 3, undefined, undefined],
      ['changed', 4, 'openai', undefined],
      ['closed', 5, 'openai', 'ok'],
    ])
  })

  test('that unsubscribed, or threw, is not called again, and no turn suffers', async () => {
    const { journal } = await journalIn()
    const heard: string[] = []
    const unsubscribe = journal.subscribe(() => heard.push('first'))
    journal.subscribe(() => {
      heard.push('second')
      throw new Error('a bug in a view')
    })
    journal.subscribe(() => heard.push('third'))
    const turn = journal.open(chatFacts())
    unsubscribe()
    journal.close(turn, { interrupted: false })
    expect(heard).toEqual(['first', 'second', 'third', 'third'])
    expect(journal.recent(1)).toHaveLength(1)
  })
})

describe('bodies', () => {
  test('are read masked from memory, headers too', async () => {
    const { journal } = await journalIn({ capture: 'memory' }, { knownSecrets: () => ['hunter2-hunter2'] })
    const turn = journal.open(chatFacts(`{"key":"${apiKey}"}`, { authorization: `Bearer ${apiKey}` }))
    turn.responseHeaders = { 'content-type': 'application/json', 'x-many': ['a', 'b'], 'x-count': 3 }
    turn.responseCapture?.append(Buffer.from('the password is '))
    turn.responseCapture?.append(Buffer.from('hunter2-hunter2'))
    journal.close(turn, { interrupted: false })
    const bodies = await journal.bodies(turn.id)
    expect(bodies?.request).toMatchObject({ bytes: apiKey.length + 10, cut: false })
    expect(bodies?.request.text).toMatch(/^\{"key":"/)
    expect(bodies?.response.headers).toEqual({ 'content-type': 'application/json', 'x-many': 'a, b', 'x-count': '3' })
    expect(bodies?.response.text).toMatch(/^the password is /)
    expect(JSON.stringify(bodies)).not.toContain(apiKey)
    expect(JSON.stringify(bodies)).not.toContain('hunter2-hunter2')
  })

  test('can be read while the turn is open, and its answer’s bytes as they come', async () => {
    const { journal } = await journalIn({ capture: 'memory' })
    const turn = journal.open(chatFacts('{"a":1}'))
    turn.responseCapture?.append(Buffer.from('so far'))
    expect((await journal.bodies(turn.id))?.response.text).toBe('so far')
    expect(Buffer.from(journal.answerOf(turn.id) ?? []).toString()).toBe('so far')
    journal.close(turn, { interrupted: false })
    expect(Buffer.from(journal.answerOf(turn.id) ?? []).toString()).toBe('so far')
    expect(journal.answerOf('another')).toBeUndefined()
  })

  test('that are not text are said to be there, and not shown', async () => {
    const { journal } = await journalIn({ capture: 'memory' })
    const turn = journal.open(chatFacts())
    turn.responseCapture?.append(Buffer.from([0x1f, 0x8b, 0xff, 0xfe]))
    journal.close(turn, { interrupted: false })
    expect((await journal.bodies(turn.id))?.response).toEqual({ headers: {}, text: undefined, bytes: 4, cut: false })
  })

  test('are kept of the last turns only', async () => {
    const { journal } = await journalIn({ capture: 'memory', memory_turns: 2 })
    const ids = ['one', 'two', 'three'].map(answer => runTurn(journal, answer))
    const answers = await Promise.all(ids.map(async id => (await journal.bodies(id))?.response.text))
    expect(answers).toEqual([undefined, 'two', 'three'])
  })

  test('of open and closed turns together take no more memory than is allowed', async () => {
    const { journal } = await journalIn({ capture: 'memory', memory_mb: 0.01 })
    const turn = journal.open(chatFacts())
    for (let i = 0; i < 100; i++) turn.responseCapture?.append(Buffer.alloc(1000, 'x'))
    journal.close(turn, { interrupted: false })
    const response = (await journal.bodies(turn.id))?.response
    expect(response).toMatchObject({ bytes: 100_000, cut: true })
    expect(response?.text?.length).toBeLessThanOrEqual(10_486)
  })

  test('are not kept where only metadata is wanted', async () => {
    const { journal } = await journalIn({ capture: 'metadata' })
    const turn = journal.open(chatFacts('{"a":1}'))
    expect(turn.responseCapture).toBeUndefined()
    journal.close(turn, { interrupted: false })
    expect(await journal.bodies(turn.id)).toBeUndefined()
  })

  test('go to disk masked where that is wanted, and come back whole', async () => {
    const { journal } = await journalIn({ capture: 'disk' }, { knownSecrets: () => ['hunter2-hunter2'] })
    const long = 'Grüße, '.repeat(5000)
    const turn = journal.open(chatFacts(`{"key":"${apiKey}"}`, { authorization: `Bearer ${apiKey}` }))
    turn.responseCapture?.append(Buffer.from(`${long}hunter2-hunter2`))
    journal.close(turn, { interrupted: false })
    expect(journal.answerOf(turn.id)).toBeUndefined()
    const bodies = await journal.bodies(turn.id)
    expect(bodies?.response.text?.startsWith(long)).toBe(true)
    expect(bodies?.response).toMatchObject({ bytes: Buffer.byteLength(long) + 15, cut: false })
    expect(JSON.stringify(bodies)).not.toContain(apiKey)
    expect(JSON.stringify(bodies)).not.toContain('hunter2-hunter2')
  })

  test('go to disk by the hundred, small and large, each with its own turn', async () => {
    const { journal } = await journalIn({ capture: 'disk' })
    const ids = Array.from({ length: 300 }, (_, i) => runTurn(journal, `${i} `.repeat(i), `{"n":${i}}`))
    await journal.flush()
    const read = await Promise.all(ids.map(id => journal.bodies(id)))
    expect(read.map(bodies => [bodies?.request.text, bodies?.response.text])).toEqual(
      ids.map((_, i) => [`{"n":${i}}`, `${i} `.repeat(i)]),
    )
  })

  test('are forgotten when the config turns to metadata only', async () => {
    const { journal } = await journalIn({ capture: 'memory' })
    const id = runTurn(journal, 'secret plans')
    const open = journal.open(chatFacts())
    journal.reconfigure(trafficConfig({ capture: 'metadata' }))
    journal.close(open, { interrupted: false })
    expect(await journal.bodies(id)).toBeUndefined()
    expect(await journal.bodies(open.id)).toBeUndefined()
    expect(journal.open(chatFacts()).responseCapture).toBeUndefined()
  })
})
