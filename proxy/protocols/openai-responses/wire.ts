import { z } from 'zod'
import { extrasOf, isRecord, type Fields } from '../fields.ts'
import { OPAQUE, orOpaque } from '../parse-body.ts'

/**
 * The wire's own shapes: what a client's body must be (a schema), and what a backend's answer may be (types that promise
 * nothing). Facts: OpenAI's reference of the Responses API and its SDK, and what Codex and compatible servers were seen to do.
 */

export const ID = 'openai-responses'

// ── Extras ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const { ours, extras } = extrasOf(ID)

// ── A client's body ──────────────────────────────────────────────────────────────────────────────────────────────────

const jsonObject = z.record(z.string(), z.unknown())
const string = z.string().nullish()
const number = z.number().nullish()
const flag = z.boolean().nullish()
const opaque = z.object({ type: z.literal(OPAQUE), raw: jsonObject })

const inputText = z.looseObject({ type: z.literal('input_text'), text: z.string() })
const outputText = z.looseObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(jsonObject).nullish(),
  logprobs: z.array(jsonObject).nullish(),
})

const inputImage = z
  .looseObject({
    type: z.literal('input_image'),
    image_url: string,
    file_id: string,
    detail: z.enum(['auto', 'low', 'high', 'original']).nullish(),
  })
  .refine(image => image.image_url != null || image.file_id != null, 'image_url or file_id')

const inputFile = z
  .looseObject({
    type: z.literal('input_file'),
    file_data: string,
    file_url: string,
    file_id: string,
    filename: string,
  })
  .refine(
    file => [file.file_data, file.file_url, file.file_id].some(source => source != null),
    'file_data, file_url or file_id',
  )

/** Not in today's reference; older SDKs and compatible servers have it. */
const inputAudio = z.looseObject({
  type: z.literal('input_audio'),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }),
})

const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() })

const contentPart = z.preprocess(
  value => orOpaque(asInputText(value), KNOWN_PARTS),
  z.discriminatedUnion('type', [inputText, outputText, inputImage, inputFile, inputAudio, refusal, opaque]),
)

const KNOWN_PARTS = ['input_text', 'output_text', 'input_image', 'input_file', 'input_audio', 'refusal']

/** Chat Completions' name of a text, which some clients mix in. */
function asInputText(value: unknown): unknown {
  return isRecord(value) && value['type'] === 'text' ? { ...value, type: 'input_text' } : value
}

const content = z.union([z.string(), z.array(contentPart)])

const item = z.preprocess(
  value => orOpaque(asMessage(value), KNOWN_ITEMS),
  z.discriminatedUnion('type', [
    z.looseObject({
      type: z.literal('message'),
      role: z.enum(['user', 'assistant', 'system', 'developer']),
      content,
      id: string,
      status: string,
      /** Whether the model was still at work when it said this; newer models want it back. */
      phase: string,
    }),
    z.looseObject({
      type: z.literal('function_call'),
      call_id: z.string(),
      name: z.string(),
      arguments: z.string(),
      id: string,
      status: string,
      namespace: string,
    }),
    z.looseObject({
      type: z.literal('custom_tool_call'),
      call_id: z.string(),
      name: z.string(),
      input: z.string(),
      id: string,
      status: string,
      namespace: string,
    }),
    z.looseObject({
      type: z.literal('function_call_output'),
      call_id: z.string(),
      output: content,
      name: string,
      id: string,
      status: string,
    }),
    z.looseObject({
      type: z.literal('custom_tool_call_output'),
      call_id: z.string(),
      output: content,
      name: string,
      id: string,
      status: string,
    }),
    z.looseObject({
      type: z.literal('reasoning'),
      id: string,
      summary: z.array(z.looseObject({ text: z.string() })).nullish(),
      content: z.array(z.looseObject({ text: z.string() })).nullish(),
      encrypted_content: string,
      status: string,
    }),
    /** Tools that are declared in the conversation rather than beside it. */
    z.looseObject({ type: z.literal('additional_tools'), tools: z.array(z.lazy(() => tool)).nullish() }),
    z.looseObject({ type: z.literal('tool_search_output'), tools: z.array(z.lazy(() => tool)).nullish() }),
    opaque,
  ]),
)

