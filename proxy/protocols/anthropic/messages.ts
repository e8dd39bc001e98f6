import { withCarried, type Carried } from '../../core/carried.ts'
import { plainId, wireName } from '../../core/names.ts'
import type { Message, Part, Request, SystemPart, TextPart, ToolCallPart, ToolResultPart } from '../../core/request.ts'
import { pairToolResults } from '../../core/tool-results.ts'
import { record, type Fields } from '../fields.ts'
import {
  decodeCache,
  decodeContent,
  decodeContentBlock,
  encodeCache,
  encodeContent,
  encodeText,
  type Block,
} from './content.ts'
import type { Family } from './families.ts'
import { encodeInput } from '../input.ts'
import { carrier, decodeThinking, encodeThought } from './thinking.ts'
import { extras, ours, type WireBlock, type WireMessage, type WireRequest } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The system prompt: a string, or blocks. */
export function decodeSystem(system: WireRequest['system']): SystemPart[] {
  if (system == null || system === '') return []
  if (typeof system === 'string') return [{ text: system, origin: 'system' }]
  return system.map(({ type: _, text, cache_control, citations: __, ...rest }) => ({
    text,
    origin: 'system',
    ...decodeCache(cache_control, rest),
  }))
}

/** The conversation as a client has it. A system message in it is an instruction in mid-conversation. */
export function decodeMessages(wire: readonly WireMessage[]): Message[] {
  const calls = new Map<string, ToolCallPart>()
  return wire.map(({ role, content, ...rest }) => {
    const parts = typeof content === 'string' ? decodeContent(content) : decodeBlocks(content, calls)
    return { role, parts, ...extras(rest) }
  })
}

function decodeBlocks(blocks: readonly WireBlock[], calls: Map<string, ToolCallPart>): Part[] {
  const parts = withCarried(blocks.map(block => decodeBlock(block, calls)))
  for (const part of parts) if (part.type === 'tool-call') calls.set(part.id, part)
  return parts
}

function decodeBlock(block: WireBlock, calls: ReadonlyMap<string, ToolCallPart>): Part | Carried {
  switch (block.type) {
    case 'thinking':
      return decodeThinking(block)
    case 'redacted_thinking': {
      const { type: _, data, ...rest } = block
      return { type: 'reasoning', text: '', redacted: data, ...extras(rest) }
    }
    case 'tool_use':
      return decodeCall(block)
    case 'tool_result':
      return decodeResult(block, calls)
    default:
      return decodeContentBlock(block)
  }
}

type Wire<Type> = Extract<WireBlock, { type: Type }>

function decodeCall({ type: _, id, name, input, cache_control, ...rest }: Wire<'tool_use'>): ToolCallPart {
  return {
    type: 'tool-call',
    id,
    name,
    arguments: JSON.stringify(input),
    kind: 'function',
    ...decodeCache(cache_control, callExtras(rest)),
  }
}

/** Who called the tool is worth a word only if it was not the model itself. */
export function callExtras({ caller, ...rest }: Fields): Fields {
  return caller == null || record(caller)['type'] === 'direct' ? rest : { ...rest, caller }
}

