import { asFunction } from '../../core/custom-tools.ts'
import { fitsStrictMode } from '../../core/json-schema.ts'
import { wireName, withoutDoubles } from '../../core/names.ts'
import { choiceAmong } from '../../core/tool-choice.ts'
import type { CustomTool, FunctionTool, Request, ServerTool, Tool, ToolChoice } from '../../core/request.ts'
import { present, record, type Fields } from '../fields.ts'
import { isWebSearch, webSearchOf } from '../web-search.ts'
import type { Dialect } from './dialect.ts'
import { extras, ID, ours, type WireRequest, type WireTool, type WireToolNamed } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The tools that are declared in one place. Those in a namespace stand for themselves, and know its name. */
export function decodeTools(tools: readonly WireTool[]): Tool[] {
  return tools.flatMap(tool => {
    if (tool.type !== 'namespace') return [decodeTool(tool)]
    const { type: _, name, tools: inside, ...rest } = tool
    return inside.map(declared => {
      const decoded = decodeOwn(declared)
      return { ...decoded, namespace: name, ...extras({ ...ours(decoded.extras), namespace: rest }) }
    })
  })
}

/** Tools that an item of the conversation declares: it brings them to servers that know such items. */
export function decodeItemTools(tools: readonly WireTool[]): Tool[] {
  return decodeTools(tools).flatMap(tool =>
    tool.type === 'server' ? [] : [{ ...tool, ...extras({ ...ours(tool.extras), inItem: true }) }],
  )
}

function decodeTool(tool: Exclude<WireTool, { type: 'namespace' }>): Tool {
  if (tool.type !== 'opaque') return decodeOwn(tool)
  return { type: 'server', protocol: ID, name: serverName(tool.raw), raw: tool.raw }
}

function decodeOwn(tool: Extract<WireTool, { type: 'function' | 'custom' }>): FunctionTool | CustomTool {
  if (tool.type === 'function') {
    const { type, name, description, parameters, strict, ...rest } = tool
    return {
      type,
      name,
      ...(description != null && { description }),
      ...(parameters != null && { parameters }),
      ...(strict === true && { strict }),
      // Left away it means: strict if the schema allows it. Other formats have no such thing.
      ...extras({ ...rest, ...(strict == null && { strict: null }) }),
    }
  }
  const { type, name, description, format, ...rest } = tool
  return {
    type,
    name,
    ...(description != null && { description }),
    ...(format?.type === 'grammar' && { grammar: { syntax: format.syntax, definition: format.definition } }),
    ...extras(rest),
  }
}

/** Versions of the web search are one tool; servers of tools are told apart by their labels. */
function serverName({ type, server_label }: Fields): string {
  if (typeof server_label === 'string') return `mcp:${server_label}`
  return String(type).startsWith('web_search') ? 'web_search' : String(type)
}

export function decodeToolChoice(choice: WireRequest['tool_choice']): ToolChoice | undefined {
  if (choice == null) return undefined
  if (typeof choice === 'string') return { type: choice }
  switch (choice.type) {
    case 'function':
    case 'custom':
      return { type: 'tool', name: choice.name }
    case 'allowed_tools':
      return { type: 'allowed', mode: choice.mode, names: choice.tools.map(nameOf) }
    case 'opaque':
      return { type: 'tool', name: serverName(choice.raw) }
  }
}

/** Which tool of the vendor has to be called, in all the client's words: more than its name may be said of it. */
export function toolChoiceExtras(choice: WireRequest['tool_choice']): Fields {
  return choice != null && typeof choice === 'object' && choice.type === 'opaque' ? { tool_choice: choice.raw } : {}
}

