import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import OpenAI, {
  APIConnectionError,
  APIUserAbortError,
  AuthenticationError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  beginStream,
  chunkOf,
  done,
  json,
  refuse,
  startFakeOpenai,
  streamWords,
  usageChunk,
  wholeWords,
} from '../../support/fake-openai.ts'
import { eventually, startApp, type StartedApp } from '../../support/start-app.ts'

let upstream: Awaited<ReturnType<typeof startFakeOpenai>>
let proxy: StartedApp
let client: OpenAI

beforeAll(async () => {
  upstream = await startFakeOpenai()
  proxy = await startApp(
    `
failure_handling: { enabled: false }
default_backend: work
backends:
  work: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:WORK_KEY, models: [gpt-x, gpt-y, gone], headers: { x-team: a } }
  wrongkey: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:WRONG_KEY }
  nokey: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:NO_SUCH_KEY }
  refused: { type: custom, protocol: openai-chat, api_url: http://127.0.0.1:1/v1 }
  nameless: { type: custom, protocol: openai-chat, api_url: http://no-such-host.invalid/v1 }
  plain: { type: custom, protocol: openai-chat, api_url: https://127.0.0.1:${upstream.port}/v1 }
  patient: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:WORK_KEY, timeout: 1 }
`,
    { WORK_KEY: upstream.key, WRONG_KEY: 'sk-wrong-key-0000' },
  )
  client = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'whatever', maxRetries: 0 })
})

afterAll(async () => {
  await proxy.close()
  await upstream.close()
})

const messages = [{ role: 'user' as const, content: 'hi' }]

/** The record of the last turn, once it has closed. */
async function lastTurn(id: string | null) {
  const detail = await eventually(async () => {
    const found = await proxy.app.handlers['turns.get']({ id: id ?? '' })
    return found?.turn.open === false && found
  })
  return detail.turn
}

