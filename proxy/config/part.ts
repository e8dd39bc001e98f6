import { isMap, type Pair } from 'yaml'
import { parseYaml } from './parse.ts'
import { ConfigError } from './problems.ts'
import { commentStart, endOfPair, lineEnd, lineStart, nameOf, newlineOf, startOf } from './yaml-places.ts'

/**
 * The text of the sections of these names in a config file, with their comments, in the file's order. Throws a ConfigError
 * for a file that is broken, or that is written in braces, where no lines belong to a section alone.
 */
export async function partOf(text: string, names: readonly string[], file: string): Promise<string> {
  const pieces = await piecesOf(text, names, file)
  return pieces.map(({ start, end }) => text.slice(start, end) + newlineOf(text)).join('')
}

/** A config file with other text in place of some of its sections. */
export interface WithPart {
  readonly text: string
  /** Where the part begins, from 1. */
  readonly firstLine: number
}

/** The text of a config file with `part` in place of the sections of these names: where the first of them was, else at the end. Throws as `partOf` does. */
export async function withPart(
  text: string,
  names: readonly string[],
  { part, file }: { readonly part: string; readonly file: string },
): Promise<WithPart> {
  const pieces = await piecesOf(text, names, file)
  const newline = newlineOf(text)
  const lines = part.trim() === '' ? '' : part.trimEnd().replaceAll(/\r?\n/g, newline) + newline
  const [first] = pieces
  const before = first === undefined ? endingLine(text, newline) : text.slice(0, first.start)
  const rest = pieces.map(({ end }, index) => text.slice(nextLine(text, end), pieces[index + 1]?.start)).join('')
  return { text: before + lines + rest, firstLine: before.split('\n').length }
}

interface Piece {
  readonly start: number
  readonly end: number
}

async function piecesOf(text: string, names: readonly string[], file: string): Promise<readonly Piece[]> {
  const { contents } = (await parseYaml(text, file)).document
  if (!isMap(contents)) return []
  if (contents.flow === true) {
    const message = 'is written in braces, so that no lines of it can be told apart'
    throw new ConfigError([{ file, message, suggestion: 'edit the file by hand' }])
  }
  const pieces = contents.items.filter(pair => names.includes(nameOf(pair))).map(pair => pieceOf(text, pair))
  return pieces.reduce<readonly Piece[]>((joined, piece) => withNext(text, joined, piece), [])
}

/** Sections with nothing but comments and empty lines between them are one piece. */
function withNext(text: string, pieces: readonly Piece[], next: Piece): readonly Piece[] {
  const last = pieces.at(-1)
  const between = last === undefined ? [] : text.slice(last.end, next.start).split('\n')
  const isNextTo = between.every(line => /^\s*(#.*)?$/.test(line))
  return last === undefined || !isNextTo ? [...pieces, next] : pieces.with(-1, { start: last.start, end: next.end })
}

function pieceOf(text: string, pair: Pair): Piece {
  const line = lineStart(text, startOf(pair.key))
  return { start: commentStart(text, line), end: lineEnd(text, endOfPair(text, pair)) }
}

function endingLine(text: string, newline: string): string {
  return text === '' || text.endsWith('\n') ? text : text + newline
}

function nextLine(text: string, end: number): number {
  return text.indexOf('\n', end) + 1 || text.length
}
