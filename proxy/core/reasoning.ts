import type { Effort, Reasoning, Request } from './request.ts'

/** How hard to think, in the one word that OpenAI's formats have for it; nothing where the model is to decide. */
export function effortOf({ mode, effort, budgetTokens }: Reasoning): Effort | undefined {
  if (mode === 'off') return 'none'
  return effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens))
}

/** Whether a client wants thoughts without their words: what stands around them and what proves them goes to it all the same. */
export function hidesThoughts({ reasoning }: Request): boolean {
  return reasoning?.visible === false
}

/** The largest budgets that still count as each effort, in tokens. A negative budget leaves it to the model (Gemini's -1). */
const budgets: readonly (readonly [most: number, effort: Effort])[] = [
  [0, 'none'],
  [512, 'minimal'],
  [1024, 'low'],
  [8192, 'medium'],
  [24_576, 'high'],
]

function effortOfBudget(tokens: number): Effort | undefined {
  if (tokens < 0) return undefined
  return budgets.find(([most]) => tokens <= most)?.[1] ?? 'xhigh'
}