/** A raw request, for what no SDK would send, and to see the bytes. */
async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('the official SDK through the proxy', () => {
  it('gets a whole answer', async () => {
    upstream.answers((response, { body }) => wholeWords(response, `to ${String(body['model'])}`))
    const answer = await client.chat.completions.create({ model: 'gpt-x', messages })
    expect(answer.choices[0]?.message.content).toBe('to gpt-x')
    expect(answer.usage?.prompt_tokens).toBe(11)
  })

  it('gets a stream, and the turn is in the log with its figures', async () => {
    upstream.answers(response => streamWords(response, ['Hel', 'lo']))
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'work:gpt-y', messages, stream: true })
      .withResponse()
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('Hello')

    const turn = await lastTurn(response.headers.get('x-lip-turn'))
    expect(turn).toMatchObject({
      frontend: 'openai-chat', path: '/v1/chat/completions', client: 'openai-node', asked: 'work:gpt-y', backend: 'work', served: 'gpt-y',
      way: 'relayed', streamed: true, outcome: 'ok', status: 200, tokensIn: 11, tokensOut: 7, cacheRead: 3, upstreamId: 'req_fake', stopReason: 'stop',
    }) // prettier-ignore
    expect(turn.firstByteMs).toBeLessThanOrEqual(turn.firstTokenMs ?? 0)
    expect(turn.firstTokenMs).toBeLessThanOrEqual(turn.durationMs ?? 0)
  })

  it('calls tools', async () => {
    upstream.answers((response, { body }) => {
      expect(body['tools']).toHaveLength(1)
      json(response, 200, {
        id: 'c', object: 'chat.completion', created: 1, model: 'gpt-x',
        choices: [{ index: 0, finish_reason: 'tool_calls', logprobs: null, message: { role: 'assistant', content: null, refusal: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"x"}' } }] } }],
      }) // prettier-ignore
    })
    const answer = await client.chat.completions.create({
      model: 'gpt-x',
      messages,
      tools: [
        {
          type: 'function',
          function: { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } },
        },
      ],
    })
    expect(answer.choices[0]?.message.tool_calls).toEqual([
      { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"x"}' } },
    ])
  })

  it('hangs up, and the upstream is given up at once', async () => {
    upstream.answers(response => {
      beginStream(response)
      response.write(chunkOf({ role: 'assistant', content: 'never ' }))
    })
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'gpt-x', messages, stream: true })
      .withResponse()
    for await (const _ of stream) stream.controller.abort()
    await upstream.asked.at(-1)?.hungUp
    expect(await lastTurn(response.headers.get('x-lip-turn'))).toMatchObject({ outcome: 'client cancelled' })
  })

  it('hangs up before the first byte, and the upstream is given up at once', async () => {
    const arrived = new Promise<void>(resolve => {
      upstream.answers(() => resolve())
    })
    const stop = new AbortController()
    const pending = client.chat.completions.create({ model: 'gpt-x', messages }, { signal: stop.signal })
    await arrived
    stop.abort()
    await expect(pending).rejects.toBeInstanceOf(APIUserAbortError)
    await upstream.asked.at(-1)?.hungUp
  })

  it('gets typed errors', async () => {
    const ask = (model: string) => client.chat.completions.create({ model, messages })
    await expect(ask('nosuch:gpt-x')).rejects.toThrow(NotFoundError)
    await expect(ask('nosuch:gpt-x')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining('work, wrongkey') as string,
    })
    await expect(ask('work:gpt-9')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining('gpt-x, gpt-y') as string,
    })
    await expect(ask('nokey:gpt-x')).rejects.toThrow(AuthenticationError)
    await expect(ask('nokey:gpt-x')).rejects.toMatchObject({
      message: expect.stringContaining('NO_SUCH_KEY') as string,
    })
    await expect(ask('openai:gpt-x')).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('lip keys set openai') as string,
    })
    await expect(ask('refused:gpt-x')).rejects.toMatchObject({
      status: 502,
      message: expect.stringMatching(/127\.0\.0\.1:1 refused the connection/) as string,
    })
    await expect(ask('nameless:gpt-x')).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining('no-such-host.invalid') as string,
    })
    await expect(ask('plain:gpt-x')).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining('secure connection') as string,
    })
  })

  it('gets a 504 from a backend that does not answer in its time', async () => {
    upstream.answers(() => undefined)
    await expect(client.chat.completions.create({ model: 'patient:gpt-x', messages })).rejects.toMatchObject({
      status: 504,
      message: expect.stringContaining('timeout') as string,
    })
  })

  it('gets the upstream’s own errors, with their headers', async () => {
    upstream.answers(response =>
      refuse(response, 429, 'tokens', 'rate_limit_exceeded', 'Slow down.', {
        'retry-after': '7',
        'x-ratelimit-remaining-tokens': '0',
      }),
    )
    const refusal: unknown = await client.chat.completions
      .create({ model: 'gpt-x', messages })
      .catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RateLimitError)
    expect(refusal).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      type: 'tokens',
      message: '429 Slow down.',
    })
    const headers = (refusal as RateLimitError).headers
    expect([
      headers.get('retry-after'),
      headers.get('x-ratelimit-remaining-tokens'),
      headers.get('x-request-id'),
    ]).toEqual(['7', '0', 'req_fake'])
    expect(await lastTurn(headers.get('x-lip-turn'))).toMatchObject({
      outcome: 'rate limited',
      status: 429,
      error: 'Slow down.',
    })

    await expect(client.chat.completions.create({ model: 'wrongkey:gpt-x', messages })).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    })
    upstream.answers(response => {
      response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>oops</h1>')
    })
    await expect(client.chat.completions.create({ model: 'gpt-x', messages })).rejects.toBeInstanceOf(
      InternalServerError,
    )
  })

  it('sees a stream that dies as broken, not as ended', async () => {
    upstream.answers(response => {
      beginStream(response)
      response.write(chunkOf({ content: 'half' }))
      response.socket?.destroySoon()
    })
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'gpt-x', messages, stream: true })
      .withResponse()
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow()
    expect(await lastTurn(response.headers.get('x-lip-turn'))).toMatchObject({ outcome: 'interrupted' })
  })

  it('sees a stream that ends politely without its end mark as broken, too', async () => {
    upstream.answers(response => {
      beginStream(response)
      response.end(chunkOf({ content: 'half' }))
    })
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'gpt-x', messages, stream: true })
      .withResponse()
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow()
    expect(await lastTurn(response.headers.get('x-lip-turn'))).toMatchObject({ outcome: 'interrupted', status: 200 })
  })
})

