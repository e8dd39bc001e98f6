import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Api, RemoteBackend } from '../../backends/backend.ts'
import { endpointsOf, openedBy, type Endpoint } from '../../backends/endpoints.ts'
import { isAstray, refusal } from '../../backends/call.ts'
import { firstOf, requestIdIn, type Upstream, type UpstreamHeaders } from '../../backends/upstream.ts'
import type { Credential } from '../../core/credential.ts'
import { ProxyError, toProxyError } from '../../core/errors.ts'
import { collect, saysNothing } from '../../core/reply.ts'
import { excerpt } from '../../protocols/error-body.ts'
import { stoppedShort } from '../../protocols/frames.ts'
import type { Address, Protocol } from '../../protocols/protocol.ts'
import { nothingSaid } from '../../routing/failure.ts'
import type { OpenTurn } from '../../traffic/open-turn.ts'
import { jsonOrText } from '../../wire/json.ts'
import { decodeSse } from '../../wire/sse.ts'
import type { Refused, Seen } from './asking.ts'
import type { Exchange } from './exchange.ts'
import { headersForBackend, headersForClient } from './headers.ts'
import { createObserver, type Observed } from './observer.ts'
import { breakOff, TURN_HEADER } from './send.ts'

export interface Relay {
  readonly protocol: Protocol
  readonly address?: Address | undefined
  readonly door?: Exchange['door']
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly upstream: Upstream
  readonly backend: RemoteBackend
  readonly api: Api
  readonly credential: Credential | undefined
  /** Told the headers of the answer. */
  readonly seen: Seen
  /** What goes to the backend: the client's body, with the backend's name of the model. */
  readonly body: Buffer
  readonly turn: OpenTurn
  /** Where copies of the answer's chunks go. */
  readonly overheard?: Buffer[] | undefined
  /** Whether nothing is to be sent before the first word: an answer that fails before it, or has none, is then a refusal. */
  readonly holds: boolean
}

/**
 * The turn that needs no change: the backend's bytes to the client as they come, chunk for chunk, as fast as the client
 * reads. What is noted of them is read beside the stream. Settles when the answer is over, or with a refusal, of which nothing
 * has been sent. The client's hang-up gives the backend's request up at once.
 */
export function relay(asked: Relay): Promise<Observed | Refused> {
  const { protocol, request, response, upstream, backend, api, credential, seen, body, turn, overheard, holds } = asked
  const { answer, compact = answer } = endpointsOf(api, credential)
  const door = (asked.door === 'compact' ? compact : answer)(turn.served ?? '', asked.address?.stream === true)
  const endpoint = openedBy(withQuery(door, request), api, credential)
  const { watch } = protocol
  return new Promise(resolve => {
    const observer = createObserver(protocol, turn)
    let refusing: Held | undefined
    let holding: Held | undefined
    let held = 0
    let patience: NodeJS.Timeout | undefined
    const call = upstream.send(
      {
        method: 'POST',
        endpoint,
        headers: headersForBackend(request.headers, { backend, api, credential }, body.length),
        body,
        timeoutMs: backend.timeoutMs,
      },
      {
        head(status, headers) {
          seen?.(headers)
          if (status >= 300 && status < 400) {
            call.abort()
            over()
            resolve(untold(redirected(backend, firstOf(headers['location']))))
            return
          }
          if (status >= 400) {
            refusing = { status, headers, chunks: [] }
            return
          }
          // What does not say that it can be read is looked at when all of it is there.
          if (!isStream(headers) && !saysJson(headers)) holding = { status, headers, chunks: [] }
          else if (holds) hold(status, headers)
          else begin(status, headers)
        },
        data(chunk) {
          if (refusing !== undefined) refusing.chunks.push(chunk)
          else if (holding === undefined) pass(chunk)
          else {
            holding.chunks.push(chunk)
            held += chunk.length
            // A whole answer is held to its end: until then another target can still answer.
            if (isStream(holding.headers) ? watch.hasContent(chunk) : held > MOST_HELD_BYTES) release()
          }
        },
        end() {
          over()
          if (refusing !== undefined) {
            resolve(told(refusing))
            return
          }
          if (holding === undefined) resolve(finish())
          else resolve(emptyOr(holding))
        },
        failed(error) {
          over()
          if (!response.headersSent) {
            resolve(untold(error))
            return
          }
          void observer.end()
          breakOff(response)
          resolve({ error, interrupted: true })
        },
      },
    )

    function begin(status: number, headers: UpstreamHeaders) {
      turn.firstByteMs = turn.elapsed()
      turn.responseHeaders = headers
      turn.upstreamId = requestIdIn(headers)
      observer.begin(status, isStream(headers))
      const answered = headersForClient(headers)
      answered[TURN_HEADER] = turn.id
      response.writeHead(status, answered)
    }
    function pass(chunk: Buffer) {
      if (!response.write(chunk)) {
        call.pause()
        response.once('drain', call.resume)
      }
      observer.data(chunk)
      overheard?.push(chunk)
    }
    async function finish(): Promise<Observed> {
      const observed = await observer.end()
      // An answer without its end mark must not look whole to the client either.
      if (observed.interrupted) breakOff(response)
      else response.end()
      return observed
    }

    /** A backend that thinks for long before its first word must not make its client wait for so long. */
    function hold(status: number, headers: UpstreamHeaders) {
      holding = { status, headers, chunks: [] }
      patience = setTimeout(release, HOLD_MS)
    }
    function release() {
      clearTimeout(patience)
      const waiting = holding
      holding = undefined
      if (waiting === undefined) return
      begin(waiting.status, waiting.headers)
      waiting.chunks.forEach(pass)
    }
    /** The end of an answer that was held back to it: one that was whole or is none, or a stream in which there was no word. */
    async function emptyOr(waiting: Held): Promise<Observed | Refused> {
      const tell = () => {
        release()
        return finish()
      }
      const text = Buffer.concat(waiting.chunks).toString('utf8')
      const streamed = isStream(waiting.headers)
      const whole = streamed ? undefined : jsonOrText(text)
      if (streamed) {
        const { error, ended } = watch.readStream(text, text)
        if (error !== undefined) return { refused: new ProxyError('bad-upstream', error, { status: 502 }), tell }
        if (!ended) return { refused: stoppedShort(), tell }
      } else {
        if (!saysJson(waiting.headers) && typeof whole === 'string') return untold(noAnswer(waiting.headers, text))
        // A conversation made short is no reply.
        if (asked.door === 'compact') return tell()
      }
      try {
        const reply = streamed
          ? await collect(protocol.decodeStream(decodeSse(Readable.from(waiting.chunks))))
          : protocol.decodeReply(whole)
        return holds && saysNothing(reply) ? { refused: nothingSaid(), tell } : await tell()
      } catch (thrown) {
        // What can't be read is for no client.
        return untold(toProxyError(thrown))
      }
    }
    function hungUp() {
      clearTimeout(patience)
      call.abort()
      if (response.headersSent) void observer.end()
      resolve({ error: new ProxyError('cancelled', 'the client hung up'), interrupted: true })
    }
    function over() {
      clearTimeout(patience)
      response.off('close', hungUp)
    }
    response.once('close', hungUp)

    function told({ status, headers, chunks }: Held): Refused {
      const body = Buffer.concat(chunks)
      const text = body.toString('utf8')
      const refused = refusal(protocol, { status, headers, text }, { backend, endpoint })
      // What no API wrote says nothing to the client of one.
      if (isAstray(refused, text)) return untold(refused)
      return {
        refused,
        tell() {
          begin(status, headers)
          response.end(body)
          observer.data(body)
          return observer.end()
        },
      }
    }
  })
}

