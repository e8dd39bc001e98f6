import type { Part, ReasoningPart } from '../../core/request.ts'
import { isRecord, record, type Fields } from '../fields.ts'
import type { ProtocolId } from '../protocol.ts'
import type { Content } from './content.ts'
import type { Dialect } from './dialect.ts'
import { extras, ID, ours, type WireMessage } from './wire.ts'

/**
 * Thoughts on the wire. OpenAI's own format has none; other servers have a field of text (`reasoning_content` or `reasoning`),
 * and OpenRouter beside it `reasoning_details`: a list of thoughts with what proves or hides them, which a client sends back
 * as it got it. That list is this format's only place for signatures, so we use it both ways: a backend's own list is one
 * token that only such backends understand, kept as text; tokens of other protocols go to the client as details whose
 * `format` is that protocol's id, and are read back by it.
 */

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Thoughts = Pick<
  Extract<WireMessage, { role: 'assistant' }>,
  'reasoning_content' | 'reasoning' | 'reasoning_details'
>

/** Thoughts remember the field in which the client sent them, since servers that want them back differ in it. */
export function decodeThoughts({ reasoning_content, reasoning, reasoning_details }: Thoughts): ReasoningPart[] {
  const field = reasoning_content ? 'reasoning_content' : 'reasoning'
  const text = reasoning_content || reasoning || undefined
  const remembered = text === undefined ? {} : extras({ field })
  if (reasoning_details != null && reasoning_details.length > 0) {
    return decodeDetails(reasoning_details, text).map(part => ({ ...part, ...remembered }))
  }
  return text === undefined ? [] : [{ type: 'reasoning', text, ...remembered }]
}

/** Thoughts by the details that a client sent back; `text` is how they read where the details are not ours. */
function decodeDetails(details: readonly Fields[], text: string | undefined): ReasoningPart[] {
  if (details.every(isFromUs)) return details.map(decodeDetail)
  const value = JSON.stringify(details)
  return [{ type: 'reasoning', text: text ?? textOfDetails(details), signature: { protocol: ID, value } }]
}

const FORMATS: readonly unknown[] = ['openai-responses', 'anthropic', 'gemini', 'code-assist'] satisfies ProtocolId[]

function isFromUs({ format }: Fields): boolean {
  return FORMATS.includes(format)
}

function decodeDetail({ format, id, text, summary, signature, data }: Fields): ReasoningPart {
  const protocol = String(format)
  return {
    type: 'reasoning',
    text: stringOr(text) ?? stringOr(summary) ?? '',
    ...(typeof summary === 'string' && { summary: true }),
    ...(typeof id === 'string' && { itemId: id }),
    ...(typeof signature === 'string' && { signature: { protocol, value: signature } }),
    ...(typeof data === 'string' &&
      (protocol === 'anthropic' ? { redacted: data } : { encrypted: { protocol, value: data } })),
  }
}

/** Adds what a chunk of a stream told of the details. */
export function appendDetails(details: Fields[], pieces: readonly unknown[]) {
  for (const piece of pieces) {
    if (!isRecord(piece)) continue
    const last = details.at(-1)
    if (last !== undefined && areOne(last, piece)) details[details.length - 1] = joined(last, piece)
    else details.push(piece)
  }
}

/** Pieces of one detail have the same type and index, and no two ids. */
function areOne(first: Fields, second: Fields): boolean {
  const ids = new Set([first['id'], second['id']].filter(id => id != null))
  return first['type'] === second['type'] && first['index'] === second['index'] && ids.size < 2
}

/** The thoughts in a list of details, as they read. */
export function textOfDetails(details: readonly unknown[]): string {
  let text = ''
  for (const detail of details) {
    if (isRecord(detail)) text += stringOr(detail['text']) ?? stringOr(detail['summary']) ?? ''
  }
  return text
}

