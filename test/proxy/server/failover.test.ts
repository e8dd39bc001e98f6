import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { beginStream, chunkOf, done, json, refuse, startFakeOpenai, streamWords } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

type Fake = Awaited<ReturnType<typeof startFakeOpenai>>

let first: Fake
let second: Fake
let proxy: StartedApp

const ROUTE = 'a:gpt-x|b:gpt-x'

beforeAll(async () => {
  first = await startFakeOpenai({ key: 'sk-first' })
  second = await startFakeOpenai({ key: 'sk-second' })
  proxy = await startApp(
    `
failure_handling: { min_retry_wait: 0.001 }
resilience: { circuit_breaker: { enabled: false } }
backends:
  a: { type: custom, protocol: openai-chat, api_url: ${first.url}, api_key: env:A_KEY }
  b: { type: custom, protocol: openai-chat, api_url: ${second.url}, api_key: env:B_KEY }
  nobody: { type: custom, protocol: openai-chat, api_url: 'http://127.0.0.1:9/v1' }
  keyless: { type: custom, protocol: openai-chat, api_url: ${first.url}, api_key: env:MISSING }
`,
    { A_KEY: first.key, B_KEY: second.key },
  )
})

beforeEach(() => {
  first.asked.length = 0
  second.asked.length = 0
  second.answers((response, { body }) => answerWell(response, body))
})

afterAll(async () => {
  await proxy.close()
  await first.close()
  await second.close()
})

