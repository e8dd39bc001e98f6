import { pack, packThought, unpack, type Carried } from '../../core/carried.ts'
import type { Effort, Reasoning, ReasoningPart, Signature } from '../../core/request.ts'
import { nested, present, record, type Fields } from '../fields.ts'
import { effortFor, type OpenaiModel } from '../openai-models.ts'
import type { Dialect } from './dialect.ts'
import { ownId } from './ids.ts'
import { extras, ID, ours, type WireItem, type WireRequest } from './wire.ts'

/**
 * Thoughts, and how much to think. A thought is an item: pieces of a summary, or of the thought itself, and a token
 * (`encrypted_content`) that only its vendor can read. What other vendors have of the kind goes to the client in the token's
 * place, packed (see `core/carried.ts`), and comes back from there. Each piece is a part of its own; those of one item have
 * its id, or say that they continue.
 */

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function decodeReasoning(wire: WireRequest['reasoning']): Reasoning | undefined {
  if (wire == null) return undefined
  const summary = wire.summary ?? wire.generate_summary
  const reasoning = present({ effort: wire.effort, summary, visible: summary == null ? undefined : true })
  return Object.keys(reasoning).length === 0 ? undefined : reasoning
}

/** What stands in `reasoning` that the model has no word for. */
export function reasoningExtras(wire: WireRequest['reasoning']): Fields {
  const { effort: _, summary: __, generate_summary: ___, ...rest } = record(wire)
  return nested('reasoning', rest)
}

/** The pieces of a thought, or what an item in a thought's place only carries for another part. */
export function decodeThought({
  type: _,
  id,
  summary,
  content,
  encrypted_content,
  status: __,
  ...rest
}: Extract<WireItem, { type: 'reasoning' }>): (ReasoningPart | Carried)[] {
  const carried = unpack(encrypted_content ?? '')
  if (carried !== undefined && carried.of !== 'thought') return [carried]
  if (carried !== undefined) {
    const { of: _of, ...tokens } = carried
    return [{ type: 'reasoning', text: textOf([...(summary ?? []), ...(content ?? [])]), ...tokens }]
  }
  const token = encrypted_content ? { encrypted: { protocol: ID, value: encrypted_content } } : {}
  const pieces: ReasoningPart[] = [
    ...(summary ?? []).map(({ text }) => ({ type: 'reasoning', text, summary: true }) as const),
    ...(content ?? []).map(({ text }) => ({ type: 'reasoning', text, ...extras({ content: true }) }) as const),
  ]
  const parts = pieces.length === 0 ? [{ type: 'reasoning', text: '', summary: true } as const] : pieces
  return parts.map((part, at) => ({
    ...part,
    ...present({ itemId: ownId(id) }),
    ...(at === parts.length - 1 && token),
    ...extras({ ...ours(part.extras), ...(at === 0 ? nested('item', rest) : { continues: true }) }),
  }))
}

