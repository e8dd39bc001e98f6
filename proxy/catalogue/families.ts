import type { Price } from './price.ts'

type FamilyPrice = Omit<Price, 'source' | 'asOf' | 'from'>

/** A family of models in the catalogue, and on whose word it stands there. */
interface Family {
  /** Found in the model's name; the first that matches counts, so that the more exact stand before the others. */
  readonly name: RegExp
  /** In tokens. */
  readonly contextWindow?: number | undefined
  readonly maxOutput?: number | undefined
  /** What its vendor asks for a million tokens, in US dollars, and the longest prompt that this holds for. */
  readonly price?: FamilyPrice | undefined
  /** The backend whose vendor's word this is. */
  readonly vendor: string
  /** When that was read: `2026-10`; and where. */
  readonly asOf: string
  readonly from: string
}

const anthropic = {
  vendor: 'anthropic',
  asOf: '2026-10',
  from: 'platform.claude.com/docs, models and pricing',
} as const
const claude5 = { ...anthropic, contextWindow: 1_000_000, maxOutput: 128_000 } as const
const openai = { vendor: 'openai', from: 'copies of developers.openai.com/api/docs/pricing' } as const
const gemini = { vendor: 'gemini', asOf: '2026-10', from: 'copies of ai.google.dev/gemini-api/docs/pricing' } as const

/** To write to Anthropic's cache costs a quarter more than input, or twice as much for an hour; to read from it, by the model. */
function claude(input: number, output: number, cacheRead: number, upTo?: number): FamilyPrice {
  return { input, output, cacheRead, cacheWrite: input * 1.25, cacheWrite1h: input * 2, upTo }
}

/**
 * What can be said of families of models without asking their vendor. Prices are those of the vendor's own list as it was on that
 * date, some read in others' copies of it, and for short prompts where long ones cost more; where copies differ, there is none.
 */
export const families: readonly Family[] = [
  { ...claude5, name: /claude-fable-5-2/ },
  { ...claude5, name: /claude-fable-5-1(?!\d)/, price: claude(10, 50, 0.25) },
  { ...claude5, name: /claude-fable-5(?!-?\d\b|\d)/, price: claude(10, 50, 1) },
  { ...claude5, name: /claude-opus-5-5/, price: claude(4, 20, 0.2) },
  { ...claude5, name: /claude-sonnet-5-5/, price: claude(2, 10, 0.1) },
  { ...claude5, name: /claude-haiku-5-5/, price: claude(0.1, 0.5, 0.01, 100_000) },
  { ...claude5, name: /claude-opus-(5|4-[678])(?!-\d\b|\d)/, price: claude(5, 25, 0.5) },
  { ...claude5, name: /claude-sonnet-5(?!-\d\b|\d)/, price: claude(2, 10, 0.2) },
  { ...claude5, name: /claude-sonnet-4-6/, price: claude(3, 15, 0.3) },
  { ...anthropic, name: /claude-opus-4-5/, maxOutput: 64_000, price: claude(5, 25, 0.5) },
  { ...anthropic, name: /claude-sonnet-4-5/, maxOutput: 64_000, price: claude(3, 15, 0.3, 200_000) },
  { ...anthropic, name: /claude-haiku-4-5/, maxOutput: 64_000, price: claude(1, 5, 0.1) },

  { ...openai, name: /gpt-6-astra/, price: { input: 10, output: 50, upTo: 272_000 }, asOf: '2026-09' },
  { ...openai, name: /gpt-6-sol/, price: { input: 2, output: 10, upTo: 272_000 }, asOf: '2026-09' },
  { ...openai, name: /gpt-6-luna/, price: { input: 0.1, output: 0.5, upTo: 272_000 }, asOf: '2026-09' },
  { ...openai, name: /gpt-5\.6-terra/, price: { input: 2, output: 12, upTo: 272_000 }, asOf: '2026-08' },
  { ...openai, name: /gpt-5\.6-luna/, price: { input: 0.2, output: 1.2, upTo: 272_000 }, asOf: '2026-08' },
  { ...openai, name: /gpt-5\.4-mini/, price: { input: 0.75, output: 4.5, cacheRead: 0.075 }, asOf: '2026-05' },
  { ...openai, name: /gpt-5\.4-nano/, price: { input: 0.2, output: 1.25 }, asOf: '2026-05' },
  {
    ...openai,
    name: /gpt-5\.4(?!-[a-z])/,
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    price: { input: 2.5, output: 15, cacheRead: 0.25, upTo: 272_000 },
    asOf: '2026-05',
  },

  { ...gemini, name: /gemini-3\.5-flash-lite/, price: { input: 0.3, output: 2.5 } },
  { ...gemini, name: /gemini-3\.5-flash(?!-[a-z])/, price: { input: 1.5, output: 9 } },
  { ...gemini, name: /gemini-3\.1-pro-preview(?!-[a-z])/, price: { input: 2, output: 12, upTo: 200_000 } },

  {
    name: /grok-4\.3/,
    contextWindow: 1_000_000,
    price: { input: 1.25, output: 2.5 },
    vendor: 'xai',
    asOf: '2026-07',
    from: 'copies of docs.x.ai/developers/models',
  },
  {
    name: /minimax-m2/i,
    contextWindow: 204_800,
    vendor: 'minimax',
    asOf: '2026-08',
    from: 'the vendor’s documents',
  },
]
