import { ProxyError } from '../../core/errors.ts'
import type { Delta, OpenPart, StopReason, StreamEvent } from '../../core/events.ts'
import { hash } from '../../core/names.ts'
import type { Extras } from '../../core/request.ts'
import { isRecord, nested, present, record, records, type Fields } from '../fields.ts'
import { createOutbox } from '../outbox.ts'
import { decodeStreamError } from './errors.ts'
import { decodeCitations, decodeLogprobs } from './metadata.ts'
import { createPartialArgs } from './partial-args.ts'
import { decodeUsage, joinUsage } from './usage.ts'
import { extras, ID, type WireChunk } from './wire.ts'

/**
 * Reads one answer, chunk by chunk. A whole answer is a stream of a single chunk, so that there is one reader with one set of
 * tolerances. Of several answers to one question only the first is read.
 */
export function createReader() {
  const events = createOutbox<StreamEvent>()
  let started = false
  let parts = 0
  /** The text or thought to which what comes is added. */
  let open: { readonly index: number; readonly type: 'text' | 'reasoning' } | undefined
  /** A call whose arguments come in pieces. */
  let partial: PartialCall | undefined
  let calls = 0
  let usage: Fields | undefined
  let rawReason: string | undefined
  let blocked = false
  let id = ''
  let more: Fields = {}
  let candidateMore: Fields = {}

  /** Takes a chunk. Throws the error that it tells. */
  function read(chunk: WireChunk) {
    const { candidates, promptFeedback, usageMetadata, modelVersion, responseId, error, ...rest } = chunk
    if (error != null) throw decodeStreamError(chunk)
    usage = joinUsage(usage, usageMetadata)
    more = withMore(more, rest)
    if (!started) start(responseId, modelVersion)
    readFeedback(promptFeedback)
    const candidate = (Array.isArray(candidates) ? candidates : []).map(record).find(isFirst)
    if (candidate !== undefined) readCandidate(candidate)
  }

  function start(responseId: unknown, modelVersion: unknown) {
    started = true
    if (typeof responseId === 'string') id = responseId
    events.push({
      type: 'start',
      id,
      model: typeof modelVersion === 'string' ? modelVersion : '',
      ...(usage !== undefined && { usage: decodeUsage(usage) }),
    })
  }

  /** A question that is not answered at all has its reason here. */
  function readFeedback(feedback: unknown) {
    if (!isRecord(feedback)) return
    more = { ...more, promptFeedback: feedback }
    const { blockReason } = feedback
    if (typeof blockReason !== 'string' || blockReason === 'BLOCK_REASON_UNSPECIFIED') return
    blocked = true
    rawReason = blockReason
  }

  function readCandidate(candidate: Fields) {
    const { content, finishReason, index: _, logprobsResult, ...rest } = candidate
    for (const part of records(record(content)['parts'])) readPart(part)
    const logprobs = logprobsResult === undefined ? [] : decodeLogprobs(logprobsResult)
    if (logprobs.length > 0) addToText({ type: 'logprobs', logprobs })
    for (const citation of decodeCitations(rest)) addToText({ type: 'citation', citation })
    candidateMore = withMore(candidateMore, rest)
    if (typeof finishReason === 'string' && finishReason !== '' && finishReason !== 'FINISH_REASON_UNSPECIFIED')
      rawReason = finishReason
  }

  // ── Parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  function readPart(part: Fields) {
    const { text, thought, thoughtSignature, functionCall, inlineData, ...rest } = part
    const signature = typeof thoughtSignature === 'string' && thoughtSignature !== '' ? thoughtSignature : undefined
    if (isRecord(functionCall)) readCall(functionCall, signature, rest)
    else if (typeof text === 'string') readText(text, thought === true ? 'reasoning' : 'text', signature, rest)
    else if (isRecord(inlineData)) readMedia(part, inlineData)
    else if (Object.values(rest).some(isRecord)) wholePart({ type: 'opaque', protocol: ID, raw: part }, {})
    else if (signature !== undefined) readText('', 'text', signature, rest)
  }

  /** Texts that follow each other are one: they were cut by the way they came. A signature ends what it proves. */
  function readText(text: string, type: 'text' | 'reasoning', signature: string | undefined, rest: Fields) {
    if (text === '' && signature === undefined) return
    endCall()
    if (text !== '' || open === undefined) openText(type, rest)
    if (open === undefined) return
    if (text !== '') add(open.index, { type: 'text', text })
    if (signature === undefined) return
    add(open.index, { type: 'signature', signature: { protocol: ID, value: signature } })
    closeText()
  }

  function openText(type: 'text' | 'reasoning', rest: Fields) {
    if (open?.type === type) return
    closeText()
    open = { index: openPart({ type }, rest), type }
  }

  function closeText() {
    if (open !== undefined) events.push({ type: 'part-end', index: open.index })
    open = undefined
  }

  function addToText(delta: Delta) {
    openText('text', {})
    if (open !== undefined) add(open.index, delta)
  }

  /** An image that the model made; any other kind of file is Google's own affair. */
  function readMedia(part: Fields, { mimeType, data }: Fields) {
    const { inlineData: _, ...rest } = part
    if (typeof mimeType === 'string' && mimeType.startsWith('image/') && typeof data === 'string')
      wholePart({ type: 'image', source: { type: 'base64', mediaType: mimeType, data } }, rest)
    else wholePart({ type: 'opaque', protocol: ID, raw: part }, {})
  }

  function wholePart(part: OpenPart, rest: Fields) {
    endCall()
    closeText()
    events.push({ type: 'part-end', index: openPart(part, rest) })
  }

  // ── Calls ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A call comes whole, or begins with its name and goes on without one until nothing is said to follow. */
  function readCall(call: Fields, signature: string | undefined, rest: Fields) {
    const { name, args, partialArgs, willContinue } = call
    if (typeof name === 'string' && name !== '') {
      endCall()
      closeText()
      partial = { name, id: call['id'], signature, rest, given: args, pieces: createPartialArgs() }
    }
    if (partial === undefined) {
      // The end of a call in pieces that has ended already.
      if (name === undefined && args === undefined) return
      throw new ProxyError('bad-upstream', 'The backend’s answer calls a tool without a name.')
    }
    partial.pieces.add(partialArgs)
    if (willContinue !== true) endCall()
  }

  function endCall() {
    if (partial === undefined) return
    const { name, id: given, signature, rest, given: args, pieces } = partial
    partial = undefined
    const text = JSON.stringify({ ...record(args), ...pieces.args })
    const nth = calls++
    const known =
      typeof given === 'string' && given !== '' ? given : `call_${hash(JSON.stringify([id, nth, name, text]))}`
    const index = openPart({ type: 'tool-call', id: known, name, kind: 'function' }, rest)
    add(index, { type: 'text', text })
    if (signature !== undefined) add(index, { type: 'signature', signature: { protocol: ID, value: signature } })
    events.push({ type: 'part-end', index })
  }

  function openPart(part: OpenPart, rest: Fields): number {
    const index = parts++
    events.push({ type: 'part-start', index, part, ...extras(present(rest)) })
    return index
  }

  function add(index: number, delta: Delta) {
    events.push({ type: 'part-delta', index, delta })
  }

  // ── The end ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Closes what is open and finishes. Throws `bad-upstream` if there was neither an answer nor a reason for none. */
  function end() {
    if (!started || (parts === 0 && partial === undefined && rawReason === undefined))
      throw new ProxyError('bad-upstream', 'The backend answered without an answer: there is no candidate in it.')
    endCall()
    closeText()
    events.push({
      type: 'finish',
      reason: reason(),
      ...(rawReason !== undefined && { rawReason }),
      ...(usage !== undefined && { usage: decodeUsage(usage) }),
      ...finishExtras(),
    })
  }

  /** That tools are called is not told; a question that is blocked is, whatever the reason. */
  function reason(): StopReason {
    const told =
      rawReason === undefined ? 'end' : (stopReasons.get(rawReason) ?? (blocked ? 'content-filter' : 'other'))
    return told === 'end' && calls > 0 ? 'tool-calls' : told
  }

  function finishExtras(): { extras?: Extras } {
    return extras({ ...more, ...nested('candidate', candidateMore) })
  }

  return {
    read,
    end,
    /** Whether the answer has said why it stops. */
    isTold: () => rawReason !== undefined,
    take: events.take,
  }
}

