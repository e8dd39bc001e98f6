/** A key as it is kept and sent, or why it cannot be one. */
export type CleanKey =
  | { readonly ok: true; readonly value: string; readonly trimmed: boolean }
  | { readonly ok: false; readonly reason: string }

/** The most that a key may be long, in characters. */
const MAX_LENGTH = 8192

/**
 * A pasted or configured key without the white space around it. Refused is what no header can carry safely (RFC 9110,
 * 5.5): anything but printable ASCII. The reason never repeats the key.
 */
export function cleanKey(text: string): CleanKey {
  const value = text.trim()
  const reason = refusalOf(value)
  return reason === undefined ? { ok: true, value, trimmed: value !== text } : { ok: false, reason }
}

function refusalOf(value: string): string | undefined {
  if (value === '') return 'The key is empty.'
  if (value.length > MAX_LENGTH)
    return `The key is too long: ${value.length} characters, where ${MAX_LENGTH} are the most.`
  if (/[\r\n]/.test(value)) return 'The key has a line break in it: give one key, on one line.'
  const strange = /[^\x20-\x7e]/u.exec(value)
  if (strange === null) return undefined
  return `The key has a character in it that no key has: ${describe(strange[0])} at position ${strange.index + 1}.`
}

function describe(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return code < 0x20 || code === 0x7f ? `the control character ${hex}` : hex
}
