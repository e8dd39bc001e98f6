import { isMap, isNode, isScalar, isSeq, type Pair } from 'yaml'

/** Where things stand in a text of YAML, in characters from its start. */

export function endOfPair(text: string, pair: Pair): number {
  const { value } = pair
  const isWritten = isNode(value) && value.range?.[0] !== value.range?.[1]
  return isWritten ? endOf(text, value) : afterColon(text, pair)
}

/** Where the last word of a node ends: before the line breaks and comments that the parser counts in. */
export function endOf(text: string, node: unknown): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1)
    if (last !== undefined) return endOfPair(text, last)
  }
  if (isSeq(node) && node.flow !== true && node.items.length > 0) return endOf(text, node.items.at(-1))
  return text.slice(0, isNode(node) ? node.range?.[1] : 0).trimEnd().length
}

export function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

export function afterColon(text: string, { key }: Pair): number {
  return text.indexOf(':', isNode(key) ? key.range?.[1] : 0) + 1
}

export function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : ''
}

export function columnOf(text: string, { key }: Pair): number {
  return startOf(key) - lineStart(text, startOf(key))
}

/** The start of the comment that stands right above a line and is indented like it; that at the top is the file's. */
export function commentStart(text: string, line: number): number {
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? ''
  let start = line
  while (start > 0) {
    const above = lineStart(text, start - 1)
    if (!text.startsWith(`${indent}#`, above)) return start
    start = above
  }
  return line
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

export function lineEnd(text: string, offset: number): number {
  return offset + (/\r?\n|$/.exec(text.slice(offset))?.index ?? 0)
}

export function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

export function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end)
}
