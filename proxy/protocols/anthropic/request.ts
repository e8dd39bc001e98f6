import { ProxyError } from '../../core/errors.ts'
import { formatInWords } from '../../core/format-in-words.ts'
import { fitted } from '../../core/names.ts'
import type { OutputFormat, Request, Sampling, SystemPart } from '../../core/request.ts'
import { nested, present, record, type Fields } from '../fields.ts'
import { parseBody, withDots } from '../parse-body.ts'
import { limitMarks } from './cache-marks.ts'
import { familyOf, type Family } from './families.ts'
import { decodeMessages, decodeSystem, encodeMessages, encodeSystem, type WireTurn } from './messages.ts'
import { outputSchema } from './schema.ts'
import { decodeReasoning, planThinking, thinkingExtras, withoutThinking, type ThinkingPlan } from './thinking.ts'
import { decodeTool, decodeToolChoice, encodeTools, forcedInWords } from './tools.ts'
import { extras, ours, requestBody, type WireRequest } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a client asks, by its body. Throws `invalid-request` that names the field which no client may send so. */
export function decodeRequest(body: unknown): Request {
  const wire = parseBody(requestBody, body, withDots)
  const {
    model,
    messages,
    max_tokens,
    system,
    stream,
    tools,
    tool_choice,
    temperature,
    top_p,
    top_k,
    stop_sequences,
    thinking,
    output_config,
    output_format,
    metadata,
    service_tier,
    ...rest
  } = wire
  const { effort: _, format, ...outputConfig } = output_config ?? {}
  const { user_id: user, ...about } = metadata ?? {}
  const { instructions, header } = withoutHeader(decodeSystem(system))

  return {
    model: model ?? '',
    stream: stream ?? false,
    system: instructions,
    messages: decodeMessages(messages),
    tools: (tools ?? []).map(decodeTool),
    ...decodeToolChoice(tool_choice),
    sampling: {
      // 0 only fills the prompt cache, and can't be asked for as a stream; 1 costs next to nothing.
      ...(max_tokens != null && { maxTokens: Math.max(1, max_tokens) }),
      ...(temperature != null && { temperature }),
      ...(top_p != null && { topP: top_p }),
      ...(top_k != null && { topK: top_k }),
      ...(stop_sequences != null && { stop: stop_sequences }),
    },
    reasoning: decodeReasoning(wire),
    format: decodeFormat(format ?? output_format),
    cache: decodeCacheKey(user),
    user: user ?? undefined,
    serviceTier: service_tier ?? undefined,
    ...extras({
      ...rest,
      ...thinkingExtras(thinking),
      ...nested('output_config', outputConfig),
      ...nested('metadata', about),
      ...(header.length > 0 && { header }),
    }),
  }
}

/**
 * Claude Code begins its system prompt with a line for Anthropic's accounting, which changes from turn to turn: to other vendors
 * it says nothing, and would keep their caches from ever being hit.
 */
function withoutHeader(system: readonly SystemPart[]) {
  const isHeader = ({ text }: SystemPart) => text.startsWith('x-anthropic-billing-header:')
  return { instructions: system.filter(part => !isHeader(part)), header: system.filter(isHeader) }
}

function decodeFormat(format: WireRequest['output_format']): OutputFormat | undefined {
  return format == null ? undefined : { type: 'json-schema', schema: format.schema }
}

