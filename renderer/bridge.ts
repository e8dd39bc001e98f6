import type { Call, Input, Notice, NoticeBody, Output } from '../proxy/app/contract.ts'
import { desktopTransport } from './transports/desktop.ts'
import { httpTransport, takeToken } from './transports/http.ts'
import { type CallError, type Frame, type Transport } from './transports/transport.ts'

/**
 * The app contract from the window's side: `call` asks, `on` listens. With the two files of transports/ the only place
 * that knows how the app is reached: over IPC in the desktop's window, over HTTP in a browser.
 */

export type Snapshot = Output<'app.snapshot'>

/** `live`: what the window shows is so. `lost`: it was so, and we try again. `refused`: trying again is no use. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused'

interface Heard extends Record<Notice, unknown> {
  /** All anew: at the start, and whenever notices were missed for good. */
  readonly snapshot: Snapshot
  readonly connection: Connection
}
type Body<K extends keyof Heard> = K extends Notice ? NoticeBody<K> : Heard[K]

/** Milliseconds before the next try to reach the app again; the last one stays. */
const BACK_OFF_MS = [250, 500, 1000, 2000, 4000]

const listeners = new Map<keyof Heard, Set<(body: never) => void>>()

let transport: Transport | undefined
let leave: () => void = () => undefined
let retry: ReturnType<typeof setTimeout> | undefined
let tries = 0
/** Number of the last notice heard; -1 while there is no snapshot. */
let seq = -1
/** Counts the ways opened, so that an answer to an earlier one is known as such. */
let turn = 0

/** Asks the app. Throws a `CallError` where it can't be reached or refuses. */
export async function call<C extends Call>(name: C, ...input: Arguments<C>): Promise<Output<C>> {
  transport ??= findTransport()
  return transport.call(name, input[0] as Input<C>)
}
type Arguments<C extends Call> = undefined extends Input<C> ? [input?: Input<C>] : [input: Input<C>]

/** Listens to a notice, to whole snapshots, or to the state of the connection. Gives back how to leave off. */
export function on<K extends keyof Heard>(what: K, listener: (body: Body<K>) => void): () => void {
  const heard = listeners.get(what) ?? new Set()
  listeners.set(what, heard.add(listener))
  return () => void heard.delete(listener)
}

/** Opens the way to the app and keeps it open. Called once at the start, and again to try at once when it is lost. */
export function connect(): void {
  clearTimeout(retry)
  leave()
  const current = ++turn
  transport ??= findTransport()
  if (seq === -1) void begin(current, transport)
  else follow(current, transport)
}

/** Closes the way and forgets what was heard; the next `connect` starts from nothing. For tests, which open many. */
export function disconnect(): void {
  clearTimeout(retry)
  leave()
  leave = () => undefined
  turn++
  seq = -1
  tries = 0
  transport = undefined
}

function findTransport(): Transport {
  if (window.bridge !== undefined) return desktopTransport(window.bridge)
  return httpTransport(new URL('/app/api/', location.href), takeToken())
}

async function begin(current: number, way: Transport) {
  try {
    const snapshot = await way.call('app.snapshot', undefined)
    if (current !== turn) return
    seq = snapshot.seq
    tell('snapshot', snapshot)
    follow(current, way)
  } catch (error) {
    if (current === turn) lose(error as CallError)
  }
}

function follow(current: number, way: Transport) {
  leave = way.follow(seq, {
    opened: () => {
      tries = 0
      tell('connection', 'live')
    },
    frame: frame => {
      if (current === turn) hear(frame)
    },
    ended: error => {
      if (current === turn) lose(error)
    },
  })
}

function hear(frame: Frame) {
  if (frame.type === 'resync' || frame.seq > seq + 1) {
    seq = -1
    connect()
    return
  }
  // A notice that comes twice has been told already.
  if (frame.seq <= seq) return
  seq = frame.seq
  tell(frame.type, frame.body)
}

function lose(error: CallError) {
  if (error.kind === 'refused') {
    tell('connection', 'refused')
    return
  }
  tell('connection', 'lost')
  retry = setTimeout(connect, BACK_OFF_MS[Math.min(tries++, BACK_OFF_MS.length - 1)])
}

function tell<K extends keyof Heard>(what: K, body: Body<K>) {
  for (const listener of listeners.get(what) ?? []) (listener as (body: Body<K>) => void)(body)
}
