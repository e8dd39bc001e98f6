/** What is known of a model besides its name. What is absent is not known, rather than without limit or free. */
export interface ModelFacts {
  /** Tokens of a request and its answer together. */
  readonly contextWindow?: number | undefined
  /** Tokens of an answer, thoughts included. */
  readonly maxOutput?: number | undefined
  readonly price?: Price | undefined
  /** Who says so: the config, the backend's own list of models, or this catalogue. */
  readonly source: 'config' | 'list' | 'catalogue'
}

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** A family of models in the catalogue, and on whose word it stands there. */
export interface Family extends Omit<ModelFacts, 'source'> {
  /** Found in the model's name; the first that matches counts, so that the more exact stand before the others. */
  readonly name: RegExp
  /** When that was read, and where: `2026-08`. */
  readonly asOf: string
  readonly from: string
}

/**
 * What can be said of families of models without asking their vendor. Prices are not in it: they change too often for a list
 * that ships with a program, and a wrong price is worse than none; a backend's own list tells them (OpenRouter's does).
 */
export const families: readonly Family[] = [
  {
    name: /claude-(sonnet-5-5|haiku-5-5|opus-5-5|fable-5-[12])/,
    maxOutput: 128_000,
    asOf: '2026-11',
    from: 'the vendor’s table of models',
  },
  {
    name: /claude-(opus-4-[678]|opus-5|sonnet-4-6|sonnet-5|fable-5)(?!\d)/,
    contextWindow: 1_000_000,
    maxOutput: 128_000,
    asOf: '2026-08',
    from: 'the vendor’s list of models',
  },
  { name: /claude-\w+-4-5/, maxOutput: 64_000, asOf: '2026-11', from: 'the vendor’s table of models' },
  { name: /minimax-m2/i, contextWindow: 204_800, asOf: '2026-08', from: 'the vendor’s documents' },
]

/** What the catalogue says of a model, with or without its vendor's name before it. */
export function factsOf(model: string): ModelFacts | undefined {
  const family = families.find(({ name }) => name.test(model))
  if (family === undefined) return undefined
  const { contextWindow, maxOutput, price } = family
  return { contextWindow, maxOutput, price, source: 'catalogue' }
}

/** What a backend's own list says of a model, in any of the forms that vendors have for it. */
export function factsIn(entry: Readonly<Record<string, unknown>>): ModelFacts | undefined {
  const contextWindow = numberIn(
    entry,
    'context_length',
    'context_window',
    'max_model_len',
    'max_context_length',
    'max_input_tokens',
    'inputTokenLimit',
  )
  const maxOutput = numberIn(entry, 'max_completion_tokens', 'max_output_tokens', 'max_tokens', 'outputTokenLimit')
  const price = priceIn(entry['pricing'])
  if (contextWindow === undefined && maxOutput === undefined && price === undefined) return undefined
  return { contextWindow, maxOutput, price, source: 'list' }
}

function numberIn(entry: Readonly<Record<string, unknown>>, ...names: readonly string[]): number | undefined {
  const value = names.map(name => entry[name]).find(found => typeof found === 'number' && found > 0)
  return typeof value === 'number' ? value : undefined
}

/** OpenRouter's form: dollars for one token, as text. */
function priceIn(pricing: unknown): Price | undefined {
  if (typeof pricing !== 'object' || pricing === null) return undefined
  const { prompt, completion } = pricing as Readonly<Record<string, unknown>>
  if (typeof prompt !== 'string' || typeof completion !== 'string') return undefined
  const [input, output] = [forMillion(prompt), forMillion(completion)]
  // Below zero stands for "depends" (its automatic router).
  return input >= 0 && output >= 0 ? { input, output } : undefined
}

function forMillion(text: string): number {
  return Math.round(Number(text) * 1e12) / 1e6
}
