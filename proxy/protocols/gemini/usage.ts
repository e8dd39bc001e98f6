import type { Usage } from '../../core/events.ts'
import { isRecord, present, record, type Fields } from '../fields.ts'
import { extras, ours } from './wire.ts'

/**
 * Tokens as Google counts them: `promptTokenCount` includes what was cached, but not what the results of Google's own tools
 * cost; `candidatesTokenCount` does not include thoughts.
 */
export function decodeUsage(wire: unknown): Usage {
  const {
    promptTokenCount,
    candidatesTokenCount,
    responseTokenCount,
    thoughtsTokenCount,
    cachedContentTokenCount,
    totalTokenCount: _,
    ...rest
  } = record(wire)
  const toolUse = count(rest['toolUsePromptTokenCount']) ?? 0
  const reasoning = count(thoughtsTokenCount)
  const cacheRead = count(cachedContentTokenCount)
  return {
    input: (count(promptTokenCount) ?? 0) + toolUse,
    output: (count(candidatesTokenCount) ?? count(responseTokenCount) ?? 0) + (reasoning ?? 0),
    ...(cacheRead !== undefined && { cacheRead }),
    ...(reasoning !== undefined && { reasoning }),
    ...extras(present(rest)),
  }
}

/** The way back. */
export function encodeUsage({ input, output, cacheRead, reasoning, extras: own }: Usage): Fields {
  const rest = ours(own)
  const toolUse = count(rest['toolUsePromptTokenCount']) ?? 0
  return {
    ...rest,
    promptTokenCount: Math.max(0, input - toolUse),
    candidatesTokenCount: Math.max(0, output - (reasoning ?? 0)),
    ...(reasoning !== undefined && { thoughtsTokenCount: reasoning }),
    ...(cacheRead !== undefined && { cachedContentTokenCount: cacheRead }),
    totalTokenCount: input + output,
  }
}

/** Usage as far as it is known: each chunk tells all of it anew, but for those that only hold the place. */
export function joinUsage(known: Fields | undefined, told: unknown): Fields | undefined {
  if (!isRecord(told)) return known
  const joined: Record<string, unknown> = { ...known }
  for (const name in told) {
    const value = told[name]
    if (value !== null && (value !== 0 || joined[name] === undefined)) joined[name] = value
  }
  return joined
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined
}
