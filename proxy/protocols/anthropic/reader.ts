import { unpack } from '../../core/carried.ts'
import { ProxyError } from '../../core/errors.ts'
import type { StopReason, StreamEvent } from '../../core/events.ts'
import { hash } from '../../core/names.ts'
import { isRecord, list, present, record, type Fields } from '../fields.ts'
import { decodeCitation } from './content.ts'
import { decodeStreamError } from './errors.ts'
import { encodeInput } from '../input.ts'
import { createOutbox } from '../outbox.ts'
import { callExtras } from './messages.ts'
import { decodeUsage, joinUsage } from './usage.ts'
import { extras, ID, type WireEvent } from './wire.ts'

/**
 * Reads one answer, event by event. A whole answer is the message of a single `message_start`, and Anthropic itself streams
 * short answers so, so that there is one reader with one set of tolerances. Blocks that only Anthropic knows (its own tools
 * and their results, compactions) wait until they are whole.
 */
export function createReader() {
  const events = createOutbox<StreamEvent>()
  const blocks = new Map<unknown, OpenBlock>()
  let started = false
  let ended = false
  let parts = 0
  let calls = 0
  /** Whether the model itself has called a tool: what its own program called is answered already where the turn ends. */
  let hasCalled = false
  let usage: Fields | undefined
  let rawReason: string | undefined
  let stopSequence: string | undefined
  let more: Fields = {}

  /** Takes an event. Throws the error that it tells. */
  function read(event: WireEvent) {
    switch (event.type) {
      case 'content_block_delta':
        readDelta(event.index, record(event.delta))
        break
      case 'content_block_start':
        openBlock(event.index, record(event.content_block))
        break
      case 'content_block_stop':
        closeBlock(event.index)
        break
      case 'message_start':
        readMessage(record(event.message))
        break
      case 'message_delta':
        readEnd(event)
        break
      case 'message_stop':
        end()
        break
      case 'ping':
        if (started) events.push({ type: 'ping' })
        break
      case 'error':
        throw decodeStreamError(event)
    }
  }

  /** Gateways that try again begin anew: what they said before can't be taken back, unless it was nothing. */
  function readMessage(message: Fields) {
    const { id, type: _, role: __, model, content, stop_reason, stop_sequence, usage: told, ...rest } = message
    if (parts > 0 || blocks.size > 0)
      throw new ProxyError('bad-upstream', 'The backend began its answer anew in the middle of it.')
    usage = joinUsage(usage, told)
    if (!started) start(id, model, rest)
    for (const block of list(content)) {
      openBlock(WHOLE, record(block))
      closeBlock(WHOLE)
    }
    readReason(stop_reason, stop_sequence)
  }

  function start(id: unknown, model: unknown, rest: Fields) {
    started = true
    events.push({
      type: 'start',
      id: typeof id === 'string' ? id : '',
      model: typeof model === 'string' ? model : '',
      ...(usage !== undefined && { usage: decodeUsage(usage) }),
      ...extras(present(rest)),
    })
  }

  function readEnd({ type: _, delta, usage: told, ...rest }: WireEvent) {
    const { stop_reason, stop_sequence, ...others } = record(delta)
    usage = joinUsage(usage, told)
    readReason(stop_reason, stop_sequence)
    more = { ...more, ...present({ ...rest, ...others }) }
  }

  function readReason(reason: unknown, sequence: unknown) {
    if (typeof reason === 'string') rawReason = reason
    if (typeof sequence === 'string') stopSequence = sequence
  }

  // ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What a block begins with is kept: some servers put all of it there. */
  function openBlock(at: unknown, block: Fields) {
    closeBlock(at)
    if (!started) start('', '', {})
    switch (block['type']) {
      case 'text':
        openText(at, block)
        break
      case 'thinking':
        openThought(at, block)
        break
      case 'redacted_thinking': {
        const { type: _, data, ...rest } = block
        const index = openPart({ type: 'reasoning', redacted: typeof data === 'string' ? data : '' }, rest)
        blocks.set(at, { type: 'thinking', index })
        break
      }
      case 'tool_use':
        openCall(at, block)
        break
      default:
        if (typeof block['type'] === 'string') blocks.set(at, { type: 'opaque', raw: { ...block }, json: '' })
    }
  }

  /** A part of text opens with its first word: there are blocks without any. */
  function openText(at: unknown, { type: _, text, citations, ...rest }: Fields) {
    const block: OpenText = { type: 'text', rest }
    blocks.set(at, block)
    say(block, text)
    for (const citation of list(citations)) cite(block, citation)
  }

  function openThought(at: unknown, { type: _, thinking, signature, ...rest }: Fields) {
    const block = { type: 'thinking', index: openPart({ type: 'reasoning' }, rest) } as const
    blocks.set(at, block)
    say(block, thinking)
    sign(block, signature)
  }

  function openCall(at: unknown, { type: _, id, name, input, ...rest }: Fields) {
    if (typeof name !== 'string' || name === '')
      throw new ProxyError('bad-upstream', 'The backend’s answer calls a tool without a name.')
    const nth = calls++
    const known = typeof id === 'string' && id !== '' ? id : `toolu_${hash(JSON.stringify([nth, name, input]))}`
    const own = callExtras(rest)
    if (own['caller'] === undefined) hasCalled = true
    const index = openPart({ type: 'tool-call', id: known, name, kind: 'function' }, own)
    blocks.set(at, { type: 'tool_use', index, input, isTold: false })
  }

  function openPart(part: Extract<StreamEvent, { type: 'part-start' }>['part'], rest: Fields): number {
    const index = parts++
    events.push({ type: 'part-start', index, part, ...extras(present(rest)) })
    return index
  }

  function readDelta(at: unknown, delta: Fields) {
    const block = blocks.get(at) ?? openFor(at, delta['type'])
    if (block === undefined) return
    if (block.type === 'opaque') {
      grow(block, delta)
      return
    }
    switch (delta['type']) {
      case 'text_delta':
        say(block, delta['text'])
        break
      case 'thinking_delta':
        say(block, delta['thinking'])
        break
      case 'input_json_delta':
        say(block, isRecord(delta['partial_json']) ? JSON.stringify(delta['partial_json']) : delta['partial_json'])
        break
      case 'signature_delta':
        sign(block, delta['signature'])
        break
      case 'citations_delta':
        cite(block, delta['citation'])
        break
    }
  }

  /** Some servers go over from text to thoughts and back without a word. */
  function openFor(at: unknown, type: unknown): OpenBlock | undefined {
    if (type === 'text_delta') openBlock(at, { type: 'text' })
    if (type === 'thinking_delta') openBlock(at, { type: 'thinking' })
    return blocks.get(at)
  }

  function say(block: OpenPartBlock, text: unknown) {
    if (typeof text !== 'string' || text === '') return
    if (block.type === 'tool_use') block.isTold = true
    events.push({ type: 'part-delta', index: indexOf(block), delta: { type: 'text', text } })
  }

  function sign(block: OpenPartBlock, signature: unknown) {
    if (typeof signature !== 'string' || signature === '' || isEmptyToken(signature)) return
    const delta = { type: 'signature', signature: { protocol: ID, value: signature } } as const
    events.push({ type: 'part-delta', index: indexOf(block), delta })
  }

  function cite(block: OpenPartBlock, citation: unknown) {
    if (!isRecord(citation)) return
    const delta = { type: 'citation', citation: decodeCitation(citation) } as const
    events.push({ type: 'part-delta', index: indexOf(block), delta })
  }

  function indexOf(block: OpenPartBlock): number {
    return (block.index ??= openPart({ type: 'text' }, block.type === 'text' ? block.rest : {}))
  }

  function closeBlock(at: unknown) {
    const block = blocks.get(at)
    if (block === undefined) return
    blocks.delete(at)
    // Tools without arguments, and servers that put them where the block begins.
    if (block.type === 'tool_use' && !block.isTold) say(block, JSON.stringify(isRecord(block.input) ? block.input : {}))
    const index =
      block.type === 'opaque' ? openPart({ type: 'opaque', protocol: ID, raw: whole(block) }, {}) : block.index
    if (index !== undefined) events.push({ type: 'part-end', index })
  }

  // ── The end ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Closes what is open and finishes. Throws `bad-upstream` if nothing began. */
  function end() {
    if (!started)
      throw new ProxyError('bad-upstream', 'The backend answered without an answer: no message begins in it.')
    for (const at of [...blocks.keys()]) closeBlock(at)
    ended = true
    events.push({
      type: 'finish',
      reason: reason(),
      ...(stopSequence !== undefined && { stopSequence }),
      ...(rawReason !== undefined && { rawReason }),
      ...(usage !== undefined && { usage: decodeUsage(usage) }),
      ...extras(more),
    })
  }

  /** Some servers say that the turn ended although tools are called, or nothing at all. */
  function reason(): StopReason {
    const told = rawReason === undefined ? 'end' : (stopReasons.get(rawReason) ?? 'other')
    return told === 'end' && hasCalled ? 'tool-calls' : told
  }

  return {
    read,
    end,
    isEnded: () => ended,
    take: events.take,
  }
}

