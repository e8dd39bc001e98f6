const quote = 34
const backslash = 92
const key = Buffer.from('"model"')

/**
 * A JSON body with the value of its top-level `model` replaced: a scan over the bytes that skips strings and counts
 * brackets. A reference for the cost only: it takes the first such key and no escapes in it.
 */
export function withModel(body, model) {
  let depth = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]
    if (byte === 123 || byte === 91) depth++
    else if (byte === 125 || byte === 93) depth--
    else if (byte === quote) {
      const end = stringEnd(body, i)
      if (end < 0) return body
      if (depth === 1 && key.equals(body.subarray(i, end + 1))) {
        const value = valueStart(body, end + 1)
        if (body[value] === quote)
          return Buffer.concat([body.subarray(0, value + 1), Buffer.from(model), body.subarray(stringEnd(body, value))])
      }
      i = end
    }
  }
  return body
}

/** Where the string that opens at `start` closes; -1 if it does not. */
function stringEnd(body, start) {
  for (let end = body.indexOf(quote, start + 1); end >= 0; end = body.indexOf(quote, end + 1)) {
    let escapes = 0
    while (body[end - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return -1
}

/** Past spaces, line breaks and one colon. */
function valueStart(body, i) {
  while (body[i] === 32 || body[i] === 10 || body[i] === 58) i++
  return i
}
