import { Pool, ProxyAgent, type Dispatcher } from 'undici'
import { ProxyError } from '../core/errors.ts'
import type { Endpoint } from './endpoints.ts'
import type { ProxyOut, WayOut } from './way-out.ts'

/** One request on the wire to a backend. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST'
  readonly endpoint: Endpoint
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  /** How long the backend may stay silent, before its head and between two chunks, in milliseconds. */
  readonly timeoutMs: number
}

/** Headers of an answer: lower-case names; some may be given several times. */
export type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Told of an answer as it comes, in this order: `head`, `data`*, then `end` or `failed`. After an abort nothing more is told. */
export interface UpstreamListener {
  head(status: number, headers: UpstreamHeaders): void
  data(chunk: Buffer): void
  end(): void
  failed(error: ProxyError): void
}

/** What the one who asked can do while the answer comes. */
export interface UpstreamCall {
  readonly pause: () => void
  readonly resume: () => void
  /** Gives the request up and closes its connection. */
  readonly abort: () => void
}

/** An answer whose head has come. */
export interface UpstreamAnswer {
  readonly status: number
  readonly headers: UpstreamHeaders
  readonly chunks: AsyncIterable<Buffer>
}

/** Pooled keep-alive connections to backends, one pool an origin. */
export interface Upstream {
  /** Settles when the head is there; the chunks wait to be read, and hold the backend back while they do. Fails with a ProxyError. */
  open(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer>
  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall
  /** The computer slept: no idle connection is used again, and an open answer that stays silent for half a minute is given up. */
  wake(): void
  /** The proxy that an origin is reached through, if it is. */
  readonly wayOut: WayOut
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 60_000
/** How long an answer that was open while the computer slept has to say something. */
const AWAKE_MS = 30_000

interface UsedPool {
  readonly pool: Dispatcher
  readonly proxy: ProxyOut | undefined
  /** By the clock on the wall: timers stand still while the computer sleeps, connections die all the same. */
  usedAt: number
}

interface OpenCall {
  isSilent: boolean
  readonly giveUp: () => void
}

export function createUpstream(wayOut: WayOut = () => undefined): Upstream {
  const pools = new Map<string, UsedPool>()
  const calls = new Set<OpenCall>()

  function poolOf({ origin, http1Only = false }: Endpoint): UsedPool {
    const now = Date.now()
    const proxy = wayOut(origin)
    const place = proxy === undefined ? origin : `${origin} ${proxy.address} ${proxy.token ?? ''}`
    const name = http1Only ? `${place} HTTP/1.1` : place
    const known = pools.get(name)
    if (known !== undefined && now - known.usedAt < KEEP_ALIVE_MS) {
      known.usedAt = now
      return known
    }
    if (known !== undefined) retire(known)
    const options = {
      connections: 1024,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      ...(http1Only && { allowH2: false }),
    }
    const pool = proxy === undefined ? new Pool(origin, options) : throughProxy(proxy, options)
    const fresh = { pool, proxy, usedAt: now }
    pools.set(name, fresh)
    return fresh
  }

  /** Closes its idle connections at once, and the others when their answers have ended. */
  function retire({ pool }: UsedPool) {
    pool.close().catch(() => undefined)
  }

  function wake() {
    for (const used of pools.values()) retire(used)
    pools.clear()
    const open = [...calls]
    for (const call of open) call.isSilent = true
    setTimeout(() => {
      for (const call of open) if (call.isSilent && calls.has(call)) call.giveUp()
    }, AWAKE_MS).unref()
  }

  function send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    let controller: Dispatcher.DispatchController | undefined
    let aborted = false
    let answered = false
    const used = poolOf(request.endpoint)
    const call: OpenCall = { isSilent: false, giveUp: () => controller?.abort(new SleptError()) }
    calls.add(call)

    used.pool.dispatch(
      {
        origin: request.endpoint.origin,
        method: request.method,
        path: request.endpoint.path,
        headers: request.headers,
        body: request.body,
        headersTimeout: request.timeoutMs,
        bodyTimeout: request.timeoutMs,
      },
      {
        onRequestStart(started) {
          controller = started
          if (aborted) started.abort(new Error('given up'))
        },
        onResponseStart(_, status, headers) {
          // 1xx answers are not the answer.
          if (aborted || status < 200) return
          answered = true
          call.isSilent = false
          listener.head(status, headers)
        },
        onResponseData(_, chunk) {
          call.isSilent = false
          if (!aborted) listener.data(chunk)
        },
        onResponseEnd() {
          calls.delete(call)
          used.usedAt = Date.now()
          if (!aborted) listener.end()
        },
        onResponseError(_, error) {
          calls.delete(call)
          if (!aborted) listener.failed(describe(error, request.endpoint, answered, used.proxy))
        },
      },
    )

    return {
      pause: () => controller?.pause(),
      resume: () => controller?.resume(),
      abort() {
        if (aborted) return
        aborted = true
        controller?.abort(new Error('given up'))
      },
    }
  }

  function open(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      const queue = createQueue()
      const call = send(request, {
        head: (status, headers) => resolve({ status, headers, chunks: queue.read(call) }),
        data(chunk) {
          if (queue.add(chunk) >= QUEUE_CHUNKS) call.pause()
        },
        end: () => queue.end(),
        failed(error) {
          reject(error)
          queue.end(error)
        },
      })
      const giveUp = () => {
        call.abort()
        const error = new ProxyError('cancelled', 'the client hung up')
        reject(error)
        queue.end(error)
      }
      if (signal.aborted) giveUp()
      else signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  return {
    send,
    open,
    wake,
    wayOut,
    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()))
    },
  }
}

