import { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { CDPSession } from 'playwright-core'

/** A conversation in the Chrome DevTools Protocol with one target, or with the browser; Playwright has types for it. */
export interface Session {
  readonly send: CDPSession['send']
  readonly on: CDPSession['on']
  readonly once: CDPSession['once']
  readonly off: CDPSession['off']
}

declare const _anySession: Session
/** A request that waits for us to answer it or to let it go. */
export type PausedRequest = Parameters<Parameters<typeof _anySession.on<'Fetch.requestPaused'>>[1]>[0]

/** The conversation with the browser, through which those with its targets run. */
export interface Connection extends Session {
  readonly attach: (targetId: string) => Promise<Session>
  /** Fails every call that waits and every call to come. */
  readonly end: () => void
}

/** Speaks the protocol over a pair of pipes, JSON messages ended by NUL (`--remote-debugging-pipe`). */
export function connect(output: Writable, input: Readable): Connection {
  const waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void; method: string }
  >()
  const emitters = new Map<string | undefined, EventEmitter>()
  let lastId = 0
  let ended = false

  const browser = session(undefined)
  // Chromium may close its end before we do.
  output.on('error', () => undefined)
  onMessages(input, receive)

  function session(sessionId: string | undefined): Session {
    const emitter = new EventEmitter().setMaxListeners(0)
    emitters.set(sessionId, emitter)
    const send = (method: string, params: unknown = {}) =>
      new Promise((resolve, reject) => {
        if (ended) throw new Error(`${method}: Chromium has ended`)
        const id = ++lastId
        waiting.set(id, { resolve, reject, method })
        output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
      })
    return {
      send: send as CDPSession['send'],
      on: emitter.on.bind(emitter) as unknown as CDPSession['on'],
      once: emitter.once.bind(emitter) as unknown as CDPSession['once'],
      off: emitter.off.bind(emitter) as unknown as CDPSession['off'],
    }
  }

  function receive(message: Message) {
    if (message.id === undefined) {
      emitters.get(message.sessionId)?.emit(message.method, message.params)
      return
    }
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error) call?.reject(new Error(`${call.method}: ${message.error.message}`))
    else call?.resolve(message.result)
  }

  return {
    ...browser,
    attach: async targetId => {
      const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
      return session(sessionId)
    },
    end: () => {
      ended = true
      for (const { reject, method } of waiting.values()) reject(new Error(`${method}: Chromium has ended`))
      waiting.clear()
    },
  }
}

interface Message {
  readonly id?: number
  readonly sessionId?: string
  readonly method: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

function onMessages(input: Readable, take: (message: Message) => void) {
  let parts: Buffer[] = []
  input.on('data', (chunk: Buffer) => {
    let from = 0
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, from)) {
      parts.push(chunk.subarray(from, end))
      take(JSON.parse(Buffer.concat(parts).toString()) as Message)
      parts = []
      from = end + 1
    }
    parts.push(chunk.subarray(from))
  })
}
