import type { Config } from '../config/schema.ts'
import type { RequestFacts } from './facts.ts'

export type Rule = Config['routing']['rules'][number]
type Conditions = Rule['when']

/** What a rule can ask about a turn. */
export interface Circumstances {
  /** The model as the client named it. */
  readonly model: string
  readonly client: () => string | undefined
  readonly protocol: () => string | undefined
  readonly facts: () => RequestFacts | undefined
}

/** The tests of a rule's conditions, the cheap ones first. */
const tests: {
  readonly [Name in keyof Required<Conditions>]: (wanted: NonNullable<Conditions[Name]>, it: Circumstances) => boolean
} = {
  model: (pattern, { model }) => matchesGlob(pattern, model),
  client: (pattern, { client }) => matchesGlob(pattern, client() ?? ''),
  frontend: (wanted, { protocol }) => protocol() === wanted,
  images: (wanted, { facts }) => facts()?.images === wanted,
  tools: (wanted, { facts }) => facts()?.tools === wanted,
  min_tokens: (least, { facts }) => (facts()?.tokens ?? -1) >= least,
  max_tokens: (most, { facts }) => (facts()?.tokens ?? Infinity) <= most,
}

/** The condition of a rule that a turn does not meet; nothing if the rule is for it. */
export function unmet({ when }: Rule, circumstances: Circumstances): string | undefined {
  return (Object.keys(tests) as (keyof Conditions)[]).find(name => {
    const wanted = when[name]
    const test = tests[name] as (wanted: unknown, it: Circumstances) => boolean
    return wanted !== undefined && !test(wanted, circumstances)
  })
}

/** Whether a text is what a pattern says, in which `*` stands for any text. Case does not count. */
function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const last = rest.pop()
  const lower = text.toLowerCase()
  if (last === undefined) return lower === first
  if (lower.length < first.length + last.length || !lower.startsWith(first) || !lower.endsWith(last)) return false
  const end = lower.length - last.length
  let at = first.length
  for (const piece of rest) {
    const found = lower.indexOf(piece, at)
    if (found === -1 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