function throughProxy({ address, token }: ProxyOut, options: Pool.Options): Dispatcher {
  return new ProxyAgent({
    ...options,
    uri: address,
    ...(token !== undefined && { token }),
    requestTls: { timeout: CONNECT_TIMEOUT_MS },
    proxyTls: { timeout: CONNECT_TIMEOUT_MS },
  })
}

/** Chunks to their end, as text. */
export async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString('utf8')
}

/** The vendor's name for a request, by which its support finds it. */
export function requestIdIn(headers: UpstreamHeaders): string | undefined {
  return firstOf(headers['x-request-id'] ?? headers['request-id'])
}

/** A header that may be given several times, read as given once. */
export function firstOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

/** Chunks that may wait to be read before the backend is held back. */
const QUEUE_CHUNKS = 64
/** How long an answer may go on after its end mark before its connection is closed. */
const LINGER_MS = 1000

/** Chunks between the socket that brings them and the one who reads them. */
function createQueue() {
  let chunks: Buffer[] = []
  let over = false
  let isRead = false
  let failure: ProxyError | undefined
  let wake: (() => void) | undefined

  function add(chunk: Buffer): number {
    if (isRead) return 0
    chunks.push(chunk)
    wake?.()
    return chunks.length
  }

  function end(error?: ProxyError) {
    if (over) return
    over = true
    failure = error
    wake?.()
  }

  /** Whoever leaves early has read the end mark: what is left is let by, so that the connection can be used again. */
  async function* read(call: UpstreamCall): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const ready = chunks
        chunks = []
        if (ready.length >= QUEUE_CHUNKS) call.resume()
        yield* ready
        if (chunks.length > 0) continue
        if (failure !== undefined) throw failure
        if (over) return
        await new Promise<void>(resolve => (wake = resolve))
        wake = undefined
      }
    } finally {
      isRead = true
      chunks = []
      call.resume()
      if (!over) setTimeout(() => !over && call.abort(), LINGER_MS).unref()
    }
  }

  return { add, end, read }
}

/** An answer was open while the computer slept, and its connection seems not to have survived that. */
class SleptError extends Error {
  readonly code = 'ERR_SLEPT'
}

/** A failure of the connection in words that say what happened and what to do. */
function describe(
  error: Error & { code?: string },
  { host }: Endpoint,
  answered: boolean,
  proxy: ProxyOut | undefined,
): ProxyError {
  const code = rootCode(error)
  const facts = { cause: error, code }
  if (proxy !== undefined && !answered && code !== 'UND_ERR_HEADERS_TIMEOUT')
    return new ProxyError(
      'unreachable',
      `${host} could not be reached through the proxy ${proxy.address} (${error.message}). Check the proxy (server.upstream_proxy, HTTPS_PROXY), or name the host in NO_PROXY.`,
      facts,
    )
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return new ProxyError(
      'timeout',
      `${host} could not be reached in ${CONNECT_TIMEOUT_MS / 1000} s. Check the network and the address.`,
      facts,
    )
  if (code === 'UND_ERR_HEADERS_TIMEOUT')
    return new ProxyError(
      'timeout',
      `${host} did not begin to answer in time. Raise \`timeout\` of this backend if it is slow.`,
      facts,
    )
  if (code === 'UND_ERR_BODY_TIMEOUT')
    return new ProxyError(
      'timeout',
      `${host} fell silent in the middle of its answer. Raise \`timeout\` of this backend if it is slow.`,
      facts,
    )
  if (code === 'ERR_SLEPT')
    return new ProxyError(
      'timeout',
      `${host} says nothing more since this computer woke up; the connection did not survive its sleep. Send the request again.`,
      facts,
    )
  if (answered)
    return new ProxyError(
      'bad-upstream',
      `${host} broke off in the middle of its answer (${code ?? error.message}).`,
      facts,
    )
  if (code === 'ECONNREFUSED')
    return new ProxyError(
      'unreachable',
      `${host} refused the connection. Is it running, and is its address right?`,
      facts,
    )
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ProxyError(
      'unreachable',
      `the name ${host} could not be resolved (${code}). Check the address and the network.`,
      facts,
    )
  if (isTlsFailure(code))
    return new ProxyError(
      'unreachable',
      `no secure connection to ${host} (${code ?? error.message}). Check its certificate, or whether it speaks https at all.`,
      facts,
    )
  if (code?.startsWith('HPE_') === true)
    return new ProxyError('bad-upstream', `${host} does not speak HTTP/1.1 properly (${code}).`, facts)
  return new ProxyError(
    'unreachable',
    `${host} could not be asked: it closed the connection (${code ?? error.message}).`,
    facts,
  )
}

function rootCode(error: Error & { code?: string }): string | undefined {
  const cause = error.cause as (Error & { code?: string }) | undefined
  // A failed race of IPv4 and IPv6 is an AggregateError whose parts hold the code.
  const parts = error instanceof AggregateError ? (error.errors as (Error & { code?: string })[]) : []
  return error.code ?? parts[0]?.code ?? cause?.code
}

function isTlsFailure(code: string | undefined): boolean {
  return code !== undefined && /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)
}
