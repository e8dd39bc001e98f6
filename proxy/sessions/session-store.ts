import { existsSync } from 'node:fs'
import { isToldInHead, type Identity } from './identity.ts'
import { openSessionFile, setAside, type SessionFile } from './session-file.ts'
import { isOverridden, newSession, withOverrides, type LastTurn, type Session } from './session.ts'
import { withTurn, type UsedByTurn } from './session-usage.ts'

export interface SessionStoreDeps {
  /** The file that keeps the sessions over a restart; it is made when there is something to keep. */
  readonly file: string
  /** As the config says now. */
  readonly limits: () => SessionLimits
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told why sessions can't be kept on disk; they are then kept for this run. */
  readonly failed: (error: Error) => void
  /** Told after every change, whoever made it. */
  readonly changed?: (() => void) | undefined
}

export interface SessionLimits {
  /** How many are kept; those not seen for longest go. */
  readonly most: number
  /** How long one is kept that nobody asks for, in milliseconds. */
  readonly maxAgeMs: number
}

/** The sessions of all conversations. Nothing here waits, and nothing fails: a file that can't be used is told of once. */
export interface SessionStore {
  /** The session of a turn, if there is one. */
  readonly find: (identity: Identity) => Session | undefined
  /** The session by the id that our own answer in the conversation carries. */
  readonly named: (id: string, owner: string) => Session | undefined
  /** The session of a turn, or a new one. A new one is not remembered until it is kept. */
  readonly open: (identity: Identity, client?: string) => Session
  /** Remembers a session as it now is; it counts as seen. */
  readonly keep: (session: Session) => void
  /** The selector for the next turn alone, which is then used up. */
  readonly takeOneOff: (id: string) => string | undefined
  /** Adds what a turn used. Costs it nothing: it is written later, together with that of others. */
  readonly count: (id: string, used: UsedByTurn, last?: LastTurn) => void
  /** Whether a turn whose head does not tell its conversation could belong to a session that changes something: only then is it worth reading. */
  readonly mayConcern: (owner: string) => boolean
  /** All the ways in which sessions begin their commands, beside the config's. */
  readonly prefixes: () => readonly string[]
  /** The last seen first. */
  readonly list: () => readonly Session[]
  readonly get: (id: string) => Session | undefined
  /** Remembers what was changed in a session by another than its user: it does not count as seen. */
  readonly keepChanged: (session: Session) => void
  /** Whether there was one. */
  readonly forget: (id: string) => boolean
  /** Writes what is not written yet, and closes the file. */
  readonly close: () => void
}

/** How long figures wait to be written, in milliseconds. What is changed is written at once. */
const COUNTED_MS = 2000

