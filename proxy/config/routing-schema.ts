import { z } from 'zod'
import { parseSelector } from '../core/parse-selector.ts'

/** The part of `config.yaml` that says where turns go, and what is done when a target fails. See docs/routing.md. */

/** Text of the selector grammar; an empty one is told by `min`. */
export const selector = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const fault = text === '' ? undefined : faultOf(() => parseSelector(text))
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `is no selector: ${fault}` })
  })

/** A regular expression, matched from the start of a model's name. */
const pattern = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const fault = faultOf(() => new RegExp(text, 'y'))
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `is no regular expression: ${fault}` })
  })

const seconds = z.number().min(0).max(3600)
const tokens = z.int().positive()

/** What clients speak, as rules name it. */
export const frontendIds = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'anthropic',
  'gemini',
  'code-assist',
] as const

/** What a rule asks of a turn; all of it must be so. Names may hold `*` for any text. */
const conditions = z.strictObject({
  client: z.string().min(1).optional(),
  frontend: z.enum(frontendIds).optional(),
  model: z.string().min(1).optional(),
  images: z.boolean().optional(),
  tools: z.boolean().optional(),
  min_tokens: tokens.optional(),
  max_tokens: tokens.optional(),
})

const rule = z.strictObject({
  name: z.string().min(1).optional(),
  when: conditions.prefault({}),
  target: selector,
  /** Where a turn goes on when the target fails. */
  on_failure: z.array(selector).default([]),
  enabled: z.boolean().default(true),
})

const failoverRoute = z.strictObject({
  /** `k`: the first element with each of its keys. `m`: each element with one key. `km`: each with every key. `mk`: every element with its first key, then with its second, … */
  policy: z.enum(['k', 'm', 'km', 'mk']).default('km'),
  elements: z.array(selector).min(1),
})

export const routingFields = {
  /** Where every turn goes that does not name its backend, whatever model it asks for. */
  static_route: selector.optional(),
  /** Rewrites of the model's name, in order; the first whose pattern matches counts. `\1` in the replacement is a group of the pattern. */
  model_aliases: z.array(z.strictObject({ pattern, replacement: z.string().min(1) })).default([]),
  /** Routes that go by a name in place of a model's. */
  failover_routes: z.record(z.string().min(1), failoverRoute).prefault({}),
  routing: z
    .strictObject({
      /** Whether `backend/model` names a backend, where that is sure. */
      slash_selects_backend: z.boolean().default(true),
      /** What becomes of parameters behind a model's name that are unknown or out of range. */
      bad_parameters: z.enum(['refuse', 'warn']).default('refuse'),
      /** Whether the static route also takes turns that name their backend, and can't be left by commands. */
      lock_static_route: z.boolean().default(false),
      rules: z.array(rule).default([]),
    })
    .prefault({}),
  failure_handling: z
    .strictObject({
      /** Whether anything else is tried at all when a target fails. */
      enabled: z.boolean().default(true),
      /** The longest that a turn waits for the same target, in seconds. */
      max_silent_wait: seconds.default(30),
      /** After so many seconds nothing new is tried. */
      total_timeout_budget: seconds.default(90),
      /** Seconds between signs of life to a client that waits meanwhile. */
      keepalive_interval: seconds.default(8),
      /** How often a turn goes on to another key or target. */
      max_failover_hops: z.int().min(0).max(100).default(5),
      /** The shortest wait before the same target is tried again, in seconds. */
      min_retry_wait: seconds.default(1),
    })
    .prefault({}),
  /** Two models in one turn: `hybrid:[backend:thinks,backend:answers]`. */
  hybrid: z
    .strictObject({
      /** Seconds after which the answer goes on without the thoughts that have not come. */
      thinking_timeout: seconds.default(60),
      /** How often there is thinking at all, from 0 to 1, once the first turns are over. */
      probability: z.number().min(0).max(1).default(1),
      /** In how many turns of a conversation there always is. */
      first_turns: z.int().min(1).max(1000).default(1),
      /** Thinking that fails, or takes longer than so many seconds, is left out in the turns that follow. */
      slow_after: seconds.default(8),
      /** In how many. */
      backoff_turns: z.int().min(0).max(1000).default(2),
    })
    .prefault({}),
  resilience: z
    .strictObject({
      circuit_breaker: z
        .strictObject({
          enabled: z.boolean().default(true),
          /** Failures in a row after which a target rests. */
          failure_threshold: z.int().min(1).max(1000).default(3),
          /** How long it rests before one turn tries it again, in seconds. */
          open_cooldown_seconds: seconds.default(30),
        })
        .prefault({}),
    })
    .prefault({}),
}

function faultOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
