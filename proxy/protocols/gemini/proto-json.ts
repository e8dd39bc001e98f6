import { isRecord, type Fields } from '../fields.ts'

/**
 * A client's body with the names that Google writes: the JSON of protocol buffers may name a field `system_instruction` as well
 * as `systemInstruction`, and may give one thing where several are expected. Only names of the format are changed, never what
 * a client named itself: arguments, results, properties of schemas, labels.
 */
export function fromProtoJson(body: unknown): unknown {
  return named(body, REQUEST)
}

interface Shape {
  /** What stands in the fields that hold names of the format. */
  readonly fields: ReadonlyMap<string, Shape>
  readonly isList?: boolean
}

function shape(fields: Readonly<Record<string, Shape>> = {}): Shape {
  return { fields: new Map(Object.entries(fields)) }
}

function list(of: Shape): Shape {
  return { ...of, isList: true }
}

const NAMES = shape()
const PART = shape({
  inlineData: NAMES,
  fileData: NAMES,
  videoMetadata: NAMES,
  functionCall: NAMES,
  functionResponse: shape({ parts: list(shape({ inlineData: NAMES })) }),
})
const CONTENT = shape({ parts: list(PART) })
const REQUEST = shape({
  contents: list(CONTENT),
  systemInstruction: CONTENT,
  tools: list(shape({ functionDeclarations: list(NAMES) })),
  toolConfig: shape({ functionCallingConfig: NAMES }),
  generationConfig: shape({ thinkingConfig: NAMES, responseFormat: shape({ text: NAMES }) }),
})

function named(value: unknown, { fields, isList }: Shape): unknown {
  if (isList === true) {
    if (Array.isArray(value)) return value.map(item => named(item, { fields }))
    return isRecord(value) ? [named(value, { fields })] : value
  }
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const camel = camelCase(name)
      const below = fields.get(camel)
      return [camel, below === undefined ? inner : named(inner, below)]
    }),
  )
}

/** The fields of a record under the names that Google writes. */
export function withCamelCase(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), inner]))
}

function camelCase(name: string): string {
  return name.includes('_') ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : name
}
