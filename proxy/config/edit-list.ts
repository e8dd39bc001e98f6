import { isDeepStrictEqual } from 'node:util'
import { isSeq, type YAMLSeq } from 'yaml'
import { editYaml, proven } from './edit.ts'
import { isSection, leavesOf, type Path } from './key.ts'
import { parseYaml } from './parse.ts'
import { commentStart, endOf, lineEnd, lineStart, newlineOf, splice, startOf } from './yaml-places.ts'
import { inLine, itemInBlock } from './yaml-values.ts'

/** A change of a list, by the places of its items from 0. */
export type ListEdit =
  | { readonly type: 'add'; readonly item: Item }
  | { readonly type: 'replace'; readonly at: number; readonly item: Item }
  | { readonly type: 'remove'; readonly at: number }
  | { readonly type: 'move'; readonly at: number; readonly to: number }

type Item = Readonly<Record<string, unknown>>

/**
 * The text of a config file with one item of a list of sections added at the end, changed, taken out or moved, and all
 * else as it was to the letter. An item takes along the comment in the lines above it when it moves or goes; one that
 * changes keeps its comments and the order of its values. A list that is left empty goes. Throws a ConfigError as
 * `editYaml` does.
 */
export async function editList(text: string, path: Path, edit: ListEdit, file: string): Promise<string> {
  const parsed = await parseYaml(text, file)
  const node = parsed.document.getIn(path, true)
  const before: readonly unknown[] = isSeq(node) ? (valueAt(parsed.value, path) as unknown[]) : []
  if (edit.type === 'replace') return replaced(text, [...path, edit.at], { before: before[edit.at], edit, file })
  const value = changed(before, edit)
  if (!isSeq(node) || before.length === 0 || value.length === 0) {
    return editYaml(text, path, value.length === 0 ? undefined : value, file)
  }
  return proven(spliced(text, node, edit), { parsed, path, value, file })
}

/** The same change made to the data. */
function changed(list: readonly unknown[], edit: Exclude<ListEdit, { type: 'replace' }>): readonly unknown[] {
  switch (edit.type) {
    case 'add':
      return [...list, edit.item]
    case 'remove':
      return list.toSpliced(edit.at, 1)
    case 'move':
      return list.toSpliced(edit.at, 1).toSpliced(edit.to, 0, list[edit.at])
  }
}

interface Replacement {
  readonly before: unknown
  readonly edit: Extract<ListEdit, { type: 'replace' }>
  readonly file: string
}

/** Value by value, so that what stays the same stays as it was written. */
async function replaced(text: string, path: Path, { before, edit: { item }, file }: Replacement): Promise<string> {
  const old = leavesOf(before)
  const wanted = leavesOf(item)
  let now = text
  // What is new comes first: a section whose values are all exchanged is not to go with its comment meanwhile.
  for (const [inner, value] of wanted) {
    const isThere = old.some(([place, known]) => isDeepStrictEqual(place, inner) && isDeepStrictEqual(known, value))
    if (!isThere) now = await editYaml(now, [...path, ...inner], value, file)
  }
  for (const [inner] of old) {
    const isStill = wanted.some(([place]) => isWithin(place, inner) || isWithin(inner, place))
    if (!isStill) now = await editYaml(now, [...path, ...inner], undefined, file)
  }
  return now
}

function isWithin(inner: Path, outer: Path): boolean {
  return outer.every((step, index) => inner[index] === step)
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (isSection(value) ? value[String(step)] : undefined), tree)
}

/** The text that belongs to an item: in braces and brackets its own, else its lines and the comment above them. */
interface Piece {
  readonly start: number
  readonly end: number
}

function spliced(text: string, list: YAMLSeq, edit: Exclude<ListEdit, { type: 'replace' }>): string {
  const pieces = list.items.map(item => pieceOf(text, list, item))
  const [first, last] = [pieces[0], pieces.at(-1)]
  if (first === undefined || last === undefined) return text
  switch (edit.type) {
    case 'add': {
      const newline = newlineOf(text)
      const added =
        list.flow === true ? `, ${inLine(edit.item)}` : newline + itemInBlock(edit.item, columnOf(text, list), newline)
      return splice(text, last.end, last.end, added)
    }
    case 'remove':
      return list.flow === true ? withoutInLine(text, pieces, edit.at) : withoutLines(text, pieces[edit.at])
    case 'move': {
      // What stands between the items stays where it is.
      const gaps = pieces.map(({ end }, index) => text.slice(end, pieces[index + 1]?.start ?? end))
      const order = changed(pieces, edit) as readonly Piece[]
      const moved = order.map(({ start, end }, index) => text.slice(start, end) + (gaps[index] ?? ''))
      return splice(text, first.start, last.end, moved.join(''))
    }
  }
}

function pieceOf(text: string, list: YAMLSeq, item: unknown): Piece {
  if (list.flow === true) return { start: startOf(item), end: endOf(text, item) }
  const column = columnOf(text, list)
  let line = lineStart(text, startOf(item))
  // The dash may stand alone in a line above.
  while (line > 0 && text[line + column] !== '-') line = lineStart(text, line - 1)
  return { start: commentStart(text, line), end: lineEnd(text, endOf(text, item)) }
}

function withoutLines(text: string, piece: Piece | undefined): string {
  return piece === undefined ? text : splice(text, piece.start, text.indexOf('\n', piece.end) + 1 || text.length, '')
}

function withoutInLine(text: string, pieces: readonly Piece[], at: number): string {
  const [previous, piece, next] = [pieces[at - 1], pieces[at], pieces[at + 1]]
  if (piece === undefined) return text
  if (next !== undefined) return splice(text, piece.start, next.start, '')
  return splice(text, previous?.end ?? piece.start, piece.end, '')
}

/** The column of a list's dashes. */
function columnOf(text: string, list: YAMLSeq): number {
  return startOf(list) - lineStart(text, startOf(list))
}
