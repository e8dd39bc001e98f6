import { existsSync } from 'node:fs'
import type { CapturedTurn, ReadableTurn } from './bodies.ts'
import type { CapturedBody } from './capture.ts'
import type { TurnQuery } from './query.ts'
import type { TurnRecord } from './record.ts'
import type { NewBodies, StoreLimits, Written } from './store-calls.ts'
import type { BackendUsage, HourUsage } from './usage.ts'
import { startWriter, type Question, type Writer } from './writer.ts'

/** The traffic log on disk, seen from the turns: writing costs them a push to an array, and nothing that befalls the disk reaches them. */
export interface Store {
  /** Queues a closed turn; bodies given along are handed over. Never fails: what can't be written waits, and past a bound is dropped and counted. */
  readonly write: (record: TurnRecord, captured?: CapturedTurn) => void
  /** Closed turns, those still queued among them as far as they can be written. Rejects where the log can't be read. */
  readonly query: (query: TurnQuery) => Promise<readonly TurnRecord[]>
  /** What a turn carried, masked, if that was written. */
  readonly bodies: (id: string) => Promise<ReadableTurn | undefined>
  /** What the turns came to, by the hour, of those that began at `since` or later. */
  readonly hours: (since: number) => Promise<readonly HourUsage[]>
  /** How the backends did that turns went to, of those that began at `since` or later. */
  readonly backends: (since: number) => Promise<readonly BackendUsage[]>
  readonly health: () => StoreHealth
  /** Settles when all that was queued is written, or has been tried once more. Never rejects. */
  readonly flush: () => Promise<void>
  readonly reconfigure: (limits: StoreLimits) => void
  /** Flushes, closes the file and ends the writer's thread. What is written afterwards is dropped. */
  readonly close: () => Promise<void>
}

interface StoreHealth {
  /** `degraded`: turns go on, and are kept in memory until they can be written. */
  readonly state: 'ok' | 'degraded'
  /** What is in the way, where something is. */
  readonly reason: string | undefined
  /** Records that wait to be written. */
  readonly waiting: number
  /** Records that were given up, since too many waited. */
  readonly droppedRecords: number
  /** Turns whose bodies were given up, since they could not be written at once. */
  readonly droppedBodies: number
  /** Where a file went that was no sound database, if there was one. */
  readonly setAside: string | undefined
}

export interface StoreDeps {
  readonly file: string
  readonly limits: StoreLimits
  /** Secrets that no pattern finds, to be masked in bodies before they are written. */
  readonly knownSecrets?: (() => readonly string[]) | undefined
  /** Is told, in a sentence, when the health changes. */
  readonly say?: ((message: string) => void) | undefined
  /** The writer's program, where it is not beside this one. */
  readonly worker?: URL | undefined
  /** How long to wait after the first, second … failure in a row; the last goes on for all further ones. */
  readonly retryMs?: readonly number[] | undefined
}

/** How many records are sent at once, and how long the first of them waits for others. */
const BATCH_RECORDS = 200
const BATCH_MS = 250
/** After a disturbance more may have gathered; a message of this many takes the turns' thread half a millisecond. */
const LARGEST_BATCH = 1000
/** About ten megabytes. */
const WAITING_RECORDS = 10_000
/** Bodies wait for one batch only, but they are large. */
const WAITING_BODIES_BYTES = 64 * 1024 * 1024
/** A writer that dies so often without having written anything in between is left alone. */
const DEATHS = 5
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000]

