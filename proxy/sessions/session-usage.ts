import { z } from 'zod'
import type { Cost } from '../core/cost.ts'

/** What a conversation has used since it is known, and where. */
export interface SessionUsage {
  readonly turns: number
  /** Turns that failed. */
  readonly errors: number
  /** Tokens. */
  readonly input: number
  readonly output: number
  /** US dollars, of the turns whose price is known. */
  readonly cost: number
  /** Turns of which it is not known what they cost. */
  readonly unpriced: number
  /** Turns that a subscription covers. */
  readonly covered: number
  /** `backend:model` of all that answered, the last first. */
  readonly models: readonly string[]
}

export const noUsage: SessionUsage = {
  turns: 0,
  errors: 0,
  input: 0,
  output: 0,
  cost: 0,
  unpriced: 0,
  covered: 0,
  models: [],
}

/** As it is kept in a file; older programs did not count all of it. */
export const usageSchema = z.object({
  turns: z.number(),
  errors: z.number().default(0),
  input: z.number(),
  output: z.number(),
  cost: z.number(),
  unpriced: z.number().default(0),
  covered: z.number().default(0),
  models: z.array(z.string()).default([]),
})

/** What a turn used, when it is over. */
export interface UsedByTurn {
  readonly failed: boolean
  readonly input?: number | undefined
  readonly output?: number | undefined
  readonly cost?: Cost | undefined
  /** `backend:model`, where one answered. */
  readonly model?: string | undefined
}

const MOST_MODELS = 10

/** Usage with a turn's added. */
export function withTurn(
  usage: SessionUsage,
  { failed, input = 0, output = 0, cost, model }: UsedByTurn,
): SessionUsage {
  const isUnpriced = cost === 'unpriced' || (cost === undefined && !failed)
  return {
    turns: usage.turns + 1,
    errors: usage.errors + (failed ? 1 : 0),
    input: usage.input + input,
    output: usage.output + output,
    cost: usage.cost + (typeof cost === 'number' ? cost : 0),
    unpriced: usage.unpriced + (isUnpriced ? 1 : 0),
    covered: usage.covered + (cost === 'subscription' ? 1 : 0),
    models:
      model === undefined || model === usage.models[0]
        ? usage.models
        : [model, ...usage.models.filter(one => one !== model)].slice(0, MOST_MODELS),
  }
}

/** `3 turns, 1200 tokens in, 80 tokens out, $0.0042; 1 turn unpriced`, for people. */
export function usageInWords(usage: SessionUsage): string {
  const { turns, errors, input, output } = usage
  const failures = errors === 0 ? '' : ` (${errors} failed)`
  return `${counted(turns)}${failures}, ${input} tokens in, ${output} tokens out, ${costInWords(usage)}`
}

/** `$0.0042; 1 turn unpriced; 2 turns covered by a subscription`. */
export function costInWords({ turns, errors, cost, unpriced, covered }: SessionUsage): string {
  // Where nothing is metered, a sum of no dollars would say that it was free.
  const isMetered = turns - errors > unpriced + covered || cost > 0
  return [
    ...(isMetered || unpriced + covered === 0 ? [`$${cost.toFixed(4)}`] : []),
    ...(unpriced > 0 ? [`${counted(unpriced)} unpriced`] : []),
    ...(covered > 0 ? [`${counted(covered)} covered by a subscription`] : []),
  ].join('; ')
}

/** `1 turn`, `2 turns`. */
export function counted(turns: number): string {
  return `${turns} ${turns === 1 ? 'turn' : 'turns'}`
}
