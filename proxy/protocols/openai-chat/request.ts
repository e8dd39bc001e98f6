import { fitsStrictMode } from '../../core/json-schema.ts'
import { fitted, wireName, withoutDoubles } from '../../core/names.ts'
import { choiceAmong } from '../../core/tool-choice.ts'
import type {
  CustomTool,
  FunctionTool,
  OutputFormat,
  Reasoning,
  Request,
  Sampling,
  ServerTool,
  Tool,
  ToolChoice,
} from '../../core/request.ts'
import { nested, record, type Fields } from '../fields.ts'
import { effortFor, openaiModel, OTHER_MODEL, takesSampling, type OpenaiModel } from '../openai-models.ts'
import {
  decodeCache,
  decodeJsonSchema,
  encodeJsonSchema,
  encodeServiceTier,
  withFormatSaid,
} from '../openai-settings.ts'
import { parseBody } from '../parse-body.ts'
import type { Dialect } from './dialect.ts'
import { decodeMessages, encodeMessages } from './messages.ts'
import { extras, ID, ours, requestBody, type WireRequest, type WireTool } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a client asks, by its body. Throws `invalid-request` that names the field which no client may send so. */
export function decodeRequest(body: unknown): Request {
  const {
    model,
    messages,
    stream,
    stream_options,
    tools,
    tool_choice,
    parallel_tool_calls,
    max_completion_tokens,
    max_tokens,
    temperature,
    top_p,
    frequency_penalty,
    presence_penalty,
    seed,
    stop,
    n,
    logprobs,
    top_logprobs,
    logit_bias,
    reasoning_effort,
    reasoning,
    verbosity,
    response_format,
    web_search_options,
    prompt_cache_key,
    prompt_cache_retention,
    metadata,
    user,
    service_tier,
    // What stays in `rest` rides along. Besides the unknown: `top_k` and `min_p`, which show that the client knows them, and
    // the deprecated `functions` and `function_call`, which show that it wants its answer in their form (see `asksLegacy`).
    ...rest
  } = parseBody(requestBody, body)
  const { include_usage, ...streamOptions } = stream_options ?? {}

  return {
    model: model ?? '',
    stream: stream ?? false,
    streamUsage: include_usage ?? undefined,
    ...decodeMessages(messages),
    tools: [
      ...(tools ?? []).map(decodeTool),
      ...(rest.functions ?? []).map(tool => decodeFunction(tool, {})),
      ...(web_search_options == null ? [] : [decodeWebSearch(web_search_options)]),
    ],
    toolChoice: decodeToolChoice(tool_choice) ?? decodeLegacyChoice(rest.function_call),
    // The deprecated form has room for one call.
    parallelTools: parallel_tool_calls ?? (rest.functions == null ? undefined : false),
    sampling: defined<Sampling>({
      maxTokens: max_completion_tokens ?? max_tokens,
      temperature,
      topP: top_p,
      topK: rest.top_k,
      minP: rest.min_p,
      frequencyPenalty: frequency_penalty,
      presencePenalty: presence_penalty,
      seed,
      stop: typeof stop === 'string' ? [stop] : stop,
      n,
      logprobs,
      topLogprobs: top_logprobs,
      logitBias: logit_bias,
    }),
    reasoning: decodeReasoning(reasoning_effort, reasoning),
    verbosity: verbosity ?? undefined,
    format: decodeFormat(response_format),
    cache: decodeCache(prompt_cache_key, prompt_cache_retention),
    metadata: metadata ?? undefined,
    user: user ?? (typeof rest['safety_identifier'] === 'string' ? rest['safety_identifier'] : undefined),
    serviceTier: service_tier ?? undefined,
    ...extras({ ...rest, ...nested('stream_options', streamOptions) }),
  }
}

/** Whether a client speaks in the deprecated `functions`, and so expects `function_call` in the answer. */
export function asksLegacy(asked: Request): boolean {
  return ours(asked.extras)['functions'] != null
}

function decodeTool(tool: WireTool): Tool {
  switch (tool.type) {
    case 'function': {
      const { type: _, function: declared, ...rest } = tool
      return decodeFunction(declared, rest)
    }
    case 'custom': {
      const { type, custom, ...rest } = tool
      const { name, description, format, ...more } = custom
      return {
        type,
        name,
        ...(description != null && { description }),
        ...(format?.type === 'grammar' && { grammar: format.grammar }),
        ...extras({ ...rest, ...nested('custom', more) }),
      }
    }
    case 'opaque':
      return { type: 'server', protocol: ID, name: String(tool.raw['type']), raw: tool.raw }
  }
}

function decodeFunction(
  { name, description, parameters, strict, ...more }: Extract<WireTool, { type: 'function' }>['function'],
  rest: Fields,
): FunctionTool {
  return {
    type: 'function',
    name,
    ...(description != null && { description }),
    ...(parameters != null && { parameters }),
    ...(strict != null && { strict }),
    ...(rest['cache_control'] != null && { cache: {} }),
    ...extras({ ...rest, ...nested('function', more) }),
  }
}

