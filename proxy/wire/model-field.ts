/** Where a JSON body names its model: the value, and the byte offsets of the value's text between its quotes. */
export interface ModelField {
  readonly value: string
  readonly start: number
  readonly end: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

const KEY = Buffer.from('"model"')
/**
 * What is searched for in place of the key: a search goes by the first byte of what it looks for, and quotes, backslashes and
 * most letters are all over a JSON body. An m is passed over four times as fast as an o, a zero ten times as fast as a u.
 */
const KEY_END = Buffer.from('model"')
/** Each letter of "model" is U+0064 to U+006F, so a key that spells it with escapes holds this, behind `\u`. */
const ESCAPED_LETTER = Buffer.from('006')
const LETTER_U = 0x75

/**
 * Finds the top-level `model` of a JSON object without parsing it: for a body of 200 KB some 20 µs instead of over a
 * millisecond. Gives nothing where it can't be sure to agree with `JSON.parse`, which is then to be asked: a model that
 * is missing, given twice, spelt with escapes, or no string, and bodies that are plainly no JSON object. It does not
 * validate the rest of the body.
 */
export function findModelField(body: Buffer): ModelField | undefined {
  const open = skipSpace(body, 0)
  if (body[open] !== OPEN_BRACE || body[lastByte(body)] !== CLOSE_BRACE) return undefined
  if (holdsEscapedLetter(body)) return undefined

  const key = topLevelKey(body, open + 1, 1)
  if (key === undefined) return undefined
  const field = stringValueAfter(body, key)
  if (field === undefined) return undefined
  // JSON.parse takes the last of two equal keys, so there may be no second one.
  if (topLevelKey(body, field.end + 1, 1) !== undefined) return undefined
  return field
}

/** The body with another model in the same place. `model` is put in as a JSON string. */
export function replaceModel(body: Buffer, field: ModelField, model: string): Buffer {
  const value = Buffer.from(JSON.stringify(model).slice(1, -1))
  const replaced = Buffer.allocUnsafeSlow(body.length - (field.end - field.start) + value.length)
  body.copy(replaced, 0, 0, field.start)
  value.copy(replaced, field.start)
  body.copy(replaced, field.start + value.length, field.end)
  return replaced
}

/** The offset after a `"model"` that stands at depth 1 behind `from`, where `from` is outside any string at `depth`. */
function topLevelKey(body: Buffer, from: number, depth: number): number | undefined {
  let candidate = nextKey(body, from)
  let at = from
  while (candidate !== -1) {
    // Walk the structure up to the candidate, over whole strings, to learn whether it is a key of the outer object.
    while (at < candidate) {
      const byte = body[at]
      if (byte === QUOTE) {
        at = stringEnd(body, at) + 1
        if (at === 0) return undefined
        continue
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
      if (depth === 0) return undefined
      at++
    }
    if (at === candidate) {
      const after = at + KEY.length
      if (depth === 1 && body[skipSpace(body, after)] === COLON) return after
      at = after
    }
    candidate = nextKey(body, at)
  }
  return undefined
}

/** The offset of the next `"model"`, wherever it stands, or -1. */
function nextKey(body: Buffer, from: number): number {
  let end = body.indexOf(KEY_END, from)
  while (end !== -1) {
    const start = end - 1
    if (start >= from && KEY.compare(body, start, start + KEY.length) === 0) return start
    end = body.indexOf(KEY_END, end + 1)
  }
  return -1
}

function holdsEscapedLetter(body: Buffer): boolean {
  for (let at = body.indexOf(ESCAPED_LETTER); at !== -1; at = body.indexOf(ESCAPED_LETTER, at + 1)) {
    if (body[at - 1] === LETTER_U && body[at - 2] === BACKSLASH) return true
  }
  return false
}

function stringValueAfter(body: Buffer, key: number): ModelField | undefined {
  const quote = skipSpace(body, skipSpace(body, key) + 1)
  if (body[quote] !== QUOTE) return undefined
  const end = body.indexOf(QUOTE, quote + 1)
  if (end === -1) return undefined
  const value = body.toString('utf8', quote + 1, end)
  // Escapes are for JSON.parse; control characters it would refuse; U+FFFD may be bytes that are no UTF-8.
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u001f\\\ufffd]/.test(value) ? undefined : { value, start: quote + 1, end }
}

/** The offset of the quote that ends the string which begins at `quote`, or -1. */
function stringEnd(body: Buffer, quote: number): number {
  let end = body.indexOf(QUOTE, quote + 1)
  while (end !== -1) {
    let backslashes = 0
    while (body[end - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
    end = body.indexOf(QUOTE, end + 1)
  }
  return -1
}

function skipSpace(body: Buffer, from: number): number {
  let at = from
  while (isSpace(body[at])) at++
  return at
}

function lastByte(body: Buffer): number {
  let at = body.length - 1
  while (isSpace(body[at])) at--
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
