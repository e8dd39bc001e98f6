import type { TrafficConfig } from '../config/schema.ts'
import type { ProxyError } from '../core/errors.ts'
import { maskText } from '../keys/mask.ts'
import { readable, type CapturedTurn, type ReadableTurn } from './bodies.ts'
import { createBodyMemory, type BodyMemoryLimits } from './body-memory.ts'
import {
  beginTurn,
  capturedOf,
  outcomeOfTurn,
  recordOf,
  type Ended,
  type OpenTurn,
  type TurnFacts,
} from './open-turn.ts'
import { isFailure } from './outcome.ts'
import type { TurnRecord } from './record.ts'
import type { Store } from './store.ts'
import type { StoreLimits } from './store-calls.ts'
import { createTurnIds } from './turn-id.ts'

/** Knows every turn: those that are open, the last that closed, and how many there were; hands each closed one to the store. */
export interface Journal {
  /** Begins a turn. Cheap, and never fails. */
  readonly open: (facts: TurnFacts) => OpenTurn
  /** Tells those who watch that an open turn has something new. Costs nothing when nobody does. */
  readonly changed: (turn: OpenTurn) => void
  /** Ends a turn, once; what ended it says how. Cheap, and never fails. */
  readonly close: (turn: OpenTurn, ended: Ended) => void
  /** The open turns as they are now, in the order they began. */
  readonly live: () => readonly TurnRecord[]
  /** The last closed turns, newest first, from memory: there even when the database is not. */
  readonly recent: (count: number) => readonly TurnRecord[]
  /** A turn that is open or among the recent ones. */
  readonly find: (id: string) => TurnRecord | undefined
  readonly counters: () => Counters
  /** What a turn carried, masked; `undefined` where it was not kept, or no longer is. */
  readonly bodies: (id: string) => Promise<ReadableTurn | undefined>
  /** The bytes of an answer as far as they have come and are in memory, unmasked: for its last words while it streams. */
  readonly answerOf: (id: string) => Uint8Array | undefined
  /** Breaks an open turn off for the window, as its client's hang-up would; `false` where there is none, or none that can be. */
  readonly breakOff: (id: string) => boolean
  /**
   * Calls `listener` with every notice from now on, until the function it gives is called. A listener is no part of a turn:
   * one that throws is not called again.
   */
  readonly subscribe: (listener: (notice: TurnNotice) => void) => () => void
  /** Takes effect with the next turn. */
  readonly reconfigure: (config: TrafficConfig) => void
  /** Settles when every turn closed so far is written, or can't be. */
  readonly flush: () => Promise<void>
  /** Flushes and ends the writing. Turns may still close after it; they are counted, not written. */
  readonly stop: () => Promise<void>
}

export interface JournalDeps {
  readonly store: Store
  readonly config: TrafficConfig
  /** Secrets that no pattern finds, to be masked in errors and bodies. */
  readonly knownSecrets?: (() => readonly string[]) | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** Ids must sort by time as those of `createTurnIds` do. */
  readonly newId?: ((at: number) => string) | undefined
}

export interface TurnNotice {
  readonly type: 'opened' | 'changed' | 'closed'
  /** Grows by one with every notice, whether or not anybody heard it. */
  readonly sequence: number
  readonly turn: TurnRecord
}