function decodeResult(block: Wire<'tool_result'>, calls: ReadonlyMap<string, ToolCallPart>): ToolResultPart {
  const { type: _, tool_use_id: callId, content, is_error, cache_control, ...rest } = block
  const name = calls.get(callId)?.name
  return {
    type: 'tool-result',
    callId,
    ...(name !== undefined && { name }),
    parts: decodeContent(content ?? ''),
    isError: is_error ?? false,
    kind: 'function',
    ...decodeCache(cache_control, rest),
  }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function encodeSystem(system: readonly SystemPart[]): Block[] {
  return system.flatMap(({ text, cache, extras: own }) => encodeText({ type: 'text', text, cache, extras: own }))
}

/** A message on the wire. */
export interface WireTurn extends Fields {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: readonly Block[]
}

/**
 * The conversation as a strict server takes it: user and assistant take turns, the user begins, every tool call is answered at
 * once at the beginning of the next turn (see `pairToolResults`), every id is there once, and nothing is empty.
 */
export function encodeMessages({ messages }: Pick<Request, 'messages'>, options: MessageOptions): WireTurn[] {
  const conversation = withWireIds(pairToolResults(messages))
  const turns = conversation.map(message => encodeMessage(message, options))
  const spoken = inPlace(
    turns.filter(({ content }) => content.length > 0),
    options.family,
  )
  return ended(begun(joined(spoken)), options)
}

export interface MessageOptions {
  readonly family: Family
  /** Whether the model will think: if not, its earlier thoughts are left away. */
  readonly thinks: boolean
}

function encodeMessage({ role, parts, extras: own }: Message, options: MessageOptions): WireTurn {
  const content = parts.flatMap(part => (role === 'assistant' ? encodeSaid(part, options) : encodeGiven(part)))
  return { ...ours(own), role, content }
}

function encodeSaid(part: Part, { family, thinks }: MessageOptions): Block[] {
  switch (part.type) {
    case 'reasoning':
      return thinks ? encodeThought(part, family) : []
    case 'tool-call':
      return [...encodeCarried(part, family, part.id), encodeCall(part)]
    case 'text':
      return [...encodeText(part), ...encodeCarried(part, family, undefined)]
    // Its own images can't be told back to the model.
    case 'image':
    case 'audio':
    case 'file':
      return encodeText({ type: 'text', text: `[${part.type}]` })
    default:
      return encodeContent(part)
  }
}

/** A signature of another vendor means nothing to Anthropic, but a proxy like this one takes it back. */
function encodeCarried({ signature }: ToolCallPart | TextPart, { claude }: Family, call: string | undefined): Block[] {
  return claude || signature === undefined ? [] : [carrier(signature, call)]
}

function encodeGiven(part: Part): Block[] {
  return part.type === 'tool-result' ? [encodeResult(part)] : encodeContent(part)
}

function encodeCall(call: ToolCallPart): Block {
  const { cache_control, ...rest } = ours(call.extras)
  return {
    ...rest,
    type: 'tool_use',
    id: call.id,
    name: wireName(call),
    input: encodeInput(call),
    ...encodeCache(call.cache, cache_control),
  }
}

function encodeResult(result: ToolResultPart): Block {
  const { cache_control, ...rest } = ours(result.extras)
  const content = result.parts.flatMap(encodeContent)
  // A failure without words is refused.
  if (result.isError && content.length === 0) content.push({ type: 'text', text: '(failed)' })
  return {
    ...rest,
    type: 'tool_result',
    tool_use_id: result.callId,
    ...(content.length > 0 && { content }),
    ...(result.isError && { is_error: true }),
    ...encodeCache(result.cache, cache_control),
  }
}

/**
 * The conversation with ids of letters that Anthropic takes, and no two calls with the same, since some servers count their
 * calls anew in every answer. The same conversation has the same ids on every turn, so that prompts stay cacheable.
 */
function withWireIds(conversation: readonly Message[]): Message[] {
  const used = new Set<string>()
  let unanswered: string[] = []

  function renamed(part: Part): Part {
    if (part.type === 'tool-result') return { ...part, callId: unanswered.shift() ?? plainId(part.callId) }
    if (part.type !== 'tool-call') return part
    const id = unused(plainId(part.id), used)
    unanswered.push(id)
    return { ...part, id }
  }

  return conversation.map(message => {
    if (message.role === 'assistant') unanswered = []
    return { ...message, parts: message.parts.map(renamed) }
  })
}

function unused(id: string, used: Set<string>): string {
  let free = id
  for (let nth = 2; used.has(free); nth++) free = `${id}_${nth}`
  used.add(free)
  return free
}

/**
 * An instruction in mid-conversation stays one where the family knows such: after the user's turn and before the model's. In
 * any other place, and for any other family, it is the user's words.
 */
function inPlace(turns: readonly WireTurn[], { midSystem }: Family): WireTurn[] {
  return turns.map((turn, at) => {
    if (turn.role !== 'system') return turn
    const before = turns.slice(0, at).findLast(({ role }) => role !== 'system')
    const after = turns.slice(at + 1).find(({ role }) => role !== 'system')
    if (midSystem && before?.role === 'user' && after?.role !== 'user') return turn
    return { role: 'user', content: turn.content.map(asUsers) }
  })
}

function asUsers(block: Block): Block {
  return typeof block['text'] === 'string' ? { ...block, text: `<system>\n${block['text']}\n</system>` } : block
}

/** Turns of the same role are one, but instructions, which are kept apart. */
function joined(turns: readonly WireTurn[]): WireTurn[] {
  const apart: WireTurn[] = []
  for (const turn of turns) {
    const last = apart.at(-1)
    if (last === undefined || last.role !== turn.role || turn.role === 'system') apart.push(turn)
    else apart[apart.length - 1] = { ...last, ...turn, content: [...last.content, ...turn.content] }
  }
  return apart
}

function begun(turns: readonly WireTurn[]): readonly WireTurn[] {
  return turns[0]?.role === 'assistant' ? [says('(The conversation begins.)'), ...turns] : turns
}

/**
 * A conversation that ends with the model's own words asks it to go on with them. Newer models, and those that think, have to
 * be told so; the others take these words as the beginning of their answer. A server tool's turn that paused goes on by itself.
 */
function ended(turns: readonly WireTurn[], { family, thinks }: MessageOptions): WireTurn[] {
  const last = turns.at(-1)
  const block = last?.content.at(-1)
  if (last?.role !== 'assistant' || block === undefined) return [...turns]
  if (block.type !== 'text' && block.type !== 'thinking' && block.type !== 'redacted_thinking') return [...turns]
  if (!family.prefill || (thinks && family.claude) || block.type !== 'text') return [...turns, says('Continue.')]
  // White space at the end of such a beginning is refused.
  const cut = { ...block, text: String(block['text']).trimEnd() }
  return [...turns.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), cut] }]
}

function says(text: string): WireTurn {
  return { role: 'user', content: [{ type: 'text', text }] }
}
