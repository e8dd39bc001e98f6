import { remembered } from '../core/remembered.ts'
import { families } from './families.ts'
import type { Price, Source } from './price.ts'

/** What is known of a model besides its name. What is absent is not known, rather than without limit or free. */
export interface ModelFacts {
  /** Tokens of a request and its answer together. */
  readonly contextWindow?: number | undefined
  /** Tokens of an answer, thoughts included. */
  readonly maxOutput?: number | undefined
  readonly price?: Price | undefined
  /** Who says so of the sizes: the config, the backend's own list of models, or this catalogue. */
  readonly source: Source
}

/**
 * What the catalogue says of a model, with or without its vendor's name before it. Its price is that of its vendor: `service` is the
 * backend of our list that it would be asked of, if it is asked there at all.
 */
export function factsOf(model: string, service: string | undefined): ModelFacts | undefined {
  const family = familyOf(model)
  if (family === undefined) return undefined
  const { contextWindow, maxOutput, price, vendor, asOf, from } = family
  const isPriced = price !== undefined && service === vendor
  return {
    contextWindow,
    maxOutput,
    price: isPriced ? { ...price, source: 'catalogue', asOf, from } : undefined,
    source: 'catalogue',
  }
}

const familyOf = remembered(model => families.find(({ name }) => name.test(model)), 1000)

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
  const told = pricing as Readonly<Record<string, unknown>>
  const [input, output] = [forMillion(told['prompt']), forMillion(told['completion'])]
  if (input === undefined || output === undefined) return undefined
  return {
    input,
    output,
    cacheRead: forMillion(told['input_cache_read']),
    cacheWrite: forMillion(told['input_cache_write']),
    source: 'list',
  }
}

/** Below zero stands for "depends" (OpenRouter's automatic router). */
function forMillion(text: unknown): number | undefined {
  const dollars = typeof text === 'string' ? Math.round(Number(text) * 1e12) / 1e6 : -1
  return dollars >= 0 ? dollars : undefined
}
