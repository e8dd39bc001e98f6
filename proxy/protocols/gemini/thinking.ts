import { CARRIED, pack, unpack } from '../../core/carried.ts'
import { packThoughts, unpackThoughts } from '../../core/carried-thoughts.ts'
import { effortOf } from '../../core/reasoning.ts'
import type {
  Effort,
  Reasoning,
  ReasoningPart,
  Request,
  Signature,
  TextPart,
  ToolCallPart,
} from '../../core/request.ts'
import { present, type Fields } from '../fields.ts'
import type { Family, ThinkingLevel } from './families.ts'
import { ID, type WireGenerationConfig } from './wire.ts'

/**
 * How much to think, and the signatures by which Google knows its own thoughts again. They hang on calls and texts. What other
 * vendors have of the kind goes to the client in the same place, packed (see `core/carried-thoughts.ts`), and comes back from
 * there.
 */

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type WireThinking = NonNullable<WireGenerationConfig['thinkingConfig']>

/** Thoughts are shown only to those who ask for them. */
export function decodeReasoning(config: WireGenerationConfig['thinkingConfig']): Reasoning | undefined {
  if (config == null) return undefined
  return { ...amountOf(config), visible: config.includeThoughts ?? false }
}

/** Whether a client is to see what was thought; what proves it goes to every client. */
export function showsThoughts({ reasoning }: Request): boolean {
  return reasoning?.visible === true
}

function amountOf({ thinkingBudget: budget, thinkingLevel: level }: WireThinking): Reasoning {
  if (level != null && level !== 'THINKING_LEVEL_UNSPECIFIED') return { mode: 'on', effort: efforts[level] }
  if (budget == null) return {}
  if (budget === 0) return { mode: 'off' }
  return { mode: budget < 0 ? 'auto' : 'on', budgetTokens: budget }
}

const efforts: Readonly<Record<ThinkingLevel, Effort>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
}

/** What a signature says: whose it is, or which thoughts of another vendor ride on it. */
export function decodeSignature(token: string | null | undefined): {
  readonly signature?: Signature
  readonly thoughts?: readonly ReasoningPart[]
} {
  if (token == null || token === '' || PLACEHOLDERS.includes(token)) return {}
  if (!token.startsWith(CARRIED)) return { signature: { protocol: ID, value: token } }
  const thoughts = unpackThoughts(token)
  if (thoughts !== undefined) return { thoughts }
  const { signature } = unpack(token) ?? {}
  return signature === undefined ? {} : { signature }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Stands for a signature where there is none, in Google's own words: its third generation takes no call without one. */
export const NO_SIGNATURE = 'skip_thought_signature_validator'

const PLACEHOLDERS: readonly string[] = [NO_SIGNATURE, 'context_engineering_is_the_way_to_go']

/** The signature of a part, if Google gave it. */
export function encodeSignature(signature: Signature | undefined): Fields {
  return signature?.protocol === ID ? { thoughtSignature: signature.value } : {}
}

/**
 * What a client is to send back with a part: Google's own signature of it, else the thoughts before it that another vendor wants
 * back. Vendors of open models want those before a call even where they have not signed them.
 */
export function encodeProof(
  { type, signature }: Pick<TextPart | ToolCallPart, 'type' | 'signature'>,
  before: readonly ReasoningPart[],
): Fields {
  if (signature?.protocol === ID) return encodeSignature(signature)
  const thoughts = before.filter(thought => thought.signature?.protocol !== ID)
  if (thoughts.some(isProved) || (type === 'tool-call' && thoughts.length > 0))
    return { thoughtSignature: packThoughts(thoughts) }
  return signature === undefined ? {} : { thoughtSignature: pack({ of: type === 'text' ? 'text' : 'call', signature }) }
}

/** The same for thoughts that nothing follows. */
export function encodeLastThoughts(thoughts: readonly ReasoningPart[]): Fields[] {
  const { thoughtSignature } = encodeProof({ type: 'text' }, thoughts)
  return thoughtSignature === undefined ? [] : [{ text: '', thought: true, thoughtSignature }]
}

function isProved({ signature, encrypted, redacted, itemId }: ReasoningPart): boolean {
  return [signature, encrypted, redacted, itemId].some(token => token !== undefined)
}

/** In the words that the family takes. Where thinking can't be switched off there is as little of it as there can be. */
export function encodeThinking(reasoning: Reasoning | undefined, { thinking }: Family): Fields | undefined {
  if (reasoning === undefined || thinking.by === 'nothing') return undefined
  const effort = effortOf(reasoning)
  const isOff = effort === 'none'
  const config = present({
    // Who asks for thought without a word about showing it gets to see it, where its own format can show it.
    includeThoughts: isOff ? undefined : (reasoning.visible ?? reasoning.summary !== 'none'),
    ...(thinking.by === 'level'
      ? { thinkingLevel: effort === undefined ? undefined : levelFor(effort, thinking.levels) }
      : { thinkingBudget: budgetFor(reasoning, effort, thinking) }),
  })
  return Object.keys(config).length === 0 ? undefined : config
}

/** The nearest level that is not below the one that is asked for, else the highest. */
function levelFor(effort: Effort, levels: readonly ThinkingLevel[]): ThinkingLevel | undefined {
  const wanted = ALL_LEVELS.indexOf(levelOf[effort])
  return levels.find(level => ALL_LEVELS.indexOf(level) >= wanted) ?? levels.at(-1)
}

const ALL_LEVELS: readonly ThinkingLevel[] = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']

const levelOf: Readonly<Record<Effort, ThinkingLevel>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
}

const budgets: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
}

/** A budget within the family's bounds; -1 leaves it to the model. */
function budgetFor(
  { budgetTokens, mode }: Reasoning,
  effort: Effort | undefined,
  { least, most, canBeOff }: Extract<Family['thinking'], { by: 'budget' }>,
): number | undefined {
  if (effort === 'none') return canBeOff ? 0 : least
  const wanted = budgetTokens ?? (effort === undefined ? undefined : budgets[effort])
  if (wanted === undefined) return mode === 'adaptive' ? -1 : undefined
  return wanted < 0 ? -1 : Math.min(most, Math.max(least, wanted))
}
