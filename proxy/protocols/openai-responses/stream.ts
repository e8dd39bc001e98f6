import type { ProxyError } from '../../core/errors.ts'
import { estimateUsage } from '../../core/estimate.ts'
import type { Events, OpenPart, StreamEvent } from '../../core/events.ts'
import { own } from '../../core/own.ts'
import { begun, finished, grow, mergeExtras, type GrowingPart } from '../../core/reply.ts'
import type { Extras, Part, Request, Signature } from '../../core/request.ts'
import type { Frames, SseFrame } from '../../wire/sse.ts'
import { isRecord, type Fields } from '../fields.ts'
import { parseEvent, readFrames, stoppedShort, writeFrames, type FrameWriter } from '../frames.ts'
import { encodeArguments } from '../input.ts'
import { createOutbox } from '../outbox.ts'
import { encodeCitation, encodeOutputText } from './content.ts'
import { decodeStreamError, errorFields } from './errors.ts'
import { itemId, responseId } from './ids.ts'
import { grouped } from './items.ts'
import { createReader } from './reader.ts'
import { carrierItem, isContent } from './reasoning.ts'
import { encodeEnd, encodeItem, idFor, lastStatus, nowInSeconds, openItem, reasonTold, responseBase } from './reply.ts'
import { encodeUsage } from './usage.ts'
import { ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A backend's stream. Its end is a response that is completed, incomplete or failed, after which nothing is read; a stream
 * that just stops is `bad-upstream`. What came before an error is passed on before the error is thrown.
 */
export function decodeStream(frames: Frames): Events {
  const reader = createReader()
  return readFrames(frames, {
    read(frame) {
      if (frame.data.trim() !== '[DONE]') reader.read(parseEvent(frame, decodeStreamError))
    },
    take: reader.take,
    isEnded: reader.isEnded,
    stopped() {
      throw stoppedShort()
    },
  })
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A stream for a client, strictly as OpenAI writes it. An error is an event of its own and a response that failed. */
export function encodeStream(events: Events, asked: Request): Frames {
  return writeFrames(events, createWriter(asked))
}

/** An item of the output that has begun. */
interface OpenItem {
  readonly place: number
  readonly id: string
  /** Its parts that are whole. */
  readonly parts: Part[]
  /** How many pieces of its content, and of its summary, have begun. */
  readonly pieces: { content: number; summary: number }
}

/** A part that is open. */
interface OpenPiece {
  readonly grown: GrowingPart
  readonly wire: PieceWire
  item: OpenItem | undefined
  /** What says where its piece stands, once that is open on the wire. */
  where?: Fields
  /** What stands in a delta before its text. */
  before: string
}

/**
 * Writes events as items. An item that has come to its end is held until the next one begins or the answer ends: only then
 * it is known whether more belongs to it, and whether it was cut off. A delta of text, the hot path, is a constant with the
 * text and its number behind it.
 */
function createWriter(asked: Request): FrameWriter {
  const pieces = new Map<number, OpenPiece>()
  const output: Fields[] = []
  let held: OpenItem | undefined
  let base: Fields | undefined
  let response = ''
  const frames = createOutbox<SseFrame>()
  let sequence = 0
  let places = 0
  let characters = 0
  let refused = false
  let done = false

  function write(event: StreamEvent) {
    switch (event.type) {
      case 'part-delta': {
        const piece = pieces.get(event.index)
        if (piece !== undefined) writeDelta(piece, event)
        break
      }
      case 'start':
        begin(event)
        break
      case 'part-start':
        beginPart(event)
        break
      case 'part-end':
        endPart(event.index, event.extras)
        break
      case 'ping':
        break
      case 'finish':
        writeFinish(event)
        break
    }
  }

  function begin({ id, model, extras }: Pick<Start, 'id' | 'model' | 'extras'>): Fields {
    response = responseId(id)
    base = responseBase(asked, { id: response, model, own: ours(extras) })
    push('response.created', { response: base })
    push('response.in_progress', { response: base })
    return base
  }

  // ── Parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  function beginPart({ index, part, extras }: Extract<StreamEvent, { type: 'part-start' }>) {
    const grown = begun(part, extras)
    const joined = held !== undefined && belongsTo(held, finished(grown)) ? held : undefined
    if (joined === undefined) closeHeld('completed')
    else held = undefined
    const piece: OpenPiece = { grown, wire: wireOf(finished(grown)), item: joined, before: '' }
    pieces.set(index, piece)
    if (part.type === 'refusal') refused = true
    // What the model thinks and whom it calls shows at once; other items open when there is something in them.
    if (part.type === 'reasoning' || part.type === 'tool-call') itemFor(piece)
    if (part.type === 'tool-call') openPiece(piece)
  }

  function itemFor(piece: OpenPiece): OpenItem {
    return (piece.item ??= addItem(finished(piece.grown)))
  }

  function addItem(part: Part): OpenItem {
    const place = places++
    const state = { response, place, status: 'in_progress' }
    push('response.output_item.added', { output_index: place, item: openItem(part, state) })
    return { place, id: idFor(part, state), parts: [], pieces: { content: 0, summary: 0 } }
  }

  /** Opens the piece of a part if it is not open yet, and tells where it stands. */
  function openPiece(piece: OpenPiece): Fields {
    if (piece.where !== undefined) return piece.where
    const { id, place, pieces: counted } = itemFor(piece)
    const { counter, added, delta, part } = piece.wire
    const where = {
      item_id: id,
      output_index: place,
      ...(counter === 'content' && { content_index: counted.content++ }),
      ...(counter === 'summary' && { summary_index: counted.summary++ }),
    }
    if (added !== undefined) push(added, { ...where, part: part(finished(piece.grown)) })
    piece.where = where
    piece.before = `${JSON.stringify({ type: delta, ...where }).slice(0, -1)},"delta":`
    return where
  }

  function writeDelta(piece: OpenPiece, event: Extract<StreamEvent, { type: 'part-delta' }>) {
    const { delta } = event
    switch (delta.type) {
      case 'text':
        openPiece(piece)
        characters += delta.text.length
        frames.push({
          event: piece.wire.delta,
          data: `${piece.before}${JSON.stringify(delta.text)}${piece.wire.after},"sequence_number":${sequence++}}`,
        })
        break
      case 'citation': {
        const annotation_index = piece.grown.citations.flatMap(encodeCitation).length
        for (const annotation of encodeCitation(delta.citation))
          push('response.output_text.annotation.added', { ...openPiece(piece), annotation_index, annotation })
        break
      }
      case 'logprobs':
        push('response.output_text.delta', { ...openPiece(piece), delta: '', logprobs: delta.logprobs })
        break
      case 'signature':
        if (piece.grown.open.type !== 'reasoning') carry(piece.grown.open, delta.signature)
        break
      case 'encrypted':
        break
    }
    grow(piece.grown, event)
  }

  /** An item of its own for another vendor's signature. */
  function carry(open: OpenPart, signature: Signature) {
    const place = places++
    const call = open.type === 'tool-call' ? open.id : undefined
    const item = carrierItem(signature, call, itemId('reasoning', response, place))
    push('response.output_item.added', { output_index: place, item: { ...item, encrypted_content: null } })
    push('response.output_item.done', { output_index: place, item })
    output[place] = item
  }

  function endPart(index: number, extras: Extras | undefined) {
    const piece = pieces.get(index)
    if (piece === undefined) return
    pieces.delete(index)
    const { open, text } = piece.grown
    if (open.type === 'tool-call' && open.kind === 'function' && text === '')
      writeDelta(piece, { type: 'part-delta', index, delta: { type: 'text', text: encodeArguments('') } })
    const whole = finished(piece.grown)
    const part = extras === undefined ? whole : { ...whole, extras: mergeExtras(whole.extras, extras) }
    if (part.type === 'image' || part.type === 'opaque') writeWhole(part)
    if (piece.where !== undefined) {
      for (const [type, fields] of piece.wire.done(part)) push(type, { ...piece.where, ...fields })
    }
    const { item } = piece
    if (item === undefined) return
    item.parts.push(part)
    if (held !== item) closeHeld('completed')
    held = item
  }

  /** An item that is there at once, with the steps that its kind goes through. */
  function writeWhole(part: Part) {
    const item = encodeItem([part], { response, place: places, status: 'completed' })
    if (item === undefined) return
    const place = places++
    const opening = {
      ...item,
      ...('status' in item && { status: 'in_progress' }),
      ...('result' in item && { result: null }),
    }
    push('response.output_item.added', { output_index: place, item: opening })
    for (const step of stepsOf(item)) {
      push(`response.${String(item['type'])}.${step}`, { output_index: place, item_id: item['id'] })
    }
    push('response.output_item.done', { output_index: place, item })
    output[place] = item
  }

  function closeHeld(status: string) {
    if (held === undefined) return
    const { place, id, parts } = held
    held = undefined
    const item = {
      ...(encodeItem(parts, { response, place, status }) ?? openItem(parts[0], { response, place, status })),
      id,
    }
    push('response.output_item.done', { output_index: place, item })
    output[place] = item
  }

  // ── The end ────────────────────────────────────────────────────────────────────────────────────────────────────────

  function writeFinish({ reason, usage, extras }: Extract<StreamEvent, { type: 'finish' }>) {
    for (const index of [...pieces.keys()]) endPart(index, undefined)
    const told = reasonTold(reason, refused)
    closeHeld(lastStatus(told))
    const ending = encodeEnd(told, nowInSeconds())
    const whole = {
      ...base,
      ...ours(extras),
      ...ending,
      output,
      usage: encodeUsage(usage ?? estimateUsage(asked, characters)),
    }
    push(ending.status === 'completed' ? 'response.completed' : 'response.incomplete', { response: whole })
    done = true
  }

  function failed(error: ProxyError): readonly SseFrame[] {
    const { code, message, param } = errorFields(error)
    const begins = base ?? begin({ id: '', model: asked.model, extras: undefined })
    push('error', { code, message, param })
    // Items that are not whole are left out: their places stay empty, and go.
    const said = output.filter(item => isRecord(item))
    push('response.failed', { response: { ...begins, status: 'failed', output: said, error: { code, message } } })
    return frames.take()
  }

  function push(type: string, fields: Fields) {
    frames.push({ event: type, data: JSON.stringify({ type, ...fields, sequence_number: sequence++ }) })
  }

  return { write, take: frames.take, isFinished: () => done, failed }
}

type Start = Extract<StreamEvent, { type: 'start' }>

/** Whether a part belongs to an item that has begun. */
function belongsTo({ parts }: OpenItem, part: Part): boolean {
  const last = parts.at(-1)
  return last !== undefined && grouped([last, part]).length === 1
}

/** How the piece of a part is told: the names of its events, and what they hold. */
interface PieceWire {
  readonly counter: 'content' | 'summary' | undefined
  /** The event that opens it; a call needs none. */
  readonly added?: string
  readonly delta: string
  /** What a delta has behind its text. */
  readonly after: string
  /** The piece as far as it has come. */
  readonly part: (part: Part) => Fields
  /** The events that close it. */
  readonly done: (part: Part) => readonly (readonly [type: string, fields: Fields])[]
}

function wireOf(part: Part): PieceWire {
  switch (part.type) {
    case 'reasoning':
      return isContent(part) ? contentWire : summaryWire
    case 'tool-call':
      return part.kind === 'custom' ? customWire : functionWire
    case 'refusal':
      return refusalWire
    default:
      return textWire
  }
}

const CONTENT = 'response.content_part.added'
const CONTENT_DONE = 'response.content_part.done'

const textWire: PieceWire = {
  counter: 'content',
  added: CONTENT,
  delta: 'response.output_text.delta',
  after: ',"logprobs":[]',
  part: textPart,
  done: part => [
    ['response.output_text.done', { text: textIn(part), logprobs: textPart(part)['logprobs'] }],
    [CONTENT_DONE, { part: textPart(part) }],
  ],
}

function textPart(part: Part): Fields {
  return part.type === 'text' ? encodeOutputText(part) : {}
}

const refusalWire: PieceWire = {
  counter: 'content',
  added: CONTENT,
  delta: 'response.refusal.delta',
  after: '',
  part: part => ({ type: 'refusal', refusal: textIn(part) }),
  done: part => [
    ['response.refusal.done', { refusal: textIn(part) }],
    [CONTENT_DONE, { part: { type: 'refusal', refusal: textIn(part) } }],
  ],
}

const summaryWire: PieceWire = {
  counter: 'summary',
  added: 'response.reasoning_summary_part.added',
  delta: 'response.reasoning_summary_text.delta',
  after: '',
  part: part => ({ type: 'summary_text', text: textIn(part) }),
  done: part => [
    ['response.reasoning_summary_text.done', { text: textIn(part) }],
    ['response.reasoning_summary_part.done', { part: { type: 'summary_text', text: textIn(part) } }],
  ],
}

const contentWire: PieceWire = {
  counter: 'content',
  added: CONTENT,
  delta: 'response.reasoning_text.delta',
  after: '',
  part: part => ({ type: 'reasoning_text', text: textIn(part) }),
  done: part => [
    ['response.reasoning_text.done', { text: textIn(part) }],
    [CONTENT_DONE, { part: { type: 'reasoning_text', text: textIn(part) } }],
  ],
}

const functionWire: PieceWire = {
  counter: undefined,
  delta: 'response.function_call_arguments.delta',
  after: '',
  part: () => ({}),
  done: part => [
    [
      'response.function_call_arguments.done',
      { arguments: textIn(part), name: part.type === 'tool-call' ? part.name : '' },
    ],
  ],
}

const customWire: PieceWire = {
  counter: undefined,
  delta: 'response.custom_tool_call_input.delta',
  after: '',
  part: () => ({}),
  done: part => [['response.custom_tool_call_input.done', { input: textIn(part) }]],
}

function textIn(part: Part): string {
  return part.type === 'tool-call' ? part.arguments : 'text' in part ? part.text : ''
}

/** The steps through which the vendor's own tools go. */
const steps: Readonly<Record<string, readonly string[]>> = {
  web_search_call: ['in_progress', 'searching', 'completed'],
  file_search_call: ['in_progress', 'searching', 'completed'],
  code_interpreter_call: ['in_progress', 'interpreting', 'completed'],
  image_generation_call: ['in_progress', 'generating', 'completed'],
  mcp_call: ['in_progress', 'completed'],
  mcp_list_tools: ['in_progress', 'completed'],
}

function stepsOf({ type, error }: Fields): readonly string[] {
  const known = (typeof type === 'string' ? own(steps, type) : undefined) ?? []
  return error == null ? known : known.map(step => (step === 'completed' ? 'failed' : step))
}
