import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { ReadableMessage, ReadableTurn } from './bodies.ts'

/** Adds a message; the values are a row of `bodyRows`. */
export const insertBody =
  'INSERT OR IGNORE INTO bodies (turn, message, headers, bytes, cut, text) VALUES (?, ?, ?, ?, ?, ?)'

/** What a turn carried as rows, a message each, its text compressed. */
export function bodyRows(turn: string, { request, response }: ReadableTurn): SQLInputValue[][] {
  return [rowOf(turn, 'request', request), rowOf(turn, 'response', response)]
}

/** What a turn carried, if both its messages are there. */
export function readBodies(db: DatabaseSync, turn: string): ReadableTurn | undefined {
  const rows = db.prepare('SELECT * FROM bodies WHERE turn = ? ORDER BY message').all(turn)
  const [request, response] = rows.map(messageOf)
  return request && response && { request, response }
}

function rowOf(turn: string, message: keyof ReadableTurn, { headers, bytes, cut, text }: ReadableMessage) {
  return [
    turn,
    message,
    JSON.stringify(headers),
    bytes,
    cut ? 1 : 0,
    text === undefined ? null : zstdCompressSync(text, quickly),
  ]
}

/** The levels above it take more time than they save room. */
const quickly = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

function messageOf({ headers, bytes, cut, text }: Record<string, SQLOutputValue>): ReadableMessage {
  return {
    headers: JSON.parse(String(headers)) as Record<string, string>,
    text: text instanceof Uint8Array ? zstdDecompressSync(text).toString() : undefined,
    bytes: Number(bytes),
    cut: cut === 1,
  }
}
