import { z } from 'zod'
import { extrasOf, isRecord, type Fields } from '../fields.ts'
import { OPAQUE, orOpaque } from '../parse-body.ts'

/**
 * The wire's own shapes: what a client's body must be (a schema), and what a backend's answer may be (types that promise
 * nothing). Facts: OpenAI's reference of Chat Completions, and what compatible servers were seen to add.
 */

export const ID = 'openai-chat'

// ── Extras ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const { ours, extras } = extrasOf(ID)

// ── A client's body ──────────────────────────────────────────────────────────────────────────────────────────────────

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() })

const contentPart = z.preprocess(
  value => orOpaque(value, ['text', 'image_url', 'input_audio', 'file', 'refusal', 'thinking']),
  z.discriminatedUnion('type', [
    textPart,
    z.looseObject({
      type: z.literal('image_url'),
      // Mistral's clients send the bare URL.
      image_url: z.union([
        z.string().transform(url => ({ url, detail: undefined })),
        z.looseObject({ url: z.string(), detail: z.enum(['auto', 'low', 'high', 'original']).nullish() }),
      ]),
    }),
    z.looseObject({
      type: z.literal('input_audio'),
      input_audio: z.looseObject({ data: z.string(), format: z.string() }),
    }),
    z.looseObject({
      type: z.literal('file'),
      file: z
        .looseObject({ file_data: z.string().nullish(), file_id: z.string().nullish(), filename: z.string().nullish() })
        .refine(file => file.file_data != null || file.file_id != null, 'file_data or file_id'),
    }),
    z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
    // Mistral's reasoning models.
    z.looseObject({ type: z.literal('thinking'), thinking: z.array(textPart) }),
    z.object({ type: z.literal(OPAQUE), raw: z.record(z.string(), z.unknown()) }),
  ]),
)

const functionCall = z.looseObject({ name: z.string(), arguments: z.string() })

const toolCall = z.preprocess(
  // Mistral writes no type.
  value => (isRecord(value) && value['type'] === undefined ? { ...value, type: 'function' } : value),
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), id: z.string(), function: functionCall }),
    z.looseObject({
      type: z.literal('custom'),
      id: z.string(),
      custom: z.looseObject({ name: z.string(), input: z.string() }),
    }),
  ]),
)

const name = z.string().nullish()
const text = z.union([z.string(), z.array(textPart)])
const content = z.union([z.string(), z.array(contentPart)])

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('developer'), content: text, name }),
  z.looseObject({ role: z.literal('system'), content: text, name }),
  z.looseObject({ role: z.literal('user'), content, name }),
  z.looseObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    name,
    refusal: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
    /** Deprecated form of one tool call. */
    function_call: functionCall.nullish(),
    /** DeepSeek, xAI, Qwen, Moonshot, vLLM. */
    reasoning_content: z.string().nullish(),
    /** OpenRouter, Groq. */
    reasoning: z.string().nullish(),
    /** OpenRouter: thoughts with their signatures, to be sent back as they came. */
    reasoning_details: z.array(z.record(z.string(), z.unknown())).nullish(),
  }),
  z.looseObject({ role: z.literal('tool'), content, tool_call_id: z.string(), name }),
  z.looseObject({ role: z.literal('function'), content: content.nullable(), name: z.string() }),
])

const jsonSchema = z.record(z.string(), z.unknown())
const functionTool = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  parameters: jsonSchema.nullish(),
  strict: z.boolean().nullish(),
})
const customTool = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({
        type: z.literal('grammar'),
        grammar: z.looseObject({ syntax: z.string(), definition: z.string() }),
      }),
    ])
    .nullish(),
})
const tool = z.preprocess(
  value => orOpaque(value, ['function', 'custom']),
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), function: functionTool }),
    z.looseObject({ type: z.literal('custom'), custom: customTool }),
    z.object({ type: z.literal(OPAQUE), raw: z.record(z.string(), z.unknown()) }),
  ]),
)

