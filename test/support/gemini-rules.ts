/** What Google refuses in a request, in its own words: unknown fields, calls and results that don't match, calls without a signature, schemas in another form than its own. */

type Body = Readonly<Record<string, unknown>>

/** The fields of each message of the format, and which of them are messages themselves. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  request: {
    contents: 'content[]',
    systemInstruction: 'content',
    tools: 'tool[]',
    toolConfig: 'toolConfig',
    safetySettings: '',
    generationConfig: 'generationConfig',
    cachedContent: '',
    store: '',
    serviceTier: '',
    labels: '',
  },
  content: { role: '', parts: 'part[]' },
  part: {
    text: '',
    inlineData: 'blob',
    fileData: 'fileData',
    functionCall: 'functionCall',
    functionResponse: 'functionResponse',
    executableCode: '',
    codeExecutionResult: '',
    toolCall: '',
    toolResponse: '',
    thought: '',
    thoughtSignature: '',
    videoMetadata: '',
    mediaResolution: '',
    partMetadata: '',
  },
  blob: { mimeType: '', data: '' },
  fileData: { mimeType: '', fileUri: '' },
  functionCall: { id: '', name: '', args: '' },
  functionResponse: { id: '', name: '', response: '', parts: 'responsePart[]', willContinue: '', scheduling: '' },
  responsePart: { inlineData: 'blob' },
  tool: {
    functionDeclarations: 'declaration[]',
    googleSearch: '',
    googleSearchRetrieval: '',
    codeExecution: '',
    urlContext: '',
    fileSearch: '',
    googleMaps: '',
    computerUse: '',
    mcpServers: '',
  },
  declaration: {
    name: '',
    description: '',
    parameters: 'schema',
    parametersJsonSchema: '',
    response: 'schema',
    responseJsonSchema: '',
    behavior: '',
  },
  toolConfig: { functionCallingConfig: 'callingConfig', includeServerSideToolInvocations: '', retrievalConfig: '' },
  callingConfig: { mode: '', allowedFunctionNames: '' },
  generationConfig: {
    temperature: '',
    topP: '',
    topK: '',
    candidateCount: '',
    maxOutputTokens: '',
    stopSequences: '',
    seed: '',
    presencePenalty: '',
    frequencyPenalty: '',
    responseLogprobs: '',
    logprobs: '',
    responseMimeType: '',
    responseSchema: 'schema',
    responseJsonSchema: '',
    responseFormat: '',
    responseModalities: '',
    speechConfig: '',
    imageConfig: '',
    mediaResolution: '',
    enableEnhancedCivicAnswers: '',
    thinkingConfig: 'thinkingConfig',
  },
  thinkingConfig: { includeThoughts: '', thinkingBudget: '', thinkingLevel: '' },
  schema: {
    type: '',
    format: '',
    title: '',
    description: '',
    nullable: '',
    enum: '',
    items: 'schema',
    properties: 'schema{}',
    required: '',
    propertyOrdering: '',
    minItems: '',
    maxItems: '',
    minProperties: '',
    maxProperties: '',
    minimum: '',
    maximum: '',
    minLength: '',
    maxLength: '',
    pattern: '',
    anyOf: 'schema[]',
    default: '',
    example: '',
  },
}

/** The first fault of a request to a model; nothing if Google would take it. */
export function faultOf(body: unknown, model: string): string | undefined {
  const unknown = unknownIn(body, 'request', '')
  if (unknown !== undefined) return `Invalid JSON payload received. ${unknown}`
  const request = body as Body
  return (
    faultOfContents(recordsIn(request['contents']), /gemini-3/.test(model)) ??
    faultOfTools(request, model) ??
    faultOfConfig(recordOf(request['generationConfig']), recordsIn(request['tools']), model)
  )
}

