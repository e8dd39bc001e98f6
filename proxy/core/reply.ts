import type { Delta, Events, OpenPart, StopReason, StreamEvent, Usage } from './events.ts'
import type { Citation, Extras, Part, Signature } from './request.ts'
import { ProxyError } from './errors.ts'

/** A whole answer. */
export interface Reply {
  readonly id: string
  readonly model: string
  readonly parts: readonly Part[]
  readonly reason: StopReason
  readonly stopSequence?: string | undefined
  readonly rawReason?: string | undefined
  readonly usage?: Usage | undefined
  readonly extras?: Extras | undefined
}

/** Waits for an answer to end and gives it whole. Throws what the answer throws, and `bad-upstream` if it ends without `finish`. */
export async function collect(events: Events): Promise<Reply> {
  const gather = gatherer()
  for await (const batch of events) {
    for (const event of batch) {
      const reply = gather(event)
      if (reply !== undefined) return reply
    }
  }
  throw unfinished()
}

/** `collect` for events that are all there already. */
export function fold(events: Iterable<StreamEvent>): Reply {
  const gather = gatherer()
  for (const event of events) {
    const reply = gather(event)
    if (reply !== undefined) return reply
  }
  throw unfinished()
}

/** Takes the events of one answer, one by one, and gives the reply when it is told that it is finished. */
function gatherer(): (event: StreamEvent) => Reply | undefined {
  let start: Extract<StreamEvent, { type: 'start' }> | undefined
  const growing: GrowingPart[] = []

  return event => {
    switch (event.type) {
      case 'start':
        start = event
        return undefined
      case 'part-start':
        growing[event.index] = begun(event.part, event.extras)
        return undefined
      case 'part-delta':
        grow(growing[event.index], event)
        return undefined
      case 'part-end': {
        const part = growing[event.index]
        if (part !== undefined) part.extras = mergeExtras(part.extras, event.extras)
        return undefined
      }
      case 'ping':
        return undefined
      case 'finish':
        return {
          id: start?.id ?? '',
          model: start?.model ?? '',
          parts: growing.map(finished),
          reason: event.reason,
          stopSequence: event.stopSequence,
          rawReason: event.rawReason,
          usage: event.usage ?? start?.usage,
          extras: mergeExtras(start?.extras, event.extras),
        }
    }
  }
}

/** Whether a reply ended in order and says nothing. */
export function saysNothing({ parts, reason }: Reply): boolean {
  return parts.length === 0 && reason === 'end'
}

function unfinished() {
  return new ProxyError('bad-upstream', 'the answer ended without being finished')
}

/** A whole answer as the events that would have built it, in one batch: it came in one piece. */
export async function* replay(reply: Reply): AsyncGenerator<readonly StreamEvent[]> {
  const events: StreamEvent[] = [{ type: 'start', id: reply.id, model: reply.model, usage: reply.usage }]
  let index = 0
  for (const part of reply.parts) {
    const opened = reopened(part)
    if (opened === undefined) continue
    events.push({ type: 'part-start', index, part: opened.open, extras: part.extras })
    for (const delta of opened.deltas) events.push({ type: 'part-delta', index, delta })
    events.push({ type: 'part-end', index })
    index++
  }
  events.push({
    type: 'finish',
    reason: reply.reason,
    stopSequence: reply.stopSequence,
    rawReason: reply.rawReason,
    usage: reply.usage,
    extras: reply.extras,
  })
  yield events
}

/** A part of an answer as far as it has come. */
export interface GrowingPart {
  readonly open: OpenPart
  text: string
  signature?: Signature
  encrypted?: Signature
  readonly citations: Citation[]
  readonly logprobs: unknown[]
  extras?: Extras | undefined
}

/** A part of which nothing has come yet. */
export function begun(open: OpenPart, extras: Extras | undefined): GrowingPart {
  return { open, text: '', citations: [], logprobs: [], extras }
}

