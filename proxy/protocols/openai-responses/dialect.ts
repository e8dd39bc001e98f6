/**
 * In what a server differs from OpenAI's own API: facts of a backend's row. Absent means as OpenAI has it.
 */
export interface Dialect {
  /**
   * The backend of the ChatGPT subscription: nothing is kept, instructions are mandatory and the only system prompt, and
   * sampling, limits, ids and whatever else its client never sends is refused.
   */
  readonly codex?: boolean | undefined
  /** Whether tools may stand in namespaces; where not, the namespace is a part of the name. */
  readonly namespaces?: boolean | undefined
  /** Whether tools that take free text are known; where not, they are offered as functions with one text `input`. */
  readonly customTools?: boolean | undefined
  /** Whether `tool_choice` may name a set of tools; where not, only these are offered. */
  readonly allowedTools?: boolean | undefined
  /** Whether there is a role `developer`; where not, `system` stands for it. */
  readonly developerRole?: boolean | undefined
  /** Whether thoughts of earlier turns are taken as text, where they have no token (servers of open models). */
  readonly plainThoughts?: boolean | undefined
  /** Whether there is a web search of the server's own, for clients that ask for one in another vendor's words. */
  readonly webSearch?: boolean | undefined
  /** Whether a place up to which the prompt is to be cached may be marked (gpt-5.6 and later). */
  readonly cacheMarks?: boolean | undefined
}

/** The ChatGPT subscription's backend, as Codex speaks to it. */
export const codexDialect: Dialect = { codex: true }