/** An answer of which the client has not heard yet. */
interface Held {
  readonly status: number
  readonly headers: UpstreamHeaders
  readonly chunks: Buffer[]
}

function isStream(headers: UpstreamHeaders): boolean {
  return typeOf(headers).startsWith('text/event-stream')
}

function saysJson(headers: UpstreamHeaders): boolean {
  return typeOf(headers).includes('json')
}

function typeOf(headers: UpstreamHeaders): string {
  return firstOf(headers['content-type']) ?? ''
}

/** The failure of a backend before which a gateway, say, answers with a page and a status that says all is well. */
function noAnswer(headers: UpstreamHeaders, text: string): ProxyError {
  const type = typeOf(headers) || 'no content type'
  return new ProxyError('bad-upstream', `The backend’s answer (${type}) is neither a stream nor JSON: ${excerpt(text)}`)
}

/** How long an answer without a word may be held back, in milliseconds. */
const HOLD_MS = 15_000
/** A whole answer that is larger goes on as it comes. */
const MOST_HELD_BYTES = 2 ** 20

function untold(refused: ProxyError): Refused {
  return {
    refused,
    tell() {
      throw refused
    },
  }
}

/**
 * With what the client put behind the path (`?beta=true`), but for a key, which is for us. Gemini's clients say there how a
 * stream is to be framed, and get it so.
 */
function withQuery(door: Endpoint, { url = '' }: IncomingMessage): Endpoint {
  const at = url.indexOf('?')
  if (at === -1 && !door.path.includes(FRAMING)) return door
  const [path = '', own = ''] = door.path.split('?')
  const asked = at === -1 ? '' : url.slice(at + 1)
  const fields = [...own.split('&').filter(field => field !== FRAMING), ...asked.split('&').filter(isForBackends)]
  const query = fields.filter(field => field !== '').join('&')
  return { ...door, path: query === '' ? path : `${path}?${query}` }
}

const FRAMING = 'alt=sse'

function isForBackends(field: string): boolean {
  return !field.startsWith('key=')
}

function redirected(backend: RemoteBackend, location: string | undefined): ProxyError {
  return new ProxyError(
    'bad-upstream',
    `Backend ${backend.id} sends us elsewhere: it redirects to ${location ?? 'an address it does not name'}. Set its api_url to the address that answers.`,
  )
}
