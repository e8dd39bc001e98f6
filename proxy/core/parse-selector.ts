import { isParamName, paramNames, params, type Params } from './selector-params.ts'
import {
  operators,
  type Branch,
  type Composite,
  type Hybrid,
  type Leaf,
  type Marks,
  type Selector,
} from './selector.ts'

/** Something that is wrong with a selector. */
export interface SelectorProblem {
  /** Where, as an offset into the text. */
  readonly at: number
  /** What, as a sentence without its full stop. */
  readonly says: string
}

/** A text that is no selector. Its message tells every problem and where it is. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError'
  readonly problems: readonly SelectorProblem[]

  constructor(problems: readonly SelectorProblem[]) {
    super(problems.map(({ at, says }) => `${says} (at character ${at + 1})`).join('; '))
    this.problems = problems
  }
}

const MOST_CHARACTERS = 4000
const MOST_BRANCHES = 32
const HYBRID = 'hybrid:['

/**
 * Takes a selector apart. Throws a SelectorError, and nothing else. With `tell`, parameters that are unknown or out of
 * range are told there and left out, rather than refused.
 */
export function parseSelector(text: string, tell?: (problem: SelectorProblem) => void): Selector {
  if (text.length > MOST_CHARACTERS) fail(MOST_CHARACTERS, `a selector has at most ${MOST_CHARACTERS} characters`)
  const whole = trimmed({ text, at: 0 })
  if (whole.text === '') fail(0, 'a selector names at least a model')
  const badParams: SelectorProblem[] = []
  const selector = whole.text.startsWith(HYBRID) ? parseHybrid(whole, badParams) : parseBranches(whole, badParams)
  if (tell !== undefined) badParams.forEach(tell)
  else if (badParams.length > 0) throw new SelectorError(badParams)
  return selector
}

/** A piece of the text, and where it begins. */
interface Piece {
  readonly text: string
  readonly at: number
}

function parseBranches(whole: Piece, badParams: SelectorProblem[]): Branch | Composite {
  const found = new Set(whole.text.match(/[|^!]/g))
  const kinds = (Object.keys(operators) as Composite['kind'][]).filter(kind => found.has(operators[kind]))
  const [kind, other] = kinds
  if (other !== undefined) {
    const at = whole.at + whole.text.indexOf(operators[other])
    fail(at, `one selector has one kind of sign between its branches: |, ^ or !`)
  }
  const pieces = kind === undefined ? [whole] : split(whole, operators[kind])
  if (pieces.length > MOST_BRANCHES) fail(whole.at, `a selector has at most ${MOST_BRANCHES} branches`)
  const branches = pieces.map(piece => parseBranch(trimmed(piece), kind ?? 'leaf', badParams))
  const firsts = branches.filter(({ marks }) => marks.first)
  if (firsts.length > 1) fail(whole.at, 'only one branch can be [first]')
  const [only] = branches
  return kind === undefined && only !== undefined ? only : { kind: kind ?? 'failover', branches }
}

/** A mark's value in brackets, and between which branches it means anything. */
interface MarkReader {
  readonly in: readonly (Composite['kind'] | 'leaf')[]
  readonly read: (text: string | undefined) => number | true | undefined
  readonly must: string
}

const seconds = {
  in: ['race'],
  read: text => (text !== undefined && /^\d+(\.\d+)?$/.test(text) && Number(text) <= 3600 ? Number(text) : undefined),
  must: 'a number of seconds',
} as const satisfies MarkReader

function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

const markReaders: Readonly<Record<keyof Marks, MarkReader>> = {
  weight: { in: ['weighted'], read: positive, must: 'a whole number, 1 or more' },
  first: {
    in: ['weighted'],
    read: text => (text === undefined || /^(1|yes|true)$/.test(text) ? true : undefined),
    must: 'without a value, or true',
  },
  handicap: seconds,
  ttft_timeout: seconds,
  max_context: { in: ['leaf', 'failover', 'weighted', 'race'], read: positive, must: 'a number of tokens, 1 or more' },
}

function parseBranch(piece: Piece, kind: Composite['kind'] | 'leaf', badParams: SelectorProblem[]): Branch {
  const marks: Record<string, number | true> = {}
  let rest = piece
  while (rest.text.startsWith('[')) {
    const end = rest.text.indexOf(']')
    if (end === -1) fail(rest.at, 'this bracket is never closed')
    for (const item of split({ text: rest.text.slice(1, end), at: rest.at + 1 }, ',')) readMark(item, kind, marks)
    rest = from(rest, end + 1)
    if (/^\s/.test(rest.text)) fail(rest.at, 'no space stands between a bracket and its model')
  }
  return { ...parseLeaf(rest, badParams), marks }
}

/** Marks that people know from elsewhere, and what is here in their place. */
const insteadOf: Readonly<Record<string, string>> = {
  thinker: 'hybrid:[a:x,b:y] lets one model think for another, and hybrid.probability says in how many of the turns',
}

