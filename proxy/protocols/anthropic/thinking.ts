import { pack, packThought, unpack, type Carried } from '../../core/carried.ts'
import { effortOf } from '../../core/reasoning.ts'
import type { Effort, Reasoning, ReasoningPart, Signature } from '../../core/request.ts'
import { present, type Fields } from '../fields.ts'
import type { Block } from './content.ts'
import type { Family, ThinkingMode, WireEffort } from './families.ts'
import { extras, ID, ours, type WireBlock, type WireRequest } from './wire.ts'

/**
 * Thoughts, and how much to think. A thought is proved by a signature that only Anthropic can write and read; what other vendors
 * have of the kind goes to the client in the signature's place, packed (see `core/carried.ts`), and comes back from there.
 */

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function decodeReasoning({ thinking, output_config }: WireRequest): Reasoning | undefined {
  const effort = output_config?.effort
  if (thinking == null) return effort == null ? undefined : { mode: 'auto', effort }
  return {
    ...modeOf(thinking),
    ...(effort != null && { effort }),
    ...('display' in thinking && thinking.display != null && { visible: thinking.display !== 'omitted' }),
  }
}

function modeOf(thinking: NonNullable<WireRequest['thinking']>): Reasoning {
  switch (thinking.type) {
    case 'adaptive':
      return { mode: 'adaptive' }
    case 'enabled':
      return { mode: 'on', budgetTokens: thinking.budget_tokens }
    // Only between calls of tools: elsewhere that is nothing.
    case 'between_tools':
    case 'disabled':
      return { mode: 'off' }
  }
}

/** What stands in `thinking` that the model has no word for. */
export function thinkingExtras(thinking: WireRequest['thinking']): Fields {
  if (thinking == null) return {}
  const { type, budget_tokens: _, display: __, ...rest } = thinking as Fields
  const fields = type === 'between_tools' ? { type, ...rest } : rest
  return Object.keys(fields).length === 0 ? {} : { thinking: fields }
}

/** A thought, or what a block in a thought's place only carries for another part. */
export function decodeThinking({
  type: _,
  thinking,
  signature,
  ...rest
}: Extract<WireBlock, { type: 'thinking' }>): ReasoningPart | Carried {
  const carried = unpack(signature ?? '')
  if (carried !== undefined && carried.of !== 'thought') return carried
  const { of: _of, ...tokens } = carried ?? { signature: signature ? { protocol: ID, value: signature } : undefined }
  return { type: 'reasoning', text: thinking, ...(present(tokens) as Partial<ReasoningPart>), ...extras(rest) }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** How a request has to be put so that the model thinks as it was asked to. */
export interface ThinkingPlan {
  readonly thinking?: Fields | undefined
  readonly effort?: WireEffort | undefined
  readonly maxTokens: number
  /** Whether the model will think. */
  readonly thinks: boolean
  /** Whether each answer that calls tools has to begin with a thought. */
  readonly strict: boolean
}

/**
 * In the modes and efforts that the family takes: effort, budget and off become each other as needed. Where thinking can't be
 * switched off there is as little of it as there can be.
 */
export function planThinking(
  reasoning: Reasoning | undefined,
  { family, limit, own }: { readonly family: Family; readonly limit: number | undefined; readonly own: Fields },
): ThinkingPlan {
  const maxTokens = Math.min(limit ?? family.maxTokens, family.claude ? family.maxTokens : Infinity)
  const plan = { maxTokens, thinks: family.thinksByItself, strict: false }
  if (reasoning === undefined) return plan

  const effort = encodeEffort(reasoning, family)
  if (effortOf(reasoning) === 'none') return { ...plan, ...planQuiet(effort, family, own) }
  // Who names only an effort, in Anthropic's words, leaves the mode to the model.
  if (reasoning.mode === 'auto' && reasoning.effort !== undefined) return { ...plan, effort }

  const mode = modeFor(reasoning, family)
  if (mode === undefined) return { ...plan, effort }
  const shown = family.claude || reasoning.visible !== undefined ? { display: encodeDisplay(reasoning) } : {}
  if (mode === 'adaptive') return { ...plan, thinking: { ...own, type: mode, ...present(shown) }, effort, thinks: true }
  const { budget, room } = budgetFor(reasoning, maxTokens)
  return {
    thinking: { ...own, type: mode, budget_tokens: budget, ...present(shown) },
    effort,
    maxTokens: room,
    thinks: true,
    strict: family.claude,
  }
}

/** The request without thinking, for a conversation that lacks the thoughts which it would have to hold. */
export function withoutThinking(plan: ThinkingPlan): ThinkingPlan {
  return { ...plan, thinking: undefined, thinks: false, strict: false }
}

function planQuiet(effort: WireEffort | undefined, family: Family, own: Fields): Partial<ThinkingPlan> {
  const wanted: ThinkingMode = own['type'] === 'between_tools' ? 'between_tools' : 'disabled'
  const type = [wanted, 'disabled' as const, 'between_tools' as const].find(mode => family.thinking.includes(mode))
  if (type === undefined) return { effort: family.efforts.includes('low') ? 'low' : undefined }
  // More is refused where nothing is thought.
  const lowered = effort === 'xhigh' || effort === 'max' ? 'high' : effort
  return { thinking: { ...own, type }, effort: lowered, thinks: type === 'between_tools' }
}

function modeFor({ mode, budgetTokens }: Reasoning, { thinking }: Family): 'adaptive' | 'enabled' | undefined {
  const wanted = budgetTokens !== undefined && budgetTokens > 0 ? 'enabled' : mode === 'adaptive' ? mode : undefined
  if (wanted !== undefined && thinking.includes(wanted)) return wanted
  return thinking.find(other => other === 'adaptive' || other === 'enabled')
}

/** Newest models hide their thoughts unless asked; who thinks in another vendor's words expects to see them. */
function encodeDisplay({ mode, visible }: Reasoning): string | undefined {
  if (visible === undefined) return mode === undefined ? 'summarized' : undefined
  return visible ? 'summarized' : 'omitted'
}

/** Anthropic's efforts for ours, the nearest that the family takes; none where none was asked for. */
function encodeEffort(reasoning: Reasoning, { efforts, thinking, claude }: Family): WireEffort | undefined {
  if (!claude && reasoning.mode === undefined) return undefined
  // A budget is said as a budget where it can be.
  const byBudget = reasoning.effort === undefined && thinking.includes('enabled')
  const asked = byBudget ? undefined : reasoning.mode === 'off' ? reasoning.effort : effortOf(reasoning)
  if (asked === undefined || asked === 'none' || efforts.length === 0) return undefined
  const effort = asked === 'minimal' ? 'low' : asked
  return efforts.includes(effort) ? effort : 'max'
}

const budgets: Readonly<Record<Exclude<Effort, 'none'>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 65_536,
}