describe('relayed bytes', () => {
  it('reach the upstream as they came, but for the model', async () => {
    upstream.answers(response => wholeWords(response, 'ok'))
    const body =
      '{ "model" : "work:gpt-x", "messages":[{"role":"user","content":"\\u00fc ü \\ud83d\\ude00"}], "n": 1.0, "unknown_field": {"model":"x"} }'
    const answer = await post(body, {
      authorization: 'Bearer client-key',
      'openai-beta': 'x=1',
      cookie: 'a=b',
      'user-agent': 'me/1',
      'x-stainless-lang': 'js',
    })
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({
      way: 'relayed',
      why: 'same protocol, only the model’s name replaced',
    })
    const { raw, headers } = upstream.asked.at(-1) ?? { raw: Buffer.alloc(0), headers: {} }
    expect(raw.toString()).toBe(body.replace('work:gpt-x', 'gpt-x'))
    expect(headers).toMatchObject({
      authorization: `Bearer ${upstream.key}`,
      'openai-beta': 'x=1',
      'x-team': 'a',
      'x-stainless-lang': 'js',
    })
    expect(headers['user-agent']).toMatch(/^llm-interactive-proxy\//)
    expect(headers.cookie).toBeUndefined()
  })

  it('reach the client as the upstream sent them, cut at awkward places', async () => {
    const pieces = [
      ': keep-alive\r\n\r\n',
      'data: {"choices":[{"index":0,"delta":{"content":"ü',
      '€😀"},"finish_reason":null}],"x_vendor":{"a":1}}\n',
      '\n',
      'event: odd\ndata: {}\n\n',
      chunkOf({}, 'stop'),
      usageChunk,
      done,
    ]
    // Each byte of a piece that holds wide characters goes out alone.
    const cuts = pieces.flatMap(piece => {
      const bytes = Buffer.from(piece)
      return bytes.length === piece.length ? [bytes] : [...bytes].map(byte => Buffer.from([byte]))
    })
    upstream.answers(async response => {
      beginStream(response)
      for (const cut of cuts) {
        response.write(cut)
        await new Promise(setImmediate)
      }
      response.end()
    })
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages, stream: true }))
    expect(answer.text).toBe(pieces.join(''))
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({ why: 'same protocol, nothing to change' })
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe('59')
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({
      outcome: 'ok',
      tokensIn: 11,
      tokensOut: 7,
    })
  })

  it('go through decompressed where the client compressed them', async () => {
    upstream.answers(response => wholeWords(response, 'ok'))
    const { gzipSync, zstdCompressSync } = await import('node:zlib')
    const body = JSON.stringify({ model: 'gpt-x', messages })
    expect((await post(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200)
    expect(upstream.asked.at(-1)?.raw.toString()).toBe(body)
    expect((await post(zstdCompressSync(body), { 'content-encoding': 'zstd' })).status).toBe(200)
    expect((await post('not gzip', { 'content-encoding': 'gzip' })).status).toBe(400)
    expect((await post(body, { 'content-encoding': 'rot13' })).status).toBe(400)
  })

  it('of a large body keep their length and content', async () => {
    upstream.answers(response => wholeWords(response, 'ok'))
    const content = 'x"\\ü'.repeat(200_000)
    await post(JSON.stringify({ messages: [{ role: 'user', content }], model: 'work:gpt-x' }))
    expect(upstream.asked.at(-1)?.body).toEqual({ messages: [{ role: 'user', content }], model: 'gpt-x' })
  })

  it('of a body that names its model twice go the way JSON.parse reads it', async () => {
    upstream.answers(response => wholeWords(response, 'ok'))
    await post('{"model":"nosuch:x","messages":[{"role":"user","content":"hi"}],"model":"work:gpt-x"}')
    expect(upstream.asked.at(-1)?.body['model']).toBe('gpt-x')
  })
})