/** A field that the format does not have, or a record where none is. */
function unknownIn(value: unknown, kind: string, place: string): string | undefined {
  if (kind.endsWith('[]')) {
    if (!Array.isArray(value)) return `Proto field is not repeating at '${place}'`
    return first(value.map((item, at) => unknownIn(item, kind.slice(0, -2), `${place}[${at}]`)))
  }
  if (kind.endsWith('{}')) {
    const entries = Object.entries(recordOf(value))
    return first(entries.map(([name, item]) => unknownIn(item, kind.slice(0, -2), `${place}.${name}`)))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `Expected an object at '${place}'`
  const fields = new Map(Object.entries(FIELDS[kind] ?? {}))
  for (const [name, inner] of Object.entries(value)) {
    const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const below = fields.get(camel)
    if (below === undefined) return `Unknown name "${name}" at '${place}': Cannot find field.`
    const fault = below === '' ? undefined : unknownIn(inner, below, place === '' ? name : `${place}.${name}`)
    if (fault !== undefined) return fault
  }
  return kind === 'schema' ? faultOfSchema(value as Body, place) : undefined
}

const TYPES: readonly unknown[] = ['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']

function faultOfSchema({ type, anyOf, enum: values, properties, items, format, ...rest }: Body, place: string) {
  if (anyOf !== undefined) {
    return type === undefined && Object.keys(rest).length === 0
      ? undefined
      : `${place}: when using any_of, it must be the only field set`
  }
  if (!TYPES.includes(type)) return `Invalid value at '${place}.type'`
  if (type === 'OBJECT' && properties !== undefined && Object.keys(recordOf(properties)).length === 0)
    return `${place}.properties: should be non-empty for OBJECT type`
  if (type === 'ARRAY' && items === undefined) return `${place}.items: missing field`
  if (values !== undefined && type !== 'STRING') return `${place}.enum: only allowed for STRING type`
  if (Array.isArray(values) && values.some(value => typeof value !== 'string' || value === ''))
    return `${place}.enum: cannot be empty`
  if (type === 'STRING' && format !== undefined && format !== 'enum' && format !== 'date-time')
    return `${place}.format: only 'enum' and 'date-time' are supported for STRING type`
  const required = (rest['required'] ?? []) as readonly string[]
  const missing = required.find(name => !Object.hasOwn(recordOf(properties), name))
  return missing === undefined ? undefined : `${place}.required: property is not defined: ${missing}`
}

const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

function faultOfContents(contents: readonly Body[], isThird: boolean): string | undefined {
  if (contents.length === 0) return '* GenerateContentRequest.contents: contents is not specified'
  const asked = contents.findLastIndex(
    ({ role, parts }) => role === 'user' && recordsIn(parts).some(part => part['functionResponse'] === undefined),
  )
  for (const [at, { role, parts }] of contents.entries()) {
    if (role !== 'user' && role !== 'model') return 'Please use a valid role: user, model.'
    const given = recordsIn(parts)
    if (given.length === 0) return `* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.`
    for (const [nth, part] of given.entries()) {
      const data = DATA.filter(name => part[name] !== undefined)
      if (data.length !== 1 || (part['text'] === '' && part['thoughtSignature'] === undefined))
        return `* GenerateContentRequest.contents[${at}].parts[${nth}].data: required oneof field 'data' must have one initialized field`
      if (isOurs(part['thoughtSignature'])) return 'Corrupted thought signature.'
    }
    const calls = given.filter(part => part['functionCall'] !== undefined)
    const before = contents[at - 1]
    if (calls.length > 0 && before?.['role'] !== 'user')
      return 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.'
    if (isThird && at > asked && calls.length > 0 && calls[0]?.['thoughtSignature'] === undefined)
      return 'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.'
    const called = namesOf(before, 'functionCall')
    const answered = namesOf({ parts: given }, 'functionResponse')
    if (called.length !== answered.length || (answered.length > 0 && answered.length !== given.length))
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'
    if (called.some((name, nth) => name !== answered[nth])) return 'Function response does not match its function call.'
  }
  return namesOf(contents.at(-1), 'functionCall').length > 0
    ? 'Please ensure that function response turn comes immediately after a function call turn.'
    : undefined
}

/** Tokens of this program, which Google can't read. */
function isOurs(signature: unknown): boolean {
  return typeof signature === 'string' && signature.startsWith('eyJsaXAiOjEs')
}

function namesOf(content: Body | undefined, field: string): unknown[] {
  return recordsIn(content?.['parts'])
    .filter(part => part[field] !== undefined)
    .map(part => recordOf(part[field])['name'])
}

function faultOfTools(request: Body, model: string): string | undefined {
  const tools = recordsIn(request['tools'])
  const names = tools.flatMap(tool => recordsIn(tool['functionDeclarations'])).map(({ name }) => String(name))
  const badName = names.find(name => !/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name))
  if (badName !== undefined)
    return `* GenerateContentRequest.tools[0].function_declarations[${names.indexOf(badName)}].name: Invalid function name.`
  if (new Set(names).size < names.length) return 'Duplicate function declaration found.'
  const own = tools.some(tool => Object.keys(tool).some(name => name !== 'functionDeclarations'))
  if (own && names.length > 0 && !/gemini-3/.test(model))
    return 'Tool use with function calling is unsupported by the model.'
  const { mode, allowedFunctionNames } = recordOf(recordOf(request['toolConfig'])['functionCallingConfig'])
  if (allowedFunctionNames === undefined) return undefined
  if (mode !== 'ANY' && mode !== 'VALIDATED')
    return 'Function calling config is set without function_calling_config.mode ANY.'
  const allowed = Array.isArray(allowedFunctionNames) ? allowedFunctionNames : []
  return allowed.every(name => names.includes(String(name)))
    ? undefined
    : 'allowed_function_names contains a function that is not declared.'
}

function faultOfConfig(config: Body, tools: readonly Body[], model: string): string | undefined {
  const { stopSequences, thinkingConfig, responseMimeType, responseSchema, responseJsonSchema } = config
  if (Array.isArray(stopSequences) && stopSequences.length > 5)
    return 'The number of stop sequences exceeds the limit of 5.'
  const { thinkingBudget: budget, thinkingLevel: level } = recordOf(thinkingConfig)
  if (budget !== undefined && level !== undefined)
    return 'You can only set only one of thinking budget and thinking level.'
  if (thinkingConfig !== undefined && /gemini-2\.0|gemma/.test(model)) return 'Thinking is not enabled for this model.'
  if (level !== undefined && /gemini-2\.5/.test(model)) return 'Thinking level is not supported for this model.'
  if (typeof budget === 'number' && budget !== -1 && /gemini-2\.5-pro/.test(model) && (budget < 128 || budget > 32_768))
    return `The thinking budget ${budget} is invalid. Please choose a value between 128 and 32768.`
  const isJson = responseMimeType === 'application/json' || responseMimeType === 'text/x.enum'
  if ((responseSchema ?? responseJsonSchema) !== undefined && !isJson)
    return 'Response schema requires response mime type application/json.'
  if (isJson && tools.length > 0 && !/gemini-3/.test(model))
    return "Function calling with a response mime type: 'application/json' is unsupported"
  return undefined
}

function first(faults: readonly (string | undefined)[]): string | undefined {
  return faults.find(fault => fault !== undefined)
}

function recordOf(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
}

function recordsIn(value: unknown): Body[] {
  return Array.isArray(value) ? value.map(recordOf) : []
}