const named = z.looseObject({ name: z.string() })
const toolNamed = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('function'), function: named }),
  z.looseObject({ type: z.literal('custom'), custom: named }),
])
const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.discriminatedUnion('type', [
    ...toolNamed.options,
    z.looseObject({
      type: z.literal('allowed_tools'),
      allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(toolNamed) }),
    }),
  ]),
])

const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string().nullish(),
      description: z.string().nullish(),
      schema: jsonSchema.nullish(),
      strict: z.boolean().nullish(),
    }),
  }),
])

const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])
const number = z.number().nullish()
const flag = z.boolean().nullish()
const string = z.string().nullish()
const tokens = z.int().positive().nullish()

/** What a client may send. Fields that stand here have a word in the canonical model; all others ride along as extras. */
export const requestBody = z.looseObject({
  /** Clients may name no model: the configured default serves them. */
  model: string,
  messages: z.array(message).min(1),
  stream: flag,
  stream_options: z.looseObject({ include_usage: flag }).nullish(),

  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: flag,
  /** Deprecated forms of `tools` and `tool_choice`. */
  functions: z.array(functionTool).nullish(),
  function_call: z.union([z.enum(['none', 'auto']), named]).nullish(),

  max_completion_tokens: tokens,
  /** Deprecated name of `max_completion_tokens`. */
  max_tokens: tokens,
  temperature: number,
  top_p: number,
  /** Not OpenAI's: vLLM, OpenRouter and others. */
  top_k: number,
  min_p: number,
  frequency_penalty: number,
  presence_penalty: number,
  seed: number,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  n: z.int().min(1).max(128).nullish(),
  logprobs: flag,
  top_logprobs: z.int().min(0).nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),

  reasoning_effort: effort.nullish(),
  /** OpenRouter's way to say how much to think. */
  reasoning: z
    .looseObject({ effort: effort.nullish(), max_tokens: z.int().nullish(), exclude: flag, enabled: flag })
    .nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  response_format: responseFormat.nullish(),
  /** Web search by the vendor; only its search models take it. */
  web_search_options: z.record(z.string(), z.unknown()).nullish(),

  prompt_cache_key: string,
  /** Deprecated for `prompt_cache_options`. */
  prompt_cache_retention: string,
  metadata: z.record(z.string(), z.string()).nullish(),
  user: string,
  service_tier: string,
})

export type WireRequest = z.output<typeof requestBody>
export type WireMessage = z.output<typeof message>
export type WirePart = z.output<typeof contentPart>
export type WireToolCall = z.output<typeof toolCall>
export type WireTool = z.output<typeof tool>

// ── A backend's answer ───────────────────────────────────────────────────────────────────────────────────────────────

/** A chunk of a stream, or a whole answer: nothing is sure but that it is an object, since servers deviate in every field. */
export interface WireChunk extends Fields {
  readonly id?: unknown
  readonly created?: unknown
  readonly model?: unknown
  readonly choices?: unknown
  readonly usage?: unknown
  readonly error?: unknown
  /** Groq repeats the usage in its own field, and once put it only there. */
  readonly x_groq?: unknown
}

export interface WireChoice extends Fields {
  readonly index?: unknown
  readonly delta?: unknown
  readonly message?: unknown
  readonly finish_reason?: unknown
  readonly logprobs?: unknown
  /** OpenRouter: what went wrong at the vendor behind it. */
  readonly error?: unknown
  /** vLLM: the stop sequence that was met. */
  readonly stop_reason?: unknown
  /** Moonshot puts the usage here. */
  readonly usage?: unknown
}

/** What a chunk adds to the answer; a whole message has the same fields. */
export interface WireDelta extends Fields {
  readonly content?: unknown
  readonly refusal?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly reasoning_details?: unknown
  readonly tool_calls?: unknown
  readonly function_call?: unknown
  readonly annotations?: unknown
  readonly audio?: unknown
  readonly images?: unknown
}