function joined(first: Fields, second: Fields): Fields {
  const both: Record<string, unknown> = { ...first }
  for (const [field, value] of Object.entries(second)) {
    if (value == null) continue
    const before = both[field]
    const grows = ['text', 'summary', 'data'].includes(field) && typeof before === 'string' && typeof value === 'string'
    both[field] = grows ? before + value : value
  }
  return both
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Thoughts of earlier turns, where the dialect or the client itself names a place for them. Servers that want them miss the
 * field on every turn with tool calls, even if nothing was thought (DeepSeek).
 */
export function encodeThoughts(parts: readonly Part[], { reasoningField }: Dialect): Fields & { thinking: Content[] } {
  const thoughts = parts.filter(part => part.type === 'reasoning')
  const field = reasoningField ?? thoughts.map(part => ours(part.extras)['field']).find(name => name !== undefined)
  if (field === 'none') return { thinking: [] }

  const details = thoughts.flatMap(part => (part.signature?.protocol === ID ? parsedList(part.signature.value) : []))
  const text = field === undefined ? '' : joinThoughts(thoughts)
  const missed = reasoningField !== undefined && parts.some(part => part.type === 'tool-call')
  return {
    thinking: field === 'thinking' && text !== '' ? [{ type: 'thinking', thinking: [{ type: 'text', text }] }] : [],
    ...(typeof field === 'string' && field !== 'thinking' && (text !== '' || missed) && { [field]: text }),
    ...(details.length > 0 && { reasoning_details: details }),
  }
}

/** How several thoughts read in the one field that this format has for them. */
export function joinThoughts(parts: readonly ReasoningPart[]): string {
  return parts.map(({ text }) => text).join(BETWEEN_THOUGHTS)
}

export const BETWEEN_THOUGHTS = '\n\n'

/**
 * Thoughts with their tokens. One without a token belongs to the next that has one, as the pieces of a summary do; where there is
 * none, there are no details, and a backend's own list stays as it is. `before` is how many thoughts of the answer stand before them.
 */
export function encodeDetails(thoughts: readonly ReasoningPart[], before = 0): readonly unknown[] {
  const formats = thoughts.map(formatOf)
  return thoughts.flatMap((thought, at) => {
    if (thought.signature?.protocol === ID) return parsedList(thought.signature.value)
    const format = formats.slice(at).find(known => known !== undefined)
    return format === undefined || format === ID ? [] : [encodeDetail(thought, format, before + at)]
  })
}

/** Whose token a thought has; redacted thinking is only known of Anthropic, and ids of thoughts only of Responses. */
export function formatOf({ signature, redacted, encrypted, itemId }: ReasoningPart): string | undefined {
  if (redacted !== undefined) return 'anthropic'
  return (signature ?? encrypted)?.protocol ?? (itemId === undefined ? undefined : 'openai-responses')
}

function encodeDetail(part: ReasoningPart, format: string, index: number): Fields {
  const { text, summary, signature, redacted, encrypted, itemId } = part
  const data = redacted ?? encrypted?.value
  return {
    type: data !== undefined ? 'reasoning.encrypted' : summary === true ? 'reasoning.summary' : 'reasoning.text',
    format,
    index,
    ...(itemId !== undefined && { id: itemId }),
    ...(text !== '' && (summary === true ? { summary: text } : { text })),
    ...(signature !== undefined && { signature: signature.value }),
    ...(data !== undefined && { data }),
  }
}

function parsedList(text: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list : []
  } catch {
    // A client of another format changed the token on its way: without it the thought is only text.
    return []
  }
}

// ── Signatures of tool calls ─────────────────────────────────────────────────────────────────────────────────────────

/** Gemini's own compatible endpoint hangs its signature on tool calls: `extra_content.google.thought_signature`. */
export function thoughtSignature(call: Fields): string | undefined {
  const signature = record(record(call['extra_content'])['google'])['thought_signature']
  return typeof signature === 'string' ? signature : undefined
}

/** The way back from `thoughtSignature`, so that clients which keep it send it back. */
export function encodeSignature(signature: string): Fields {
  return { extra_content: { google: { thought_signature: signature } } }
}

function stringOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
