/**
 * In what a server differs from OpenAI's own API: facts of a backend's row. Absent means as OpenAI has it, so that what we
 * send to a server we know nothing of holds nothing that is not in OpenAI's reference, but what its own client wrote.
 */
export interface Dialect {
  /** The field that limits the answer. OpenAI's reasoning models refuse the older `max_tokens`, many others know only that. */
  readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined
  /** Whether there is a role `developer`; where not, `system` stands for it (DeepSeek and most others refuse it). */
  readonly developerRole?: boolean | undefined
  /** `one`: a single system message, first; chat templates of open models take no other. */
  readonly systemMessages?: 'any' | 'one' | undefined
  /** Whether content that is only text may be a list of parts; where not, it is one string, with blank lines between. */
  readonly textParts?: boolean | undefined
  /**
   * Where thoughts of earlier turns are sent back: DeepSeek, Moonshot and others want them beside tool calls, OpenAI and
   * Groq refuse them. Absent: where the client itself put them, else nowhere. `thinking` is Mistral's content part.
   */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'thinking' | 'none' | undefined
  /** How to say how much to think: OpenAI's `reasoning_effort`, or OpenRouter's object `reasoning`. */
  readonly reasoningControl?: 'reasoning_effort' | 'reasoning' | undefined
  /** Whether tools that take free text are known; where not, they are offered as functions with one text `input`. */
  readonly customTools?: boolean | undefined
  /** Whether `tool_choice` may name a set of tools; where not, only these are offered. */
  readonly allowedTools?: boolean | undefined
  /** Whether a model with a name of OpenAI's is OpenAI's and refuses what that does; servers of open models name theirs as they like. */
  readonly openaiModels?: boolean | undefined
  /** Whether `top_k` and `min_p` are known (vLLM, OpenRouter and others); absent: only if the client itself wrote them. */
  readonly topK?: boolean | undefined
  /** How a place up to which the prompt is to be cached is marked, if it is. */
  readonly cacheMarks?: 'cache_control' | 'prompt_cache_breakpoint' | undefined
}
