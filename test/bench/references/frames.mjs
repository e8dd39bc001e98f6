const newline = 10
const returnCharacter = 13
const d = 100
const colon = 58

/**
 * Splits a stream into its `data:` lines, however it was cut, and joins what `translate` makes of each. Works on bytes, so
 * a character cut in two is no matter.
 *
 * @param {(data: string) => string} translate
 * @returns {(chunk: Buffer) => string}
 */
export function createFrames(translate) {
  let rest = Buffer.alloc(0)

  return chunk => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let translated = ''
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      if (bytes[start] === d && bytes[start + 4] === colon) {
        const from = bytes[start + 5] === 32 ? start + 6 : start + 5
        const to = bytes[end - 1] === returnCharacter ? end - 1 : end
        translated += translate(bytes.utf8Slice(from, to))
      }
      start = end + 1
    }
    rest = bytes.subarray(start)
    return translated
  }
}