interface PartialCall {
  readonly name: string
  readonly id: unknown
  readonly signature: string | undefined
  readonly rest: Fields
  readonly given: unknown
  readonly pieces: ReturnType<typeof createPartialArgs>
}

/** Google's reasons to stop, and its reasons not to answer at all. */
export const stopReasons: ReadonlyMap<string, StopReason> = new Map([
  ['STOP', 'end'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_OTHER', 'content-filter'],
  ['NO_IMAGE', 'content-filter'],
  // A language that the model does not speak.
  ['LANGUAGE', 'content-filter'],
  ['ESCALATION', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['JAILBREAK', 'content-filter'],
  ['RECITATION', 'recitation'],
  ['IMAGE_RECITATION', 'recitation'],
  ['MALFORMED_FUNCTION_CALL', 'malformed-tool-call'],
  ['UNEXPECTED_TOOL_CALL', 'malformed-tool-call'],
  ['TOO_MANY_TOOL_CALLS', 'malformed-tool-call'],
  ['MALFORMED_RESPONSE', 'malformed-tool-call'],
  ['MISSING_THOUGHT_SIGNATURE', 'malformed-tool-call'],
])

/** What else is told, which most chunks have nothing of. */
function withMore(known: Fields, told: Fields): Fields {
  for (const _ in told) return { ...known, ...present(told) }
  return known
}

function isFirst({ index }: Fields): boolean {
  return index === undefined || index === 0
}
