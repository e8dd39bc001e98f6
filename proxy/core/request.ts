/**
 * The canonical request: what any client can ask of any backend, in no vendor's form.
 * Everything is readonly; absent is `undefined`. Facts behind the fields: the four vendors' request references.
 */
export interface Request {
  readonly model: string
  /** Whether the answer is wanted as a stream: by the client, and by whoever asks the backend for it (`backends/whole.ts`). */
  readonly stream: boolean
  /** Instructions that stand before the conversation, in order. */
  readonly system: readonly SystemPart[]
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice | undefined
  /** Whether several tools may be called in one answer; absent is the vendor's default, not `true`. */
  readonly parallelTools?: boolean | undefined
  readonly sampling: Sampling
  readonly reasoning?: Reasoning | undefined
  readonly verbosity?: 'low' | 'medium' | 'high' | undefined
  readonly format?: OutputFormat | undefined
  readonly cache?: CacheHints | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  /** The end user on whose behalf the client asks, as the client names them. */
  readonly user?: string | undefined
  readonly serviceTier?: string | undefined
  /** Whether the client asked for usage inside the stream (Chat Completions `stream_options.include_usage`). */
  readonly streamUsage?: boolean | undefined
  readonly extras?: Extras | undefined
}

/** A protocol's own fields, kept under its id. An encoder reads only its own key, so nothing leaks into another format. */
export type Extras = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** One text of the system prompt, with the role name it came under, since some targets tell them apart. */
export interface SystemPart {
  readonly text: string
  readonly origin: 'system' | 'developer' | 'instructions'
  readonly cache?: CacheMark | undefined
  readonly extras?: Extras | undefined
}

/** One turn of the conversation. `system` is an instruction given in mid-conversation. Tool results stand in user messages. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'system'
  readonly parts: readonly Part[]
  /** The participant's name, where the format has one. */
  readonly name?: string | undefined
  readonly extras?: Extras | undefined
}

/** A piece of content. */
export type Part =
  TextPart | ImagePart | AudioPart | FilePart | ReasoningPart | ToolCallPart | ToolResultPart | RefusalPart | OpaquePart

interface PartCommon {
  readonly cache?: CacheMark | undefined
  readonly extras?: Extras | undefined
}

export interface TextPart extends PartCommon {
  readonly type: 'text'
  readonly text: string
  readonly citations?: readonly Citation[] | undefined
  /** Log probabilities of an answer's tokens, in the form of Chat Completions `logprobs.content`. */
  readonly logprobs?: readonly unknown[] | undefined
  /** The vendor's proof that it wrote this part (Gemini thought signatures ride on text too). */
  readonly signature?: Signature | undefined
}

/** Where an image, sound or file comes from. `fileId` names an upload at one vendor and means nothing elsewhere. */
export type Source =
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string; readonly mediaType?: string | undefined }
  | {
      readonly type: 'file-id'
      readonly protocol: string
      readonly id: string
      readonly mediaType?: string | undefined
    }
  | { readonly type: 'text'; readonly text: string }

export interface ImagePart extends PartCommon {
  readonly type: 'image'
  readonly source: Source
  readonly detail?: 'low' | 'high' | 'auto' | 'original' | undefined
}

export interface AudioPart extends PartCommon {
  readonly type: 'audio'
  readonly source: Source
}

/** A document, PDF, video or any other file. */
export interface FilePart extends PartCommon {
  readonly type: 'file'
  readonly source: Source
  readonly name?: string | undefined
}

/** What the model thought. `redacted` is reasoning that only its vendor can read. */
export interface ReasoningPart extends PartCommon {
  readonly type: 'reasoning'
  readonly text: string
  readonly redacted?: string | undefined
  readonly signature?: Signature | undefined
  /** Reasoning kept for the client to send back unread (Responses `encrypted_content`). */
  readonly encrypted?: Signature | undefined
  /** The vendor's id of the item (Responses `rs_…`). */
  readonly itemId?: string | undefined
  /** A summary of the reasoning rather than the reasoning itself. */
  readonly summary?: boolean | undefined
}