function answerWell(response: ServerResponse, body: Record<string, unknown>) {
  if (body['stream'] === true) streamWords(response, ['from', ' b'])
  else
    json(response, 200, {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-x',
      choices: [{ index: 0, message: { role: 'assistant', content: 'from b', refusal: null }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    })
}

/** How each API asks, whole or streamed. */
const apis = {
  chat: (model: string, stream: boolean) => ['/v1/chat/completions', { model, stream, messages: [user] }] as const,
  responses: (model: string, stream: boolean) => ['/v1/responses', { model, stream, input: 'hi' }] as const,
  messages: (model: string, stream: boolean) =>
    ['/v1/messages', { model, stream, max_tokens: 9, messages: [user] }] as const,
  gemini: (model: string, stream: boolean) =>
    [
      `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    ] as const,
}

const user = { role: 'user', content: 'hi' }

type Api = keyof typeof apis

async function ask(api: Api, stream: boolean, model = ROUTE) {
  const [path, body] = apis[api](model, stream)
  const answer = await fetch(proxy.url + path, { method: 'POST', body: JSON.stringify(body) })
  let text = ''
  try {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString()
  } catch {
    text += ' (broken off)'
  }
  // The words of a stream, put together, whatever stands between them.
  return { status: answer.status, text, words: text.replace(/[^a-z ]/gi, '') }
}

/** What the first target does, and how often it is asked before the second is. */
const failures: readonly (readonly [name: string, times: number, fail: (response: ServerResponse) => void])[] = [
  ['refuses the key', 1, response => refuse(response, 401, 'invalid_request_error', 'invalid_api_key', 'no')],
  ['wants money', 1, response => refuse(response, 402, 'insufficient_quota', 'insufficient_quota', 'no')],
  ['forbids', 1, response => refuse(response, 403, 'permission_error', null, 'no')],
  ['has no such model', 1, response => refuse(response, 404, 'invalid_request_error', 'model_not_found', 'no')],
  ['is asked too often', 1, response => refuse(response, 429, 'requests', 'rate_limit_exceeded', 'no')],
  [
    'is asked too often, for long',
    1,
    response => refuse(response, 429, 'requests', 'rate_limit_exceeded', 'no', { 'retry-after': '3600' }),
  ],
  ['fails', 1, response => refuse(response, 500, 'server_error', null, 'no')],
  ['is overloaded', 2, response => refuse(response, 503, 'server_error', 'overloaded', 'no')],
  [
    'finds the request too long',
    1,
    response => refuse(response, 400, 'invalid_request_error', 'context_length_exceeded', 'maximum context length'),
  ],
  ['closes the connection', 2, response => response.socket?.destroy()],
  ['answers with a page', 2, response => answerWhole(response, 'text/html', '<h1>Sign in</h1>')],
  ['answers with half of its JSON', 2, response => answerWhole(response, 'application/json', '{"id": "chatcmpl')],
  ['answers with nothing', 2, response => answerWhole(response, 'application/json', '')],
  [
    'answers without a word',
    2,
    response => {
      const choice = { index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }
      answerWhole(response, 'application/json', JSON.stringify({ object: 'chat.completion', choices: [choice] }))
    },
  ],
]

function answerWhole(response: ServerResponse, type: string, text: string) {
  response.writeHead(200, { 'content-type': type }).end(text)
}

/** The same for a target that had begun to stream, without having said anything. */
const streamFailures: typeof failures = [
  [
    'breaks its stream off before the first word',
    2,
    response => {
      beginStream(response)
      response.write(chunkOf({ role: 'assistant', content: '' }), () => response.socket?.destroy())
    },
  ],
  [
    'ends its stream without a word',
    2,
    response => {
      beginStream(response)
      response.end(chunkOf({ role: 'assistant', content: '' }) + chunkOf({}, 'stop') + done)
    },
  ],
  ['streams what is no answer', 2, babble],
]

function babble(response: ServerResponse) {
  beginStream(response)
  response.end(`data: {"this is":\n\n${done}`)
}

describe.each(['chat', 'responses', 'messages', 'gemini'] as const)(
  'over %s, the second target answers when the first',
  api => {
    it.each(failures)('%s', async (_, times, fail) => {
      first.answers(fail)
      for (const stream of [false, true]) {
        const { status, words } = await ask(api, stream)
        expect(status).toBe(200)
        expect(words).toContain('from')
      }
      expect([first.asked.length, second.asked.length]).toEqual([2 * times, 2])
    })

    it.each(streamFailures)('%s', async (_, times, fail) => {
      first.answers(fail)
      const { status, words } = await ask(api, true)
      expect([status, words.includes('from')]).toEqual([200, true])
      expect([first.asked.length, second.asked.length]).toEqual([times, 1])
    })

    it('can’t be reached, or has no key', async () => {
      for (const target of ['nobody:gpt-x', 'keyless:gpt-x']) {
        const { status, words } = await ask(api, true, `${target}|b:gpt-x`)
        expect([target, status, words.includes('from')]).toEqual([target, 200, true])
      }
    })

    it('but not when it has said its first word: then the client is told in its own form', async () => {
      first.answers(response => {
        beginStream(response)
        response.write(chunkOf({ role: 'assistant', content: 'half' }), () => response.socket?.destroy())
      })
      const { status, text } = await ask(api, true)
      expect(status).toBe(200)
      expect(text).toContain('half')
      expect(text.includes('(broken off)')).toBe(api !== 'gemini')
      expect(second.asked).toHaveLength(0)
    })

    it('and not when the request itself is wrong', async () => {
      first.answers(response => refuse(response, 400, 'invalid_request_error', null, 'temperature is out of range'))
      const { status, text } = await ask(api, false)
      expect(status).toBe(400)
      expect(text).toContain('temperature is out of range')
      expect(second.asked).toHaveLength(0)
    })

    it('and what is no answer is never given for one', async () => {
      first.answers(babble)
      second.answers(babble)
      for (const stream of [false, true]) {
        const { status, text } = await ask(api, stream)
        expect([stream, status]).toEqual([stream, 502])
        expect(JSON.parse(text)).toHaveProperty('error.message')
      }
    })

    it('and when both fail, the last failure is told', async () => {
      first.answers(response => refuse(response, 500, 'server_error', null, 'first down'))
      second.answers(response =>
        refuse(response, 429, 'requests', 'rate_limit_exceeded', 'second busy', { 'retry-after': '3600' }),
      )
      const { status, text } = await ask(api, true)
      expect(status).toBe(429)
      expect(text).toContain('second busy')
    })
  },
)

describe('what was tried', () => {
  it('stands in the turn’s record, with why', async () => {
    first.answers(response => refuse(response, 500, 'server_error', null, 'first is down'))
    await ask('chat', false)
    const { turns } = await proxy.app.handlers['turns.list']({ limit: 1 })
    expect(turns[0]).toMatchObject({
      outcome: 'ok via fallback',
      backend: 'b',
      attempts: [
        {
          backend: 'a',
          model: 'gpt-x',
          credential: 'A_KEY',
          error: expect.stringContaining('first is down') as string,
        },
      ],
    })
  })
})

describe('a race', () => {
  it('is won by the first word, and the loser is hung up on at once', async () => {
    let hungUp: Promise<void> | undefined
    first.answers((response, asked) => {
      beginStream(response)
      response.write(chunkOf({ role: 'assistant', content: '' }))
      hungUp = asked.hungUp
    })
    const { status, words } = await ask('messages', true, 'a:gpt-x!b:gpt-x')
    expect([status, words.includes('from')]).toEqual([200, true])
    await hungUp
  })

  it('goes on with those that are left when one fails, and fails when all have', async () => {
    first.answers(response => refuse(response, 500, 'server_error', null, 'down'))
    expect((await ask('chat', true, 'a:gpt-x![handicap=60]b:gpt-x')).status).toBe(200)
    second.answers(response => refuse(response, 500, 'server_error', null, 'down too'))
    expect((await ask('chat', false, 'a:gpt-x!b:gpt-x')).status).toBe(502)
  })
})