/** Begins nothing by itself: the writer's thread starts with the first turn or query, so never before the server listens. */
export function createStore(deps: StoreDeps): Store {
  const { file, knownSecrets = () => [], say = () => undefined, retryMs = RETRY_MS } = deps
  let { limits } = deps
  let queue: TurnRecord[] = []
  let bodies: NewBodies[] = []
  let bodyBytes = 0
  // Records that were ever queued, and those of them that are written or given up.
  let queued = 0
  let settled = 0
  let sending: Promise<void> | undefined
  let inFlight = 0
  let timer: NodeJS.Timeout | undefined
  let writer: Writer | undefined
  let failures = 0
  let deaths = 0
  let closed = false
  let reason: string | undefined
  let droppedRecords = 0
  let droppedBodies = 0
  let setAside: string | undefined

  function write(record: TurnRecord, captured?: CapturedTurn) {
    if (closed || deaths >= DEATHS) {
      droppedRecords++
      return
    }
    if (queue.length + inFlight >= WAITING_RECORDS) dropOldest(WAITING_RECORDS / 10)
    queue.push(record)
    queued++
    if (captured !== undefined) queueBodies(record.id, captured)
    if (sending !== undefined) return
    if (queue.length >= BATCH_RECORDS && failures === 0) void send()
    else timer ??= setTimeout(() => void send(), pauseMs()).unref()
  }

  function queueBodies(turn: string, captured: CapturedTurn) {
    const size = captured.request.body.held + captured.response.body.held
    if (bodyBytes + size > WAITING_BODIES_BYTES) {
      droppedBodies++
      return
    }
    bodyBytes += size
    bodies.push({ turn, captured })
  }

  /** Oldest first: when the disk is well again, what people look for is what happened last. */
  function dropOldest(count: number) {
    queue.splice(0, count)
    settled += count
    droppedRecords += count
  }

  /** Sends what waits, a batch at a time, each confirmed before the next; so what a dying writer held is still here. */
  function send(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    sending ??= sendAll().finally(() => {
      sending = undefined
      if (queue.length > 0 && deaths < DEATHS && !closed) timer ??= setTimeout(() => void send(), pauseMs()).unref()
    })
    return sending
  }

  async function sendAll() {
    do {
      const batch = queue.splice(0, LARGEST_BATCH)
      inFlight = batch.length
      try {
        written(await sendBatch(batch))
        settled += batch.length
      } catch (error) {
        queue = batch.concat(queue)
        failed(error instanceof Error ? error.message : String(error))
        return
      } finally {
        inFlight = 0
      }
    } while (queue.length >= BATCH_RECORDS)
  }

  async function sendBatch(batch: readonly TurnRecord[]): Promise<Written> {
    const sent = bodies.map(handOver)
    bodies = []
    bodyBytes = 0
    try {
      const values = valuesOf(batch)
      const secrets = sent.length > 0 ? knownSecrets() : []
      return (await ask(
        { type: 'write', values, bodies: sent, knownSecrets: secrets },
        sent.flatMap(buffersOf),
      )) as Written
    } catch (error) {
      droppedBodies += sent.length
      throw error
    }
  }

  function written(result: Written) {
    failures = 0
    deaths = 0
    if (result.setAside !== undefined) {
      setAside = result.setAside
      say(`The traffic log ${file} was damaged; it is kept as ${setAside}, and a new one was begun.`)
    }
    if (reason !== undefined) say(`The traffic log is written again: ${file}.`)
    reason = undefined
  }

  function failed(why: string) {
    failures++
    if (deaths >= DEATHS) dropOldest(queue.length)
    if (reason !== why) say(`The traffic log is kept in memory only: ${why}.`)
    reason = why
  }

  function pauseMs(): number {
    return failures === 0 ? BATCH_MS : (retryMs[Math.min(failures, retryMs.length) - 1] ?? BATCH_MS)
  }

  function ask(question: Question, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (closed) return Promise.reject(new Error('the traffic log is closed'))
    if (deaths >= DEATHS) return Promise.reject(new Error(reason ?? 'its writer does not start'))
    writer ??= startWriter(deps.worker ?? workerBesideThis(), { file, limits }, died)
    return writer.ask(question, transfer)
  }

  function died() {
    writer = undefined
    deaths++
  }

  async function flush() {
    const target = queued
    // What is under way may fail by what has just been mended: it is not the last try.
    if (sending !== undefined) await sending
    if (settled < target) await send()
    while (settled < target && failures === 0) await send()
  }

  async function query(what: TurnQuery) {
    await flush()
    return (await ask({ type: 'query', query: what })) as readonly TurnRecord[]
  }

  async function readBodies(turn: string) {
    await flush()
    return (await ask({ type: 'bodies', turn })) as ReadableTurn | undefined
  }

  async function hours(since: number) {
    await flush()
    return (await ask({ type: 'usage', since })) as readonly HourUsage[]
  }

  async function backends(since: number) {
    await flush()
    return (await ask({ type: 'backends', since })) as readonly BackendUsage[]
  }

  function reconfigure(next: StoreLimits) {
    limits = next
    // A new config is a new chance for a writer that was given up.
    deaths = 0
    failures = 0
    if (writer !== undefined) ask({ type: 'limit', limits }).catch(() => undefined)
  }

  async function close() {
    await flush()
    closed = true
    clearTimeout(timer)
    dropOldest(queue.length)
    await writer?.end()
  }

  function health(): StoreHealth {
    return {
      state: reason === undefined ? 'ok' : 'degraded',
      reason,
      waiting: queue.length + inFlight,
      droppedRecords,
      droppedBodies,
      setAside,
    }
  }

  let closing: Promise<void> | undefined
  return {
    write,
    query,
    bodies: readBodies,
    hours,
    backends,
    health,
    flush,
    reconfigure,
    close: () => (closing ??= close()),
  }
}

/** One flat array, grown by pushing: one of arrays, or one that `flatMap` made, takes V8 four times as long to hand to a thread. */
function valuesOf(batch: readonly TurnRecord[]): unknown[] {
  const values: unknown[] = []
  for (const record of batch) values.push(...(Object.values(record) as unknown[]))
  return values
}

/** What of a turn the thread gets: the request's bytes as a copy, since a socket may not be done with them, and the answer's own. */
function handOver({ turn, captured: { request, response } }: NewBodies): NewBodies {
  return {
    turn,
    captured: {
      request: { ...request, body: { ...request.body, bytes: new Uint8Array(request.body.bytes) } },
      response: { ...response, body: { ...response.body, bytes: movable(response.body) } },
    },
  }
}

/** The bytes where they have their memory to themselves; small ones are cut from Node's pool, which must stay. */
function movable({ bytes, held }: CapturedBody): Uint8Array {
  return bytes.buffer.byteLength === held ? bytes : new Uint8Array(bytes)
}

function buffersOf({ captured: { request, response } }: NewBodies): ArrayBuffer[] {
  return [request.body.bytes.buffer, response.body.bytes.buffer] as ArrayBuffer[]
}

/** Sources run as they are; built, this file may be part of an entry or of a chunk beside the entries' folder. */
function workerBesideThis(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('store-worker.ts', import.meta.url)
  const beside = new URL('store-worker.js', import.meta.url)
  return existsSync(beside) ? beside : new URL('../store-worker.js', import.meta.url)
}
