import fc from 'fast-check'
import type { Reply } from '../../proxy/core/reply.ts'
import type {
  FunctionTool,
  JsonSchema,
  Message,
  Part,
  Request,
  TextPart,
  ToolCallPart,
  ToolChoice,
} from '../../proxy/core/request.ts'

/**
 * Requests and replies that every format can hold: what goes through any of them comes out the same. So: roles take turns,
 * the user begins; texts say something; results follow their calls, in order, and are text; the answer's length is limited;
 * nothing that one of the formats has no word for.
 */

/** Text with anything in it that JSON, UTF-8 or server-sent events could stumble over, and at least one letter. */
const text = fc
  .tuple(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('', '\n', '\r\n', '\u2028', 'data: x\n\n', '\u0000', '\ud83d', '"\\'),
  )
  .map(([any, awkward]) => `${any}${awkward}x`)

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,11}$/)

const json: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  value: fc.oneof({ maxDepth: 2 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('object')),
  object: fc.dictionary(word, tie('value'), { maxKeys: 3 }),
})).value

const callArguments = fc.dictionary(word, json, { maxKeys: 3, noNullPrototype: true }).map(args => JSON.stringify(args))

/** A tool call; its id is set where it is used, so that no two are the same. */
const call: fc.Arbitrary<ToolCallPart> = fc.record({
  type: fc.constant('tool-call' as const),
  id: fc.constant(''),
  name: word,
  arguments: callArguments,
  kind: fc.constant('function' as const),
})

const textPart: fc.Arbitrary<TextPart> = fc.record({ type: fc.constant('text' as const), text })

/** A pixel, so that formats which look into images find one. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const image: fc.Arbitrary<Part> = fc.constant({
  type: 'image',
  source: { type: 'base64', mediaType: 'image/png', data: PIXEL },
})

const userMessage: fc.Arbitrary<Message> = fc
  .array(fc.oneof({ arbitrary: textPart, weight: 4 }, { arbitrary: image, weight: 1 }), { minLength: 1, maxLength: 3 })
  .map(parts => ({ role: 'user', parts }))

/** What an assistant says: text, calls, or text and then calls. */
const spoken: fc.Arbitrary<readonly Part[]> = fc
  .tuple(fc.option(textPart, { nil: undefined }), fc.array(call, { maxLength: 3 }), textPart)
  .map(([said, calls, otherwise]) => {
    const parts = [...(said === undefined ? [] : [said]), ...calls]
    return parts.length === 0 ? [otherwise] : parts
  })

/** An assistant's message and, if it calls tools, the user's message with a result of each call. */
const turn: fc.Arbitrary<readonly Message[]> = fc
  .tuple(spoken, fc.array(text, { minLength: 3, maxLength: 3 }))
  .map(([parts, results]) => {
    const calls = parts.filter(part => part.type === 'tool-call')
    if (calls.length === 0) return [{ role: 'assistant', parts }]
    return [
      { role: 'assistant', parts },
      {
        role: 'user',
        parts: calls.map(({ id, name, kind }, at) => ({
          type: 'tool-result',
          callId: id,
          name,
          kind,
          isError: false,
          parts: [{ type: 'text', text: results[at] ?? 'x' }],
        })),
      },
    ]
  })

const conversation: fc.Arbitrary<readonly Message[]> = fc
  .tuple(userMessage, fc.array(fc.tuple(turn, userMessage), { maxLength: 3 }))
  .map(([first, turns]) => [
    first,
    ...turns.flatMap(([said, next]) => (said.at(-1)?.role === 'user' ? said : [...said, next])),
  ])
  .map(withIds)

/** The conversation with its calls numbered through, and their results with them. */
function withIds(messages: readonly Message[]): readonly Message[] {
  let calls = 0
  let results = 0
  return messages.map(message => ({
    ...message,
    parts: message.parts.map(part => {
      if (part.type === 'tool-call') return { ...part, id: `call_${++calls}` }
      if (part.type === 'tool-result') return { ...part, callId: `call_${++results}` }
      return part
    }),
  }))
}

const schema: fc.Arbitrary<JsonSchema> = fc
  .dictionary(word, fc.constantFrom({ type: 'string' }, { type: 'integer' }, { type: 'boolean' }), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  })
  .map(properties => ({ type: 'object', properties, required: Object.keys(properties) }))

const tools: fc.Arbitrary<readonly FunctionTool[]> = fc.uniqueArray(
  fc.record({ type: fc.constant('function' as const), name: word, description: text, parameters: schema }),
  { selector: tool => tool.name, maxLength: 3 },
)

function choiceOf(offered: readonly FunctionTool[]): fc.Arbitrary<ToolChoice | undefined> {
  const [first] = offered
  if (first === undefined) return fc.constant(undefined)
  return fc.constantFrom<(ToolChoice | undefined)[]>(
    undefined,
    { type: 'auto' },
    { type: 'none' },
    { type: 'required' },
    { type: 'tool', name: first.name },
  )
}

/** A name that is none of a model's, since formats know in what models differ. */
const model = word.map(name => `any-${name}`)

const question: fc.Arbitrary<Request> = tools.chain(offered =>
  fc.record({
    model,
    stream: fc.boolean(),
    system: fc.array(fc.record({ text, origin: fc.constant('system' as const) }), { maxLength: 2 }),
    messages: conversation,
    tools: fc.constant(offered),
    toolChoice: choiceOf(offered),
    sampling: fc.record(
      {
        maxTokens: fc.integer({ min: 16, max: 100_000 }),
        temperature: fc.constantFrom(0, 0.5, 1),
      },
      { requiredKeys: ['maxTokens'] },
    ),
  }),
)

/** Anthropic takes no calls in a conversation without tools: where none are offered, those that were called are. */
export const request: fc.Arbitrary<Request> = question.map(asked => {
  if (asked.tools.length > 0) return asked
  const calls = asked.messages.flatMap(({ parts }) => parts).filter(part => part.type === 'tool-call')
  const parameters: JsonSchema = { type: 'object', properties: {} }
  const names = [...new Set(calls.map(({ name }) => name))]
  return { ...asked, tools: names.map(name => ({ type: 'function', name, parameters })) }
})

export const reply: fc.Arbitrary<Reply> = fc
  .record({
    id: word,
    model: word,
    parts: spoken,
    isCut: fc.boolean(),
    input: fc.integer({ min: 0, max: 1_000_000 }),
    output: fc.integer({ min: 0, max: 1_000_000 }),
  })
  .map(({ id, model, parts, isCut, input, output }) => ({
    id,
    model,
    parts: withIds([{ role: 'assistant', parts }])[0]?.parts ?? [],
    reason: isCut ? 'length' : parts.some(part => part.type === 'tool-call') ? 'tool-calls' : 'end',
    usage: { input, output },
  }))
