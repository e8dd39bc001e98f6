/** An argument as it was typed, without its quotes. */
export interface Argument {
  /** What stands before an equals sign, if one stands there. */
  readonly key?: string | undefined
  readonly value: string
  /** The whole of it, for commands whose values may hold an equals sign. */
  readonly whole: string
}

/** A command as it was typed. */
export interface Call {
  readonly name: string
  readonly args: readonly Argument[]
  /** Whether brackets follow the name. */
  readonly hasBrackets: boolean
  /** Whether the bracket is closed; one that is not ends with its line. */
  readonly isClosed: boolean
  /** Where it ends in the text. */
  readonly end: number
}

/** The most characters between the brackets of a command: enough for a list of models, not for a file. */
const MOST_CHARACTERS = 8000

/**
 * Takes apart the call whose name begins at `at`, behind the prefix: `name`, `name(value)`, `name(key=value, "a, b")`.
 * Nothing if no name stands there. Never throws.
 */
export function parseCall(text: string, at: number): Call | undefined {
  const name = match(/[A-Za-z][\w-]*/y, text, at)
  if (name === undefined) return undefined
  const afterName = at + name.length
  const space = match(/[ \t]*/y, text, afterName) ?? ''
  const open = afterName + space.length
  if (text[open] !== '(') return { name, args: [], hasBrackets: false, isClosed: true, end: afterName }
  const pieces = splitArguments(text, open + 1)
  if (pieces !== undefined) {
    return { name, args: pieces.texts.map(toArgument), hasBrackets: true, isClosed: true, end: pieces.end }
  }
  const lineEnd = text.indexOf('\n', open)
  return { name, args: [], hasBrackets: true, isClosed: false, end: lineEnd === -1 ? text.length : lineEnd }
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const escapable = `,()[]{}"'=`

/** What stands between commas up to the closing bracket; commas in quotes and brackets divide nothing. */
function splitArguments(
  text: string,
  start: number,
): { readonly texts: readonly string[]; readonly end: number } | undefined {
  const texts: string[] = []
  const awaited: string[] = []
  let quote: string | undefined
  let from = start
  const most = Math.min(text.length, start + MOST_CHARACTERS)
  for (let at = start; at < most; at++) {
    const sign = text.charAt(at)
    if (sign === '\\' && escapable.includes(text.charAt(at + 1)) && at + 1 < text.length) at++
    else if (quote !== undefined) quote = sign === quote ? undefined : quote
    else if ((sign === '"' || sign === "'") && opensQuote(text, at)) quote = sign
    else if (closers[sign] !== undefined) awaited.push(closers[sign])
    else if (sign === awaited.at(-1)) awaited.pop()
    else if (awaited.length > 0) continue
    else if (sign === ',') {
      texts.push(text.slice(from, at))
      from = at + 1
    } else if (sign === ')') {
      texts.push(text.slice(from, at))
      const isEmpty = texts.length === 1 && texts[0]?.trim() === ''
      return { texts: isEmpty ? [] : texts, end: at + 1 }
    }
  }
  return undefined
}

/** A quote within a word is an apostrophe. */
function opensQuote(text: string, at: number): boolean {
  return /[\s,=:([{]/.test(text.charAt(at - 1))
}

function toArgument(text: string): Argument {
  const whole = text.trim()
  const key = match(/[A-Za-z][\w -]*?(?=\s*=)/y, whole, 0)
  if (key === undefined) return { value: unquoted(whole), whole: unquoted(whole) }
  return { key: normalised(key), value: unquoted(whole.slice(whole.indexOf('=') + 1).trim()), whole: unquoted(whole) }
}

/** Names are the same in either case, with `_`, space or `-`. */
export function normalised(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
}

/** JSON and marked selectors keep their own quotes and escapes. */
function unquoted(value: string): string {
  if (/^[[{]/.test(value)) return value
  const quote = value.charAt(0)
  const isQuoted = value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote)
  return (isQuoted ? value.slice(1, -1) : value).replaceAll(/\\([,()[\]{}"'=])/g, '$1')
}

function match(expression: RegExp, text: string, at: number): string | undefined {
  expression.lastIndex = at
  return expression.exec(text)?.[0]
}
