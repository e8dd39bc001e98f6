import { ProxyError } from '../core/errors.ts'

/** A client's body as JSON, or `invalid-request` that quotes the place where it stops being JSON. */
export function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProxyError(
      'invalid-request',
      `The body is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
        code: 'invalid_json',
      },
    )
  }
}

/** A peer's text as JSON where it is JSON, else the text itself: how `decodeError` takes bodies. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * A JSON value as bytes, the same that `JSON.stringify` gives. The fields of an object and the items in them are written one by
 * one: a string of more than 128 KB gets memory of its own from the system each time, which costs more than writing it.
 */
export function encodeJson(value: unknown): Buffer {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return Buffer.from(JSON.stringify(value))
  const pieces: string[] = []
  let piece = ''
  let separator = '{'
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    if (field === undefined) continue
    write(`${separator}${JSON.stringify(name)}:`)
    if (Array.isArray(field)) writeItems(field)
    else write(JSON.stringify(field))
    separator = ','
  }
  write(separator === '{' ? '{}' : '}')
  pieces.push(piece)
  return joined(pieces)

  function writeItems(items: readonly unknown[]) {
    let before = '['
    for (const item of items) {
      // As in any list, what JSON has no words for is null.
      write(before + JSON.stringify(item ?? null))
      before = ','
    }
    write(before === '[' ? '[]' : ']')
  }

  function write(text: string) {
    piece += text
    if (piece.length < PIECE_LENGTH) return
    pieces.push(piece)
    piece = ''
  }
}

const PIECE_LENGTH = 32 * 1024

function joined(pieces: readonly string[]): Buffer {
  const [only = ''] = pieces
  if (pieces.length === 1) return Buffer.from(only)
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0))
  let at = 0
  for (const piece of pieces) at += bytes.write(piece, at)
  return bytes
}