/** Adds what a delta brings. */
export function grow(part: GrowingPart | undefined, { index, delta }: Extract<StreamEvent, { type: 'part-delta' }>) {
  if (part === undefined) throw new ProxyError('internal', `a delta came for part ${index}, which is not open`)
  switch (delta.type) {
    case 'text':
      part.text += delta.text
      break
    case 'signature':
      part.signature = delta.signature
      break
    case 'encrypted':
      part.encrypted = delta.encrypted
      break
    case 'citation':
      part.citations.push(delta.citation)
      break
    case 'logprobs':
      part.logprobs.push(...delta.logprobs)
      break
  }
}

/** The whole part. */
export function finished({ open, text, signature, encrypted, citations, logprobs, extras }: GrowingPart): Part {
  switch (open.type) {
    case 'text':
      return {
        type: 'text',
        text,
        ...(citations.length > 0 && { citations }),
        ...(logprobs.length > 0 && { logprobs }),
        ...(signature && { signature }),
        ...(extras && { extras }),
      }
    case 'reasoning':
      return {
        ...open,
        text,
        ...(signature && { signature }),
        ...(encrypted && { encrypted }),
        ...(extras && { extras }),
      }
    case 'tool-call':
      return { ...open, arguments: text, ...(signature && { signature }), ...(extras && { extras }) }
    case 'refusal':
      return { type: 'refusal', text, ...(extras && { extras }) }
    case 'image':
    case 'opaque':
      return { ...open, ...(extras && { extras }) }
  }
}

/** How a whole part opens and what is then added to it; nothing for parts that no answer can hold. */
function reopened(part: Part): { open: OpenPart; deltas: Delta[] } | undefined {
  switch (part.type) {
    case 'text':
      return {
        open: { type: 'text' },
        deltas: [
          ...textDelta(part.text),
          ...(part.citations ?? []).map(citation => ({ type: 'citation', citation }) as const),
          ...(part.logprobs === undefined ? [] : [{ type: 'logprobs', logprobs: part.logprobs } as const]),
          ...signatureDelta(part.signature),
        ],
      }
    case 'reasoning': {
      const { summary, redacted, itemId } = part
      return {
        open: {
          type: 'reasoning',
          ...(summary !== undefined && { summary }),
          ...(redacted !== undefined && { redacted }),
          ...(itemId !== undefined && { itemId }),
        },
        deltas: [
          ...textDelta(part.text),
          ...signatureDelta(part.signature),
          ...(part.encrypted === undefined ? [] : [{ type: 'encrypted', encrypted: part.encrypted } as const]),
        ],
      }
    }
    case 'tool-call': {
      const { id, name, kind, namespace } = part
      return {
        open: { type: 'tool-call', id, name, kind, ...(namespace !== undefined && { namespace }) },
        deltas: [...textDelta(part.arguments), ...signatureDelta(part.signature)],
      }
    }
    case 'refusal':
      return { open: { type: 'refusal' }, deltas: textDelta(part.text) }
    case 'opaque':
      return { open: { type: 'opaque', protocol: part.protocol, raw: part.raw }, deltas: [] }
    case 'image':
      return { open: { type: 'image', source: part.source }, deltas: [] }
    case 'audio':
    case 'file':
    case 'tool-result':
      return undefined
  }
}

function textDelta(text: string): Delta[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function signatureDelta(signature: Signature | undefined): Delta[] {
  return signature === undefined ? [] : [{ type: 'signature', signature }]
}

/** Extras of which the later ones count. */
export function mergeExtras(first: Extras | undefined, second: Extras | undefined): Extras | undefined {
  if (first === undefined || second === undefined) return first ?? second
  const merged: Record<string, Readonly<Record<string, unknown>>> = { ...first }
  for (const [protocol, fields] of Object.entries(second)) merged[protocol] = { ...merged[protocol], ...fields }
  return merged
}