/** Claude Code names its session in the user's id, as JSON or at its end; what has a session has a cache of its own. */
function decodeCacheKey(user: string | null | undefined): Request['cache'] {
  const key = /"session_id"\s*:\s*"([\w-]+)"|_session_([\w-]+)$/.exec(user ?? '')
  const session = key?.[1] ?? key?.[2]
  return session === undefined ? undefined : { key: session }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A body that Anthropic takes for the model that it names. Rules for what the format, or the model, cannot say:
 *
 * - The answer's length is always limited: by the most that the model can, if the client sets no limit, and never by more.
 * - Penalties, seed, log probabilities, biases and verbosity are dropped. `n` is not sent: who wants several answers asks
 *   several times.
 * - Sampling is dropped where it is refused; temperature ends at 1; while the model thinks it stays as it is.
 * - A model that can't be made to call a tool is told to.
 * - JSON without a schema, a schema that the model can't be bound to, and a choice of texts are told to the model.
 * - Tools that run at another vendor are dropped, but for the web search.
 * - Of more than four marks of the prompt cache the last four stay.
 *
 * Throws `invalid-request` for content whose loss would change what is asked (see `content.ts`).
 */
export function encodeRequest(request: Request, family: Family = familyOf(request.model)): unknown {
  const { thinking, output_config, metadata, header = [], ...own } = ours(request.extras)
  const limit = request.sampling.maxTokens
  const wished = planThinking(request.reasoning, { family, limit, own: record(thinking) })
  const { plan, messages } = encodeConversation(request, family, wished)
  const format = encodeFormat(request.format, family)
  const instructions = [
    ...(header as readonly SystemPart[]),
    ...withWords(request, [
      format === undefined ? formatInWords(request.format) : undefined,
      forcedInWords(request, family, plan.thinks),
    ]),
  ]
  const { system, turns } = openedByUser(encodeSystem(instructions), messages)

  return limitMarks({
    ...own,
    model: request.model,
    max_tokens: plan.maxTokens,
    ...(system.length > 0 && { system }),
    messages: turns,
    ...encodeTools(request, family, plan.thinks),
    ...encodeSampling(request.sampling, family, plan),
    ...present({ thinking: plan.thinking }),
    ...nested('output_config', {
      ...record(output_config),
      ...present({ effort: plan.effort, format }),
    }),
    ...nested('metadata', {
      ...record(metadata),
      ...(request.user !== undefined && { user_id: fitted(request.user, MOST_USER) }),
    }),
    ...encodeServiceTier(request.serviceTier),
    stream: request.stream,
  })
}

/** The longest id of a user that Anthropic takes. */
const MOST_USER = 512

/**
 * The conversation, and the thinking that it allows: with a budget, Anthropic wants the last call of tools to begin with the
 * thought that led to it. Where that is lost (another vendor made the call) the model has to go on without thinking.
 */
function encodeConversation(
  request: Request,
  family: Family,
  plan: ThinkingPlan,
): { plan: ThinkingPlan; messages: WireTurn[] } {
  const messages = encodeMessages(request, { family, thinks: plan.thinks })
  if (!plan.strict || !lacksThought(messages)) return { plan, messages }
  const quiet = withoutThinking(plan)
  return { plan: quiet, messages: encodeMessages(request, { family, thinks: false }) }
}

function lacksThought(messages: readonly WireTurn[]): boolean {
  const turns = messages.filter(({ role }) => role !== 'system')
  const called = turns.at(-2)?.content ?? []
  const isAnswered = turns.at(-1)?.content[0]?.type === 'tool_result'
  return isAnswered && called[0]?.type !== 'thinking' && called[0]?.type !== 'redacted_thinking'
}

/** A system prompt that stands alone is what the user says. */
function openedByUser(system: WireTurn['content'], turns: readonly WireTurn[]) {
  if (turns.length > 0) return { system, turns }
  if (system.length === 0)
    throw new ProxyError('invalid-request', 'No message says anything.', { param: 'messages', code: 'invalid_value' })
  return { system: [], turns: [{ role: 'user', content: system } as const] }
}

/** The system prompt with what the model has to be told, since the request can't hold it otherwise. */
function withWords({ system }: Request, words: readonly (string | undefined)[]): SystemPart[] {
  return [...system, ...words.filter(text => text !== undefined).map(text => ({ text, origin: 'system' }) as const)]
}

function encodeFormat(format: OutputFormat | undefined, { jsonSchema }: Family): Fields | undefined {
  if (format?.type !== 'json-schema' || !jsonSchema) return undefined
  const schema = outputSchema(format.schema)
  return schema && { type: 'json_schema', schema }
}

function encodeSampling({ temperature, topP, topK, stop = [] }: Sampling, family: Family, plan: ThinkingPlan): Fields {
  // Sequences of white space are refused.
  const stops = stop.filter(text => text.trim() !== '')
  const stop_sequences = stops.length === 0 ? undefined : stops
  if (family.sampling === 'none') return present({ stop_sequences })
  if (family.claude && plan.thinking !== undefined && plan.thinks)
    return present({ top_p: topP !== undefined && topP >= 0.95 ? topP : undefined, stop_sequences })
  return present({
    temperature: temperature === undefined ? undefined : Math.min(1, temperature),
    top_p: family.sampling === 'one' && temperature !== undefined ? undefined : topP,
    top_k: topK,
    stop_sequences,
  })
}

/** Anthropic's tiers, for those of OpenAI that mean the same. */
function encodeServiceTier(tier: string | undefined): Fields {
  if (tier === 'auto' || tier === 'standard_only') return { service_tier: tier }
  if (tier === 'priority') return { service_tier: 'auto' }
  return tier === 'default' || tier === 'standard' ? { service_tier: 'standard_only' } : {}
}