function textOf(pieces: readonly { readonly text: string }[]): string {
  return pieces.map(({ text }) => text).join('\n\n')
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** How much to think, as far as the model can; who wants to see the thoughts gets a summary, since there is nothing else. */
export function encodeReasoning(reasoning: Reasoning | undefined, model: OpenaiModel, written: unknown): Fields {
  const effort = effortFor(model, reasoning)
  if (model.efforts.length === 0) return {}
  return nested('reasoning', { ...record(written), ...present({ effort, summary: summaryFor(reasoning, effort) }) })
}

function summaryFor(reasoning: Reasoning | undefined, effort: Effort | undefined): string | undefined {
  if (reasoning === undefined) return undefined
  const { mode, summary, visible } = reasoning
  if (summary !== undefined) return summary === 'none' ? undefined : summary
  const isWanted = visible ?? (mode === 'on' || mode === 'adaptive')
  return isWanted && effort !== 'none' ? 'auto' : undefined
}

/** Whether a piece belongs to the same item as the piece before it. */
export function continues(part: ReasoningPart, before: ReasoningPart): boolean {
  return ours(part.extras)['continues'] === true || (part.itemId !== undefined && part.itemId === before.itemId)
}

/**
 * A thought of an earlier turn, as a backend takes it: with the token that the vendor gave it, or, where the server has kept
 * it, by its id. Servers of open models have thoughts without tokens, and take them as text.
 */
export function encodeThought(pieces: readonly ReasoningPart[], dialect: Dialect, kept: boolean): Fields[] {
  const token = pieces.find(({ encrypted }) => encrypted?.protocol === ID)?.encrypted?.value
  const id = pieces.find(({ itemId: known }) => known !== undefined)?.itemId
  const text = pieces.some(({ extras: own }) => ours(own)['content'] === true)
  if (token === undefined && !(kept && id !== undefined) && !text && dialect.plainThoughts !== true) return []
  const { summary, content } = sorted(pieces)
  const isPlain = token === undefined && dialect.plainThoughts === true && !text
  return [
    {
      ...record(ours(pieces[0]?.extras)['item']),
      type: 'reasoning',
      ...(id !== undefined && dialect.codex !== true && { id }),
      summary: isPlain ? [] : summary,
      ...present({ content: isPlain ? asContent([...summary, ...content]) : content.length > 0 ? content : undefined }),
      ...present({ encrypted_content: token }),
    },
  ]
}

function asContent(pieces: readonly { readonly text: string }[]): Fields[] {
  return pieces.map(({ text }) => ({ type: 'reasoning_text', text }))
}

/** The pieces that are a summary, and those that are the thought itself. Other vendors' thoughts are told as a summary, since clients show those. */
function sorted(pieces: readonly ReasoningPart[]) {
  const said = pieces.filter(({ text }) => text !== '')
  return {
    summary: said.filter(part => !isContent(part)).map(({ text }) => ({ type: 'summary_text' as const, text })),
    content: said.filter(isContent).map(({ text }) => ({ type: 'reasoning_text' as const, text })),
  }
}

export function isContent(part: Pick<ReasoningPart, 'extras'>): boolean {
  return ours(part.extras)['content'] === true
}

/**
 * What a client has to send back with a thought: OpenAI's own token, or what other vendors gave, packed. Clients throw away
 * thoughts without a token, so that a thought of another vendor has one even if there is nothing in it.
 */
function tokenOf(pieces: readonly ReasoningPart[]): string | null {
  const last = pieces.findLast(part => hasToken(part)) ?? pieces.at(-1)
  if (last === undefined) return null
  const { encrypted, signature, redacted } = last
  if (encrypted?.protocol === ID && signature === undefined && redacted === undefined) return encrypted.value
  const isResponses = !hasToken(last) && (last.itemId !== undefined || isContent(last))
  return isResponses ? null : packThought(last)
}

function hasToken({ signature, encrypted, redacted }: ReasoningPart): boolean {
  return signature !== undefined || encrypted !== undefined || redacted !== undefined
}

/** A thought as a client gets it. */
export function encodeThoughtItem(pieces: readonly ReasoningPart[], madeUpId: string): Fields {
  const { summary, content } = sorted(pieces)
  return {
    ...record(ours(pieces[0]?.extras)['item']),
    id: pieces.find(({ itemId: known }) => known !== undefined)?.itemId ?? madeUpId,
    type: 'reasoning',
    summary,
    ...(content.length > 0 && { content }),
    encrypted_content: tokenOf(pieces),
  }
}

/** An item without a thought, which brings the signature of a call or of the text before it to the client and back. */
export function carrierItem(signature: Signature, call: string | undefined, id: string): Fields {
  const token = call === undefined ? pack({ of: 'text', signature }) : pack({ of: 'call', call, signature })
  return { id, type: 'reasoning', summary: [], encrypted_content: token }
}
