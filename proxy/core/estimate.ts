import type { Usage } from './events.ts'
import type { Part, Request, Tool } from './request.ts'

/**
 * How many tokens a request is likely to cost, where nobody has counted them: a token for four characters, as English text
 * and JSON have it, and for images what vendors charge for one of middle size. Never zero.
 */
export function estimateInput({ system, messages, tools }: Request): number {
  const characters =
    sum(system, ({ text }) => text.length) +
    sum(messages, ({ parts }) => PER_MESSAGE + sum(parts, charactersOf)) +
    sum(tools, charactersOfTool)
  return estimateTokens(characters + 1)
}

/** How many tokens that many characters are likely to be. */
function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4)
}

/** Usage that nobody told, for an answer of that many characters: clients count on there being some. */
export function estimateUsage(asked: Request, characters: number): Usage {
  return { input: estimateInput(asked), output: estimateTokens(characters) }
}

/** How many characters the parts of an answer hold. */
export function charactersSaid(parts: readonly Part[]): number {
  return sum(parts, part => {
    if (part.type === 'tool-call') return part.arguments.length
    return 'text' in part ? part.text.length : 0
  })
}

/** The marks that templates put around a message, and about 1500 tokens for an image or a page. */
const PER_MESSAGE = 16
const PER_IMAGE = 6000
/** A page of a PDF is some 50 kB of base64. */
const BASE64_PER_PAGE = 50_000

function charactersOf(part: Part): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return part.text.length
    case 'tool-call':
      return part.name.length + part.arguments.length
    case 'tool-result':
      return sum(part.parts, charactersOf)
    case 'image':
      return PER_IMAGE
    case 'audio':
    case 'file':
      if (part.source.type === 'text') return part.source.text.length
      return part.source.type === 'base64'
        ? PER_IMAGE * Math.ceil(part.source.data.length / BASE64_PER_PAGE)
        : PER_IMAGE
    case 'opaque':
      return (JSON.stringify(part.raw) as string | undefined)?.length ?? 0
  }
}

function charactersOfTool(tool: Tool): number {
  if (tool.type === 'server') return JSON.stringify(tool.raw).length
  const schema = tool.type === 'function' ? tool.parameters : tool.grammar
  return tool.name.length + (tool.description?.length ?? 0) + JSON.stringify(schema ?? {}).length
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
