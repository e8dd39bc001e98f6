import { estimateUsage } from '../../core/estimate.ts'
import type { Delta, Events, OpenPart, StreamEvent } from '../../core/events.ts'
import { hidesThoughts } from '../../core/reasoning.ts'
import type { Citation, ReasoningPart, Request } from '../../core/request.ts'
import type { Frames, SseFrame } from '../../wire/sse.ts'
import type { Fields } from '../fields.ts'
import { parseFrame, readFrames, stoppedShort, writeFrames } from '../frames.ts'
import { encodeArguments } from '../input.ts'
import { createOutbox } from '../outbox.ts'
import { decodeStreamError, encodeError } from './errors.ts'
import { createReader } from './reader.ts'
import { BETWEEN_THOUGHTS, encodeDetails, encodeSignature, formatOf } from './reasoning.ts'
import { answerId, encodeCitation, encodeImage, encodeOpaque, encodeReason, nowInSeconds } from './reply.ts'
import { asksLegacy } from './request.ts'
import { encodeUsage } from './usage.ts'
import { ours } from './wire.ts'

/** The frame that ends a stream. */
const DONE = '[DONE]'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A backend's stream. Its end is `[DONE]`, after which nothing is read; servers that never send it end with a finish reason.
 * A stream that just stops is `bad-upstream`. What came before an error is passed on before the error is thrown.
 */
