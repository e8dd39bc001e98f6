import { remembered } from '../core/remembered.ts'
import { markBytes } from './mark.ts'

/**
 * Whether a body of JSON may hold a command, or an answer of ours to one: where this says no, it need not be read. `#!/bin/sh`
 * in a file that an agent shows is no reason to. May say yes for nothing; never says no for a command.
 */
export function mayHoldCommand(body: Buffer, prefixes: readonly string[]): boolean {
  return prefixes.some(prefix => spellings(prefix).some(bytes => standsIn(body, bytes))) || body.includes(markBytes)
}

/**
 * A prefix as JSON may spell it: some programs escape slashes (PHP), all but ASCII (Python), or signs of HTML (.NET). Prefixes
 * are few, and come from the config and from sessions.
 */
const spellings = remembered((prefix): readonly Buffer[] => {
  const json = JSON.stringify(prefix).slice(1, -1)
  const written = [json, escaped(json, 'lower'), escaped(json, 'upper')]
  const texts = written.flatMap(text => [text, text.replaceAll('/', '\\/')])
  return [...new Set(texts)].map(text => Buffer.from(text))
}, 100)

function escaped(prefix: string, hex: 'lower' | 'upper'): string {
  return prefix.replace(/[<>&'"+`\u0080-\uffff]/g, unit => {
    const digits = unit.charCodeAt(0).toString(16).padStart(4, '0')
    return `\\u${hex === 'upper' ? digits.toUpperCase() : digits}`
  })
}

/** The prefix where a command may begin: before a letter, and not grown together with a sign of ASCII in front of it. */
function standsIn(body: Buffer, prefix: Buffer): boolean {
  for (let at = body.indexOf(prefix); at !== -1; at = body.indexOf(prefix, at + 1)) {
    if (isLetter(body[at + prefix.length]) && mayStandBefore(body, at)) return true
  }
  return false
}

/**
 * Before a command stands the beginning of a text, a space, the end of a tag, or another command. In JSON that ends with a
 * quote (also an escaped one), a space, `>`, `)`, the letter of an escape (`\\n`, `\\u2028`), or a byte of UTF-8.
 */
function mayStandBefore(body: Buffer, at: number): boolean {
  const byte = body[at - 1] ?? 0x22
  if (byte >= 0x80 || byte <= 0x20) return true
  const sign = String.fromCharCode(byte)
  if ('">)`\''.includes(sign)) return true
  if ('nrtfb'.includes(sign)) return body[at - 2] === 0x5c
  return /[0-9A-Fa-f]/.test(sign) && body[at - 5] === 0x75 && body[at - 6] === 0x5c
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a))
}
