import { randomUUID } from 'node:crypto'
import { ProxyError } from '../../core/errors.ts'
import { charactersSaid, estimateUsage } from '../../core/estimate.ts'
import type { StopReason } from '../../core/events.ts'
import { hidesThoughts } from '../../core/reasoning.ts'
import { fold, type Reply } from '../../core/reply.ts'
import type { Citation, Part, Request, ToolCallPart } from '../../core/request.ts'
import { isRecord, present, type Fields } from '../fields.ts'
import type { Block } from './content.ts'
import { encodeInput } from '../input.ts'
import { createReader, stopReasons } from './reader.ts'
import { carrier, proofOf } from './thinking.ts'
import { encodeUsage } from './usage.ts'
import { ID, ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A backend's whole answer. Throws the error that it tells, and `bad-upstream` for what is no answer. */
export function decodeReply(body: unknown): Reply {
  const reader = createReader()
  if (isRecord(body) && body['type'] === 'error') reader.read(body)
  if (!isRecord(body) || !Array.isArray(body['content']))
    throw new ProxyError('bad-upstream', 'The backend answered with something that is no message.')
  reader.read({ type: 'message_start', message: body })
  reader.end()
  return fold(reader.take())
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A whole answer for a client, strictly as Anthropic writes it. Log probabilities are lost, and images that the model made are
 * only mentioned: there is no place for them. Throws `bad-upstream` for a call that the model did not manage.
 */
export function encodeReply(reply: Reply, asked: Request): unknown {
  const { id, model, parts, reason, rawReason, stopSequence, usage } = reply
  return {
    ...emptyMessage,
    ...ours(reply.extras),
    id: answerId(id),
    type: 'message',
    role: 'assistant',
    model,
    content: parts.flatMap(part => encodePart(part, hidesThoughts(asked))),
    stop_reason: encodeReason(reason, rawReason),
    stop_sequence: stopSequence ?? null,
    usage: encodeUsage(usage ?? estimateUsage(asked, charactersSaid(parts))),
  }
}

/** Fields that every message has. */
export const emptyMessage = { stop_details: null, container: null, diagnostics: null }

function encodePart(part: Part, hidden: boolean): Block[] {
  const own = ours(part.extras)
  switch (part.type) {
    case 'text': {
      const { text, citations = [], signature } = part
      const cited = citations.length === 0 ? null : citations.map(encodeCitation)
      return [
        ...(text === '' ? [] : [{ ...own, type: 'text', text, citations: cited }]),
        ...(signature === undefined ? [] : [carrier(signature, undefined)]),
      ]
    }
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, citations: null }]
    case 'reasoning':
      return part.redacted === undefined
        ? [{ ...own, type: 'thinking', thinking: hidden ? '' : part.text, signature: proofOf(part) }]
        : [{ ...own, type: 'redacted_thinking', data: part.redacted }]
    case 'tool-call':
      return [
        ...(part.signature === undefined ? [] : [carrier(part.signature, part.id)]),
        { ...encodeCall(part, own), input: encodeInput(part) },
      ]
    case 'opaque':
      return encodeOpaque(part)
    case 'image':
      return [imageBlock]
    case 'audio':
    case 'file':
    case 'tool-result':
      return []
  }
}

/** What is known of a call when it begins. */
export function encodeCall({ id, name }: Pick<ToolCallPart, 'id' | 'name'>, own: Fields): Block {
  return { caller: { type: 'direct' }, ...own, type: 'tool_use', id, name }
}

export function encodeOpaque({ protocol, raw }: { readonly protocol: string; readonly raw: unknown }): Block[] {
  return protocol === ID && isRecord(raw) ? [raw as Block] : []
}

/** Stands for an image that the model made. */
export const imageBlock = { type: 'text', text: '[image]', citations: null }

/** Citations of other vendors are of the web; what Anthropic proves its own by is empty. */
export function encodeCitation({ url, title, quote, extras: own }: Citation): Fields {
  const rest = ours(own)
  if (rest['type'] !== undefined) return { ...rest, ...present({ url, title, cited_text: quote }) }
  return {
    type: 'web_search_result_location',
    url: url ?? '',
    title: title ?? null,
    cited_text: quote ?? '',
    encrypted_index: '',
  }
}

const wireReasons: Readonly<Record<Exclude<StopReason, 'malformed-tool-call'>, string>> = {
  end: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'context-window': 'model_context_window_exceeded',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  refusal: 'refusal',
  recitation: 'refusal',
  pause: 'pause_turn',
  cancelled: 'end_turn',
  other: 'end_turn',
}

/** Anthropic's own word where it was Anthropic's. An unmanaged call must not look like an empty answer. */
export function encodeReason(reason: StopReason, rawReason: string | undefined): string {
  if (reason === 'malformed-tool-call')
    throw new ProxyError('bad-upstream', 'The model made a tool call that is not valid.')
  return rawReason !== undefined && stopReasons.get(rawReason) === reason ? rawReason : wireReasons[reason]
}

/** Clients keep answers apart by their ids. */
export function answerId(id: string): string {
  return id === '' ? `msg_${randomUUID().replaceAll('-', '')}` : id
}