function readMark(item: Piece, kind: Composite['kind'] | 'leaf', marks: Record<string, number | true>): void {
  const [name, value] = divided(item.text, '=')
  if (!isMark(name)) {
    fail(item.at, `[${name}] is not known: ${insteadOf[name] ?? `there are ${Object.keys(markReaders).join(', ')}`}`)
  }
  const reader = markReaders[name]
  if (!reader.in.includes(kind)) fail(item.at, `[${name}] stands only ${whereMarksStand(reader)}`)
  if (Object.hasOwn(marks, name)) fail(item.at, `[${name}] stands here twice`)
  const read = reader.read(value)
  if (read === undefined || (read === 0 && name === 'ttft_timeout')) fail(item.at, `[${name}] must be ${reader.must}`)
  marks[name] = read
}

function isMark(name: string): name is keyof Marks {
  return Object.hasOwn(markReaders, name)
}

function whereMarksStand({ in: kinds }: MarkReader): string {
  const signs = kinds.flatMap(kind => (kind === 'leaf' ? [] : [operators[kind]]))
  return `between branches divided by ${signs.join(' or ')}`
}

function parseLeaf(piece: Piece, badParams: SelectorProblem[]): Leaf {
  const query = piece.text.indexOf('?')
  const name = query === -1 ? piece : { text: piece.text.slice(0, query), at: piece.at }
  const colon = name.text.indexOf(':')
  const slash = name.text.indexOf('/')
  const hasBackend = colon !== -1 && (slash === -1 || colon < slash)
  const backend = hasBackend ? name.text.slice(0, colon).trim() : undefined
  const model = trimmed(hasBackend ? from(name, colon + 1) : name)
  if (backend === '') fail(name.at, 'no backend stands before the colon')
  if (model.text === '') fail(model.at, hasBackend ? 'no model stands behind the colon' : 'a model is missing here')
  if (backend === 'hybrid' && model.text.startsWith('[')) fail(name.at, 'hybrid:[…] stands alone')
  const params = query === -1 ? {} : parseParams(from(piece, query + 1), badParams)
  return { kind: 'leaf', ...(backend !== undefined && { backend }), model: model.text, params }
}

/** The last of several values counts; one without a value counts as not given. */
function parseParams(query: Piece, badParams: SelectorProblem[]): Params {
  const given: Record<string, unknown> = {}
  for (const item of split(query, '&')) {
    const [encodedName, encoded = ''] = divided(item.text, '=')
    const name = decoded(encodedName)
    const text = decoded(encoded)
    if (item.text === '' || text === '') continue
    const refuse = (says: string) => badParams.push({ at: item.at, says })
    if (name === undefined || !isParamName(name)) {
      refuse(`there is no parameter ${JSON.stringify(encodedName)}: there are ${paramNames.join(', ')}`)
      continue
    }
    const value = text === undefined ? undefined : params[name].read(text)
    if (value === undefined) refuse(`${name} must be ${params[name].must}`)
    else
      given[name] =
        name === 'stop' && Array.isArray(given[name]) ? [...(given[name] as string[]), ...(value as string[])] : value
  }
  return given
}

/** Nothing for text that is not percent-encoded properly. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function parseHybrid(whole: Piece, badParams: SelectorProblem[]): Hybrid {
  const operator = /[|^!]/.exec(whole.text)
  if (operator !== null) fail(whole.at + operator.index, 'hybrid:[…] stands alone, and holds two single models')
  if (!whole.text.endsWith(']')) fail(whole.at + HYBRID.length - 1, 'this bracket is not closed at the end')
  const inside = { text: whole.text.slice(HYBRID.length, -1), at: whole.at + HYBRID.length }
  const leaves = split(inside, ',')
  const [first, second] = leaves
  if (first === undefined || second === undefined || leaves.length !== 2) {
    fail(inside.at, 'hybrid takes two models: hybrid:[backend:thinks,backend:answers]')
  }
  const [reasoner, actor] = [first, second].map(piece => {
    const leaf = parseLeaf(trimmed(piece), badParams)
    if (leaf.backend === undefined) fail(trimmed(piece).at, 'each model of a hybrid names its backend')
    return leaf
  }) as [Leaf, Leaf]
  return { kind: 'hybrid', reasoner, actor }
}

function split({ text, at }: Piece, sign: string): Piece[] {
  let offset = at
  return text.split(sign).map(part => {
    const piece = { text: part, at: offset }
    offset += part.length + sign.length
    return piece
  })
}

/** What is before the first sign, and what is behind it if there is one. */
function divided(text: string, sign: string): [string, string?] {
  const index = text.indexOf(sign)
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}

function trimmed({ text, at }: Piece): Piece {
  const start = text.trimStart()
  return { text: start.trimEnd(), at: at + text.length - start.length }
}

function from({ text, at }: Piece, offset: number): Piece {
  return { text: text.slice(offset), at: at + offset }
}

function fail(at: number, says: string): never {
  throw new SelectorError([{ at, says }])
}
