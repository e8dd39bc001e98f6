import { ProxyError } from '../../core/errors.ts'
import { formatInWords } from '../../core/format-in-words.ts'
import type { Message, OutputFormat, Request, Sampling, SystemPart } from '../../core/request.ts'
import { isRecord, nested, present, record, type Fields } from '../fields.ts'
import { parseBody } from '../parse-body.ts'
import type { Address } from '../protocol.ts'
import { decodeContents, encodeContents, type Content } from './contents.ts'
import { familyOf, type Family } from './families.ts'
import { fromProtoJson } from './proto-json.ts'
import { decodeSchema, encodeSchema } from './schema.ts'
import { decodeReasoning, encodeThinking } from './thinking.ts'
import { decodeToolChoice, decodeTools, encodeTools, withoutDialect, type Dialect } from './tools.ts'
import { extras, ID, ours, requestBody, type WireGenerationConfig, type WireRequest } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What a client asks, by its body and by its address, in which the model stands. Throws `invalid-request` that names the field
 * which no client may send so, as Google writes it: `contents[0].parts[0].text`.
 */
export function decodeRequest(body: unknown, address?: Address): Request {
  const {
    model,
    contents,
    systemInstruction,
    tools,
    toolConfig,
    generationConfig,
    cachedContent,
    serviceTier,
    ...rest
  } = parseBody(requestBody, fromProtoJson(body))
  const {
    temperature,
    topP,
    topK,
    candidateCount,
    maxOutputTokens,
    stopSequences,
    seed,
    presencePenalty,
    frequencyPenalty,
    responseLogprobs,
    logprobs,
    thinkingConfig,
    ...config
  } = generationConfig ?? {}
  const { format, rest: configRest } = decodeFormat(config)
  const { toolChoice, rest: toolConfigRest } = decodeToolChoice(toolConfig)

  return {
    model: withoutPlace(address?.model ?? model ?? ''),
    stream: address?.stream ?? false,
    system: decodeSystem(systemInstruction),
    messages: [...decodeCached(cachedContent), ...decodeContents(contents)],
    tools: decodeTools(tools),
    ...(toolChoice !== undefined && { toolChoice }),
    sampling: present({
      temperature,
      topP,
      topK,
      maxTokens: maxOutputTokens,
      stop: stopSequences,
      n: candidateCount,
      seed,
      presencePenalty,
      frequencyPenalty,
      logprobs: responseLogprobs,
      topLogprobs: logprobs,
    }),
    reasoning: decodeReasoning(thinkingConfig),
    format,
    serviceTier: serviceTier == null || serviceTier === 'unspecified' ? undefined : serviceTier,
    ...extras({
      ...present(rest),
      ...nested('generationConfig', present(configRest)),
      ...nested('toolConfig', toolConfigRest),
    }),
  }
}

