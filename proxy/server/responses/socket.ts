import { request as openRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { ProxyError, toProxyError } from '../../core/errors.ts'
import { replay } from '../../core/reply.ts'
import { isRecord, record, type Fields } from '../../protocols/fields.ts'
import { openaiResponses } from '../../protocols/openai-responses/index.ts'
import { encodeJson, jsonOrText } from '../../wire/json.ts'
import { decodeSse, type SseFrame } from '../../wire/sse.ts'
import { inputItems } from './conversation.ts'
import type { ServerState } from '../state.ts'

const PATH = '/v1/responses'

/**
 * The Responses API over a WebSocket, as Codex speaks it: each `response.create` is a turn, whose events come back as messages.
 * A connection remembers its responses, so that a turn may send only what is new, even where nothing is to be stored; and
 * `generate: false` says what is to come without asking for an answer. Facts: what Codex sends, and OpenAI's guide of the mode.
 */
export function serveResponsesSocket(server: Server, state: () => ServerState) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: state().bodyLimit })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuse(state(), request)
    if (refusal !== undefined) turnAway(socket, refusal)
    else sockets.handleUpgrade(request, socket, head, opened => converse(opened, request, server))
  })
  server.once('close', () => sockets.close())
}

function refuse({ access, isAccepting }: ServerState, request: IncomingMessage): ProxyError | undefined {
  if (request.url?.split('?', 1)[0] !== PATH)
    return new ProxyError('not-found', `There is no WebSocket at ${request.url ?? ''}, only at ${PATH}.`)
  if (!isAccepting()) return new ProxyError('overloaded', 'The proxy takes no requests: it was stopped.')
  return access.refuseStrangers(request) ?? access.refuseWithoutKey(request)
}

function turnAway(socket: Duplex, error: ProxyError) {
  const { status, body } = openaiResponses.encodeError(error)
  const text = JSON.stringify(body)
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

/** One connection: a turn at a time, in the order in which they are asked. */
function converse(socket: WebSocket, upgrade: IncomingMessage, server: Server) {
  /** Every item up to and with a response, by its id. */
  const remembered = new Map<string, readonly unknown[]>()
  const hangUp = new AbortController()
  let last: Promise<void> = Promise.resolve()

  socket.on('message', data => {
    last = last.then(() => take(data)).catch((thrown: unknown) => tell(toProxyError(thrown)))
  })
  socket.on('close', () => hangUp.abort())
  // What went wrong with the connection is followed by its closing.
  socket.on('error', () => undefined)

  async function take(data: RawData) {
    const { type, generate, ...sent } = frameIn(data)
    if (type !== 'response.create')
      throw new ProxyError('invalid-request', `A message of type ${JSON.stringify(type)} is not known here.`, {
        param: 'type',
      })
    const items = itemsOf(sent)
    const { previous_response_id: _, ...rest } = sent
    const body = { ...rest, input: items, stream: true }
    const frames = generate === false ? announced(body) : asked(body)
    for await (const batch of frames) {
      for (const { data: text } of batch) {
        socket.send(text)
        remember(text, items)
      }
    }
  }

  /** What the conversation is with this message. */
  function itemsOf({ input, previous_response_id: previous }: Fields): readonly unknown[] {
    if (typeof previous !== 'string') return inputItems(input)
    const before = remembered.get(previous)
    if (before !== undefined) return [...before, ...inputItems(input)]
    throw new ProxyError('invalid-request', `Previous response with id '${previous}' not found.`, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    })
  }

  function remember(text: string, items: readonly unknown[]) {
    if (!/^\{"type":"response\.(completed|incomplete)"/.test(text)) return
    const { id, output } = record(record(JSON.parse(text))['response'])
    if (typeof id === 'string') remembered.set(id, [...items, ...(Array.isArray(output) ? (output as unknown[]) : [])])
  }

  /** The turn goes the way of every other: the server asks itself, so that a socket knows nothing of how turns are run. */
  async function* asked(body: Fields): AsyncGenerator<readonly SseFrame[]> {
    const answer = await post(server, upgrade, body, hangUp.signal)
    if (answer.statusCode === 200) {
      yield* decodeSse(answer)
      return
    }
    let text = ''
    for await (const chunk of answer) text += String(chunk)
    const told = record(jsonOrText(text))['error'] ?? { message: text }
    yield [{ data: JSON.stringify({ type: 'error', status: answer.statusCode, error: told }) }]
  }

  function tell(error: ProxyError) {
    const { status, body } = openaiResponses.encodeError(error)
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ type: 'error', status, ...(body as Fields) }))
  }
}

function frameIn(data: RawData): Fields {
  const text = Array.isArray(data) ? Buffer.concat(data).toString('utf8') : Buffer.from(data as Buffer).toString('utf8')
  const frame = jsonOrText(text)
  if (isRecord(frame)) return frame
  throw new ProxyError('invalid-request', 'A message must be a JSON object.')
}

/** A response that says nothing yet, so that the next message can go on from it. */
function announced(body: Fields) {
  const request = openaiResponses.decodeRequest(body)
  const usage = { input: 0, output: 0 }
  return openaiResponses.encodeStream(
    replay({ id: '', model: request.model, parts: [], reason: 'end', usage }),
    request,
  )
}

/** Headers that belong to the upgrade alone. */
const OF_UPGRADE = /^(connection|upgrade|sec-websocket-.*|content-length|transfer-encoding)$/

function post(server: Server, upgrade: IncomingMessage, body: Fields, signal: AbortSignal): Promise<IncomingMessage> {
  const { address, port } = server.address() as AddressInfo
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  const headers = Object.fromEntries(Object.entries(upgrade.headers).filter(([name]) => !OF_UPGRADE.test(name)))
  const bytes = encodeJson(body)
  return new Promise((resolve, reject) => {
    const request = openRequest(
      {
        host,
        port,
        path: PATH,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-length': bytes.length },
        signal,
      },
      resolve,
    )
    request.on('error', cause => reject(new ProxyError('cancelled', 'the connection was closed', { cause })))
    request.end(bytes)
  })
}