/** The vendor's own search, which is switched on by a field of its own rather than as a tool. */
function decodeWebSearch(raw: Fields): ServerTool {
  return { type: 'server', protocol: ID, name: 'web_search', raw }
}

function isWebSearch({ raw }: ServerTool): boolean {
  return raw['type'] === undefined
}

function decodeToolChoice(choice: WireRequest['tool_choice']): ToolChoice | undefined {
  if (choice == null) return undefined
  if (typeof choice === 'string') return { type: choice }
  switch (choice.type) {
    case 'function':
      return { type: 'tool', name: choice.function.name }
    case 'custom':
      return { type: 'tool', name: choice.custom.name }
    case 'allowed_tools': {
      const { mode, tools } = choice.allowed_tools
      return {
        type: 'allowed',
        mode,
        names: tools.map(tool => (tool.type === 'function' ? tool.function : tool.custom).name),
      }
    }
  }
}

function decodeLegacyChoice(choice: WireRequest['function_call']): ToolChoice | undefined {
  if (choice == null) return undefined
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', name: choice.name }
}

function decodeReasoning(
  effort: WireRequest['reasoning_effort'],
  control: WireRequest['reasoning'],
): Reasoning | undefined {
  const reasoning = defined<Reasoning>({
    mode: control?.enabled === true ? 'on' : control?.enabled === false ? 'off' : undefined,
    effort: effort ?? control?.effort,
    budgetTokens: control?.max_tokens,
    visible: control?.exclude == null ? undefined : !control.exclude,
  })
  return Object.keys(reasoning).length === 0 ? undefined : reasoning
}

function decodeFormat(format: WireRequest['response_format']): OutputFormat | undefined {
  if (format == null) return undefined
  switch (format.type) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return decodeJsonSchema(format.json_schema)
  }
}

/** The fields that hold something. `null` exists only on wires. */
function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | null | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as T
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A body that a strict server takes, in its dialect; a stream is always asked for with its usage. Rules for what the format
 * cannot say:
 *
 * - `n` is not sent: the canonical answer is one, so who wants several asks several times.
 * - `topK` and `minP` go only where they are known; stop sequences beyond the fourth are dropped.
 * - Sampling and stop sequences are dropped for models of OpenAI's that refuse them.
 * - A reasoning budget becomes the effort that it comes nearest to, of those that the model has.
 * - Tools that run at another vendor are dropped, and the choice of them; of tools that have the same name on the wire the first stays.
 * - Strict mode is not asked for with a schema that it would refuse.
 * - A schema whose root is no object, and a choice of texts, are told to the model.
 *
 * Throws `invalid-request` for content whose loss would change what is asked (see `messages.ts`).
 */
export function encodeRequest(request: Request, dialect: Dialect = {}): unknown {
  const { functions: _, function_call: __, top_k, min_p, stream_options, ...own } = ours(request.extras)
  const { cache, user } = request
  const model = dialect.openaiModels === false ? OTHER_MODEL : openaiModel(request.model)
  const asked = withFormatSaid(request)
  return {
    ...own,
    model: request.model,
    messages: encodeMessages(asked, dialect),
    ...encodeTools(request, dialect),
    ...encodeSampling(request, dialect, model),
    ...encodeTopK(request.sampling, dialect, { top_k, min_p }),
    ...encodeReasoning(request.reasoning, dialect, model),
    verbosity: request.verbosity,
    response_format: encodeFormat(asked.format),
    prompt_cache_key: cache?.key === undefined ? undefined : fitted(cache.key),
    prompt_cache_retention: cache?.retention,
    metadata: request.metadata,
    user: user === undefined || user === own['safety_identifier'] ? undefined : fitted(user),
    service_tier: encodeServiceTier(request.serviceTier),
    stream: request.stream,
    ...(request.stream && { stream_options: { ...record(stream_options), include_usage: true } }),
  }
}

/** Choice and parallelism are refused where there are no tools. */
function encodeTools({ tools, toolChoice, parallelTools }: Request, dialect: Dialect): Fields {
  const offered =
    toolChoice?.type === 'allowed' && dialect.allowedTools === false
      ? tools.filter(({ name }) => toolChoice.names.includes(name))
      : tools
  const declared = withoutDoubles(offered).flatMap(tool => encodeTool(tool, dialect))
  const callable = tools.filter(tool => tool.type !== 'server')
  const search = tools.find(tool => tool.type === 'server' && tool.protocol === ID && isWebSearch(tool))
  return {
    ...(declared.length > 0 && {
      tools: declared,
      tool_choice: encodeToolChoice(choiceAmong(callable, toolChoice), callable, dialect),
      parallel_tool_calls: parallelTools,
    }),
    ...(search?.type === 'server' && { web_search_options: search.raw }),
  }
}

