import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { readable } from './bodies.ts'
import { fileNumber, insertTurn, openDatabase, setAside, transact } from './database.ts'
import { queryTurns } from './query.ts'
import { columns } from './record.ts'
import { forgetSome, usedBytes } from './retention.ts'
import type { Answer, Call, Result, WorkerStart, Written } from './store-calls.ts'
import { bodyRows, insertBody, readBodies } from './stored-bodies.ts'
import { usageByBackend, usageByHour } from './usage.ts'

/**
 * The thread that writes the traffic log. It does what it is asked, in order, and answers each call; it keeps nothing that
 * would be lost with it, and has no timer: when nothing is asked it does nothing. Retrying is the store's affair.
 */

const { file, limits: firstLimits } = workerData as WorkerStart
const HOUR_MS = 3600 * 1000

let limits = firstLimits
let opened: Opened | undefined
let forgotAt = 0
let forgetting = false

interface Opened {
  readonly db: DatabaseSync
  readonly turn: StatementSync
  readonly body: StatementSync
  readonly fileNumber: number | undefined
}

parentPort?.on('message', (call: Call) => {
  parentPort?.postMessage(answer(call))
  if (call.type === 'write' || call.type === 'limit') forgetWhenDue()
  if (call.type === 'close') parentPort?.close()
})

function answer(call: Call): Answer {
  try {
    return { call: call.call, result: perform(call) }
  } catch (error) {
    return { call: call.call, failure: inWords(error) }
  }
}

function perform(call: Call): Result {
  switch (call.type) {
    case 'write':
      return write(
        call.values,
        call.bodies.flatMap(({ turn, captured }) => bodyRows(turn, readable(captured, call.knownSecrets))),
      )
    case 'query':
      return queryTurns(open().db, call.query)
    case 'usage':
      return usageByHour(open().db, call.since)
    case 'backends':
      return usageByBackend(open().db, call.since)
    case 'bodies':
      return readBodies(open().db, call.turn)
    case 'limit':
      limits = call.limits
      forgotAt = 0
      return undefined
    case 'close':
      close()
      return undefined
  }
}

/** Writes a batch whole or not at all. What is in the way and no database is moved aside, once. */
function write(values: readonly unknown[], bodies: readonly SQLInputValue[][]): Written {
  try {
    insert(values, bodies)
    return { setAside: undefined }
  } catch (error) {
    // Whatever it was, the next try begins with a file opened anew.
    close()
    if (!isCorrupt(error)) throw error
  }
  const aside = setAside(file, new Date())
  insert(values, bodies)
  return { setAside: aside }
}

function insert(values: readonly unknown[], bodies: readonly SQLInputValue[][]) {
  if (opened !== undefined && fileNumber(file) !== opened.fileNumber) close()
  const { db, turn, body } = open()
  transact(db, () => {
    for (let next = 0; next < values.length; next += columns.length) {
      turn.run(...values.slice(next, next + columns.length).map(sqlValue))
    }
    for (const row of bodies) body.run(...row)
  })
}

function open(): Opened {
  if (opened !== undefined) return opened
  const db = openDatabase(file)
  opened = { db, turn: db.prepare(insertTurn), body: db.prepare(insertBody), fileNumber: fileNumber(file) }
  return opened
}

function close() {
  opened?.db.close()
  opened = undefined
}

/** Forgets at the start, hourly, and when the log has outgrown its limit; only while turns come, and a step at a time between calls. */
function forgetWhenDue() {
  if (forgetting || !isDue()) return
  forgetting = true
  forgotAt = Date.now()
  setImmediate(forget)
}

function isDue(): boolean {
  return holds(db => Date.now() - forgotAt >= HOUR_MS || usedBytes(db) > limits.maxBytes)
}

function forget() {
  forgetting = holds(db => forgetSome(db, Date.now() - limits.retentionMs, limits.maxBytes))
  if (forgetting) setImmediate(forget)
}

/** `false` where the database is closed or fails: a locked, full or damaged one meets the next write too, which tells. */
function holds(question: (db: DatabaseSync) => boolean): boolean {
  try {
    return opened !== undefined && question(opened.db)
  } catch {
    return false
  }
}

function sqlValue(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value === undefined ? null : (value as SQLInputValue)
}

// SQLite's result codes (sqlite.org/rescode.html); the low byte tells the kind.
const BUSY = 5
const READONLY = 8
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOT_A_DATABASE = 26

function isCorrupt(error: unknown): boolean {
  const code = codeOf(error)
  return code === CORRUPT || code === NOT_A_DATABASE
}

function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  switch (codeOf(error)) {
    case BUSY:
      return `${file} is locked by another process`
    case READONLY:
      return `${file} may not be written`
    case FULL:
      return `there is no room left to write ${file}`
    case CANTOPEN:
      return `${file} can't be opened`
    default:
      return `${file}: ${message}`
  }
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined
}
