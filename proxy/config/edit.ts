import { isDeepStrictEqual } from 'node:util'
import { isMap, isSeq, type Pair, type YAMLMap } from 'yaml'
import { dotted, isSection, type Path } from './key.ts'
import { parseYaml, type Parsed } from './parse.ts'
import { ConfigError } from './problems.ts'
import {
  afterColon,
  columnOf,
  commentStart,
  endOf,
  endOfPair,
  lineEnd,
  lineStart,
  nameOf,
  newlineOf,
  splice,
  startOf,
} from './yaml-places.ts'
import { inBlock, inLine, isListOfSections } from './yaml-values.ts'

/**
 * The text of a config file with one value changed, or taken out if it is `undefined`, and all else as it was to the
 * letter. A value that goes takes along the comment in the lines above it, and a section that it leaves empty.
 * Throws a ConfigError for a text that is broken, and for one written in a way that can't be followed here.
 */
export async function editYaml(text: string, path: Path, value: unknown, file: string): Promise<string> {
  const parsed = await parseYaml(text, file)
  if (value === undefined && !parsed.places.has(dotted(path))) return text
  const after = spliced(text, parsed.document.contents, path, value)
  return proven(after, { parsed, path, value, file })
}

/** A change of a text: of what, where, and to which value. */
interface Change {
  readonly parsed: Parsed
  readonly path: Path
  readonly value: unknown
  readonly file: string
}

/**
 * A text that came of a change, if it says what it should and nothing else. YAML can be written in more ways than are
 * looked for here; one that was not seen shows in what comes out, and a ConfigError is thrown.
 */
export async function proven(after: string, { parsed, path, value, file }: Change): Promise<string> {
  const read = await parseYaml(after, file).catch(() => undefined)
  if (isDeepStrictEqual(read?.value ?? {}, changed(parsed.value, path, value) ?? {})) return after
  const key = dotted(path)
  const message = `${key} can't be changed without rewriting what stands around it`
  throw new ConfigError([{ file, ...parsed.places.get(key)?.key, key, message, suggestion: 'edit the file by hand' }])
}

/** The same change made to the data. */
function changed(tree: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (typeof step === 'number') {
    return Array.isArray(tree) ? tree.with(step, changed(tree[step], rest, value)) : tree
  }
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

function spliced(text: string, root: unknown, path: Path, value: unknown): string {
  const entries: Entry[] = []
  let section = root
  let depth = 0
  for (const step of path) {
    if (typeof step === 'number') {
      if (!isSeq(section)) break
      section = section.items[step]
    } else {
      const map = isMap(section) ? section : undefined
      const pair = map?.items.find(pair => nameOf(pair) === step)
      if (map === undefined || pair === undefined) break
      entries.push({ pair, map })
      section = pair.value
    }
    depth++
  }
  const last = entries.at(-1)
  const [name, ...inner] = path.slice(depth).map(String)
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
  if ((isSection(value) || isListOfSections(value)) && map.flow !== true) {
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
    const line = lineStart(text, startOf(pair.key))
    const isBesideDash = text.slice(line, startOf(pair.key)).trim() !== ''
    if (isBesideDash)
      return splice(text, startOf(pair.key), lineEnd(text, end) + gapAfter(text, lineEnd(text, end)), '')
    const start = commentStart(text, line)
    return splice(text, start, text.indexOf('\n', end) + 1 || text.length, '')
  }
  const index = map.items.indexOf(pair)
  const [previous, next] = [map.items[index - 1], map.items[index + 1]]
  if (next !== undefined) return splice(text, startOf(pair.key), startOf(next.key), '')
  return splice(text, previous === undefined ? startOf(pair.key) : endOfPair(text, previous), end, '')
}

/** How many line breaks and spaces follow, up to the next word. */
function gapAfter(text: string, end: number): number {
  return /^\s*/.exec(text.slice(end))?.[0].length ?? 0
}
