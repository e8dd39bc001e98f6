import type { Usage } from '../../core/events.ts'
import { nested, record } from '../fields.ts'
import { extras, ours } from './wire.ts'

/** Tokens as a server counts them: totals include cached and reasoning tokens, as ours do. What it does not tell is none. */
export function decodeUsage(wire: unknown): Usage {
  const {
    input_tokens,
    output_tokens,
    total_tokens: _,
    input_tokens_details,
    output_tokens_details,
    ...rest
  } = record(wire)
  const { cached_tokens, cache_write_tokens, ...inputRest } = record(input_tokens_details)
  const { reasoning_tokens, ...outputRest } = record(output_tokens_details)
  return {
    input: count(input_tokens),
    output: count(output_tokens),
    cacheRead: count(cached_tokens),
    cacheWrite: count(cache_write_tokens),
    reasoning: count(reasoning_tokens),
    ...extras({
      ...rest,
      ...nested('input_tokens_details', inputRest),
      ...nested('output_tokens_details', outputRest),
    }),
  }
}

/** With all details, since Codex can't read a usage without them. */
export function encodeUsage({ input, output, cacheRead, cacheWrite, reasoning, extras: own }: Usage): unknown {
  const { input_tokens_details, output_tokens_details, ...rest } = ours(own)
  return {
    ...rest,
    input_tokens: input,
    input_tokens_details: {
      ...record(input_tokens_details),
      cached_tokens: cacheRead ?? 0,
      cache_write_tokens: cacheWrite ?? 0,
    },
    output_tokens: output,
    output_tokens_details: { ...record(output_tokens_details), reasoning_tokens: reasoning ?? 0 },
    total_tokens: input + output,
  }
}

function count(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : 0
}
