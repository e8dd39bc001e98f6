import { printParams, type Params } from './selector-params.ts'

/**
 * Text that says where a turn goes, taken apart.
 *
 *     selector  := branch ('|' branch)+ | branch ('^' branch)+ | branch ('!' branch)+ | branch | hybrid
 *     branch    := ('[' mark (',' mark)* ']')* leaf
 *     mark      := 'weight=' N | 'first' | 'handicap=' SECONDS | 'ttft_timeout=' SECONDS | 'max_context=' TOKENS
 *     leaf      := [backend ':'] model ['?' name '=' value ('&' name '=' value)*]
 *     hybrid    := 'hybrid:[' leaf ',' leaf ']'
 *
 * A colon ends the backend's name only before the first slash. The backend may name one of its keys: `openai.2`. Values
 * are percent-encoded.
 */
export type Selector = Branch | Composite | Hybrid

export interface Leaf {
  readonly kind: 'leaf'
  /** As written: `openai`, or `openai.2` for one of its keys. */
  readonly backend?: string | undefined
  readonly model: string
  readonly params: Params
}

/** A leaf, and what stands in brackets before it. */
export interface Branch extends Leaf {
  readonly marks: Marks
}

export interface Marks {
  /** Its share beside the others' of a weighted choice. */
  readonly weight?: number | undefined
  /** Whether it takes the first request of a session. */
  readonly first?: boolean | undefined
  /** Its lead in a race, in seconds. */
  readonly handicap?: number | undefined
  /** How long it may take to say its first word in a race, in seconds. */
  readonly ttft_timeout?: number | undefined
  /** The largest request it is for, in tokens. */
  readonly max_context?: number | undefined
}

/** Several branches: in order, drawn by weight, or all at once. */
export interface Composite {
  readonly kind: 'failover' | 'weighted' | 'race'
  readonly branches: readonly Branch[]
}

/** Two models of which the first thinks and the second answers. */
export interface Hybrid {
  readonly kind: 'hybrid'
  readonly reasoner: Leaf
  readonly actor: Leaf
}

/** The sign between the branches of a composite. */
export const operators = { failover: '|', weighted: '^', race: '!' } as const satisfies Record<
  Composite['kind'],
  string
>

/** A selector as text; what `parseSelector` makes of it is the same selector. */
export function printSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'leaf':
      return printBranch(selector)
    case 'hybrid':
      return `hybrid:[${printLeaf(selector.reasoner)},${printLeaf(selector.actor)}]`
    default:
      return selector.branches.map(printBranch).join(operators[selector.kind])
  }
}

/** A leaf as text, without marks. */
export function printLeaf({ backend, model, params }: Leaf): string {
  const query = printParams(params)
  return `${backend === undefined ? '' : `${backend}:`}${model}${query === '' ? '' : `?${query}`}`
}

function printBranch(branch: Branch): string {
  const marks = Object.entries(branch.marks)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (value === true ? name : `${name}=${String(value)}`))
  return `${marks.length === 0 ? '' : `[${marks.join(',')}]`}${printLeaf(branch)}`
}

/** The leaves of a selector, in the order they are written. */
export function leavesOf(selector: Selector): readonly Leaf[] {
  switch (selector.kind) {
    case 'leaf':
      return [selector]
    case 'hybrid':
      return [selector.reasoner, selector.actor]
    default:
      return selector.branches
  }
}
