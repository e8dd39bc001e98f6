import { ProxyError } from '../../core/errors.ts'
import { charactersSaid, estimateUsage } from '../../core/estimate.ts'
import type { StopReason } from '../../core/events.ts'
import { fold, type Reply } from '../../core/reply.ts'
import type { Part, ReasoningPart, RefusalPart, Request, TextPart, ToolCallPart } from '../../core/request.ts'
import { effortOf } from '../../core/reasoning.ts'
import { isRecord, present, record, type Fields } from '../fields.ts'
import { encodeArguments } from '../input.ts'
import { encodeMadeImage, encodeOutputText } from './content.ts'
import { decodeStreamError, isErrorBody } from './errors.ts'
import { itemId, responseId } from './ids.ts'
import { grouped } from './items.ts'
import { createReader } from './reader.ts'
import { carrierItem, encodeThoughtItem } from './reasoning.ts'
import { encodeFormat } from './request.ts'
import { declarations, encodeToolChoice } from './tools.ts'
import { encodeUsage } from './usage.ts'
import { ID, ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A backend's whole answer. Throws the error that it tells, and `bad-upstream` for what is no answer. */
export function decodeReply(body: unknown): Reply {
  if (isErrorBody(body)) throw decodeStreamError(body)
  if (!isRecord(body) || !Array.isArray(body['output']))
    throw new ProxyError('bad-upstream', 'The backend answered with something that is no response.')
  const { status } = body
  if (status === 'queued' || status === 'in_progress')
    throw new ProxyError('bad-upstream', 'The backend answered before its response was finished.')
  const reader = createReader()
  reader.read({ type: status === 'failed' ? 'response.failed' : 'response.completed', response: body })
  return fold(reader.take())
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A whole answer for a client, strictly as OpenAI writes it. Throws `bad-upstream` for a call that the model did not manage.
 */
export function encodeReply(reply: Reply, asked: Request): unknown {
  const { parts, extras } = reply
  const reason = reasonTold(
    reply.reason,
    parts.some(part => part.type === 'refusal'),
  )
  const id = responseId(reply.id)
  const output: Fields[] = []
  const groups = grouped(parts.filter(isSaid))
  for (const [at, group] of groups.entries()) {
    const status = at === groups.length - 1 ? lastStatus(reason) : 'completed'
    output.push(...encodeGroup(group, { response: id, place: output.length, status }))
  }
  return {
    ...responseBase(asked, { id, model: reply.model, own: ours(extras) }),
    ...encodeEnd(reason, nowInSeconds()),
    output,
    usage: encodeUsage(reply.usage ?? estimateUsage(asked, charactersSaid(parts))),
  }
}

/** Whether there is an item for a part: none for text that says nothing. */
function isSaid(part: Part): boolean {
  return part.type !== 'text' || part.text !== '' || part.signature !== undefined || (part.citations ?? []).length > 0
}

/** Fields that every response has, before anything is said: those that repeat the request, and the backend's own. */
export function responseBase(
  asked: Request,
  { id, model, own }: { readonly id: string; readonly model: string; readonly own: Fields },
): Fields {
  const { sampling, reasoning, format, verbosity, cache, metadata, parallelTools, user, serviceTier } = asked
  const written = ours(asked.extras)
  const instructions = asked.system.filter(({ origin }) => origin === 'instructions').map(({ text }) => text)
  return {
    service_tier: serviceTier ?? null,
    access_programs: null,
    ...own,
    id,
    object: 'response',
    created_at: nowInSeconds(),
    status: 'in_progress',
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: instructions.length === 0 ? null : instructions.join('\n\n'),
    max_output_tokens: sampling.maxTokens ?? null,
    max_tool_calls: written['max_tool_calls'] ?? null,
    model,
    output: [],
    parallel_tool_calls: parallelTools ?? true,
    previous_response_id: written['previous_response_id'] ?? null,
    prompt_cache_key: cache?.key ?? null,
    prompt_cache_retention: cache?.retention ?? null,
    reasoning: {
      ...record(written['reasoning']),
      effort: (reasoning && effortOf(reasoning)) ?? null,
      summary: reasoning?.summary === 'none' ? null : (reasoning?.summary ?? null),
    },
    safety_identifier: written['safety_identifier'] ?? null,
    store: written['store'] === true,
    temperature: sampling.temperature ?? 1,
    text: { ...record(written['text']), format: encodeFormat(format) ?? { type: 'text' }, ...present({ verbosity }) },
    tool_choice: written['tool_choice'] ?? encodeToolChoice(asked.toolChoice, asked.tools, {}) ?? 'auto',
    tools: declarations(asked.tools, {}),
    top_logprobs: sampling.topLogprobs ?? 0,
    top_p: sampling.topP ?? 1,
    truncation: written['truncation'] ?? 'disabled',
    metadata: metadata ?? {},
    ...(user !== undefined && user !== written['safety_identifier'] && { user }),
  }
}

/** A refusal has words of its own, or it is a filter's: it must not look like an empty answer. */
export function reasonTold(reason: StopReason, refused: boolean): StopReason {
  return reason === 'refusal' && !refused ? 'content-filter' : reason
}

/** How a response ended. An unmanaged call must not look like an empty answer. */
export function encodeEnd(reason: StopReason, now: number): Fields & { readonly status: string } {
  if (reason === 'malformed-tool-call')
    throw new ProxyError('bad-upstream', 'The model made a tool call that is not valid.')
  const { status, why } = endings[reason] ?? { status: 'completed' }
  return {
    status,
    completed_at: status === 'completed' ? now : null,
    incomplete_details: why === undefined ? null : { reason: why },
  }
}

const endings: Partial<Readonly<Record<StopReason, { readonly status: string; readonly why?: string }>>> = {
  length: { status: 'incomplete', why: 'max_output_tokens' },
  'context-window': { status: 'incomplete', why: 'max_output_tokens' },
  'content-filter': { status: 'incomplete', why: 'content_filter' },
  recitation: { status: 'incomplete', why: 'content_filter' },
  cancelled: { status: 'cancelled' },
}

/** The last item of an answer that was cut off is not whole: a client must not run a call of which half is missing. */
export function lastStatus(reason: StopReason): 'completed' | 'incomplete' {
  return endings[reason]?.status === 'incomplete' ? 'incomplete' : 'completed'
}

/** Where an item stands, and how far it is. */
export interface ItemState {
  /** The id of the response. */
  readonly response: string
  readonly place: number
  readonly status: string
}

/** The items of a group of parts: the one that they are, and those that bring their signatures. */
function encodeGroup(group: readonly Part[], state: ItemState): Fields[] {
  const item = encodeItem(group, state)
  const items = item === undefined ? [] : [item]
  for (const part of group) {
    if ((part.type !== 'text' && part.type !== 'tool-call') || part.signature === undefined) continue
    const id = itemId('reasoning', state.response, state.place + items.length)
    items.push(carrierItem(part.signature, part.type === 'tool-call' ? part.id : undefined, id))
  }
  return items
}

/** The item that a group of parts is, as it stands in the output; nothing for what this format can't tell. */
export function encodeItem(group: readonly Part[], state: ItemState): Fields | undefined {
  const [first] = group
  switch (first?.type) {
    case 'reasoning':
      return encodeThoughtItem(group as readonly ReasoningPart[], idFor(first, state))
    case 'text':
    case 'refusal':
      return encodeSpoken(group as readonly (TextPart | RefusalPart)[], state)
    case 'tool-call':
      return encodeCall(first, state)
    case 'image': {
      const made = encodeMadeImage(first)
      return made && { ...made, id: idFor(first, state) }
    }
    case 'opaque':
      if (first.protocol !== ID || !isRecord(first.raw)) return undefined
      return { id: idFor(first, state), ...first.raw }
    default:
      return undefined
  }
}

function encodeSpoken(group: readonly (TextPart | RefusalPart)[], state: ItemState): Fields | undefined {
  const spoken = group.filter(part => part.text !== '' || (part.type === 'text' && (part.citations ?? []).length > 0))
  if (spoken.length === 0) return undefined
  const content = spoken.map(part =>
    part.type === 'text' ? encodeOutputText(part) : { type: 'refusal', refusal: part.text },
  )
  return { ...openItem(group[0], state), status: state.status, content }
}

function encodeCall(call: ToolCallPart, state: ItemState): Fields {
  const text = call.kind === 'custom' ? { input: call.arguments } : { arguments: encodeArguments(call.arguments) }
  return { ...openItem(call, state), status: state.status, ...text }
}

/** An item as it begins, before anything is said in it. */
export function openItem(part: Part | undefined, state: ItemState): Fields {
  const about = part === undefined ? {} : record(ours(part.extras)['item'])
  const id = part === undefined ? undefined : idFor(part, state)
  if (part?.type === 'reasoning') return { ...about, id, type: 'reasoning', summary: [] }
  if (part?.type !== 'tool-call')
    return { ...about, id, type: 'message', status: 'in_progress', role: 'assistant', content: [] }
  const { name, kind, namespace } = part
  return {
    ...about,
    id,
    type: kind === 'custom' ? 'custom_tool_call' : 'function_call',
    status: 'in_progress',
    call_id: part.id,
    name,
    ...(namespace !== undefined && { namespace }),
    ...(kind === 'custom' ? { input: '' } : { arguments: '' }),
  }
}

/** The id that an item came with, or one for its place. */
export function idFor(part: Part, { response, place }: ItemState): string {
  const own = part.type === 'reasoning' ? part.itemId : record(ours(part.extras)['item'])['id']
  return typeof own === 'string' ? own : itemId(wireType(part), response, place)
}

function wireType(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return 'message'
    case 'tool-call':
      return part.kind === 'custom' ? 'custom_tool_call' : 'function_call'
    case 'image':
      return 'image_generation_call'
    default:
      return part.type
  }
}

export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