/** A token that only the family of vendors that issued it understands; it is stripped on the way to any other. */
export interface Signature {
  readonly protocol: string
  readonly value: string
}

export interface ToolCallPart extends PartCommon {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /** Raw JSON text as it came (may be empty or invalid); for a `custom` tool, free text. */
  readonly arguments: string
  readonly kind: 'function' | 'custom'
  readonly namespace?: string | undefined
  readonly signature?: Signature | undefined
}

export interface ToolResultPart extends PartCommon {
  readonly type: 'tool-result'
  readonly callId: string
  readonly name?: string | undefined
  readonly parts: readonly Part[]
  readonly isError: boolean
  readonly kind: 'function' | 'custom'
}

export interface RefusalPart extends PartCommon {
  readonly type: 'refusal'
  readonly text: string
}

/** Something that only one protocol knows (a server tool's result, a compaction); carried there unread, dropped elsewhere. */
export interface OpaquePart extends PartCommon {
  readonly type: 'opaque'
  readonly protocol: string
  readonly raw: unknown
}

export interface Citation {
  readonly url?: string | undefined
  readonly title?: string | undefined
  readonly quote?: string | undefined
  /** Where in the part's text it applies, as character offsets. */
  readonly start?: number | undefined
  readonly end?: number | undefined
  readonly extras?: Extras | undefined
}

/** A place up to which the prompt may be cached. */
export interface CacheMark {
  readonly ttl?: '5m' | '1h' | undefined
}

export interface CacheHints {
  /** Requests that share a key share a cache (OpenAI `prompt_cache_key`). */
  readonly key?: string | undefined
  readonly retention?: string | undefined
}

export type Tool = FunctionTool | CustomTool | ServerTool

export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string | undefined
  /** JSON Schema of the arguments; absent is a tool without arguments. */
  readonly parameters?: JsonSchema | undefined
  readonly strict?: boolean | undefined
  readonly namespace?: string | undefined
  readonly cache?: CacheMark | undefined
  readonly extras?: Extras | undefined
}

/** A tool that takes free text, perhaps of a given grammar. */
export interface CustomTool {
  readonly type: 'custom'
  readonly name: string
  readonly description?: string | undefined
  readonly grammar?: { readonly syntax: string; readonly definition: string } | undefined
  readonly namespace?: string | undefined
  readonly extras?: Extras | undefined
}

/** A tool that the vendor runs itself; `raw` is its declaration in the protocol it came by. */
export interface ServerTool {
  readonly type: 'server'
  readonly protocol: string
  readonly name: string
  readonly raw: Readonly<Record<string, unknown>>
}

export type JsonSchema = Readonly<Record<string, unknown>>

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] }

export interface Sampling {
  /** The most tokens to answer with, reasoning included. */
  readonly maxTokens?: number | undefined
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
  readonly topK?: number | undefined
  readonly minP?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly seed?: number | undefined
  readonly stop?: readonly string[] | undefined
  readonly n?: number | undefined
  readonly logprobs?: boolean | undefined
  readonly topLogprobs?: number | undefined
  readonly logitBias?: Readonly<Record<string, number>> | undefined
}

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** How much to think, in the form the client gave it; targets convert (effort, budget and adaptive are not the same thing). */
export interface Reasoning {
  readonly mode?: 'off' | 'auto' | 'adaptive' | 'on' | undefined
  readonly effort?: Effort | undefined
  readonly budgetTokens?: number | undefined
  readonly summary?: 'none' | 'auto' | 'concise' | 'detailed' | undefined
  /** Whether the client wants to see thoughts (Gemini `includeThoughts`, Anthropic `display`). */
  readonly visible?: boolean | undefined
}

export type OutputFormat =
  | { readonly type: 'text' | 'json' }
  | {
      readonly type: 'json-schema'
      readonly name?: string | undefined
      readonly description?: string | undefined
      readonly schema: JsonSchema
      readonly strict?: boolean | undefined
    }
  /** One of the texts that the schema lists, as it stands rather than as JSON (Gemini `text/x.enum`). */
  | { readonly type: 'enum'; readonly schema: JsonSchema }
