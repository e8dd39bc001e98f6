import { describe, expect, it } from 'vitest'
import { explained, refuseInside, straightened, whyNotRelayed, type Quirks } from '../../../proxy/backends/quirks.ts'
import { presets } from '../../../proxy/backends/presets.ts'
import { waitIn } from '../../../proxy/backends/wait.ts'
import { ProxyError } from '../../../proxy/core/errors.ts'
import type { StreamEvent } from '../../../proxy/core/events.ts'
import { collect } from '../../../proxy/core/reply.ts'

const body = (value: object) => Buffer.from(JSON.stringify(value))

/** An answer that comes in these pieces of text. */
async function* answerOf(...pieces: readonly string[]): AsyncGenerator<readonly StreamEvent[]> {
  yield [
    { type: 'start', id: 'a', model: 'm' },
    { type: 'part-start', index: 0, part: { type: 'text' } },
  ]
  for (const text of pieces) yield [{ type: 'part-delta', index: 0, delta: { type: 'text', text } }]
  yield [
    { type: 'part-end', index: 0 },
    { type: 'finish', reason: 'end' },
  ]
}

async function partsOf(quirks: Quirks, ...pieces: readonly string[]) {
  const { parts } = await collect(straightened(quirks, answerOf(...pieces)))
  return parts.map(part => ('text' in part ? [part.type, part.text] : [part.type]))
}

describe('a body', () => {
  const strict: Quirks = { refuses: ['user'], dialect: { developerRole: false }, mostTokens: 1000 }

  it('is relayed where no fact of the row touches it', () => {
    expect(whyNotRelayed({}, body({ max_completion_tokens: 1e9 }))).toBeUndefined()
    const plain = { messages: [{ role: 'user', content: 'the "user": is not "developer"' }], max_tokens: 1000 }
    expect(whyNotRelayed(strict, body(plain))).toBeUndefined()
  })

  it('is not where it has a field, a value or a number that the vendor does not take', () => {
    expect(whyNotRelayed(strict, body({ user: 'me' }))).toContain('user')
    expect(whyNotRelayed(strict, Buffer.from('{"user" \n: 1}'))).toContain('user')
    expect(whyNotRelayed(strict, body({ messages: [{ role: 'developer' }] }))).toContain('developer')
    expect(whyNotRelayed(strict, body({ max_tokens: 1001 }))).toContain('1000')
  })

  it('never is where the answer has to be put right', () => {
    for (const quirks of [{ streams: false }, { cumulative: true }, { errorsInside200: true }, { adds: { a: 1 } }]) {
      expect(whyNotRelayed(quirks, body({}))).toBeDefined()
    }
  })
})

describe('an answer that repeats itself', () => {
  it('is told once, whether its pieces are new or hold all that was said', async () => {
    const pieces = ['Hel', 'Hello', ' wor', 'Hello world', '!']
    expect(await partsOf({ cumulative: true }, ...pieces)).toEqual([['text', 'Hello world!']])
  })

  it('keeps what only looks like it', async () => {
    expect(await partsOf({ cumulative: true }, 'ha', 'ha', ' ha')).toEqual([['text', 'haha ha']])
  })
})

describe('thoughts in the text', () => {
  const quirks = { thinkTags: true }

  it.each([
    ['in one piece', ['<think>why</think>\n\nso']],
    ['cut anywhere', Array.from('<think>why</think>\n\nso')],
    ['with the tag in two', ['\n<thi', 'nk>why</', 'think>', 'so']],
  ])('are a part of their own, %s', async (_, pieces) => {
    const parts = await partsOf(quirks, ...pieces)
    expect(parts.map(([type, text]) => [type, text?.trim()])).toEqual([
      ['reasoning', 'why'],
      ['text', 'so'],
    ])
  })

  it('are only looked for at its beginning', async () => {
    expect(await partsOf(quirks, 'a <think>b</think>')).toEqual([['text', 'a <think>b</think>']])
    expect(await partsOf(quirks, '<thin')).toEqual([['text', '<thin']])
    expect(await partsOf(quirks)).toEqual([['text', '']])
  })
})

describe('a refusal', () => {
  it('inside an answer with status 200 is told as what it is', () => {
    const inside = (code: number) =>
      refuseInside({ errorsInside200: true }, JSON.stringify({ base_resp: { status_code: code, status_msg: 'no' } }))
    expect(() => inside(0)).not.toThrow()
    expect(() => inside(1008)).toThrow(expect.objectContaining({ kind: 'out-of-credit', message: 'no (1008)' }))
    expect(() => inside(1002)).toThrow(expect.objectContaining({ kind: 'rate-limited' }))
    expect(() => inside(4711)).toThrow(expect.objectContaining({ kind: 'bad-upstream' }))
    expect(() => refuseInside({}, '{"base_resp":{"status_code":1008}}')).not.toThrow()
  })

  it('of Z.AI is understood by its code, with what to do', () => {
    const [zai] = presets.zai.apis
    const error = new ProxyError('rate-limited', 'balance', { status: 429 })
    const known = explained(zai, error, '{"error":{"code":"1113","message":"balance"}}')
    expect(known).toMatchObject({ kind: 'out-of-credit', status: 429 })
    expect(known.message).toContain('zai-coding-plan')
  })
})

describe('how long to wait', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')

  it.each([
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, 60_000],
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1500],
    [{ 'x-ratelimit-reset': String(now + 5000) }, 5000],
    [{ 'x-ratelimit-reset-requests': '1m2.5s' }, 62_500],
    [{ 'x-ratelimit-reset-tokens': '20ms' }, 20],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%j is %s ms', (headers, ms) => {
    expect(waitIn(headers, now)).toBe(ms)
  })
})
