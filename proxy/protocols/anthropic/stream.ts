import { estimateUsage } from '../../core/estimate.ts'
import type { Delta, Events, OpenPart, StreamEvent } from '../../core/events.ts'
import { hidesThoughts } from '../../core/reasoning.ts'
import type { Extras, ReasoningPart, Request, Signature } from '../../core/request.ts'
import type { Frames, SseFrame } from '../../wire/sse.ts'
import { isRecord, type Fields } from '../fields.ts'
import { parseEvent, readFrames, stoppedShort, writeFrames } from '../frames.ts'
import { createOutbox } from '../outbox.ts'
import type { Block } from './content.ts'
import { decodeStreamError, encodeError } from './errors.ts'
import { createReader } from './reader.ts'
import { answerId, emptyMessage, encodeCall, encodeCitation, encodeOpaque, encodeReason, imageBlock } from './reply.ts'
import { carrier, proofOf } from './thinking.ts'
import { encodeEndUsage, encodeUsage } from './usage.ts'
import { ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A backend's stream. Its end is `message_stop`, after which nothing is read; a stream that just stops is `bad-upstream`. What
 * came before an error is passed on before the error is thrown.
 */
export function decodeStream(frames: Frames): Events {
  const reader = createReader()
  return readFrames(frames, {
    read(frame) {
      if (frame.data !== '[DONE]') reader.read(parseEvent(frame, decodeStreamError))
    },
    take: reader.take,
    isEnded: reader.isEnded,
    stopped() {
      throw stoppedShort()
    },
  })
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A stream for a client, strictly as Anthropic writes it. An error is the last event. */
export function encodeStream(events: Events, asked: Request): Frames {
  return writeFrames(events, {
    ...createWriter(asked),
    failed: error => [{ event: 'error', data: JSON.stringify(encodeError(error).body) }],
  })
}

/** A part that has begun and not been written to its end. */
interface PendingPart {
  readonly open: OpenPart
  readonly extras: Extras | undefined
  /** What stands in a delta before its text, once the block is open on the wire. */
  before?: string
  /** Deltas that wait for their turn. */
  readonly waiting: Delta[]
  hasEnded: boolean
  /** Arguments of a call as far as they were written. */
  json: string
  /** What proves the part, written when it ends. */
  proof: Pick<ReasoningPart, 'signature' | 'encrypted'>
  /** The signature of another vendor, to be written in a block of its own after this one. */
  carried?: Signature
}

/**
 * Writes events as blocks, of which only one is open at a time. Parts that are open together take turns: the first one is
 * written as it comes, the others wait until it ends, or until it is a call whose arguments are whole, since then nothing can
 * follow. A delta of text, the hot path, is a constant with the text behind it.
 */
function createWriter(asked: Request) {
  const hidden = hidesThoughts(asked)
  /** In the order in which they opened; the first one is being written. */
  const queue = new Map<number, PendingPart>()
  let current: PendingPart | undefined
  const frames = createOutbox<SseFrame>()
  let started = false
  let finished = false
  let blocks = 0
  let characters = 0

  function write(event: StreamEvent) {
    switch (event.type) {
      case 'part-delta': {
        const part = queue.get(event.index)
        if (part === undefined) break
        if (part === current) writeDelta(part, event.delta)
        else part.waiting.push(event.delta)
        break
      }
      case 'start':
        writeStart(event)
        break
      case 'part-start':
        begin(event)
        break
      case 'part-end': {
        const part = queue.get(event.index)
        if (part !== undefined) part.hasEnded = true
        takeTurns()
        break
      }
      case 'ping':
        if (started) frames.push({ event: 'ping', data: '{"type":"ping"}' })
        break
      case 'finish':
        for (const part of queue.values()) part.hasEnded = true
        takeTurns()
        writeFinish(event)
        break
    }
  }

  function writeStart({ id, model, usage, extras }: Extract<StreamEvent, { type: 'start' }>) {
    started = true
    const message = {
      ...emptyMessage,
      ...ours(extras),
      id: answerId(id),
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(usage ?? { ...estimateUsage(asked, 0), output: 1 }),
    }
    push('message_start', { message })
  }

  // ── Turns ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  function begin({ index, part, extras }: Extract<StreamEvent, { type: 'part-start' }>) {
    queue.set(index, { open: part, extras, waiting: [], hasEnded: false, json: '', proof: {} })
    if (current !== undefined && isWholeCall(current)) current.hasEnded = true
    takeTurns()
  }

  /** Writes all that can be written: the first part, and those after it as long as parts end. */
  function takeTurns() {
    for (const [index, part] of queue) {
      if (part !== current) {
        current = part
        // Thoughts show at once that the model is at work; other blocks open when there is something in them.
        if (part.open.type === 'reasoning') openBlock(part)
        for (const delta of part.waiting) writeDelta(part, delta)
      }
      if (!part.hasEnded) return
      writeEnd(part)
      queue.delete(index)
      current = undefined
    }
  }

  // ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  function writeDelta(part: PendingPart, delta: Delta) {
    switch (delta.type) {
      case 'text':
        characters += delta.text.length
        if (part.open.type === 'reasoning' && hidden) break
        if (part.open.type === 'tool-call') part.json += delta.text
        if (part.open.type === 'tool-call' && part.open.kind === 'custom') break
        frames.push({ event: 'content_block_delta', data: `${openBlock(part) + JSON.stringify(delta.text)}}}` })
        break
      case 'citation':
        openBlock(part)
        writeAdded({ type: 'citations_delta', citation: encodeCitation(delta.citation) })
        break
      case 'signature':
        if (part.open.type === 'reasoning') part.proof = { ...part.proof, signature: delta.signature }
        else carry(part, delta.signature)
        break
      case 'encrypted':
        part.proof = { ...part.proof, encrypted: delta.encrypted }
        break
      case 'logprobs':
        break
    }
  }

  /** A block of its own for another vendor's signature: before its call, if that is not open yet, else after it. */
  function carry(part: PendingPart, signature: Signature) {
    if (part.open.type === 'tool-call' && part.before === undefined) writeBlock(carrier(signature, part.open.id))
    else part.carried = signature
  }

  /** Opens the block of a part if it is not open yet, and gives what its deltas begin with. */
  function openBlock(part: PendingPart): string {
    if (part.before !== undefined) return part.before
    push('content_block_start', { index: blocks, content_block: openedBlock(part) })
    part.before = `{"type":"content_block_delta","index":${blocks},"delta":${DELTAS[part.open.type]}`
    return part.before
  }

  function openedBlock({ open, extras }: PendingPart): Fields {
    const own = ours(extras)
    switch (open.type) {
      case 'reasoning':
        return open.redacted === undefined
          ? { ...own, type: 'thinking', thinking: '', signature: '' }
          : { ...own, type: 'redacted_thinking', data: open.redacted }
      case 'tool-call':
        return { ...encodeCall(open, own), input: {} }
      default:
        return { ...own, type: 'text', text: '', citations: null }
    }
  }

  function writeEnd(part: PendingPart) {
    switch (part.open.type) {
      case 'image':
        writeBlock(imageBlock)
        return
      case 'opaque':
        for (const block of encodeOpaque(part.open)) writeBlock(block)
        return
      case 'tool-call':
        openBlock(part)
        if (part.open.kind === 'custom')
          writeAdded({ type: 'input_json_delta', partial_json: JSON.stringify({ input: part.json }) })
        break
      case 'reasoning':
        if (part.open.redacted === undefined)
          writeAdded({ type: 'signature_delta', signature: proofOf({ ...part.open, ...part.proof, text: '' }) })
        break
      case 'text':
      case 'refusal':
        break
    }
    if (part.before !== undefined) closeBlock()
    if (part.carried !== undefined) writeBlock(carrier(part.carried, callOf(part.open)))
  }

  /** A block that is there at once. What clients read only from deltas comes as one. */
  function writeBlock(block: Block) {
    const { opened, delta } = asStreamed(block)
    push('content_block_start', { index: blocks, content_block: opened })
    if (delta !== undefined) writeAdded(delta)
    closeBlock()
  }

  function writeAdded(delta: Fields) {
    push('content_block_delta', { index: blocks, delta })
  }

  function closeBlock() {
    push('content_block_stop', { index: blocks })
    blocks++
  }

  // ── The end ────────────────────────────────────────────────────────────────────────────────────────────────────────

  function writeFinish(event: Extract<StreamEvent, { type: 'finish' }>) {
    const { reason, rawReason, stopSequence, usage, extras } = event
    const { stop_details, container, ...rest } = ours(extras)
    const delta = {
      stop_reason: encodeReason(reason, rawReason),
      stop_sequence: stopSequence ?? null,
      stop_details: stop_details ?? null,
      container: container ?? null,
    }
    push('message_delta', { ...rest, delta, usage: encodeEndUsage(usage ?? estimateUsage(asked, characters)) })
    push('message_stop', {})
    finished = true
  }

  function push(event: string, fields: Fields) {
    frames.push({ event, data: JSON.stringify({ type: event, ...fields }) })
  }

  return {
    write,
    take: frames.take,
    isFinished: () => finished,
  }
}

