import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { ReadableMessage, ReadableTurn } from './bodies.ts'

/** Adds a message; the values are a row of `bodyRows`. */
export const insertBody =
  'INSERT OR IGNORE INTO bodies (turn, message, headers, bytes, cut, text) VALUES (?, ?, ?, ?, ?, ?)'

/** What a turn carried as rows, a message each. */
export function bodyRows(turn: string, { request, response }: ReadableTurn): SQLInputValue[][] {
  return [rowOf(turn, 'request', request), rowOf(turn, 'response', response)]
}

/** What a turn carried, if both its messages are there. */
export function readBodies(db: DatabaseSync, turn: string): ReadableTurn | undefined {
  const rows = db.prepare('SELECT * FROM bodies WHERE turn = ? ORDER BY message').all(turn)
  const [request, response] = rows.map(messageOf)
  return request && response && { request, response }
}

/** Shorter texts are stored as they are: setting the compressor up takes longer than it saves room. */
const COMPRESSED_LENGTH = 2048

function rowOf(turn: string, message: keyof ReadableTurn, { headers, bytes, cut, text }: ReadableMessage) {
  return [turn, message, JSON.stringify(headers), bytes, cut ? 1 : 0, stored(text)]
}

function stored(text: string | undefined): SQLInputValue {
  if (text === undefined || text.length < COMPRESSED_LENGTH) return text ?? null
  // The levels above it take more time than they save room.
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
}

function messageOf({ headers, bytes, cut, text }: Record<string, SQLOutputValue>): ReadableMessage {
  return {
    headers: JSON.parse(String(headers)) as Record<string, string>,
    text: restored(text ?? null),
    bytes: Number(bytes),
    cut: cut === 1,
  }
}

function restored(stored: SQLOutputValue): string | undefined {
  if (stored === null) return undefined
  return stored instanceof Uint8Array ? zstdDecompressSync(stored).toString() : String(stored)
}