export function createSessionStore(deps: SessionStoreDeps): SessionStore {
  const { file, limits, now } = deps
  const sessions = new Map<string, Session>()
  const byKey = new Map<string, string>()
  /** Those that changed, or are gone. */
  const unwritten = new Set<string>()
  /** Those whose figures are ahead of the file. */
  const counted = new Set<string>()
  let opened: { readonly db: SessionFile | undefined } | undefined
  let isScheduled = false
  let countedSoon: NodeJS.Timeout | undefined
  /** What is asked on every turn, kept until something changes. */
  let outline: { readonly owners: ReadonlySet<string>; readonly prefixes: readonly string[] } | undefined

  if (existsSync(file)) load()

  /** The file as far as it can be used. It is not made before there is something to write. */
  function database(): SessionFile | undefined {
    if (opened !== undefined) return opened.db
    try {
      opened = { db: openSessionFile(file) }
    } catch (error) {
      tell(error)
      opened = { db: afresh() }
    }
    return opened.db
  }

  function afresh(): SessionFile | undefined {
    try {
      setAside(file)
      return openSessionFile(file)
    } catch {
      return undefined
    }
  }

  function load() {
    guarded(db => {
      const read = db.read()
      const changed = [...unwritten].map(id => [id, sessions.get(id)] as const)
      const ahead = [...counted].flatMap(id => sessions.get(id) ?? [])
      sessions.clear()
      byKey.clear()
      for (const session of read.sort((a, b) => a.seenAt - b.seenAt)) place(session)
      // What was changed elsewhere goes with the figures from here; what was forgotten elsewhere stays so.
      for (const { id, usage, last, seenAt } of ahead) {
        const session = sessions.get(id)
        if (session !== undefined) place({ ...session, usage, last, seenAt })
      }
      for (const [id, session] of changed) {
        if (session === undefined) drop(id)
        else place(session)
      }
      outline = undefined
    })
  }

  /** Sees what other processes did (`lip sessions forget`) before anything is looked up. */
  function refresh() {
    if (opened?.db === undefined || guarded(db => db.hasChanged()) !== true) return
    load()
    deps.changed?.()
  }

  /** Work on the file. One that breaks is given up for this run. */
  function guarded<T>(work: (db: SessionFile) => T): T | undefined {
    const db = database()
    if (db === undefined) return undefined
    try {
      return work(db)
    } catch (error) {
      tell(error)
      opened = { db: undefined }
      try {
        db.close()
      } catch {
        // It was broken before.
      }
      return undefined
    }
  }

  function tell(error: unknown) {
    deps.failed(error instanceof Error ? error : new Error(String(error)))
  }

  function place(session: Session) {
    sessions.set(session.id, session)
    byKey.set(session.key, session.id)
  }

  function drop(id: string) {
    const session = sessions.get(id)
    sessions.delete(id)
    if (session !== undefined && byKey.get(session.key) === id) byKey.delete(session.key)
  }

  function put(session: Session) {
    placeLast(session)
    write(session.id)
  }

  /** Behind all others, so that the map is in the order in which they were seen. */
  function placeLast(session: Session) {
    sessions.delete(session.id)
    place(session)
  }

  function remove(id: string) {
    drop(id)
    write(id)
  }

  function write(id: string) {
    outline = undefined
    unwritten.add(id)
    deps.changed?.()
    if (isScheduled) return
    isScheduled = true
    setImmediate(flush)
  }

  function flush() {
    isScheduled = false
    clearTimeout(countedSoon)
    countedSoon = undefined
    if (unwritten.size + counted.size === 0) return
    refresh()
    sweep()
    const all = [...unwritten, ...[...counted].filter(id => !unwritten.has(id) && sessions.has(id))]
    guarded(db => {
      db.write(
        all.flatMap(id => sessions.get(id) ?? []),
        all.filter(id => !sessions.has(id)),
      )
    })
    unwritten.clear()
    counted.clear()
  }

  function sweep() {
    const { most, maxAgeMs } = limits()
    const oldest = now() - maxAgeMs
    for (const [id, { seenAt }] of sessions) {
      if (sessions.size <= most && seenAt >= oldest) continue
      drop(id)
      unwritten.add(id)
    }
  }

  /** A session, unless it is too old. */
  function alive(id: string | undefined): Session | undefined {
    const session = id === undefined ? undefined : sessions.get(id)
    return session !== undefined && session.seenAt >= now() - limits().maxAgeMs ? session : undefined
  }

  function find({ key, isStart }: Identity): Session | undefined {
    refresh()
    // One that begins is none of those that began with the same words.
    return isStart === true ? undefined : alive(byKey.get(key))
  }

  function outlined() {
    const all = [...sessions.values()].filter(isOverridden)
    const owners = new Set(all.filter(({ from }) => !isToldInHead(from)).map(({ owner }) => owner))
    const prefixes = new Set(
      all.flatMap(({ overrides: { prefix, formerPrefixes = [] } }) => [
        ...(prefix === undefined ? [] : [prefix]),
        ...formerPrefixes,
      ]),
    )
    return { owners, prefixes: [...prefixes] }
  }

  function get(id: string): Session | undefined {
    refresh()
    return alive(id)
  }

  return {
    find,
    get,
    named(id, owner) {
      const session = get(id)
      return session?.owner === owner ? session : undefined
    },
    open: (identity, client) => find(identity) ?? newSession({ ...identity, client }, now()),
    keep: session => put({ ...session, seenAt: now() }),
    takeOneOff(id) {
      const session = get(id)
      const selector = session?.overrides.oneOff
      if (session !== undefined && selector !== undefined) put(withOverrides(session, { oneOff: undefined }))
      return selector
    },
    count(id, used, last) {
      const session = alive(id)
      if (session === undefined) return
      placeLast({ ...session, seenAt: now(), usage: withTurn(session.usage, used), last: last ?? session.last })
      counted.add(id)
      countedSoon ??= setTimeout(flush, COUNTED_MS).unref()
      deps.changed?.()
    },
    mayConcern(owner) {
      refresh()
      return (outline ??= outlined()).owners.has(owner)
    },
    prefixes() {
      refresh()
      return (outline ??= outlined()).prefixes
    },
    list() {
      refresh()
      return [...sessions.keys()].flatMap(id => alive(id) ?? []).sort((a, b) => b.seenAt - a.seenAt)
    },
    keepChanged(session) {
      place(session)
      write(session.id)
    },
    forget(id) {
      if (get(id) === undefined) return false
      remove(id)
      return true
    },
    close() {
      flush()
      opened?.db?.close()
      opened = { db: undefined }
    },
  }
}