/** How a delta of each part begins. */
const DELTAS: Readonly<Record<OpenPart['type'], string>> = {
  text: '{"type":"text_delta","text":',
  refusal: '{"type":"text_delta","text":',
  reasoning: '{"type":"thinking_delta","thinking":',
  'tool-call': '{"type":"input_json_delta","partial_json":',
  image: '',
  opaque: '',
}

function callOf(open: OpenPart): string | undefined {
  return open.type === 'tool-call' ? open.id : undefined
}

/** Whether the part is a call to whose arguments nothing can be added. */
function isWholeCall({ open, json }: PendingPart): boolean {
  if (open.type !== 'tool-call' || open.kind === 'custom' || !json.trimEnd().endsWith('}')) return false
  try {
    return isRecord(JSON.parse(json))
  } catch {
    return false
  }
}

/** How a whole block is streamed: its input, words and proof come as deltas, since clients take them only from there. */
function asStreamed(block: Block): { opened: Fields; delta?: Fields } {
  if (block.type === 'thinking')
    return {
      opened: { ...block, signature: '' },
      delta: { type: 'signature_delta', signature: block['signature'] },
    }
  if (block.type === 'text')
    return { opened: { ...block, text: '' }, delta: { type: 'text_delta', text: block['text'] } }
  if (block.type === 'compaction')
    return { opened: { ...block, content: null }, delta: { type: 'compaction_delta', content: block['content'] } }
  if (isRecord(block['input']))
    return {
      opened: { ...block, input: {} },
      delta: { type: 'input_json_delta', partial_json: JSON.stringify(block['input']) },
    }
  return { opened: block }
}