const LEAST_BUDGET = 1024
/** What is left for the answer itself where the budget is ours to choose. */
const LEAST_ROOM = 4096

/** A budget is at least 1024 tokens and leaves some for the answer; if the limit is too low for both, it is raised. */
function budgetFor({ budgetTokens, effort }: Reasoning, limit: number): { budget: number; room: number } {
  const room = limit > LEAST_BUDGET ? limit : limit + LEAST_BUDGET
  const asked = budgetTokens !== undefined && budgetTokens > 0
  const wanted = asked ? budgetTokens : budgets[effort === undefined || effort === 'none' ? 'medium' : effort]
  const most = asked ? room - 1 : room - Math.min(LEAST_ROOM, Math.floor(room / 2))
  return { budget: Math.max(LEAST_BUDGET, Math.min(wanted, most)), room }
}

/**
 * A thought of an earlier turn, as a backend takes it. Anthropic takes only what it has signed itself; other servers of the
 * format have thoughts without a signature, too.
 */
export function encodeThought(part: ReasoningPart, { claude }: Family): Block[] {
  const { text, redacted, signature } = part
  if (redacted !== undefined) return [{ ...ours(part.extras), type: 'redacted_thinking', data: redacted }]
  if (claude && signature?.protocol !== ID) return []
  if (!claude && text === '' && !hasToken(part)) return []
  return [{ ...ours(part.extras), type: 'thinking', thinking: text, signature: proofOf(part, '') }]
}

/** What proves a thought to the client, who throws away thoughts without a signature: a packed one if there is none. */
export function proofOf(part: ReasoningPart, otherwise = packThought(part)): string {
  if (part.signature?.protocol === ID && part.itemId === undefined && part.encrypted === undefined)
    return part.signature.value
  return hasToken(part) ? packThought(part) : otherwise
}

function hasToken({ signature, encrypted, itemId }: ReasoningPart): boolean {
  return signature !== undefined || encrypted !== undefined || itemId !== undefined
}

/** A block without a thought, which brings the signature of a call or of the text before it to the client and back. */
export function carrier(signature: Signature, call: string | undefined): Block {
  const carried = call === undefined ? pack({ of: 'text', signature }) : pack({ of: 'call', call, signature })
  return { type: 'thinking', thinking: '', signature: carried }
}
