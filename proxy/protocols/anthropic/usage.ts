import type { Usage } from '../../core/events.ts'
import { isRecord, nested, present, record, type Fields } from '../fields.ts'
import { extras, ours } from './wire.ts'

/** Tokens as Anthropic counts them: `input_tokens` is only what was neither read from the cache nor written to it. */
export function decodeUsage(wire: unknown): Usage {
  const {
    input_tokens,
    output_tokens,
    cache_read_input_tokens,
    cache_creation_input_tokens,
    cache_creation,
    output_tokens_details,
    ...rest
  } = record(wire)
  const { ephemeral_1h_input_tokens, ephemeral_5m_input_tokens: _, ...creationRest } = record(cache_creation)
  const { thinking_tokens, ...detailsRest } = record(output_tokens_details)

  const cacheRead = count(cache_read_input_tokens)
  const cacheWrite = count(cache_creation_input_tokens)
  const cacheWrite1h = count(ephemeral_1h_input_tokens)
  const reasoning = count(thinking_tokens)
  return {
    input: (count(input_tokens) ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: count(output_tokens) ?? 0,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(cacheWrite1h !== undefined && { cacheWrite1h }),
    ...(reasoning !== undefined && { reasoning }),
    ...extras(
      present({
        ...rest,
        ...nested('cache_creation', creationRest),
        ...nested('output_tokens_details', detailsRest),
      }),
    ),
  }
}

/** The way back, with every field that Anthropic's own clients expect to find. */
export function encodeUsage({
  input,
  output,
  cacheRead,
  cacheWrite,
  cacheWrite1h,
  reasoning,
  extras: own,
}: Usage): Fields {
  const { cache_creation, output_tokens_details, ...rest } = ours(own)
  return {
    server_tool_use: null,
    service_tier: null,
    inference_geo: null,
    speed: null,
    ...rest,
    input_tokens: Math.max(0, input - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    output_tokens: output,
    cache_creation_input_tokens: cacheWrite ?? null,
    cache_read_input_tokens: cacheRead ?? null,
    cache_creation:
      cacheWrite1h === undefined
        ? null
        : {
            ...record(cache_creation),
            ephemeral_5m_input_tokens: Math.max(0, (cacheWrite ?? 0) - cacheWrite1h),
            ephemeral_1h_input_tokens: cacheWrite1h,
          },
    output_tokens_details:
      reasoning === undefined ? null : { ...record(output_tokens_details), thinking_tokens: reasoning },
  }
}

/** The same at the end of a stream, where Anthropic repeats only some of the fields. */
export function encodeEndUsage(usage: Usage): Fields {
  const fields = Object.entries(encodeUsage(usage))
  return Object.fromEntries(fields.filter(([name, value]) => value !== null || AT_THE_END.includes(name)))
}

const AT_THE_END: readonly string[] = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens_details',
  'server_tool_use',
]

/**
 * Usage as far as it is known: what a stream tells at its end counts over what it told at its start, since it counts up. Some
 * servers repeat the input as 0 there.
 */
export function joinUsage(start: unknown, end: unknown): Fields | undefined {
  if (!isRecord(end)) return isRecord(start) ? start : undefined
  const { input_tokens, ...told } = present(end)
  const fromCache = (count(told['cache_read_input_tokens']) ?? 0) + (count(told['cache_creation_input_tokens']) ?? 0)
  const isCounted = input_tokens !== undefined && (input_tokens !== 0 || fromCache > 0)
  return { ...record(start), ...told, ...((isCounted || !isRecord(start)) && { input_tokens }) }
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}
