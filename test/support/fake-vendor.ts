import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json, streamWords, wholeWords } from './fake-openai.ts'

/** A request as the vendor got it. */
export interface VendorAsked {
  /** Method and address: `POST /v1/chat/completions`. */
  readonly what: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

export interface VendorRules {
  /** Where it serves: method, path and query. Everything else is refused with 404. */
  readonly doors: Readonly<Record<string, (response: ServerResponse, asked: VendorAsked) => void>>
  /** The header, or `?name`, that must hold one of these; another for Messages. Without any, no key may come. */
  readonly auth?: Auth | undefined
  readonly messagesAuth?: Auth | undefined
  /** Fields of a body, or of its messages, that it refuses as NVIDIA and Mistral do. */
  readonly refuses?: readonly string[] | undefined
  /** Headers that may not come: a vendor that looks at them would refuse the client. */
  readonly strangers?: RegExp | undefined
}

interface Auth {
  readonly place: string
  readonly values: readonly string[]
}

/** A vendor's server that answers only what the vendor would, and keeps what it was asked. */
export async function startFakeVendor(rules: VendorRules) {
  const asked: VendorAsked[] = []
  const server = createServer((request, response) => void take(request, response))

  async function take(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    const entry = { what: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body }
    asked.push(entry)
    const door = rules.doors[entry.what]
    const refusal = refusalOf(rules, request, text)
    if (door === undefined) refuseAs(response, 404, `no such address: ${entry.what}`)
    else if (refusal !== undefined) refuseAs(response, refusal.status, refusal.message)
    else door(response, entry)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function refusalOf(rules: VendorRules, request: IncomingMessage, body: string) {
  if (!isAllowed(rules, request)) return { status: 401, message: 'the key is not right' }
  const stranger = Object.keys(request.headers).find(name => rules.strangers?.test(name))
  if (stranger !== undefined) return { status: 403, message: `the header ${stranger} is not of a coding tool` }
  const extra = rules.refuses?.find(field => body.includes(JSON.stringify(field)))
  return extra === undefined ? undefined : { status: 400, message: `extra_forbidden: ${extra}` }
}

function isAllowed(rules: VendorRules, { headers, url = '' }: IncomingMessage): boolean {
  const auth = url.endsWith('/messages') ? (rules.messagesAuth ?? rules.auth) : rules.auth
  if (auth === undefined) return headers.authorization === undefined
  const { place, values } = auth
  const shown = place.startsWith('?')
    ? new URL(url, 'http://x').searchParams.get(place.slice(1))
    : headers[place.toLowerCase()]
  return values.includes(String(shown))
}

function refuseAs(response: ServerResponse, status: number, message: string) {
  json(response, status, { error: { message, type: 'invalid_request_error', param: null, code: null } })
}

/** “Hello there” by Chat Completions, whole or streamed as it is asked. */
export function sayHello(response: ServerResponse, { body }: VendorAsked) {
  if (body['stream'] === true) streamWords(response, ['Hello', ' there'])
  else wholeWords(response, 'Hello there')
}

/** The same by Messages. */
export function sayHelloInMessages(response: ServerResponse, { body }: VendorAsked) {
  const usage = { input_tokens: 11, output_tokens: 2 }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: body['model'], stop_sequence: null }
  if (body['stream'] !== true) {
    const content = [{ type: 'text', text: 'Hello there' }]
    json(response, 200, { ...message, content, stop_reason: 'end_turn', usage })
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello there' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ]
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  response.end()
}
