import { isDeepStrictEqual } from 'node:util'
import { isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml'
import { dotted, isSection } from './key.ts'
import { parseYaml } from './parse.ts'
import { ConfigError } from './problems.ts'

/**
 * The text of a config file with one value changed, or taken out if it is `undefined`, and all else as it was to the
 * letter. A value that goes takes along the comment in the lines above it, and a section that it leaves empty.
 * Throws a ConfigError for a text that is broken, and for one written in a way that can't be followed here.
 */
export async function editYaml(text: string, path: readonly string[], value: unknown, file: string): Promise<string> {
  const key = dotted(path)
  const { value: before, places, document } = await parseYaml(text, file)
  if (value === undefined && !places.has(key)) return text
  const after = spliced(text, document.contents, path, value)
  // YAML can be written in more ways than are looked for here; one that was not seen shows in what comes out.
  const read = await parseYaml(after, file).catch(() => undefined)
  if (isDeepStrictEqual(read?.value ?? {}, changed(before, path, value) ?? {})) return after
  const message = `${key} can't be changed without rewriting what stands around it`
  throw new ConfigError([{ file, ...places.get(key)?.key, key, message, suggestion: 'edit the file by hand' }])
}

/** The same change made to the data. */
function changed(tree: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value
  if (tree !== undefined && !isSection(tree)) return tree
  const entries = new Map(Object.entries(tree ?? {}))
  const inner = changed(entries.get(step), rest, value)
  if (inner === undefined) entries.delete(step)
  else entries.set(step, inner)
  return value === undefined && entries.size === 0 ? undefined : Object.fromEntries(entries)
}

/** An entry of the file, and the block it stands in. */
interface Entry {
  readonly pair: Pair
  readonly map: YAMLMap
}

function spliced(text: string, root: unknown, path: readonly string[], value: unknown): string {
  const entries: Entry[] = []
  let section = root
  for (const step of path) {
    const map = isMap(section) ? section : undefined
    const pair = map?.items.find(pair => nameOf(pair) === step)
    if (map === undefined || pair === undefined) break
    entries.push({ pair, map })
    section = pair.value
  }
  const last = entries.at(-1)
  const [name, ...inner] = path.slice(entries.length)
  if (name !== undefined) {
    const inside = inner.reduceRight((within, step) => ({ [step]: within }), value)
    return isMap(section) && section.items.length > 0
      ? addTo(text, section, name, inside)
      : openSection(text, section, last, { [name]: inside })
  }
  if (last === undefined) return text
  return value === undefined ? remove(text, entries) : replace(text, last, value)
}

function replace(text: string, { pair, map }: Entry, value: unknown): string {
  const end = endOfPair(text, pair)
  if (isSection(value) && map.flow !== true) {
    const start = startOf(pair.key)
    return splice(
      text,
      start,
      end,
      inBlock({ [nameOf(pair)]: value }, columnOf(text, pair), newlineOf(text)).trimStart(),
    )
  }
  const colon = afterColon(text, pair)
  const start = end === colon ? colon : startOf(pair.value)
  // What stands in lines of its own moves up to its key.
  const isBeside = start > colon && !text.slice(colon, start).includes('\n')
  return isBeside ? splice(text, start, end, inLine(value)) : splice(text, colon, end, ` ${inLine(value)}`)
}

function addTo(text: string, map: YAMLMap, name: string, value: unknown): string {
  const [first, last] = [map.items[0], map.items.at(-1)]
  if (first === undefined || last === undefined) return text
  const end = endOfPair(text, last)
  if (map.flow === true) return splice(text, end, end, `, ${inLine(name)}: ${inLine(value)}`)
  const at = lineEnd(text, end)
  const newline = newlineOf(text)
  return splice(text, at, at, newline + inBlock({ [name]: value }, columnOf(text, first), newline))
}

/** Gives a section its first entry. It may stand there as `{}`, as a key without a value, or not at all. */
function openSection(
  text: string,
  section: unknown,
  owner: Entry | undefined,
  entries: Record<string, unknown>,
): string {
  const newline = newlineOf(text)
  const braces = isMap(section) && section.flow === true ? section : undefined
  if (owner === undefined) {
    const rest = braces === undefined ? text : splice(text, startOf(braces), endOf(text, braces), '')
    const above = rest === '' || rest.endsWith('\n') ? rest : rest + newline
    return above + inBlock(entries, 0, newline) + newline
  }
  const colon = afterColon(text, owner.pair)
  const rest = braces === undefined ? text : splice(text, colon, endOf(text, braces), '')
  if (owner.map.flow === true) return splice(rest, colon, colon, ` ${inLine(entries)}`)
  const at = lineEnd(rest, colon)
  return splice(rest, at, at, newline + inBlock(entries, columnOf(text, owner.pair) + 2, newline))
}

function remove(text: string, entries: readonly Entry[]): string {
  const emptied = entries.findLastIndex(({ map }) => map.items.length > 1)
  const entry = entries[Math.max(0, emptied)]
  if (entry === undefined) return text
  const { pair, map } = entry
  const end = endOfPair(text, pair)
  if (map.flow !== true) {
    const start = commentStart(text, lineStart(text, startOf(pair.key)))
    return splice(text, start, text.indexOf('\n', end) + 1 || text.length, '')
  }
  const index = map.items.indexOf(pair)
  const [previous, next] = [map.items[index - 1], map.items[index + 1]]
  if (next !== undefined) return splice(text, startOf(pair.key), startOf(next.key), '')
  return splice(text, previous === undefined ? startOf(pair.key) : endOfPair(text, previous), end, '')
}

/** The start of the comment that stands right above a line and is indented like it; that at the top is the file's. */
function commentStart(text: string, line: number): number {
  const indent = /^[ \t]*/.exec(text.slice(line))?.[0] ?? ''
  let start = line
  while (start > 0) {
    const above = lineStart(text, start - 1)
    if (!text.startsWith(`${indent}#`, above)) return start
    start = above
  }
  return line
}

/** Entries as lines of their own, without a line break at the end. */
function inBlock(entries: Record<string, unknown>, column: number, newline: string): string {
  return Object.entries(entries)
    .map(([name, value]) => {
      const start = `${' '.repeat(column)}${inLine(name)}:`
      const hasLines = isSection(value) && Object.keys(value).length > 0
      return hasLines ? start + newline + inBlock(value, column + 2, newline) : `${start} ${inLine(value)}`
    })
    .join(newline)
}

/** A value in a line. What may be taken for something other than text is put in quotes, which are JSON's. */
function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`
  if (isSection(value)) {
    const entries = Object.entries(value).map(([name, inner]) => `${inLine(name)}: ${inLine(inner)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  const isPlain = typeof value === 'string' && /^[\w/][\w./@+-]*(:[\w./@+-]+)*$/.test(value)
  return isPlain && Number.isNaN(Number(value)) && !/^(true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : JSON.stringify(value)
}

function endOfPair(text: string, pair: Pair): number {
  const { value } = pair
  const isWritten = isNode(value) && value.range?.[0] !== value.range?.[1]
  return isWritten ? endOf(text, value) : afterColon(text, pair)
}

/** Where the last word of a node ends: before the line breaks and comments that the parser counts in. */
function endOf(text: string, node: unknown): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1)
    if (last !== undefined) return endOfPair(text, last)
  }
  if (isSeq(node) && node.flow !== true && node.items.length > 0) return endOf(text, node.items.at(-1))
  return text.slice(0, isNode(node) ? node.range?.[1] : 0).trimEnd().length
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}

function afterColon(text: string, { key }: Pair): number {
  return text.indexOf(':', isNode(key) ? key.range?.[1] : 0) + 1
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : ''
}

function columnOf(text: string, { key }: Pair): number {
  return startOf(key) - lineStart(text, startOf(key))
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

function lineEnd(text: string, offset: number): number {
  return offset + (/\r?\n|$/.exec(text.slice(offset))?.index ?? 0)
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end)
}
