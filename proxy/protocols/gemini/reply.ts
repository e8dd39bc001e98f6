import { randomUUID } from 'node:crypto'
import { ProxyError } from '../../core/errors.ts'
import { charactersSaid, estimateUsage } from '../../core/estimate.ts'
import type { StopReason } from '../../core/events.ts'
import { fold, type Reply } from '../../core/reply.ts'
import type { Part, ReasoningPart, Request, ToolCallPart } from '../../core/request.ts'
import { isRecord, record, type Fields } from '../fields.ts'
import { encodeInput } from '../input.ts'
import { encodeSource } from './content.ts'
import { encodeCitations, encodeLogprobs } from './metadata.ts'
import { createReader, stopReasons } from './reader.ts'
import { encodeLastThoughts, encodeProof, encodeSignature, showsThoughts } from './thinking.ts'
import { encodeUsage } from './usage.ts'
import { ID, ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A backend's whole answer; a list is one that was streamed as such. Throws the error that it tells, and `bad-upstream` for
 * what is no answer.
 */
export function decodeReply(body: unknown): Reply {
  const reader = createReader()
  for (const chunk of Array.isArray(body) ? (body as readonly unknown[]) : [body]) {
    if (!isRecord(chunk))
      throw new ProxyError('bad-upstream', 'The backend answered with something that is no response of Gemini’s.')
    reader.read(chunk)
  }
  reader.end()
  return fold(reader.take())
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A whole answer for a client, strictly as Google writes it. */
export function encodeReply(reply: Reply, asked: Request): Fields {
  const { id, model, parts, reason, rawReason, usage } = reply
  const { candidate, ...rest } = ours(reply.extras)
  const texts = parts.filter(part => part.type === 'text')
  const own = {
    ...encodeCitations(texts.flatMap(({ citations = [] }) => citations)),
    ...encodeLogprobs(texts.flatMap(({ logprobs = [] }) => logprobs)),
    ...record(candidate),
  }
  return {
    ...rest,
    ...(isBlocked(parts.length, rest)
      ? {}
      : {
          candidates: [
            candidateOf(encodeParts(parts, showsThoughts(asked)), {
              finishReason: encodeReason(reason, rawReason),
              ...own,
            }),
          ],
        }),
    usageMetadata: encodeUsage(usage ?? estimateUsage(asked, charactersSaid(parts))),
    modelVersion: model,
    responseId: answerId(id),
  }
}

/** Whether Google has told why it does not answer, and so gives no candidate. */
export function isBlocked(parts: number, { promptFeedback }: Fields): boolean {
  return parts === 0 && record(promptFeedback)['blockReason'] !== undefined
}

/** Clients expect a part. */
export function candidateOf(parts: readonly Fields[], rest: Fields): Fields {
  return { content: { parts: parts.length === 0 ? [{ text: '' }] : parts, role: 'model' }, index: 0, ...rest }
}

function encodeParts(parts: readonly Part[], shown: boolean): Fields[] {
  let thoughts: ReasoningPart[] = []
  const encoded = parts.flatMap((part): Fields[] => {
    if (part.type === 'reasoning') {
      thoughts.push(part)
      return encodeThought(shown ? part : { ...part, text: '' })
    }
    const before = thoughts
    thoughts = []
    return encodePart(part, before)
  })
  return [...encoded, ...encodeLastThoughts(thoughts)]
}

/** A thought as it is shown. What proves it to another vendor goes on the part after it. */
function encodeThought({ text, signature, extras: own }: ReasoningPart): Fields[] {
  const proof = encodeSignature(signature)
  return text === '' && proof['thoughtSignature'] === undefined ? [] : [{ ...ours(own), text, thought: true, ...proof }]
}

/** Any part but thoughts; `before` are the thoughts that led to it. */
export function encodePart(part: Exclude<Part, ReasoningPart>, before: readonly ReasoningPart[]): Fields[] {
  const own = ours(part.extras)
  switch (part.type) {
    case 'text': {
      const proof = encodeProof(part, before)
      return part.text === '' && proof['thoughtSignature'] === undefined ? [] : [{ ...own, text: part.text, ...proof }]
    }
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }]
    case 'tool-call':
      return [{ ...own, functionCall: encodeCall(part), ...encodeProof(part, before) }]
    case 'image':
      return [{ ...own, ...encodeSource(part.source) }]
    case 'opaque':
      return part.protocol === ID && isRecord(part.raw) ? [part.raw] : []
    case 'audio':
    case 'file':
    case 'tool-result':
      return []
  }
}

function encodeCall(call: ToolCallPart): Fields {
  return { id: call.id, name: call.name, args: encodeInput(call) }
}

const wireReasons: Readonly<Record<StopReason, string>> = {
  end: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  'context-window': 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  refusal: 'SAFETY',
  recitation: 'RECITATION',
  pause: 'STOP',
  'malformed-tool-call': 'MALFORMED_FUNCTION_CALL',
  cancelled: 'OTHER',
  other: 'OTHER',
}

/** Google's own word where it was Google's. */
export function encodeReason(reason: StopReason, rawReason: string | undefined): string {
  return rawReason !== undefined && stopReasons.get(rawReason) === reason ? rawReason : wireReasons[reason]
}

/** Clients keep answers apart by their ids. */
export function answerId(id: string): string {
  return id === '' ? randomUUID() : id
}
