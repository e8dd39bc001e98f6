import { asFunction } from '../../core/custom-tools.ts'
import { wireName, withoutDoubles } from '../../core/names.ts'
import { choiceAmong } from '../../core/tool-choice.ts'
import type { FunctionTool, JsonSchema, Request, ServerTool, Tool, ToolChoice } from '../../core/request.ts'
import { isRecord, nested, record, type Fields } from '../fields.ts'
import { objectSchema } from '../object-schema.ts'
import { isWebSearch } from '../web-search.ts'
import type { Family } from './families.ts'
import { decodeSchema, encodeSchema } from './schema.ts'
import { extras, ID, ours, type WireDeclaration, type WireRequest } from './wire.ts'

/** What a server of this format may lack. */
export interface Dialect {
  /** Whether it takes JSON Schema as it is, where Google's own can't say all of it. */
  readonly jsonSchema: boolean
}

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A list of tools may hold functions and, in the same or in other items, tools that Google runs. */
export function decodeTools(wire: WireRequest['tools']): Tool[] {
  return (wire ?? []).flatMap(({ functionDeclarations, ...own }) => [
    ...(functionDeclarations ?? []).map(decodeFunction),
    ...Object.entries(own)
      .filter(([, value]) => value != null)
      .map(([name, value]): ServerTool => ({ type: 'server', protocol: ID, name, raw: { [name]: value } })),
  ])
}

function decodeFunction(declaration: WireDeclaration): FunctionTool {
  const { name, description, parameters, parametersJsonSchema, ...rest } = declaration
  return {
    type: 'function',
    name,
    ...(description != null && { description }),
    parameters: decodeParameters(parametersJsonSchema, parameters),
    ...extras(rest),
  }
}

function decodeParameters(json: Fields | null | undefined, own: Fields | null | undefined): JsonSchema {
  if (json != null) return json
  return own == null ? { type: 'object', properties: {} } : decodeSchema(own)
}

/** The choice, and what the model has no word for. */
export function decodeToolChoice(config: WireRequest['toolConfig']): {
  readonly toolChoice?: ToolChoice
  readonly rest: Fields
} {
  const { functionCallingConfig, ...others } = config ?? {}
  const { mode, allowedFunctionNames, ...more } = functionCallingConfig ?? {}
  const own = mode === 'VALIDATED' ? { ...more, mode } : more
  const rest = { ...others, ...nested('functionCallingConfig', own) }
  const choice = decodeChoice(mode, allowedFunctionNames ?? [])
  return choice === undefined ? { rest } : { toolChoice: choice, rest }
}

type WireMode = NonNullable<NonNullable<WireRequest['toolConfig']>['functionCallingConfig']>['mode']

function decodeChoice(mode: WireMode, names: readonly string[]): ToolChoice | undefined {
  switch (mode) {
    case null:
    case undefined:
    case 'MODE_UNSPECIFIED':
      return undefined
    case 'NONE':
      return { type: 'none' }
    case 'AUTO':
    case 'VALIDATED':
      return names.length === 0 ? { type: 'auto' } : { type: 'allowed', mode: 'auto', names }
    case 'ANY': {
      const [only] = names
      if (only === undefined) return { type: 'required' }
      return names.length === 1 ? { type: 'tool', name: only } : { type: 'allowed', mode: 'required', names }
    }
  }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Tools and their choice. Google's own tools stand beside functions only where the family takes that. Of other vendors' tools
 * only the web search has one that does the same; it is offered where it stands alone, since what it finds would have to come
 * back in every turn, and no other format has room for that.
 */
export function encodeTools(request: Request, family: Family, dialect: Dialect): Fields {
  const offered = withoutDoubles(allowed(request))
  const functions = offered.flatMap(tool => encodeFunctionTool(tool, dialect))
  const own = offered.flatMap(tool => encodeServerTool(tool, functions.length === 0))
  const kept = functions.length === 0 || family.third ? own : []
  const tools = [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...kept]
  if (tools.length === 0) return {}
  return { tools, ...nested('toolConfig', encodeToolConfig(request, functions.length > 0)) }
}

/** There is no free choice among some of the functions: only these are offered. */
function allowed({ tools, toolChoice }: Request): readonly Tool[] {
  if (toolChoice?.type !== 'allowed' || toolChoice.mode === 'required') return tools
  return tools.filter(({ name, type }) => type === 'server' || toolChoice.names.includes(name))
}

function encodeFunctionTool(tool: Tool, dialect: Dialect): Fields[] {
  switch (tool.type) {
    case 'function':
      return [encodeFunction(tool, dialect)]
    case 'custom':
      return [encodeFunction(asFunction(tool), dialect)]
    case 'server':
      return []
  }
}

function encodeFunction(tool: FunctionTool, dialect: Dialect): Fields {
  const { description = '' } = tool
  return {
    ...ours(tool.extras),
    name: wireName(tool),
    ...(description !== '' && { description }),
    ...encodeParameters(tool.parameters, dialect),
  }
}

/**
 * Nothing for a function without arguments: an object without properties is refused. JSON Schema, too, has to describe an
 * object whose properties are the arguments (Google's reference of `parametersJsonSchema`).
 */
function encodeParameters(parameters: JsonSchema | undefined, dialect: Dialect): Fields {
  if (parameters === undefined) return {}
  const asked = objectSchema(parameters)
  const { schema, isWhole } = encodeSchema(asked)
  if (!isWhole && dialect.jsonSchema) return { parametersJsonSchema: withoutDialect(asked) }
  return isRecord(schema['properties']) ? { parameters: schema } : {}
}

/** JSON Schema without the word which of its versions it is. */
export function withoutDialect({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema
}

function encodeServerTool(tool: Tool, isAlone: boolean): Fields[] {
  if (tool.type !== 'server') return []
  if (tool.protocol === ID) return [tool.raw]
  return isAlone && isWebSearch(tool) ? [{ googleSearch: {} }] : []
}

function encodeToolConfig(request: Request, hasFunctions: boolean): Fields {
  const { functionCallingConfig: own, ...rest } = record(ours(request.extras)['toolConfig'])
  return {
    ...rest,
    ...(hasFunctions && nested('functionCallingConfig', { ...record(own), ...encodeChoice(request, record(own)) })),
  }
}

/** Of tools only functions can be chosen by name. */
function encodeChoice({ tools, toolChoice }: Request, { mode }: Fields): Fields {
  const functions = tools.filter(tool => tool.type !== 'server')
  const wire = (name: string) => wireName(functions.find(tool => tool.name === name) ?? { name })
  const choice = choiceAmong(functions, toolChoice)
  switch (choice?.type) {
    case undefined:
      return {}
    case 'none':
      return { mode: 'NONE' }
    case 'auto':
      return { mode: mode ?? 'AUTO' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [wire(choice.name)] }
    case 'allowed':
      if (choice.mode === 'required') return { mode: 'ANY', allowedFunctionNames: choice.names.map(wire) }
      return mode === undefined ? { mode: 'AUTO' } : { mode, allowedFunctionNames: choice.names.map(wire) }
  }
}
