import { formatInWords } from '../core/format-in-words.ts'
import { fitsStrictMode } from '../core/json-schema.ts'
import { wireName } from '../core/names.ts'
import type { OutputFormat, Request, SystemPart } from '../core/request.ts'
import { present, type Fields } from './fields.ts'

/** Settings that both of OpenAI's formats have, in the same words. */

/** A schema that the answer has to follow, as it stands in `json_schema` of one format and beside `type` in the other. */
interface WireJsonSchema {
  readonly name?: string | null | undefined
  readonly description?: string | null | undefined
  readonly schema?: Fields | null | undefined
  readonly strict?: boolean | null | undefined
}

type SchemaFormat = Extract<OutputFormat, { type: 'json-schema' }>

export function decodeJsonSchema({ name, description, schema, strict }: WireJsonSchema): SchemaFormat {
  return {
    type: 'json-schema',
    schema: schema ?? {},
    ...(name != null && { name }),
    ...(description != null && { description }),
    ...(strict != null && { strict }),
  }
}

/** Strict mode is not asked for with a schema that it would refuse. */
export function encodeJsonSchema({ name = 'response', description, schema, strict }: SchemaFormat): Fields {
  const wanted = strict === true ? fitsStrictMode(schema) : strict
  return { name: wireName({ name }), schema, ...present({ description, strict: wanted }) }
}

/**
 * The request with what OpenAI wants said of the answer's form. It refuses schemas whose root is not of the type `object`, which
 * are told in words instead; and JSON mode if no message holds the word. `counts` tells which of the system prompt's texts are
 * messages to the format (instructions beside the conversation are not).
 */
export function withFormatSaid(request: Request, counts: (part: SystemPart) => boolean = () => true): Request {
  const { format, system, messages } = request
  const said = (text: string | undefined) =>
    text === undefined ? system : [...system, { text, origin: 'system' } as const]
  if (format?.type === 'enum' || (format?.type === 'json-schema' && format.schema['type'] !== 'object'))
    return { ...request, format: undefined, system: said(formatInWords(format)) }
  if (format?.type !== 'json') return request
  const texts = messages.flatMap(({ parts }) => parts.map(part => (part.type === 'text' ? part.text : '')))
  const isSaid = [...system.filter(counts).map(({ text }) => text), ...texts].some(text => /json/i.test(text))
  return isSaid ? request : { ...request, system: said('Answer in JSON.') }
}

/** The key under which the vendor keeps the prompt's beginning, and for how long. */
export function decodeCache(key: string | null | undefined, retention: string | null | undefined): Request['cache'] {
  if (key == null && retention == null) return undefined
  return { ...(key != null && { key }), ...(retention != null && { retention }) }
}

/** Anthropic's names for what OpenAI calls `default`. */
export function encodeServiceTier(tier: string | undefined): string | undefined {
  return tier === 'standard' || tier === 'standard_only' ? 'default' : tier
}
