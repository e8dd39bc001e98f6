import type { Effort } from './request.ts'

/** What may ride on a model's name: `gpt-5?temperature=0.2&reasoning_effort=low`. Names and meanings are OpenAI's. */
export interface Params {
  readonly temperature?: number | undefined
  readonly top_p?: number | undefined
  readonly top_k?: number | undefined
  readonly max_tokens?: number | undefined
  readonly reasoning_effort?: Effort | undefined
  readonly verbosity?: 'low' | 'medium' | 'high' | undefined
  /** How many tokens to think with: 0 for none, -1 for as many as the model likes. */
  readonly thinking_budget?: number | undefined
  readonly seed?: number | undefined
  readonly stop?: readonly string[] | undefined
}

export type ParamName = keyof Params

/** How a parameter's text is read, and what it must be in words that fit behind "must be". */
interface Reader {
  readonly read: (text: string) => unknown
  readonly must: string
}

/** Every parameter. Ranges are the widest that a vendor takes; a narrower one refuses by itself. */
export const params: Readonly<Record<ParamName, Reader>> = {
  temperature: decimal(0, 2),
  top_p: decimal(0, 1),
  top_k: whole(1, 100_000),
  max_tokens: whole(1, 10_000_000),
  reasoning_effort: oneOf(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']),
  verbosity: oneOf(['low', 'medium', 'high']),
  thinking_budget: whole(-1, 1_000_000),
  seed: whole(-(2 ** 31), 2 ** 53 - 1),
  // Given several times it is a list.
  stop: { read: text => [text.replace(/\p{Surrogate}/gu, '\ufffd')], must: 'text' },
}

export const paramNames = Object.keys(params)

export function isParamName(name: string): name is ParamName {
  return Object.hasOwn(params, name)
}

/** Parameters as a query, in the order they are in; empty where there are none. */
export function printParams(given: Params): string {
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]: [string, unknown]) => {
      const values: unknown[] = Array.isArray(value) ? value : [value]
      return values.map(one => `${name}=${escape(String(one))}`)
    })
    .join('&')
}

/** `!` divides branches, and `encodeURIComponent` leaves it; the signs of other branches it does encode. */
function escape(text: string): string {
  return encodeURIComponent(text).replaceAll('!', '%21')
}

function decimal(min: number, max: number): Reader {
  return {
    read: text => within(/^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i, text, min, max),
    must: `a number from ${min} to ${max}`,
  }
}

function whole(min: number, max: number): Reader {
  return { read: text => within(/^-?\d+$/, text, min, max), must: `a whole number from ${min} to ${max}` }
}

function within(form: RegExp, text: string, min: number, max: number): number | undefined {
  const value = form.test(text) ? Number(text) : NaN
  // Without the sign of a negative zero, which no wire format has.
  return value >= min && value <= max ? value + 0 : undefined
}

function oneOf(words: readonly string[]): Reader {
  return { read: text => (words.includes(text) ? text : undefined), must: `one of ${words.join(', ')}` }
}