describe('what is not right', () => {
  const errorOf = ({ status, text }: { status: number; text: string }) => ({
    status,
    ...(JSON.parse(text) as { error: Record<string, unknown> }).error,
  })

  it.each([
    ['no JSON', '{"model": "gpt-x", oops'],
    ['cut off', '{"model": "gpt-x", "messages": ['],
    ['no object', '"model"'],
    ['an array', '[]'],
    ['empty', ''],
  ])('a body that is %s gets a 400 in OpenAI’s shape', async (_, body) => {
    expect(errorOf(await post(body))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.any(String) as string,
      param: null,
    })
  })

  it('a model that is no string gets a 400 that names the field', async () => {
    expect(errorOf(await post('{"model": 5, "messages": []}'))).toMatchObject({ status: 400, param: 'model' })
  })

  it('several answers of a backend that gives one get a 400 that names the field', async () => {
    expect(errorOf(await post(JSON.stringify({ model: 'demo:demo-fast', messages, n: 2 })))).toMatchObject({
      status: 400,
      param: 'n',
    })
  })

  it('a path that is not served gets a 404 that says what is', async () => {
    const response = await fetch(`${proxy.url}/v1/nothing`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('POST /v1/chat/completions') as string },
    })
  })

  it('a request that has come back to us is refused', async () => {
    const answer = errorOf(await post(JSON.stringify({ model: 'gpt-x', messages }), { 'x-lip-loop': '1' }))
    expect(answer).toMatchObject({ status: 508 })
  })

  it('a backend that redirects is told of, and not followed', async () => {
    upstream.answers(response => {
      response.writeHead(307, { location: 'https://elsewhere.invalid/' }).end()
    })
    expect(errorOf(await post(JSON.stringify({ model: 'gpt-x', messages })))).toMatchObject({
      status: 502,
      message: expect.stringContaining('elsewhere.invalid') as string,
    })
  })

  it('an address without an API is named, with what to do', async () => {
    upstream.answers(response => json(response, 404, { detail: 'Not Found' }))
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages }))
    expect(errorOf(answer)).toMatchObject({
      status: 404,
      message: expect.stringMatching(
        /^Nothing is served at http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions \(Not Found\)\. Check api_url of backend \w+/,
      ) as string,
    })
  })

  it('a page in place of a stream, with a status that says all is well, is a failure of the backend', async () => {
    upstream.answers(response => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>')
    })
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages, stream: true }))
    expect(errorOf(answer)).toMatchObject({
      status: 502,
      type: 'server_error',
      message: expect.stringMatching(/text\/html.*502 Bad Gateway/) as string,
    })
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({ outcome: 'upstream error', status: 502 })
  })

  it('an answer that is JSON and does not say so is given as it came', async () => {
    const whole = '{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}'
    upstream.answers(response => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(whole)
    })
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages }))
    expect([answer.status, answer.text]).toEqual([200, whole])
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({ outcome: 'ok', stopReason: 'stop' })
  })

  it('an end mark behind what is no answer does not make it one in the log', async () => {
    upstream.answers(response => {
      beginStream(response)
      response.end(`data: {"broken json\n\n${done}`)
    })
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages, stream: true }))
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({
      outcome: 'upstream error',
      error: expect.stringContaining('not JSON') as string,
    })
  })

  it('an end mark without a reason is enough for an answer that can be read', async () => {
    upstream.answers(response => {
      beginStream(response)
      response.end(chunkOf({ content: 'hi' }) + done)
    })
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages, stream: true }))
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({ outcome: 'ok' })
  })

  it.each(['', '{"id": "chatcmpl'])('a whole answer that is no JSON (%j) is an error in the log', async body => {
    upstream.answers(response => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages }))
    expect(answer.text).toBe(body)
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({
      outcome: 'upstream error',
      error: expect.stringContaining('not JSON') as string,
    })
  })

  it('an error that stands in a whole answer is one in the log', async () => {
    upstream.answers(response => json(response, 200, { error: { message: 'no room left' } }))
    const answer = await post(JSON.stringify({ model: 'gpt-x', messages, stream: true }))
    expect(await lastTurn(answer.headers.get('x-lip-turn'))).toMatchObject({
      outcome: 'upstream error',
      error: 'no room left',
    })
  })

  it('a web page may not call, by no trick', async () => {
    const call = (headers: Record<string, string>) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const request = httpRequest(`${proxy.url}/v1/chat/completions`, { method: 'POST', headers }, resolve)
        request.on('error', reject)
        request.end('{"model":"demo:demo-fast","messages":[{"role":"user","content":"hi"}]}')
      })
    expect((await call({ host: 'evil.example' })).statusCode).toBe(403)
    expect((await call({ origin: 'https://evil.example', 'content-type': 'text/plain' })).statusCode).toBe(403)
    expect((await call({ origin: 'null' })).statusCode).toBe(403)
    expect((await call({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).statusCode).toBe(403)
  })
})

describe('a slow reader', () => {
  it('holds the upstream back rather than filling our memory', async () => {
    const piece = chunkOf({ content: 'x'.repeat(16_000) })
    const total = 64 * 2 ** 20
    let sent = 0
    upstream.answers(async response => {
      beginStream(response)
      await pipeline(function* () {
        for (; sent < total; sent += piece.length) yield piece
        yield chunkOf({}, 'stop') + done
      }, response)
    })
    const request = httpRequest(`${proxy.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    request.end(JSON.stringify({ model: 'gpt-x', messages, stream: true }))
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.pause()
    // What fits into the sockets' buffers goes; then nothing moves until we read.
    let before = -1
    await eventually(async () => {
      const still = sent === before
      before = sent
      await new Promise(resolve => setTimeout(resolve, 200))
      return still && sent === before
    })
    expect(sent).toBeLessThan(total / 2)

    let received = 0
    for await (const chunk of response) received += (chunk as Buffer).length
    expect(received).toBeGreaterThanOrEqual(total)
  })
})

describe('the connection to a backend that has gone away', () => {
  it('is told of, and the next turn opens a new one', async () => {
    const other = await startFakeOpenai()
    const app = await startApp(
      `backends: { other: { type: custom, protocol: openai-chat, api_url: ${other.url}, api_key: env:K } }`,
      { K: other.key },
    )
    const sdk = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: 'x', maxRetries: 0 })
    await sdk.chat.completions.create({ model: 'gpt-x', messages })
    await other.close()
    await expect(sdk.chat.completions.create({ model: 'gpt-x', messages })).rejects.toMatchObject({ status: 502 })
    await app.close()
    await expect(sdk.chat.completions.create({ model: 'gpt-x', messages })).rejects.toBeInstanceOf(APIConnectionError)
  })
})
