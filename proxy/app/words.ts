/** How many characters of an answer a row shows. */
const SHOWN = 80
/** Enough of the end of a stream to hold them. */
const READ_BYTES = 8192

/** Strings under the names that the four protocols give to what a model says, thinks or passes to a tool. */
const said = /"(?:content|text|delta|thinking|partial_json|arguments|reasoning_content)"\s*:\s*"((?:[^"\\]|\\.)*)"/g

/** The last words of an answer's captured bytes, of any protocol, streamed or whole; nothing if it said none yet. */
export function lastWords(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(-READ_BYTES).toString('utf8')
  const words = [...text.matchAll(said)].map(match => unescaped(match[1] ?? '')).join('')
  const line = words.replaceAll(/\s+/g, ' ').trim()
  return line === '' ? undefined : line.slice(-SHOWN)
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return ''
  }
}
