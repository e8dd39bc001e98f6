import { z } from 'zod'
import { extrasOf, isRecord, type Fields } from '../fields.ts'
import { OPAQUE, orOpaque } from '../parse-body.ts'

/**
 * The wire's own shapes: what a client's body must be (a schema), and what a backend's answer may be (types that promise
 * nothing). Facts: Anthropic's reference of the Messages API and its SDK, and what compatible servers were seen to do.
 */

export const ID = 'anthropic'

// ── Extras ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const { ours, extras } = extrasOf(ID)

// ── A client's body ──────────────────────────────────────────────────────────────────────────────────────────────────

const jsonObject = z.record(z.string(), z.unknown())
const cache_control = z.looseObject({ type: z.string().nullish(), ttl: z.enum(['5m', '1h']).nullish() }).nullish()

const textBlock = z.looseObject({
  type: z.literal('text'),
  text: z.string(),
  citations: z.array(jsonObject).nullish(),
  cache_control,
})

const base64Source = z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() })
const urlSource = z.looseObject({ type: z.literal('url'), url: z.string() })
const fileSource = z.looseObject({ type: z.literal('file'), file_id: z.string() })

const imageBlock = z.looseObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [base64Source, urlSource, fileSource]),
  cache_control,
})

const documentBlock = z.looseObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    base64Source,
    urlSource,
    fileSource,
    z.looseObject({ type: z.literal('text'), media_type: z.string().nullish(), data: z.string() }),
    z.looseObject({ type: z.literal('content'), content: z.union([z.string(), z.array(jsonObject)]) }),
  ]),
  title: z.string().nullish(),
  cache_control,
})

const searchResultBlock = z.looseObject({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(textBlock),
  cache_control,
})

const opaqueBlock = z.object({ type: z.literal(OPAQUE), raw: jsonObject })

const resultBlock = z.preprocess(
  value => orOpaque(value, ['text', 'image', 'document', 'search_result']),
  z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock, searchResultBlock, opaqueBlock]),
)

const block = z.preprocess(
  value => orOpaque(value, KNOWN_BLOCKS),
  z.discriminatedUnion('type', [
    textBlock,
    imageBlock,
    documentBlock,
    searchResultBlock,
    // Other vendors' clients leave the signature away.
    z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
    z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() }),
    z.looseObject({
      type: z.literal('tool_use'),
      id: z.string(),
      name: z.string(),
      input: jsonObject,
      caller: jsonObject.nullish(),
      cache_control,
    }),
    z.looseObject({
      type: z.literal('tool_result'),
      tool_use_id: z.string(),
      content: z.union([z.string(), z.array(resultBlock)]).nullish(),
      is_error: z.boolean().nullish(),
      cache_control,
    }),
    opaqueBlock,
  ]),
)

const KNOWN_BLOCKS = [
  'text',
  'image',
  'document',
  'search_result',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
]

const content = z.union([z.string(), z.array(block)])

const message = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('user'), content }),
  z.looseObject({ role: z.literal('assistant'), content }),
  z.looseObject({ role: z.literal('system'), content: z.union([z.string(), z.array(textBlock)]) }),
])

const flag = z.boolean().nullish()
const number = z.number().nullish()

const ownTool = z.looseObject({
  type: z.literal('custom'),
  name: z.string(),
  description: z.string().nullish(),
  input_schema: jsonObject,
  strict: flag,
  cache_control,
})

const tool = z.preprocess(
  value => orOpaque(isRecord(value) && value['type'] == null ? { ...value, type: 'custom' } : value, ['custom']),
  z.discriminatedUnion('type', [ownTool, opaqueBlock]),
)

const disable_parallel_tool_use = flag
const toolChoice = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('auto'), disable_parallel_tool_use }),
  z.looseObject({ type: z.literal('any'), disable_parallel_tool_use }),
  z.looseObject({ type: z.literal('tool'), name: z.string(), disable_parallel_tool_use }),
  z.looseObject({ type: z.literal('none') }),
])

const display = z.string().nullish()
const thinking = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('adaptive'), display }),
  z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int(), display }),
  z.looseObject({ type: z.literal('between_tools'), display }),
  z.looseObject({ type: z.literal('disabled') }),
])

const jsonFormat = z.looseObject({ type: z.literal('json_schema'), schema: jsonObject })

/** What a client may send. Fields that stand here have a word in the canonical model; all others ride along as extras. */
export const requestBody = z.looseObject({
  /** Clients may name no model: the configured default serves them. */
  model: z.string().nullish(),
  messages: z.array(message).min(1),
  /** Anthropic requires it of messages, not of token counts; 0 only warms the prompt cache. */
  max_tokens: z.int().min(0).nullish(),
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  stream: flag,

  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),

  temperature: number,
  top_p: number,
  top_k: number,
  stop_sequences: z.array(z.string()).nullish(),

  thinking: thinking.nullish(),
  output_config: z
    .looseObject({ effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(), format: jsonFormat.nullish() })
    .nullish(),
  /** The name of `output_config.format` while it was in beta. */
  output_format: jsonFormat.nullish(),

  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  service_tier: z.string().nullish(),
})

export type WireRequest = z.output<typeof requestBody>
export type WireMessage = z.output<typeof message>
export type WireBlock = z.output<typeof block> | z.output<typeof resultBlock>
export type WireTool = z.output<typeof tool>

// ── A backend's answer ───────────────────────────────────────────────────────────────────────────────────────────────

/** An event of a stream: nothing is sure but that it is an object, since servers deviate in every field. */
export interface WireEvent extends Fields {
  readonly type?: unknown
  readonly index?: unknown
  readonly message?: unknown
  readonly content_block?: unknown
  readonly delta?: unknown
  readonly usage?: unknown
  readonly error?: unknown
}
