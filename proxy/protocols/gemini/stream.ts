import { estimateUsage } from '../../core/estimate.ts'
import type { Delta, Events, OpenPart, StreamEvent, Usage } from '../../core/events.ts'
import type { Citation, Extras, ReasoningPart, Request, Signature } from '../../core/request.ts'
import type { Frames, SseFrame } from '../../wire/sse.ts'
import { record, type Fields } from '../fields.ts'
import { parseFrame, readFrames, stoppedShort, writeFrames } from '../frames.ts'
import { createOutbox } from '../outbox.ts'
import { decodeStreamError, encodeError } from './errors.ts'
import { encodeCitations, encodeLogprobs } from './metadata.ts'
import { createReader } from './reader.ts'
import { answerId, candidateOf, encodePart, encodeReason, isBlocked } from './reply.ts'
import { encodeLastThoughts, encodeProof, encodeSignature, showsThoughts } from './thinking.ts'
import { encodeUsage } from './usage.ts'
import { ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A backend's stream. There is no end mark: it is whole if it has told why it stops, and `bad-upstream` if it just stops. What
 * came before an error is passed on before the error is thrown. `unwrapped` takes a chunk out of what it came in.
 */
export function decodeStream(frames: Frames, unwrapped: (chunk: Fields) => Fields = chunk => chunk): Events {
  const reader = createReader()
  return readFrames(frames, {
    read(frame) {
      if (frame.data !== '[DONE]') reader.read(unwrapped(parseFrame(frame, decodeStreamError)))
    },
    take: reader.take,
    isEnded: () => false,
    stopped() {
      if (!reader.isTold()) throw stoppedShort()
      reader.end()
    },
  })
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A stream for a client, strictly as Google writes it: each frame is a whole response. Older clients of Google's bear neither
 * comments nor names of events nor raw line separators (U+2028, U+2029) in it. An error is the last frame.
 */
export function encodeStream(events: Events, asked: Request): Frames {
  return writeFrames(events, {
    ...createWriter(asked),
    failed: error => [{ data: toJson(encodeError(error).body) }],
  })
}

/** A part that has begun. */
interface PendingPart {
  readonly open: OpenPart
  readonly extras: Extras | undefined
  /** Arguments of a call, or a thought, as far as they came: others are passed on and forgotten. */
  text: string
  signature?: Signature
  encrypted?: Signature
  hasEnded: boolean
}

/** Writes events as chunks: text as it comes, calls when they are whole, in the order in which they began. */
function createWriter(asked: Request) {
  const shown = showsThoughts(asked)
  const parts = new Map<number, PendingPart>()
  /** Thoughts since the last part that was none: what proves them to their vendor goes on the next one. */
  let thoughts: ReasoningPart[] = []
  const citations: Citation[] = []
  const frames = createOutbox<SseFrame>()
  /** What stands in each chunk behind its candidates. */
  let trail = ''
  let head: Fields = {}
  let written = 0
  let characters = 0
  let finished = false

  function write(event: StreamEvent) {
    switch (event.type) {
      case 'part-delta': {
        const part = parts.get(event.index)
        if (part !== undefined) writeDelta(part, event.delta)
        break
      }
      case 'start':
        head = { modelVersion: event.model, responseId: answerId(event.id) }
        trail = `,"usageMetadata":${toJson(openingUsage(event.usage))},${toJson(head).slice(1)}`
        break
      case 'part-start':
        parts.set(event.index, { open: event.part, extras: event.extras, text: '', hasEnded: false })
        break
      case 'part-end': {
        const part = parts.get(event.index)
        if (part !== undefined) part.hasEnded = true
        writeEnded()
        break
      }
      case 'ping':
        break
      case 'finish':
        for (const part of parts.values()) part.hasEnded = true
        writeEnded()
        writeFinish(event)
        break
    }
  }

  /** Until the end nobody knows the answer's tokens. */
  function openingUsage(usage: Usage | undefined): Fields {
    const { promptTokenCount, cachedContentTokenCount } = encodeUsage(usage ?? estimateUsage(asked, 0))
    return { promptTokenCount, cachedContentTokenCount, totalTokenCount: promptTokenCount }
  }

  function writeDelta(part: PendingPart, delta: Delta) {
    switch (delta.type) {
      case 'text':
        writeText(part, delta.text)
        break
      case 'signature':
        part.signature = delta.signature
        break
      case 'encrypted':
        part.encrypted = delta.encrypted
        break
      case 'citation':
        citations.push(delta.citation)
        break
      case 'logprobs':
        pushCandidate(candidateOf([], encodeLogprobs(delta.logprobs)))
        break
    }
  }

  function writeText(part: PendingPart, text: string) {
    characters += text.length
    const { type } = part.open
    if (type === 'tool-call' || type === 'reasoning') part.text += text
    if (type === 'tool-call' || (type === 'reasoning' && !shown) || text === '') return
    written++
    frames.push({ data: BEFORE + toJson(text) + (type === 'reasoning' ? AFTER_THOUGHT : AFTER_TEXT) + trail })
  }

  /** What is told of a part at its end. Calls wait for those that began before them. */
  function writeEnded() {
    let isWaiting = false
    for (const [index, part] of parts) {
      const isCall = part.open.type === 'tool-call'
      if (!part.hasEnded || (isCall && isWaiting)) {
        isWaiting ||= isCall
        continue
      }
      parts.delete(index)
      for (const fields of endOf(part)) pushPart(fields)
    }
  }

  function endOf({ open, text, signature, encrypted, extras }: PendingPart): Fields[] {
    if (open.type === 'reasoning') {
      thoughts.push({ ...open, text, ...(signature && { signature }), ...(encrypted && { encrypted }) })
      const proof = encodeSignature(signature)
      return proof['thoughtSignature'] === undefined ? [] : [{ text: '', thought: true, ...proof }]
    }
    const before = thoughts
    thoughts = []
    switch (open.type) {
      case 'text': {
        const proof = encodeProof({ type: 'text', signature }, before)
        return proof['thoughtSignature'] === undefined ? [] : [{ ...ours(extras), text: '', ...proof }]
      }
      case 'refusal':
        return []
      case 'tool-call':
        return encodePart({ ...open, arguments: text, signature, extras }, before)
      case 'image':
      case 'opaque':
        return encodePart({ ...open, extras }, before)
    }
  }

  function writeFinish({ reason, rawReason, usage, extras }: Extract<StreamEvent, { type: 'finish' }>) {
    for (const fields of encodeLastThoughts(thoughts)) pushPart(fields)
    const { candidate, ...rest } = ours(extras)
    const own = { finishReason: encodeReason(reason, rawReason), ...encodeCitations(citations), ...record(candidate) }
    const chunk = {
      ...rest,
      ...(isBlocked(written, rest) ? {} : { candidates: [candidateOf([], own)] }),
      usageMetadata: encodeUsage(usage ?? estimateUsage(asked, characters)),
      ...head,
    }
    frames.push({ data: toJson(chunk) })
    finished = true
  }

  function pushPart(part: Fields) {
    written++
    pushCandidate(candidateOf([part], {}))
  }

  function pushCandidate(candidate: Fields) {
    frames.push({ data: `{"candidates":[${toJson(candidate)}]${trail}` })
  }

  return {
    write,
    take: frames.take,
    isFinished: () => finished,
  }
}

/** What stands around a text, the hot path. */
const BEFORE = '{"candidates":[{"content":{"parts":[{"text":'
const AFTER_TEXT = '}],"role":"model"},"index":0}]'
const AFTER_THOUGHT = ',"thought":true}],"role":"model"},"index":0}]'

/** JSON without raw line separators, at which older clients of Google's take a frame for broken. */
function toJson(value: unknown): string {
  const json = JSON.stringify(value)
  return /[\u2028\u2029]/.test(json) ? json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029') : json
}
