import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from './fake-openai.ts'

type Body = Readonly<Record<string, unknown>>
type Answer = (response: ServerResponse, body: Body) => void

/** Anthropic's Messages API as strict as the vendor's: key, version, `max_tokens`, roles that begin with the user's and take turns, and tool results right behind their calls. */
export async function startFakeAnthropic(key = 'sk-ant-upstream-0001') {
  const asked: { body: Body; headers: IncomingMessage['headers']; url: string }[] = []
  const counted: Body[] = []
  let answer: Answer = response => streamBlocks(response, [{ type: 'text', text: ['Hello', ' there'] }], 'end_turn')

  const server = createServer((request, response) => {
    void take(request, response)
  })

  async function take(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.headers['x-api-key'] !== key) {
      refuse(response, 401, 'authentication_error', 'invalid x-api-key')
      return
    }
    if (request.headers['anthropic-version'] === undefined) {
      refuse(response, 400, 'invalid_request_error', 'anthropic-version: header is required')
      return
    }
    if (request.method === 'GET') {
      json(response, 200, {
        data: [{ type: 'model', id: 'claude-x', display_name: 'Claude X', created_at: '2026-01-01T00:00:00Z' }],
        has_more: false,
        first_id: 'claude-x',
        last_id: 'claude-x',
      })
      return
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
    if (request.url === '/v1/messages/count_tokens') {
      counted.push(body)
      const fault = body['model'] === 'claude-x' ? countFault(body) : 'model: unknown'
      if (fault === undefined) json(response, 200, { input_tokens: COUNTED })
      else refuse(response, body['model'] === 'claude-x' ? 400 : 404, 'invalid_request_error', fault)
      return
    }
    const fault = faultOf(body)
    asked.push({ body, headers: request.headers, url: request.url ?? '' })
    if (fault !== undefined) refuse(response, 400, 'invalid_request_error', fault)
    else answer(response, body)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key,
    asked,
    /** Bodies whose tokens were to be counted; the count is always the same. */
    counted,
    countedTokens: COUNTED,
    answers: (next: Answer) => {
      answer = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const COUNTED = 4242

/** The vendor refuses what a count has no use for. */
function countFault(body: Body): string | undefined {
  const extra = ['max_tokens', 'stream', 'temperature'].find(field => body[field] !== undefined)
  return extra === undefined ? undefined : `${extra}: Extra inputs are not permitted`
}

/** A block of an answer, in the pieces in which it is streamed. */
export type FakeBlock =
  | { readonly type: 'text' | 'thinking'; readonly text: readonly string[]; readonly signature?: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: readonly string[] }

/** An answer in the form that was asked for: one body or a stream. */
export function answerBlocks(response: ServerResponse, asked: Body, blocks: readonly FakeBlock[], stop: string) {
  if (asked['stream'] === true) {
    streamBlocks(response, blocks, stop)
    return
  }
  const content = blocks.map(block => {
    if (block.type === 'tool_use') return { ...block, input: JSON.parse(block.input.join('')) as unknown }
    const text = block.text.join('')
    return block.type === 'text'
      ? { type: 'text', text }
      : { type: 'thinking', thinking: text, signature: block.signature ?? 'c2lnbmF0dXJl' }
  })
  json(response, 200, {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 5, cache_read_input_tokens: 3, cache_creation_input_tokens: 0, output_tokens: 9 },
  })
}

/** A stream in the vendor's grammar, one event a write. */
export function streamBlocks(response: ServerResponse, blocks: readonly FakeBlock[], stop: string) {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_ant' })
  const send = (type: string, fields: Body) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
  const usage = { input_tokens: 5, cache_read_input_tokens: 3, cache_creation_input_tokens: 0, output_tokens: 1 }
  send('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-x',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  })
  send('ping', {})
  for (const [index, block] of blocks.entries()) {
    if (block.type === 'tool_use') {
      send('content_block_start', {
        index,
        content_block: { type: 'tool_use', id: block.id, name: block.name, input: {} },
      })
      for (const piece of block.input)
        send('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: piece } })
    } else if (block.type === 'thinking') {
      send('content_block_start', { index, content_block: { type: 'thinking', thinking: '', signature: '' } })
      for (const piece of block.text)
        send('content_block_delta', { index, delta: { type: 'thinking_delta', thinking: piece } })
      send('content_block_delta', {
        index,
        delta: { type: 'signature_delta', signature: block.signature ?? 'c2lnbmF0dXJl' },
      })
    } else {
      send('content_block_start', { index, content_block: { type: 'text', text: '' } })
      for (const piece of block.text) send('content_block_delta', { index, delta: { type: 'text_delta', text: piece } })
    }
    send('content_block_stop', { index })
  }
  send('message_delta', { delta: { stop_reason: stop, stop_sequence: null }, usage: { output_tokens: 9 } })
  send('message_stop', {})
  response.end()
}

/** An error in Anthropic's shape. */
export function refuse(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
) {
  json(response, status, { type: 'error', error: { type, message }, request_id: 'req_ant' }, headers)
}

interface Message {
  readonly role: string
  readonly content:
    | string
    | readonly { readonly type: string; readonly id?: string; readonly tool_use_id?: string; readonly text?: string }[]
}

function faultOf(body: Body): string | undefined {
  if (typeof body['model'] !== 'string') return 'model: Field required'
  if (typeof body['max_tokens'] !== 'number') return 'max_tokens: Field required'
  const messages = (Array.isArray(body['messages']) ? body['messages'] : []) as readonly Message[]
  if (messages.length === 0) return 'messages: at least one message is required'
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role'
  for (const [i, message] of messages.entries()) {
    if (message.role !== 'user' && message.role !== 'assistant')
      return `messages.${i}.role: Input should be 'user' or 'assistant'`
    if (messages[i - 1]?.role === message.role) return 'messages: roles must alternate between "user" and "assistant"'
    const blocks = typeof message.content === 'string' ? [] : message.content
    if (blocks.some(block => block.type === 'text' && block.text?.trim() === ''))
      return 'messages: text content blocks must be non-empty'
    const before = messages[i - 1]?.content
    const calls =
      typeof before === 'string' || before === undefined
        ? []
        : before.filter(block => block.type === 'tool_use').map(block => block.id)
    const results = blocks.filter(block => block.type === 'tool_result').map(block => block.tool_use_id)
    if (message.role === 'user' && JSON.stringify([...calls].sort()) !== JSON.stringify([...results].sort())) {
      return `messages.${i}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after`
    }
    const firstOther = blocks.findIndex(block => block.type !== 'tool_result')
    if (firstOther !== -1 && blocks.slice(firstOther).some(block => block.type === 'tool_result'))
      return `messages.${i}: tool_result blocks must come first`
  }
  return undefined
}
