/** A family of models in the catalogue, and on whose word it stands there. */
interface Family {
  /** Found in the model's name; the first that matches counts, so that the more exact stand before the others. */
  readonly name: RegExp
  /** In tokens. */
  readonly contextWindow?: number | undefined
  readonly maxOutput?: number | undefined
  /** What its vendor asks for a million tokens, in US dollars, and the longest prompt that this holds for. */
  readonly price?: { readonly input: number; readonly output: number; readonly upTo?: number } | undefined
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
const openai = { vendor: 'openai', from: 'developers.openai.com/api/docs/pricing' } as const
const gemini = { vendor: 'gemini', asOf: '2026-10', from: 'ai.google.dev/gemini-api/docs/pricing' } as const

/**
 * What can be said of families of models without asking their vendor. A price stands here only if its vendor's own list of that date
 * has it, for a short prompt where long ones cost more; where sources differ, or it was told to change soon, there is none.
 */
export const families: readonly Family[] = [
  { ...claude5, name: /claude-fable-5-2/ },
  { ...claude5, name: /claude-fable-5(-1)?(?!-?\d\b|\d)/, price: { input: 10, output: 50 } },
  { ...claude5, name: /claude-opus-5-5/, price: { input: 4, output: 20 } },
  { ...claude5, name: /claude-sonnet-5-5/, price: { input: 2, output: 10 } },
  // Its price depends on the length of the prompt in a way that its table does not say.
  { ...claude5, name: /claude-haiku-5-5/ },
  { ...claude5, name: /claude-opus-(5|4-[678])(?!-\d\b|\d)/, price: { input: 5, output: 25 } },
  { ...claude5, name: /claude-sonnet-5(?!-\d\b|\d)/, price: { input: 2, output: 10 } },
  { ...claude5, name: /claude-sonnet-4-6/, price: { input: 3, output: 15 } },
  { ...anthropic, name: /claude-opus-4-5/, maxOutput: 64_000, price: { input: 5, output: 25 } },
  { ...anthropic, name: /claude-sonnet-4-5/, maxOutput: 64_000, price: { input: 3, output: 15, upTo: 200_000 } },
  { ...anthropic, name: /claude-haiku-4-5/, maxOutput: 64_000, price: { input: 1, output: 5 } },

  { ...openai, name: /gpt-6-astra/, price: { input: 10, output: 50, upTo: 272_000 }, asOf: '2026-09' },
  { ...openai, name: /gpt-6-sol/, price: { input: 2, output: 10, upTo: 272_000 }, asOf: '2026-09' },
  { ...openai, name: /gpt-6-luna/, price: { input: 0.1, output: 0.5, upTo: 272_000 }, asOf: '2026-09' },
  { ...openai, name: /gpt-5\.6-terra/, price: { input: 2, output: 12, upTo: 272_000 }, asOf: '2026-08' },
  { ...openai, name: /gpt-5\.6-luna/, price: { input: 0.2, output: 1.2, upTo: 272_000 }, asOf: '2026-08' },
  { ...openai, name: /gpt-5\.4-mini/, price: { input: 0.75, output: 4.5 }, asOf: '2026-05' },
  { ...openai, name: /gpt-5\.4-nano/, price: { input: 0.2, output: 1.25 }, asOf: '2026-05' },
  {
    ...openai,
    name: /gpt-5\.4(?!-[a-z])/,
    contextWindow: 1_050_000,
    maxOutput: 128_000,
    price: { input: 2.5, output: 15, upTo: 272_000 },
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
    from: 'docs.x.ai/developers/models',
  },
  {
    name: /minimax-m2/i,
    contextWindow: 204_800,
    vendor: 'minimax',
    asOf: '2026-08',
    from: 'the vendor’s documents',
  },
]
