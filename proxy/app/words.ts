/** How many characters of an answer a row shows. */
const SHOWN = 80
/** Enough of a stream to hold them. */
const READ_BYTES = 8192

/** Strings under the names that the four protocols give to what a model says, thinks or passes to a tool. */
const said = /"(?:content|text|delta|thinking|partial_json|arguments|reasoning_content)"\s*:\s*"((?:[^"\\]|\\.)*)"/g

/** The last words of an answer's captured bytes, of any protocol, streamed or whole; nothing if it said none yet. */
export function lastWords(bytes: Uint8Array): string | undefined {
  return wordsIn(bytes.subarray(-READ_BYTES))?.slice(-SHOWN)
}

/** Its first words. */
export function firstWords(bytes: Uint8Array): string | undefined {
  return wordsIn(bytes.subarray(0, READ_BYTES))?.slice(0, SHOWN)
}

function wordsIn(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const words = [...text.matchAll(said)].map(match => unescaped(match[1] ?? '')).join('')
  const line = words.replaceAll(/\s+/g, ' ').trim()
  return line === '' ? undefined : line
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return ''
  }
}