function nameOf(tool: WireToolNamed): string {
  return tool.type === 'opaque' ? serverName(tool.raw) : tool.name
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Choice and parallelism are refused where there are no tools. */
export function encodeTools({ tools, toolChoice, parallelTools, extras: own }: Request, dialect: Dialect): Fields {
  const offered =
    toolChoice?.type === 'allowed' && dialect.allowedTools === false
      ? tools.filter(({ name }) => toolChoice.names.includes(name))
      : tools
  const declared = declarations(offered, dialect)
  if (declared.length === 0) return {}
  const sent = tools.filter(tool => tool.type !== 'server' || isKnown(tool, dialect))
  return {
    tools: declared,
    tool_choice: ours(own)['tool_choice'] ?? encodeToolChoice(choiceAmong(sent, toolChoice), sent, dialect),
    parallel_tool_calls: parallelTools,
  }
}

/** The tools on the wire, each namespace where its first tool stands. */
export function declarations(tools: readonly Tool[], dialect: Dialect): Fields[] {
  const declared: Fields[] = []
  const namespaces = new Map<string, Fields[]>()
  for (const tool of withoutDoubles(tools)) {
    if (tool.type === 'server') {
      declared.push(...encodeServerTool(tool, dialect))
      continue
    }
    const { inItem, namespace: about } = ours(tool.extras)
    if (inItem === true) continue
    const encoded = encodeOwn(tool, dialect)
    const { namespace } = tool
    if (namespace === undefined || dialect.namespaces === false) {
      declared.push(encoded)
      continue
    }
    const inside = namespaces.get(namespace) ?? []
    if (inside.length === 0) {
      namespaces.set(namespace, inside)
      declared.push({ description: '', ...present(record(about)), type: 'namespace', name: namespace, tools: inside })
    }
    inside.push(encoded)
  }
  return declared
}

function encodeOwn(tool: FunctionTool | CustomTool, dialect: Dialect): Fields {
  if (tool.type === 'custom' && dialect.customTools !== false) return encodeCustom(tool, dialect)
  return encodeFunction(tool.type === 'custom' ? asFunction(tool) : tool, dialect)
}

/** Strict mode is the default here, so that it is always said; it is not asked for with a schema that it would refuse. */
function encodeFunction(tool: FunctionTool, dialect: Dialect): Fields {
  const { namespace: _, inItem: __, strict: written, ...rest } = ours(tool.extras)
  const { description, parameters, strict } = tool
  return {
    ...rest,
    type: 'function',
    name: toolName(tool, dialect),
    ...present({ description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict === true ? fitsStrictMode(parameters) : written === null ? null : false,
  }
}

function encodeCustom(tool: CustomTool, dialect: Dialect): Fields {
  const { namespace: _, inItem: __, ...rest } = ours(tool.extras)
  const { description, grammar } = tool
  return {
    ...rest,
    type: 'custom',
    name: toolName(tool, dialect),
    ...present({ description, format: grammar && { type: 'grammar', ...grammar } }),
  }
}

/** A tool's or a call's name: where there are namespaces, it is without them. */
export function toolName(
  { name, namespace }: { readonly name: string; readonly namespace?: string | undefined },
  { namespaces }: Dialect,
): string {
  return namespaces === false ? wireName({ name, namespace }) : wireName({ name })
}

/** Of other vendors' tools only the web search has one that does the same. */
function isKnown(tool: ServerTool, { webSearch }: Dialect): boolean {
  return tool.protocol === ID || (webSearch !== false && isWebSearch(tool))
}

/** The vendor's own tools go as they came. */
function encodeServerTool(tool: ServerTool, dialect: Dialect): Fields[] {
  if (!isKnown(tool, dialect)) return []
  if (tool.protocol === ID) return [tool.raw]
  const { allowedDomains, location, contextSize } = webSearchOf(tool)
  return [
    {
      type: 'web_search',
      ...present({
        filters: allowedDomains && { allowed_domains: allowedDomains },
        search_context_size: contextSize,
        user_location: location,
      }),
    },
  ]
}

export function encodeToolChoice(
  choice: ToolChoice | undefined,
  tools: readonly Tool[],
  dialect: Dialect,
): string | Fields | undefined {
  function named(name: string): Fields {
    const tool = tools.find(candidate => candidate.name === name)
    if (tool?.type === 'server') {
      const { type, server_label } = tool.protocol === ID ? tool.raw : { type: 'web_search' }
      return present({ type, server_label })
    }
    const type = tool?.type === 'custom' && dialect.customTools !== false ? 'custom' : 'function'
    return { type, name: toolName(tool ?? { name }, dialect) }
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
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) }
  }
}
