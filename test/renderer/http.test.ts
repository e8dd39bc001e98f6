// @vitest-environment node
/// <reference types="node" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { httpTransport } from '../../renderer/transports/http.ts'
import type { CallError, Frame } from '../../renderer/transports/transport.ts'

const close: (() => void)[] = []
afterEach(() => {
  for (const one of close.splice(0)) one()
})

test('A call goes out as JSON with the token, and its value comes back', async () => {
  const seen: unknown[] = []
  const app = await serve(async (request, response) => {
    seen.push(request.method, request.url, request.headers.authorization, await bodyOf(request))
    response.setHeader('content-type', 'application/json').end('{"ok":true,"value":{"ok":true}}')
  })
  await expect(app.call('turns.stop', { id: 'a' })).resolves.toEqual({ ok: true })
  expect(seen).toEqual(['POST', '/app/api/call/turns.stop', 'Bearer secret', '{"id":"a"}'])
})

test('A call without input sends none', async () => {
  const app = await serve(async (request, response) => {
    const body = await bodyOf(request)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, value: body }))
  })
  await expect(app.call('models.list', undefined)).resolves.toBe('')
})

test.each([
  [
    'the app says what is wrong',
    200,
    'application/json',
    '{"ok":false,"error":{"kind":"internal","message":"no disk"}}',
    'internal',
  ],
  ['the token is not taken', 401, 'application/json', '{}', 'refused'],
  ['something else answers at the address', 200, 'text/html', '<p>hello</p>', 'unreachable'],
])('A call fails in words where %s', async (_, status, type, body, kind) => {
  const app = await serve((_request, response) => response.writeHead(status, { 'content-type': type }).end(body))
  await expect(app.call('models.list', undefined)).rejects.toMatchObject({ name: 'CallError', kind })
})

test('Nobody at the address is told as such', async () => {
  const app = await serve((_request, response) => response.end())
  for (const one of close.splice(0)) one()
  await expect(app.call('models.list', undefined)).rejects.toMatchObject({ kind: 'unreachable' })
})

test('Notices come whole, however the stream is cut, and its end is told', async () => {
  const text =
    ': listening\n\ndata: {"seq":8,"type":"keys","body":{}}\r\n\r\ndata: {"seq":9,"type":"route","body":{"backend":"ü"}}\n\n'
  let asked = ''
  const app = await serve(async (request, response) => {
    asked = request.url ?? ''
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const byte of Buffer.from(text)) await new Promise<void>(done => response.write(Buffer.of(byte), () => done()))
    response.end()
  })
  const frames: Frame[] = []
  const error = await new Promise<CallError>(ended => {
    app.follow(7, { opened: () => undefined, frame: frame => frames.push(frame), ended })
  })
  expect(asked).toBe('/app/api/notices?after=7')
  expect(frames.map(frame => frame.type)).toEqual(['keys', 'route'])
  expect(frames[1]).toMatchObject({ body: { backend: 'ü' } })
  expect(error.kind).toBe('unreachable')
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  close.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return httpTransport(new URL(`http://127.0.0.1:${port}/app/api/`), 'secret')
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
