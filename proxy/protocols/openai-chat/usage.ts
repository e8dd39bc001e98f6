import type { Usage } from '../../core/events.ts'
import { nested, record, records, type Fields } from '../fields.ts'
import { extras, ours } from './wire.ts'

/** Tokens as a server counts them. The totals include cached and reasoning tokens, as ours do, but for one vendor. */
export function decodeUsage(wire: unknown): Usage {
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details, ...rest } =
    record(wire)
  const { cached_tokens, cache_write_tokens, ...promptRest } = record(prompt_tokens_details)
  const { reasoning_tokens, ...completionRest } = record(completion_tokens_details)

  const input = count(prompt_tokens) ?? 0
  const said = count(completion_tokens) ?? 0
  const reasoning = count(reasoning_tokens)
  // xAI leaves reasoning out of `completion_tokens`, and shows it by its total.
  const isBeside = reasoning !== undefined && reasoning > 0 && total_tokens === input + said + reasoning
  // Moonshot and DeepSeek have names of their own for what came from the cache.
  const cacheRead = count(cached_tokens) ?? count(rest['cached_tokens']) ?? count(rest['prompt_cache_hit_tokens'])
  const cacheWrite = count(cache_write_tokens)
  return {
    input,
    output: isBeside ? said + reasoning : said,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
    ...extras({
      ...rest,
      ...nested('prompt_tokens_details', promptRest),
      ...nested('completion_tokens_details', completionRest),
    }),
  }
}

export function encodeUsage({ input, output, cacheRead, cacheWrite, reasoning, extras: own }: Usage): unknown {
  const { prompt_tokens_details, completion_tokens_details, ...rest } = ours(own)
  return {
    ...rest,
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...nested('prompt_tokens_details', {
      ...record(prompt_tokens_details),
      ...(cacheRead !== undefined && { cached_tokens: cacheRead }),
      ...(cacheWrite !== undefined && { cache_write_tokens: cacheWrite }),
    }),
    ...nested('completion_tokens_details', {
      ...record(completion_tokens_details),
      ...(reasoning !== undefined && { reasoning_tokens: reasoning }),
    }),
  }
}

/**
 * Where a chunk or a whole answer has its usage: at the top, in its choice (Moonshot), or in Groq's own field. Servers that
 * tell it in every chunk count up, so the last counts; one without any field is none.
 */
export function usageIn({ usage, choices, x_groq }: Fields): Fields | undefined {
  const inChoice = Array.isArray(choices) ? record(choices[0])['usage'] : undefined
  return records([usage, inChoice, record(x_groq)['usage']]).find(told => Object.keys(told).length > 0)
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}
