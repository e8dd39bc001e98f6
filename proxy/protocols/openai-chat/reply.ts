import { randomUUID } from 'node:crypto'
import { ProxyError } from '../../core/errors.ts'
import { charactersSaid, estimateUsage } from '../../core/estimate.ts'
import type { StopReason } from '../../core/events.ts'
import { hidesThoughts } from '../../core/reasoning.ts'
import { fold, type Reply } from '../../core/reply.ts'
import type { Citation, Part, Request, Source, TextPart, ToolCallPart } from '../../core/request.ts'
import { isRecord, type Fields } from '../fields.ts'
import { encodeArguments } from '../input.ts'
import { encodeUrl } from './content.ts'
import { createReader } from './reader.ts'
import { encodeDetails, encodeSignature, joinThoughts } from './reasoning.ts'
import { asksLegacy } from './request.ts'
import { encodeUsage } from './usage.ts'
import { ID, ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A backend's whole answer. Throws the error that it tells, and `bad-upstream` for what is no answer. */
export function decodeReply(body: unknown): Reply {
  if (!isRecord(body))
    throw new ProxyError('bad-upstream', 'The backend answered with something that is no chat completion.')
  const reader = createReader()
  reader.read(body)
  reader.end()
  return fold(reader.take())
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A whole answer for a client, strictly as OpenAI writes it, with `reasoning_content` beside it. Several texts become one, and
 * so do several thoughts: what stood between them is lost. Throws `bad-upstream` for a call that the model did not manage.
 */
export function encodeReply(reply: Reply, asked: Request): unknown {
  const { parts, reason, usage } = reply
  const tokens = parts.flatMap(part => (part.type === 'text' ? (part.logprobs ?? []) : []))
  return {
    ...ours(reply.extras),
    id: answerId(reply.id),
    object: 'chat.completion',
    created: nowInSeconds(),
    model: reply.model,
    choices: [
      {
        index: 0,
        message: encodeMessage(parts, asked),
        logprobs: tokens.length === 0 ? null : { content: tokens, refusal: null },
        finish_reason: encodeReason(
          reason,
          asked,
          parts.some(part => part.type === 'refusal'),
        ),
      },
    ],
    usage: encodeUsage(usage ?? estimateUsage(asked, charactersSaid(parts))),
  }
}

function encodeMessage(parts: readonly Part[], asked: Request): Fields {
  const texts = parts.filter(part => part.type === 'text')
  const refusals = parts.filter(part => part.type === 'refusal')
  const thoughts = parts.filter(part => part.type === 'reasoning')
  const calls = parts.filter(part => part.type === 'tool-call')
  const images = parts.filter(part => part.type === 'image')
  const hidden = hidesThoughts(asked)
  const details = encodeDetails(hidden ? thoughts.map(thought => ({ ...thought, text: '' })) : thoughts)
  const annotations = encodeCitations(texts)
  return {
    role: 'assistant',
    content: texts.length === 0 && refusals.length + calls.length > 0 ? null : joined(texts),
    refusal: refusals.length === 0 ? null : joined(refusals),
    ...(thoughts.length > 0 && !hidden && { reasoning_content: joinThoughts(thoughts) }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(annotations.length > 0 && { annotations }),
    ...(images.length > 0 && { images: images.map(({ source }) => encodeImage(source)) }),
    ...parts.map(encodeOpaque).reduce((all, fields) => ({ ...all, ...fields }), {}),
    ...(calls.length > 0 && encodeCalls(calls, asked)),
  }
}

function joined(parts: readonly { readonly text: string }[]): string {
  return parts.map(({ text }) => text).join('')
}

/** A client of the deprecated functions understands one call, in their form. */
function encodeCalls(calls: readonly ToolCallPart[], asked: Request): Fields {
  const [first] = calls
  if (first !== undefined && asksLegacy(asked))
    return { function_call: { name: first.name, arguments: encodeArguments(first.arguments) } }
  return { tool_calls: calls.map(encodeCall) }
}

function encodeCall({ id, name, arguments: text, kind, signature }: ToolCallPart): Fields {
  const called =
    kind === 'custom' ? { custom: { name, input: text } } : { function: { name, arguments: encodeArguments(text) } }
  return { id, type: kind, ...called, ...(signature?.protocol === 'gemini' && encodeSignature(signature.value)) }
}

/** OpenRouter's way to give images. */
export function encodeImage(source: Source): Fields {
  return { type: 'image_url', image_url: { url: encodeUrl(source, 'an image') } }
}

/** What only this format knows, such as sound, as the fields of a message. */
export function encodeOpaque(part: {
  readonly type: string
  readonly protocol?: string
  readonly raw?: unknown
}): Fields {
  return part.type === 'opaque' && part.protocol === ID && isRecord(part.raw) ? part.raw : {}
}

function encodeCitations(texts: readonly TextPart[]): Fields[] {
  let before = 0
  return texts.flatMap(({ text, citations = [] }) => {
    const annotations = citations.flatMap(citation => encodeCitation(citation, before))
    before += text.length
    return annotations
  })
}

/**
 * A citation in a content that has `before` characters before its text; no place is 0 to 0. There is no word for one of what has
 * no address, such as a document of the client's.
 */
export function encodeCitation(
  { url, title = '', start, end, quote, extras: own }: Citation,
  before: number,
): Fields[] {
  const rest = ours(own)
  if (rest['type'] !== undefined) return [rest]
  if (url === undefined) return []
  const place = end === undefined ? [0, 0] : [before + (start ?? 0), before + end]
  const content = quote === undefined ? {} : { content: quote }
  return [
    {
      type: 'url_citation',
      url_citation: { ...rest, start_index: place[0], end_index: place[1], url, title, ...content },
    },
  ]
}

const finishReasons: Readonly<Record<Exclude<StopReason, 'malformed-tool-call' | 'refusal'>, string>> = {
  end: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-window': 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  recitation: 'content_filter',
  pause: 'stop',
  cancelled: 'stop',
  other: 'stop',
}

/** A refusal has words and stops, or it is a filter's. An unmanaged call must not look like an empty answer. */
export function encodeReason(reason: StopReason, asked: Request, refused: boolean): string {
  if (reason === 'malformed-tool-call')
    throw new ProxyError('bad-upstream', 'The model made a tool call that is not valid.')
  if (reason === 'refusal') return refused ? 'stop' : 'content_filter'
  if (reason === 'tool-calls' && asksLegacy(asked)) return 'function_call'
  return finishReasons[reason]
}

/** Clients keep answers apart by their ids. */
export function answerId(id: string): string {
  return id === '' ? `chatcmpl-${randomUUID()}` : id
}

export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
