import type { ToolCallPart } from '../core/request.ts'
import { isRecord, type Fields } from './fields.ts'

/**
 * The arguments of a call, where a format has them as an object. Text that is no JSON object goes as the one field `_raw`; the
 * text of a custom tool as its `input` (see `restoreTools`).
 */
export function encodeInput({ kind, arguments: text }: Pick<ToolCallPart, 'kind' | 'arguments'>): Fields {
  if (kind === 'custom') return { input: text }
  if (text.trim() === '') return {}
  try {
    const input: unknown = parseExactly(text)
    if (isRecord(input)) return input
  } catch {
    // The model broke off, or made a mistake.
  }
  return { _raw: text }
}

/** The arguments of a function's call, where a format has them as text: clients and servers parse it, so none are an empty object. */
export function encodeArguments(text: string): string {
  return text === '' ? '{}' : text
}

/** JSON with its large numbers as they are written, which would lose their last digits as numbers of JavaScript. */
function parseExactly(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? exact.rawJSON(context.source)
      : value,
  )
}

/** Part of JavaScript since 2025, but not of the typings yet. */
const exact = JSON as unknown as { readonly rawJSON: (source: string) => unknown }