function encodeTool(tool: Tool, dialect: Dialect): unknown[] {
  switch (tool.type) {
    case 'function':
      return [encodeFunction(tool, dialect)]
    case 'custom':
      return [dialect.customTools === false ? encodeAsFunction(tool) : encodeCustom(tool)]
    case 'server':
      return tool.protocol === ID && !isWebSearch(tool) ? [tool.raw] : []
  }
}

function encodeFunction(tool: FunctionTool, { cacheMarks }: Dialect): unknown {
  const { function: more, ...rest } = ours(tool.extras)
  const { description, parameters, strict } = tool
  return {
    ...rest,
    type: 'function',
    function: {
      ...record(more),
      name: wireName(tool),
      description,
      parameters,
      strict: strict === true ? fitsStrictMode(parameters) : strict,
    },
    ...(tool.cache !== undefined && cacheMarks === 'cache_control' && { cache_control: { type: 'ephemeral' } }),
  }
}

function encodeCustom(tool: CustomTool): unknown {
  const { custom: more, ...rest } = ours(tool.extras)
  const { description, grammar } = tool
  const format = grammar === undefined ? undefined : { type: 'grammar', grammar }
  return { ...rest, type: 'custom', custom: { ...record(more), name: wireName(tool), description, format } }
}

/** Text in a JSON string, for servers without custom tools; `restoreTools` leads back. */
function encodeAsFunction(tool: CustomTool): unknown {
  const { description = '', grammar } = tool
  const syntax =
    grammar === undefined ? '' : `\n\nThe input must follow this ${grammar.syntax} grammar:\n${grammar.definition}`
  const parameters = {
    type: 'object',
    properties: { input: { type: 'string' } },
    required: ['input'],
    additionalProperties: false,
  }
  return { type: 'function', function: { name: wireName(tool), description: description + syntax, parameters } }
}

function encodeToolChoice(
  choice: ToolChoice | undefined,
  tools: readonly (FunctionTool | CustomTool)[],
  dialect: Dialect,
): unknown {
  function named(name: string) {
    const tool = tools.find(candidate => candidate.name === name)
    const type = tool?.type === 'custom' && dialect.customTools !== false ? 'custom' : 'function'
    return { type, [type]: { name: wireName(tool ?? { name }) } }
  }
  switch (choice?.type) {
    case undefined:
      return undefined
    case 'auto':
    case 'none':
    case 'required':
      return choice.type
    case 'tool':
      return named(choice.name)
    case 'allowed':
      if (dialect.allowedTools === false) return choice.mode
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.names.map(named) } }
  }
}

/** The most stop sequences that OpenAI takes. */
const MOST_STOPS = 4

function encodeSampling({ sampling, reasoning }: Request, dialect: Dialect, model: OpenaiModel): Fields {
  const { maxTokens, stop = [], seed } = sampling
  return {
    [dialect.maxTokensField ?? 'max_completion_tokens']: maxTokens,
    stop: stop.length > 0 && model.stop ? stop.slice(0, MOST_STOPS) : undefined,
    seed,
    ...(takesSampling(model, reasoning) && {
      temperature: sampling.temperature,
      top_p: sampling.topP,
      logprobs: sampling.logprobs,
      // Refused without the other.
      top_logprobs: sampling.logprobs === true ? sampling.topLogprobs : undefined,
    }),
    ...(model.sampling === 'always' && {
      frequency_penalty: sampling.frequencyPenalty,
      presence_penalty: sampling.presencePenalty,
      logit_bias: sampling.logitBias,
    }),
  }
}

/** What only some servers know goes to those that do, and from a client that wrote it itself. */
function encodeTopK({ topK, minP }: Sampling, dialect: Dialect, written: { top_k: unknown; min_p: unknown }): Fields {
  return {
    top_k: dialect.topK === true || written.top_k != null ? topK : undefined,
    min_p: dialect.topK === true || written.min_p != null ? minP : undefined,
  }
}

function encodeReasoning(reasoning: Reasoning | undefined, { reasoningControl }: Dialect, model: OpenaiModel): Fields {
  if (reasoning === undefined || model.efforts.length === 0) return {}
  if (reasoningControl !== 'reasoning') return { reasoning_effort: effortFor(model, reasoning) }
  return { reasoning: { ...amountOf(reasoning, model), ...(reasoning.visible === false && { exclude: true }) } }
}

/** How much to think, in OpenRouter's object. It refuses an effort beside a budget, and not to think where the model must. */
function amountOf(reasoning: Reasoning, model: OpenaiModel): Fields {
  const { mode, budgetTokens = 0 } = reasoning
  const effort = effortFor(model, reasoning)
  if (mode === 'off' && effort === 'none') return { enabled: false }
  if (mode !== 'off' && budgetTokens > 0) return { max_tokens: budgetTokens }
  return effort === undefined ? { enabled: true } : { effort }
}

function encodeFormat(format: OutputFormat | undefined): unknown {
  switch (format?.type) {
    case undefined:
    case 'enum':
      return undefined
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    case 'json-schema':
      return { type: 'json_schema', json_schema: encodeJsonSchema(format) }
  }
}
