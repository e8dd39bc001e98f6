import { ProxyError } from '../../core/errors.ts'
import { fitted } from '../../core/names.ts'
import type { OutputFormat, Request } from '../../core/request.ts'
import { nested, present, record, type Fields } from '../fields.ts'
import { openaiModel, takesSampling, type OpenaiModel } from '../openai-models.ts'
import {
  decodeCache,
  decodeJsonSchema,
  encodeJsonSchema,
  encodeServiceTier,
  withFormatSaid,
} from '../openai-settings.ts'
import { parseBody } from '../parse-body.ts'
import type { Dialect } from './dialect.ts'
import { decodeItems, encodeItems } from './items.ts'
import { decodeReasoning, encodeReasoning, reasoningExtras } from './reasoning.ts'
import { decodeToolChoice, decodeTools, encodeTools, toolChoiceExtras } from './tools.ts'
import { extras, ours, requestBody, type WireRequest } from './wire.ts'

/** What an answer is to hold beside its words. */
const ENCRYPTED = 'reasoning.encrypted_content'
const LOGPROBS = 'message.output_text.logprobs'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a client asks, by its body. Throws `invalid-request` that names the field which no client may send so. */
export function decodeRequest(body: unknown): Request {
  const {
    model,
    input,
    instructions,
    stream,
    store,
    tools,
    tool_choice,
    parallel_tool_calls,
    max_output_tokens,
    temperature,
    top_p,
    top_logprobs,
    include,
    reasoning,
    text,
    prompt_cache_key,
    prompt_cache_retention,
    metadata,
    user,
    service_tier,
    ...rest
  } = parseBody(requestBody, body)
  if (input == null && !ELSEWHERE.some(field => rest[field] != null)) {
    throw new ProxyError('invalid-request', "Missing required parameter 'input': expected a string or an array.", {
      param: 'input',
      code: 'missing_required_parameter',
    })
  }
  const { system, messages, tools: inItems } = decodeItems(input ?? [])
  const { format, verbosity, ...textRest } = text ?? {}
  // Tokens for thoughts are always asked for, and always given.
  const included = include?.filter(field => field !== ENCRYPTED && field !== LOGPROBS) ?? []

  return {
    model: model ?? '',
    stream: stream ?? false,
    system: instructions == null ? system : [{ text: instructions, origin: 'instructions' }, ...system],
    messages,
    tools: [...decodeTools(tools ?? []), ...inItems],
    toolChoice: decodeToolChoice(tool_choice),
    parallelTools: parallel_tool_calls ?? undefined,
    sampling: present({
      maxTokens: max_output_tokens,
      temperature,
      topP: top_p,
      logprobs: include?.includes(LOGPROBS) === true ? true : undefined,
      topLogprobs: top_logprobs,
    }),
    reasoning: decodeReasoning(reasoning),
    verbosity: verbosity ?? undefined,
    format: decodeFormat(format),
    cache: decodeCache(prompt_cache_key, prompt_cache_retention),
    metadata: metadata ?? undefined,
    user: user ?? (typeof rest['safety_identifier'] === 'string' ? rest['safety_identifier'] : undefined),
    serviceTier: service_tier ?? undefined,
    ...extras({
      ...rest,
      // Kept unless the client says no: what is remembered is that it wants so.
      ...(store !== false && { store: true }),
      ...(included.length > 0 && { include: included }),
      ...toolChoiceExtras(tool_choice),
      ...reasoningExtras(reasoning),
      ...nested('text', textRest),
    }),
  }
}

/** Where the conversation may stand instead of the input. */
const ELSEWHERE = ['previous_response_id', 'conversation', 'prompt'] as const

function decodeFormat(format: NonNullable<WireRequest['text']>['format']): OutputFormat | undefined {
  if (format == null) return undefined
  switch (format.type) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return decodeJsonSchema(format)
  }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The least limit of an answer that OpenAI takes. */
const LEAST_TOKENS = 16

/**
 * A body that a strict server takes, in its dialect. Rules for what the format cannot say:
 *
 * - Nothing is kept at the vendor unless the client itself asks for it; so thoughts come with their tokens.
 * - Stop sequences, penalties, seed, biases, `topK` and `minP` are dropped. `n` is not sent: who wants several answers asks
 *   several times. Sampling is dropped for models that refuse it.
 * - A reasoning budget becomes the effort that it comes nearest to, of those that the model has.
 * - Tools that run at another vendor are dropped, but for the web search; of tools that have the same name on the wire the
 *   first stays.
 * - Strict mode is not asked for with a schema that it would refuse.
 * - A schema whose root is no object, and a choice of texts, are told to the model.
 *
 * Throws `invalid-request` for content whose loss would change what is asked (see `content.ts`).
 */
export function encodeRequest(request: Request, dialect: Dialect = {}): unknown {
  const { store, include, text, reasoning, tool_choice: _, ...own } = ours(request.extras)
  const model = openaiModel(request.model)
  const kept = store === true && dialect.codex !== true
  const asked = withFormatSaid(request, part => part.origin !== 'instructions')
  return {
    ...(dialect.codex === true ? present({ client_metadata: own['client_metadata'] }) : own),
    model: request.model,
    ...encodeItems(asked, { dialect, kept }),
    ...encodeTools(request, dialect),
    ...(dialect.codex === true ? {} : encodeSampling(request, model)),
    ...encodeReasoning(request.reasoning, model, reasoning),
    ...nested('text', {
      ...record(text),
      ...present({ format: encodeFormat(asked.format), verbosity: request.verbosity }),
    }),
    ...encodeInclude(include, request, model),
    prompt_cache_key: request.cache?.key === undefined ? undefined : fitted(request.cache.key),
    service_tier: encodeServiceTier(request.serviceTier),
    ...(dialect.codex === true ? {} : encodeAbout(request, own['safety_identifier'])),
    store: kept,
    stream: request.stream,
  }
}

function encodeSampling({ sampling, reasoning }: Request, model: OpenaiModel): Fields {
  const { maxTokens, temperature, topP, topLogprobs } = sampling
  return present({
    max_output_tokens: maxTokens === undefined ? undefined : Math.max(LEAST_TOKENS, maxTokens),
    ...(takesSampling(model, reasoning) && { temperature, top_p: topP, top_logprobs: topLogprobs }),
  })
}

/** What is said of the request rather than asked in it. */
function encodeAbout({ cache, metadata, user }: Request, safetyId: unknown): Fields {
  return present({
    prompt_cache_retention: cache?.retention,
    metadata,
    user: user === undefined || user === safetyId ? undefined : fitted(user),
  })
}

/** Models that do not think refuse to be asked for tokens of thoughts, and those that do for probabilities. */
function encodeInclude(included: unknown, { sampling, reasoning }: Request, model: OpenaiModel): Fields {
  const include = [
    ...(Array.isArray(included) ? (included as readonly unknown[]) : []),
    ...(model.efforts.length > 0 ? [ENCRYPTED] : []),
    ...(sampling.logprobs === true && takesSampling(model, reasoning) ? [LOGPROBS] : []),
  ]
  return include.length === 0 ? {} : { include }
}

export function encodeFormat(format: OutputFormat | undefined): Fields | undefined {
  switch (format?.type) {
    case undefined:
    case 'enum':
      return undefined
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    case 'json-schema':
      return { type: 'json_schema', ...encodeJsonSchema(format) }
  }
}
