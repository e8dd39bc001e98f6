import type { Usage } from '../core/events.ts'
import type { Price } from './catalogue.ts'

/** Tokens at a price, in US dollars. What came from or went to a cache is counted as input like any other. */
export function priced({ input, output }: Usage, price: Price): number {
  return (input * price.input + output * price.output) / 1e6
}