/** Sums since the start. */
interface Counters {
  /** Turns that closed. */
  readonly turns: number
  readonly failures: number
  readonly open: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Closed turns that stay in memory, whatever becomes of the database: about a megabyte. */
const RECENT_TURNS = 1000
/** Some vendors answer errors with whole pages. */
const ERROR_LENGTH = 2000
/** To a turn it is the same as its client's hang-up; who reads the log is told them apart. */
const STOPPED = 'stopped here, not by its client'

export function createJournal(deps: JournalDeps): Journal {
  const { store, knownSecrets = () => [], now = Date.now, newId = createTurnIds() } = deps
  let { capture } = deps.config
  const memory = createBodyMemory(memoryLimits(deps.config))
  const turnsById = new Map<string, OpenTurn>()
  const listeners = new Set<(notice: TurnNotice) => void>()
  const ring: TurnRecord[] = []
  let sequence = 0
  let turns = 0
  let failures = 0
  let inputTokens = 0
  let outputTokens = 0

  function open(facts: TurnFacts): OpenTurn {
    const at = now()
    const turn = beginTurn(facts, { id: newId(at), at }, capture === 'metadata' ? undefined : memory.reserve)
    turnsById.set(turn.id, turn)
    tell('opened', turn)
    return turn
  }

  function close(turn: OpenTurn, ended: Ended) {
    if (!turnsById.delete(turn.id)) return
    const { error } = ended
    const outcome = outcomeOfTurn(turn, ended)
    const record = recordOf(turn, {
      durationMs: turn.elapsed(),
      outcome,
      error: turn.isStopped && outcome === 'client cancelled' ? STOPPED : error && inWords(error),
    })
    count(record)
    keep(record, capturedOf(turn))
    tell('closed', turn, record)
  }

  function count(record: TurnRecord) {
    // Past the ring's size the newest takes the oldest's place.
    ring[turns % RECENT_TURNS] = record
    turns++
    if (record.outcome !== undefined && isFailure(record.outcome)) failures++
    inputTokens += record.inputTokens ?? 0
    outputTokens += record.outputTokens ?? 0
  }

  /** Bodies that were to go to disk stay in memory while nothing can be written. */
  function keep(record: TurnRecord, captured: CapturedTurn | undefined) {
    const toDisk = capture === 'disk' && store.health().state === 'ok'
    if (captured !== undefined && toDisk) memory.release(captured)
    if (captured !== undefined && !toDisk) memory.keep(record.id, captured)
    store.write(record, toDisk ? captured : undefined)
  }

  function inWords(error: ProxyError): string {
    // Vendors like to quote the key that they refuse.
    return maskText(error.message.slice(0, ERROR_LENGTH), knownSecrets())
  }

  function tell(type: TurnNotice['type'], turn: OpenTurn, record?: TurnRecord) {
    sequence++
    if (listeners.size === 0) return
    const notice = { type, sequence, turn: record ?? recordOf(turn) }
    for (const listener of listeners) {
      try {
        listener(notice)
      } catch {
        listeners.delete(listener)
      }
    }
  }

  function recent(wanted: number): TurnRecord[] {
    const oldestFirst = [...ring.slice(turns % RECENT_TURNS), ...ring.slice(0, turns % RECENT_TURNS)]
    return oldestFirst.reverse().slice(0, wanted)
  }

  function find(id: string): TurnRecord | undefined {
    const turn = turnsById.get(id)
    return turn === undefined ? ring.find(record => record.id === id) : recordOf(turn)
  }

  async function bodies(id: string): Promise<ReadableTurn | undefined> {
    const turn = turnsById.get(id)
    const captured = turn === undefined ? memory.get(id) : capturedOf(turn)
    if (captured !== undefined) return readable(captured, knownSecrets())
    return turn === undefined ? store.bodies(id) : undefined
  }

  function answerOf(id: string): Uint8Array | undefined {
    const body = turnsById.get(id)?.responseCapture?.kept() ?? memory.get(id)?.response.body
    return body?.bytes
  }

  function breakOff(id: string): boolean {
    const turn = turnsById.get(id)
    if (turn?.breakOff === undefined) return false
    turn.isStopped = true
    turn.breakOff()
    return true
  }

  function subscribe(listener: (notice: TurnNotice) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  function reconfigure(config: TrafficConfig) {
    capture = config.capture
    memory.resize(memoryLimits(config))
    store.reconfigure(storeLimits(config))
  }

  return {
    open,
    changed: turn => tell('changed', turn),
    close,
    live: () => Array.from(turnsById.values(), turn => recordOf(turn)),
    recent,
    find,
    counters: () => ({ turns, failures, open: turnsById.size, inputTokens, outputTokens }),
    bodies,
    answerOf,
    breakOff,
    subscribe,
    reconfigure,
    flush: store.flush,
    stop: store.close,
  }
}

/** What of the config is the store's. */
export function storeLimits({ retention_days, max_mb }: TrafficConfig): StoreLimits {
  return { retentionMs: retention_days * 24 * 3600 * 1000, maxBytes: max_mb * 1024 * 1024 }
}

/** Whoever turns to metadata only wants the bodies gone, too. */
function memoryLimits({ capture, memory_turns, memory_mb }: TrafficConfig): BodyMemoryLimits {
  return capture === 'metadata' ? { turns: 0, bytes: 0 } : { turns: memory_turns, bytes: memory_mb * 1024 * 1024 }
}
