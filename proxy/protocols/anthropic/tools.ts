import { asFunction } from '../../core/custom-tools.ts'
import { wireName } from '../../core/names.ts'
import { choiceAmong } from '../../core/tool-choice.ts'
import type { FunctionTool, Message, Request, ServerTool, Tool, ToolChoice } from '../../core/request.ts'
import { present, type Fields } from '../fields.ts'
import { objectSchema } from '../object-schema.ts'
import { isWebSearch, webSearchOf } from '../web-search.ts'
import { decodeCache, encodeCache, type Block } from './content.ts'
import type { Family } from './families.ts'
import { outputSchema } from './schema.ts'
import { ID, ours, type WireRequest, type WireTool } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function decodeTool(tool: WireTool): Tool {
  if (tool.type === 'opaque') {
    const { name, type } = tool.raw
    return { type: 'server', protocol: ID, name: String(name ?? type), raw: tool.raw }
  }
  const { type: _, name, description, input_schema, strict, cache_control, ...rest } = tool
  return {
    type: 'function',
    name,
    ...(description != null && { description }),
    parameters: input_schema,
    ...(strict != null && { strict }),
    ...decodeCache(cache_control, rest),
  }
}

export function decodeToolChoice(choice: WireRequest['tool_choice']): Pick<Request, 'toolChoice' | 'parallelTools'> {
  if (choice == null) return {}
  if (choice.type === 'none') return { toolChoice: { type: 'none' } }
  const { disable_parallel_tool_use: alone } = choice
  return { toolChoice: decodeChoice(choice), ...(alone != null && { parallelTools: !alone }) }
}

function decodeChoice(choice: Exclude<NonNullable<WireRequest['tool_choice']>, { type: 'none' }>): ToolChoice {
  switch (choice.type) {
    case 'auto':
      return { type: 'auto' }
    case 'any':
      return { type: 'required' }
    case 'tool':
      return { type: 'tool', name: choice.name }
  }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Tools and their choice. Where calls stand in the conversation tools have to be there, too: if the client offers none, those
 * that were called are declared, and none may be called again.
 */
export function encodeTools(request: Request, family: Family, thinks: boolean): Fields {
  const offered = withoutDoubles(allowed(request)).flatMap(tool => encodeTool(tool, family))
  if (offered.length > 0) return { tools: offered, tool_choice: encodeToolChoice(request, family, thinks) }
  const called = withoutDoubles(calledTools(request.messages)).flatMap(tool => encodeTool(tool, family))
  return called.length === 0 ? {} : { tools: called, tool_choice: { type: 'none' } }
}

/** There is no choice among some of the tools: only these are offered. */
function allowed({ tools, toolChoice }: Request): readonly Tool[] {
  return toolChoice?.type === 'allowed' ? tools.filter(({ name }) => toolChoice.names.includes(name)) : tools
}

function calledTools(messages: readonly Message[]): Tool[] {
  return messages
    .flatMap(({ parts }) => parts)
    .filter(part => part.type === 'tool-call')
    .map(({ name, namespace }) => ({ type: 'function', name, namespace }))
}

/** Names have to differ: of tools with the same name on the wire the first stays. */
function withoutDoubles(tools: readonly Tool[]): Tool[] {
  const seen = new Set<string>()
  return tools.filter(tool => {
    const name = nameOf(tool)
    return !seen.has(name) && seen.add(name)
  })
}

function encodeTool(tool: Tool, family: Family): Block[] {
  switch (tool.type) {
    case 'function':
      return [encodeFunction(tool, family)]
    case 'custom':
      return [encodeFunction(asFunction(tool), family)]
    case 'server':
      return encodeServerTool(tool, family)
  }
}

function encodeFunction(tool: FunctionTool, { jsonSchema }: Family): Block {
  const { cache_control, ...rest } = ours(tool.extras)
  const schema = objectSchema(tool.parameters)
  return {
    ...rest,
    type: 'custom',
    name: wireName(tool),
    ...(tool.description !== undefined && tool.description !== '' && { description: tool.description }),
    input_schema: schema,
    ...(tool.strict === true && jsonSchema && fitsStrictMode(schema) && { strict: true }),
    ...encodeCache(tool.cache, cache_control),
  }
}

/** A schema that strict mode would refuse is sent without it rather than rewritten, which would change its meaning. */
function fitsStrictMode(schema: Fields): boolean {
  return JSON.stringify(outputSchema(schema)) === JSON.stringify(schema)
}

/** Of other vendors' tools only the web search has one that does the same. */
function isKnown(tool: ServerTool, { claude }: Family): boolean {
  return tool.protocol === ID || (claude && isWebSearch(tool))
}

/** Anthropic's own tools go as they came. */
function encodeServerTool(tool: ServerTool, family: Family): Block[] {
  if (!isKnown(tool, family)) return []
  if (tool.protocol === ID) return [tool.raw as Block]
  const { allowedDomains, location } = webSearchOf(tool)
  return [
    {
      type: 'web_search_20250305',
      name: 'web_search',
      ...present({ allowed_domains: allowedDomains, user_location: location }),
    },
  ]
}

/** The choice among what is sent, and the name on the wire of the one tool that it may be. */
function choiceOf({ tools, toolChoice }: Request, family: Family) {
  const sent = tools.filter(tool => tool.type !== 'server' || isKnown(tool, family))
  const choice = choiceAmong(sent, toolChoice)
  const tool = choice?.type === 'tool' ? sent.find(({ name }) => name === choice.name) : undefined
  return { choice, name: tool && nameOf(tool) }
}

function nameOf(tool: Tool): string {
  if (tool.type !== 'server') return wireName(tool)
  return tool.protocol === ID ? tool.name : 'web_search'
}

/** Whether the model can be made to call a tool. */
function canForce(family: Family, thinks: boolean): boolean {
  return family.forcedTools === 'always' || (family.forcedTools === 'unless-thinking' && !thinks)
}

function encodeToolChoice(request: Request, family: Family, thinks: boolean): Fields | undefined {
  const alone = request.parallelTools === undefined ? {} : { disable_parallel_tool_use: !request.parallelTools }
  const choice = encodeChoice(request, family)
  if (choice?.['type'] === 'none') return choice
  if (choice === undefined) return request.parallelTools === false ? { type: 'auto', ...alone } : undefined
  return choice['type'] === 'auto' || canForce(family, thinks) ? { ...choice, ...alone } : { type: 'auto', ...alone }
}

function encodeChoice(request: Request, family: Family): Fields | undefined {
  const { choice, name } = choiceOf(request, family)
  switch (choice?.type) {
    case undefined:
      return undefined
    case 'auto':
    case 'none':
      return { type: choice.type }
    case 'required':
      return { type: 'any' }
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' }
    case 'tool':
      return { type: 'tool', name }
  }
}

/** How a model is told to call a tool that can't be made to; nothing where the choice is free. */
export function forcedInWords(request: Request, family: Family, thinks: boolean): string | undefined {
  if (request.tools.length === 0 || canForce(family, thinks)) return undefined
  const { choice, name } = choiceOf(request, family)
  if (name !== undefined) return `Answer with a call of the tool \`${name}\`.`
  const isForced = choice?.type === 'required' || (choice?.type === 'allowed' && choice.mode === 'required')
  return isForced ? 'Answer with a call of one of the tools.' : undefined
}