export function decodeStream(frames: Frames): Events {
  const reader = createReader()
  return readFrames(frames, {
    read(frame) {
      if (frame.data.trim() === DONE) reader.end()
      else reader.read(parseFrame(frame, decodeStreamError))
    },
    take: reader.take,
    isEnded: reader.isEnded,
    stopped() {
      if (!reader.isTold()) throw stoppedShort()
      reader.end()
    },
  })
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A stream for a client, strictly as OpenAI writes it, with `reasoning_content` beside it. An error is a frame of its own,
 * after which nothing comes, not even `[DONE]`.
 */
export function encodeStream(events: Events, asked: Request): Frames {
  return writeFrames(events, {
    ...createWriter(asked),
    failed: error => [{ data: JSON.stringify(encodeError(error).body) }],
  })
}

/** What is written before and after the text of a delta of an open part. Of a part without it nothing is written. */
interface OpenWire {
  readonly before: string
  readonly after: string
  /** Its tool call with nothing new: some parsers want every field of a call in every piece of it. */
  readonly call?: Fields
  /** Whether it is a function's call of whose arguments nothing has come. */
  isBare?: boolean
  /** A text's first character in the content, which is one for all of them. */
  readonly beforeText?: number
  /** A thought as far as it has come, since its proof is written with the whole of it. */
  thought?: ReasoningPart
}

/** What stands in a chunk beside its delta. */
interface Beside {
  readonly reason?: string
  readonly logprobs?: unknown
  readonly more?: Fields
}

/** Writes events as chunks. A delta of text, the hot path, is its part's chunk with the text put in its place. */
function createWriter(asked: Request) {
  const legacy = asksLegacy(asked)
  const withUsage = asked.streamUsage === true
  const hidden = hidesThoughts(asked)
  const parts: (OpenWire | undefined)[] = []
  const frames = createOutbox<SseFrame>()
  let head = ''
  let calls = 0
  let thoughts = 0
  /** How many thoughts were told with their tokens, and those that wait for the next token. */
  let proved = 0
  let unproved: ReasoningPart[] = []
  let characters = 0
  let contentLength = 0
  let refused = false
  let finished = false

  function write(event: StreamEvent) {
    switch (event.type) {
      case 'part-delta': {
        const part = parts[event.index]
        if (part !== undefined) writeDelta(part, event.delta)
        break
      }
      case 'start':
        writeStart(event)
        break
      case 'part-start':
        parts[event.index] = writeOpening(event.part)
        break
      case 'part-end': {
        const part = parts[event.index]
        if (part !== undefined) writeEnd(part)
        parts[event.index] = undefined
        break
      }
      case 'ping':
        break
      case 'finish':
        writeFinish(event)
        break
    }
  }

  function writeStart({ id, model, extras }: Extract<StreamEvent, { type: 'start' }>) {
    const { system_fingerprint, service_tier, ...more } = ours(extras)
    const created = nowInSeconds()
    const common = {
      id: answerId(id),
      object: 'chat.completion.chunk',
      created,
      model,
      service_tier,
      system_fingerprint,
    }
    head = JSON.stringify(common).slice(0, -1)
    push({ role: 'assistant', content: '', refusal: null }, { more })
  }

  /** Says that a part is there, where the wire has a word for it, and gives what its deltas will be written with. */
  function writeOpening(part: OpenPart): OpenWire | undefined {
    switch (part.type) {
      case 'text':
        return { ...around({ content: SLOT }), beforeText: contentLength }
      case 'refusal':
        refused = true
        return around({ refusal: SLOT })
      case 'reasoning':
        if (thoughts++ > 0 && !hidden) push({ reasoning_content: BETWEEN_THOUGHTS })
        return { ...around({ reasoning_content: SLOT }), thought: { ...part, text: '' } }
      case 'tool-call':
        return legacy ? writeLegacyCall(part.name, calls++) : writeCall(part, calls++)
      case 'image':
        push({ images: [encodeImage(part.source)] })
        return undefined
      case 'opaque': {
        const fields = encodeOpaque(part)
        if (Object.keys(fields).length > 0) push(fields)
        return undefined
      }
    }
  }

  function writeCall({ id, name, kind }: Extract<OpenPart, { type: 'tool-call' }>, call: number): OpenWire {
    const text = kind === 'custom' ? 'input' : 'arguments'
    push({ tool_calls: [{ index: call, id, type: kind, [kind]: { name, [text]: '' } }] })
    const again = { index: call, [kind]: { [text]: '' } }
    const isBare = kind === 'function'
    return { ...around({ tool_calls: [{ index: call, [kind]: { [text]: SLOT } }] }), call: again, isBare }
  }

  /** A client of the deprecated functions understands one call. */
  function writeLegacyCall(name: string, call: number): OpenWire | undefined {
    if (call > 0) return undefined
    push({ function_call: { name, arguments: '' } })
    return { ...around({ function_call: { arguments: SLOT } }), isBare: true }
  }

  function writeDelta(part: OpenWire, delta: Delta) {
    const { thought, call } = part
    switch (delta.type) {
      case 'text':
        characters += delta.text.length
        if (part.beforeText !== undefined) contentLength += delta.text.length
        if (thought !== undefined && hidden) break
        frames.push({ data: part.before + JSON.stringify(delta.text) + part.after })
        part.isBare = false
        if (thought !== undefined) part.thought = { ...thought, text: thought.text + delta.text }
        break
      case 'citation':
        writeCitation(delta.citation, part)
        break
      case 'logprobs':
        push({ content: '' }, { logprobs: { content: delta.logprobs, refusal: null } })
        break
      case 'encrypted':
        if (thought !== undefined) part.thought = { ...thought, encrypted: delta.encrypted }
        break
      case 'signature': {
        const { protocol, value } = delta.signature
        if (thought !== undefined) part.thought = { ...thought, signature: delta.signature }
        if (call !== undefined && protocol === 'gemini') push({ tool_calls: [{ ...call, ...encodeSignature(value) }] })
        break
      }
    }
  }

  function writeCitation(citation: Citation, { beforeText = 0 }: OpenWire) {
    const annotations = encodeCitation(citation, beforeText)
    if (annotations.length > 0) push({ annotations })
  }

  function writeEnd({ before, after, isBare, thought }: OpenWire) {
    if (isBare === true) frames.push({ data: before + JSON.stringify(encodeArguments('')) + after })
    if (thought !== undefined) writeProof(thought)
  }

  function writeProof(thought: ReasoningPart) {
    unproved.push(thought)
    if (formatOf(thought) === undefined) return
    const details = encodeDetails(unproved, proved)
    if (details.length > 0) push({ reasoning_details: details })
    proved += unproved.length
    unproved = []
  }

  function writeFinish({ reason, usage, extras }: Extract<StreamEvent, { type: 'finish' }>) {
    push({}, { reason: encodeReason(reason, asked, refused), more: ours(extras) })
    if (withUsage) {
      const told = encodeUsage(usage ?? estimateUsage(asked, characters))
      frames.push({ data: `${head},"choices":[],"usage":${JSON.stringify(told)}}` })
    }
    frames.push({ data: DONE })
    finished = true
  }

  function push(delta: Fields, beside: Beside = {}) {
    frames.push({ data: lead() + JSON.stringify(delta) + trail(beside) })
  }

  /** The chunk of a delta, cut where the text goes. */
  function around(delta: Fields): { readonly before: string; readonly after: string } {
    const [before = '', after = ''] = JSON.stringify(delta).split(JSON.stringify(SLOT))
    return { before: lead() + before, after: after + trail({}) }
  }

  function lead(): string {
    return `${head},"choices":[{"index":0,"delta":`
  }

  function trail({ reason, logprobs, more = {} }: Beside): string {
    const choice = `,"logprobs":${JSON.stringify(logprobs ?? null)},"finish_reason":${JSON.stringify(reason ?? null)}}]`
    const others = JSON.stringify({ ...more, usage: withUsage ? null : undefined })
    return others === '{}' ? `${choice}}` : `${choice},${others.slice(1)}`
  }

  return {
    write,
    take: frames.take,
    isFinished: () => finished,
  }
}

/** Stands for the text that is still to come. */
const SLOT = '…'