const KNOWN_ITEMS = [
  'message',
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
  'reasoning',
  'additional_tools',
  'tool_search_output',
]

/** An item without a type is a message, or a reference to an item that the server has kept. */
function asMessage(value: unknown): unknown {
  if (!isRecord(value) || value['type'] != null) return value
  const isReference = typeof value['id'] === 'string' && value['role'] === undefined && value['content'] === undefined
  return { ...value, type: isReference ? 'item_reference' : 'message' }
}

const functionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string(),
  description: string,
  parameters: jsonObject.nullish(),
  strict: flag,
})
const customTool = z.looseObject({
  type: z.literal('custom'),
  name: z.string(),
  description: string,
  format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('grammar'), syntax: z.string(), definition: z.string() }),
    ])
    .nullish(),
})
const namespaceTool = z.looseObject({
  type: z.literal('namespace'),
  name: z.string(),
  description: string,
  tools: z.array(z.discriminatedUnion('type', [functionTool, customTool])),
})
const tool = z.preprocess(
  value => orOpaque(value, ['function', 'custom', 'namespace']),
  z.discriminatedUnion('type', [functionTool, customTool, namespaceTool, opaque]),
)

/** A tool by its name, or one that the vendor runs by its type. */
const toolNamed = z.preprocess(
  value => orOpaque(value, ['function', 'custom']),
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), name: z.string() }),
    z.looseObject({ type: z.literal('custom'), name: z.string() }),
    opaque,
  ]),
)
const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.preprocess(
    value => orOpaque(value, ['function', 'custom', 'allowed_tools']),
    z.discriminatedUnion('type', [
      z.looseObject({ type: z.literal('function'), name: z.string() }),
      z.looseObject({ type: z.literal('custom'), name: z.string() }),
      z.looseObject({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(toolNamed),
      }),
      opaque,
    ]),
  ),
])

const format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: string,
    description: string,
    schema: jsonObject,
    strict: flag,
  }),
])

/** What a client may send. Fields that stand here have a word in the canonical model; all others ride along as extras. */
export const requestBody = z.looseObject({
  /** Clients may name no model: the configured default serves them. */
  model: string,
  /** Nothing only where the conversation stands elsewhere: behind an id, or in a stored prompt. */
  input: z.union([z.string(), z.array(item)]).nullish(),
  instructions: string,
  stream: flag,
  /** Whether the answer is kept by its id: so unless it says no. */
  store: flag,

  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: flag,

  max_output_tokens: z.int().positive().nullish(),
  temperature: number,
  top_p: number,
  top_logprobs: z.int().min(0).nullish(),
  include: z.array(z.string()).nullish(),

  reasoning: z
    .looseObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
      /** Deprecated name of `summary`. */
      generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
    })
    .nullish(),
  text: z.looseObject({ format: format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() }).nullish(),

  prompt_cache_key: string,
  prompt_cache_retention: string,
  metadata: z.record(z.string(), z.string()).nullish(),
  user: string,
  service_tier: string,
})

export type WireRequest = z.output<typeof requestBody>
export type WireItem = z.output<typeof item>
export type WirePart = z.output<typeof contentPart>
export type WireTool = z.output<typeof tool>
export type WireToolNamed = z.output<typeof toolNamed>

// ── A backend's answer ───────────────────────────────────────────────────────────────────────────────────────────────

/** An event of a stream: nothing is sure but that it is an object, since servers deviate in every field. */
export interface WireEvent extends Fields {
  readonly type?: unknown
  readonly output_index?: unknown
  readonly item_id?: unknown
  readonly item?: unknown
  readonly content_index?: unknown
  readonly summary_index?: unknown
  readonly part?: unknown
  readonly delta?: unknown
  readonly response?: unknown
}