export const stopReasons: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'end'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'context-window'],
  ['tool_use', 'tool-calls'],
  ['pause_turn', 'pause'],
  // The conversation was summed up, and goes on when it is sent back (beta).
  ['compaction', 'pause'],
  ['refusal', 'refusal'],
])

type OpenBlock = OpenPartBlock | OpenOpaque
type OpenPartBlock = OpenText | OpenThought | OpenCall

interface OpenText {
  readonly type: 'text'
  index?: number
  readonly rest: Fields
}

interface OpenThought {
  readonly type: 'thinking'
  index?: number
}

interface OpenCall {
  readonly type: 'tool_use'
  index?: number
  /** The arguments that the block began with; they count if no others come. */
  readonly input: unknown
  isTold: boolean
}

interface OpenOpaque {
  readonly type: 'opaque'
  readonly raw: Record<string, unknown>
  /** The input of a tool that Anthropic runs, as it comes. */
  json: string
}

/** The place of a block that comes whole, not as a part of a stream. */
const WHOLE = Symbol('whole')

function grow(block: OpenOpaque, { type, ...added }: Fields) {
  if (type === 'input_json_delta') {
    if (typeof added['partial_json'] === 'string') block.json += added['partial_json']
    return
  }
  for (const [field, value] of Object.entries(added)) {
    const before = block.raw[field]
    block.raw[field] = typeof before === 'string' && typeof value === 'string' ? before + value : value
  }
}

function whole({ raw, json }: OpenOpaque): Fields {
  return json === '' ? raw : { ...raw, input: encodeInput({ kind: 'function', arguments: json }) }
}

/** What we write to clients where a thought has no signature. */
function isEmptyToken(signature: string): boolean {
  const carried = unpack(signature)
  return carried !== undefined && Object.keys(carried).length === 1
}
