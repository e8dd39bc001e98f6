import type { Document, DocumentOptions, ErrorCode, Node, ParseOptions, YAMLError } from 'yaml'
import { dotted, type Path } from './key.ts'
import { ConfigError, type ConfigProblem } from './problems.ts'

/** What a config file says, and where it says it. */
export interface Parsed {
  /** Plain data. A key without a value is `undefined`. */
  readonly value: unknown
  /** Where each value stands, by dotted key. */
  readonly places: ReadonlyMap<string, Place>
  readonly document: Document
}

export interface Place {
  readonly key: Position
  /** Absent for a key without a value. */
  readonly value?: Position | undefined
}

/** Line and column, from 1. */
interface Position {
  readonly line: number
  readonly column: number
}

/**
 * Reads YAML 1.2. Throws a ConfigError for the first place where it is none, for keys that stand twice in one block, and
 * for anchors, aliases and tags: a config has no need of them, and without them every value stands where it counts.
 */
export async function parseYaml(text: string, file: string): Promise<Parsed> {
  // Loaded only when there is a file: it costs more than all else that is done here.
  const { LineCounter, isCollection, isMap, isNode, isScalar, isSeq, parseDocument, visit } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { ...options, lineCounter: lines })
  const fault = firstFault(document)
  if (fault !== undefined) {
    throw new ConfigError([{ file, ...positionAt(startOf(fault)), ...explained(fault) }])
  }

  const places = new Map<string, Place>()
  const problems: ConfigProblem[] = []
  const value = plain(document.contents, [])
  if (problems.length > 0) throw new ConfigError(problems)
  return { value, places, document }

  function plain(node: unknown, path: Path): unknown {
    if (path.length > DEEPEST) return refuse(path, 'is nested too deep')
    if (isMap(node) && isBare(node)) {
      const entries = new Map<string, unknown>()
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : ''
        const here = [...path, name]
        const first = places.get(dotted(here))
        const isGiven = isNode(value) && !(isScalar(value) && value.value === null)
        places.set(dotted(here), { key: positionOf(key), ...(isGiven && { value: positionOf(value) }) })
        if (first !== undefined) refuse(here, `stands twice, first in line ${first.key.line}`, 'keep one')
        // The schema library passes over this name in silence.
        if (name === '__proto__') refuse(here, 'is not a known key')
        entries.set(name, plain(value, here))
      }
      return Object.fromEntries(entries)
    }
    if (isSeq(node) && isBare(node)) {
      return node.items.map((item, index) => {
        const here = [...path, index]
        places.set(dotted(here), { key: positionOf(item), value: positionOf(item) })
        return plain(item, here)
      })
    }
    if (node === null) return undefined
    if (isScalar(node) && isBare(node)) return node.value ?? undefined
    return refuse(path, 'has an anchor, alias or tag, which are not used here', IN_QUOTES)
  }

  function refuse(path: Path, says: string, suggestion?: string): unknown {
    const key = dotted(path)
    const position = places.get(key)?.key ?? { line: 1, column: 1 }
    problems.push({ file, ...position, key, message: key === '' ? says : `${key} ${says}`, suggestion })
    return undefined
  }

  /** What is never closed is noticed at the end of the file, where nobody looks for it. */
  function startOf(fault: YAMLError): number {
    let start = fault.pos[0]
    if (!unclosed.test(fault.message)) return start
    visit(document, {
      Node: (_, node) => {
        const opens = isCollection(node) ? node.flow : isScalar(node) && node.type?.startsWith('QUOTE')
        if (opens !== true || node.range?.[1] !== fault.pos[0]) return undefined
        start = node.range[0]
        return visit.BREAK
      },
    })
    return start
  }

  function isBare(node: Node): boolean {
    return node.tag === undefined && node.anchor === undefined
  }

  function positionOf(node: unknown): Position {
    return positionAt(isNode(node) ? (node.range?.[0] ?? 0) : 0)
  }

  function positionAt(offset: number): Position {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
}

const DEEPEST = 32
const IN_QUOTES = 'put a text that begins with &, * or ! in quotes'

const options = {
  // The parser's own messages quote the file, and so perhaps a secret.
  prettyErrors: false,
  logLevel: 'error',
  stringKeys: true,
  // The parser's own check compares every key with every other.
  uniqueKeys: false,
} as const satisfies ParseOptions & DocumentOptions

/** What follows the first fault is mostly its consequence. */
function firstFault({ errors }: Document): YAMLError | undefined {
  return errors.reduce<YAMLError | undefined>(
    (first, fault) => (first === undefined || fault.pos[0] < first.pos[0] ? fault : first),
    undefined,
  )
}

const unclosed = /^Missing closing|end with a [\]}]$/

function explained({ code, message }: YAMLError): Pick<ConfigProblem, 'message' | 'suggestion'> {
  if (unclosed.test(message)) return { message: 'not valid YAML: the quote or bracket that opens here is never closed' }
  const { says, suggestion } = faults[code] ?? { says: 'something here is out of place', suggestion: CHECK }
  return { message: `not valid YAML: ${says}`, suggestion }
}

const CHECK = 'check the indentation, the space after each colon, and quotes around text that holds ": " or " #"'

const tags = { says: 'anchors, aliases and tags are not used here', suggestion: IN_QUOTES }
const notAnEntry = { says: 'this line and its neighbours do not make "key: value" entries', suggestion: CHECK }

const faults: Readonly<Partial<Record<ErrorCode, { says: string; suggestion?: string }>>> = {
  TAB_AS_INDENT: { says: 'a tab indents this line', suggestion: 'indent with spaces' },
  BAD_INDENT: { says: 'this line is not indented like its neighbours', suggestion: 'indent entries of a block alike' },
  BLOCK_AS_IMPLICIT_KEY: notAnEntry,
  MULTILINE_IMPLICIT_KEY: notAnEntry,
  MISSING_CHAR: { says: 'a colon, a comma or a space is missing', suggestion: CHECK },
  BAD_SCALAR_START: { says: "text can't begin with this character", suggestion: 'put it in quotes' },
  BAD_DQ_ESCAPE: {
    says: 'unknown escape in double quotes',
    suggestion: 'write backslashes twice, or use single quotes',
  },
  BAD_ALIAS: tags,
  ALIAS_PROPS: tags,
  BAD_PROP_ORDER: tags,
  MULTIPLE_ANCHORS: tags,
  MULTIPLE_TAGS: tags,
  TAG_RESOLVE_FAILED: tags,
  MULTIPLE_DOCS: { says: 'a second document begins here', suggestion: 'remove the line --- or ...' },
  NON_STRING_KEY: { says: 'a key must be a name', suggestion: 'put a key that begins with [ or { in quotes' },
  KEY_OVER_1024_CHARS: { says: 'a key is over 1024 characters long' },
  RESOURCE_EXHAUSTION: { says: 'it is nested too deep' },
}