/** A model's id without the place that Google puts before it. */
export function withoutPlace(model: string): string {
  return model.replace(/^models\//, '')
}

function decodeSystem(system: WireRequest['systemInstruction']): SystemPart[] {
  if (system == null || system === '') return []
  if (typeof system === 'string') return [{ text: system, origin: 'system' }]
  return (system.parts ?? []).flatMap(({ text, ...rest }) =>
    text == null || text === '' ? [] : [{ text, origin: 'system', ...extras(rest) }],
  )
}

/**
 * A part of the conversation that is kept at Google: a file that only Google has, so that other vendors' formats refuse it
 * rather than answer without it.
 */
function decodeCached(name: string | null | undefined): Message[] {
  if (name == null || name === '') return []
  return [{ role: 'user', parts: [{ type: 'file', source: { type: 'file-id', protocol: ID, id: name } }] }]
}

type FormatFields = Pick<
  WireGenerationConfig,
  'responseMimeType' | 'responseSchema' | 'responseJsonSchema' | 'responseFormat'
>

/** The type of an answer that is one of the texts which its schema lists. */
const ENUM = 'text/x.enum'

/** The form of the answer, in the older fields or in the newer one, and what else is said. */
function decodeFormat({
  responseMimeType,
  responseSchema,
  responseJsonSchema,
  responseFormat,
  ...rest
}: FormatFields & Fields): {
  readonly format: OutputFormat | undefined
  readonly rest: Fields
} {
  const { text, ...others } = responseFormat ?? {}
  const type = responseMimeType ?? (text?.mimeType === 'APPLICATION_JSON' ? 'application/json' : text?.mimeType)
  const json = responseJsonSchema ?? text?.schema
  const schema = json ?? (responseSchema == null ? undefined : decodeSchema(responseSchema))
  const own = { ...rest, ...nested('responseFormat', others) }
  if (schema !== undefined) return { format: { type: type === ENUM ? 'enum' : 'json-schema', schema }, rest: own }
  return { format: type === 'application/json' ? { type: 'json' } : undefined, rest: own }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Google's own API takes all of this format. */
const google: Dialect = { jsonSchema: true }

/**
 * A body that Google takes for the model, which itself stands in the address, as does the wish for a stream. Rules for what
 * the format, or the model, cannot say:
 *
 * - `n` is not sent: who wants several answers asks several times. Of more than five stop sequences the first five stay.
 * - Verbosity, biases, marks of the prompt cache, users, metadata and the wish for one call at a time are dropped.
 * - The answer's form is told to a model that can't be bound to one where there are tools.
 * - Tools that run at another vendor are dropped, but for the web search.
 * - Schemas that lose something in Google's form go as JSON Schema, to servers that take it.
 *
 * Throws `invalid-request` for content whose loss would change what is asked (see `content.ts`).
 */
export function encodeRequest(request: Request, dialect: Dialect = google): Fields {
  const { generationConfig, toolConfig: _, ...own } = ours(request.extras)
  const family = familyOf(request.model)
  const { cached, messages } = withoutCached(request.messages)
  const inWords = unboundFormat(request, family)
  const { system, contents } = openedByUser(
    encodeSystem([...request.system, ...inWords]),
    encodeContents({ messages }, family),
  )
  return {
    ...own,
    contents,
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...encodeTools(request, family, dialect),
    ...nested('generationConfig', {
      ...record(generationConfig),
      ...encodeSampling(request.sampling),
      ...present({ thinkingConfig: encodeThinking(request.reasoning, family) }),
      ...(inWords.length === 0 && encodeFormat(request.format, dialect)),
    }),
    ...present({ cachedContent: cached, serviceTier: encodeServiceTier(request.serviceTier) }),
  }
}

/** The way back from `decodeCached`. */
function withoutCached(messages: readonly Message[]): { cached?: string; messages: readonly Message[] } {
  const [first, ...rest] = messages
  const [part] = first?.parts ?? []
  if (part?.type !== 'file' || part.source.type !== 'file-id') return { messages }
  const { protocol, id } = part.source
  return protocol === ID && id.startsWith('cachedContents/') ? { cached: id, messages: rest } : { messages }
}

function encodeSystem(system: readonly SystemPart[]): Fields[] {
  return system.flatMap(({ text, extras: own }) => (text === '' ? [] : [{ ...ours(own), text }]))
}

/** A system prompt that stands alone is what the user says. */
function openedByUser(system: readonly Fields[], contents: readonly Content[]) {
  if (contents.length > 0) return { system, contents }
  if (system.length === 0)
    throw new ProxyError('invalid-request', 'No message says anything.', { param: 'contents', code: 'invalid_value' })
  return { system: [], contents: [{ role: 'user', parts: system } as const] }
}

/** The most stop sequences that Google takes. */
const MOST_STOPS = 5

function encodeSampling({ stop = [], ...sampling }: Sampling): Fields {
  return present({
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    maxOutputTokens: sampling.maxTokens,
    stopSequences: stop.length === 0 ? undefined : stop.slice(0, MOST_STOPS),
    seed: sampling.seed,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    responseLogprobs: sampling.logprobs,
    logprobs: sampling.logprobs === true ? sampling.topLogprobs : undefined,
  })
}

function encodeFormat(format: OutputFormat | undefined, dialect: Dialect): Fields {
  if (format === undefined || format.type === 'text') return {}
  const responseMimeType = format.type === 'enum' ? ENUM : 'application/json'
  if (!('schema' in format)) return { responseMimeType }
  const { schema, isWhole } = encodeSchema(format.schema)
  return !isWhole && dialect.jsonSchema
    ? { responseMimeType, responseJsonSchema: withoutDialect(format.schema) }
    : { responseMimeType, responseSchema: schema }
}

/** What the model has to be told, since the request can't hold it otherwise. */
function unboundFormat({ format, tools }: Request, { third }: Family): SystemPart[] {
  const text = third || tools.length === 0 ? undefined : formatInWords(format)
  return text === undefined ? [] : [{ text, origin: 'system' }]
}

const tiers: ReadonlyMap<string, string> = new Map([
  ['standard', 'standard'],
  ['default', 'standard'],
  ['standard_only', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])

/** Google's tiers, for those of other vendors that mean the same. */
function encodeServiceTier(tier: string | undefined): string | undefined {
  return tier === undefined ? undefined : tiers.get(tier)
}

// ── Counting tokens ──────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The request whose tokens a client wants counted: contents alone, or a whole request inside of the body. Throws
 * `invalid-request` as `decodeRequest` does.
 */
export function decodeCountTokens(body: unknown, address: Address): Request {
  if (!isRecord(body)) return decodeRequest(body, address)
  const whole = body['generateContentRequest'] ?? body['generate_content_request']
  return decodeRequest(whole ?? body, address)
}

/** The way back: what Google is to count. */
export function encodeCountTokens(request: Request): Fields {
  return { generateContentRequest: { model: `models/${request.model}`, ...encodeRequest(request) } }
}
