/**
 * Bodies such as coding agents send: a system prompt, tools with schemas, then a conversation of questions, tool calls
 * and results up to the size asked for. Always the same for the same arguments.
 *
 * @param {'chat' | 'messages'} format OpenAI's Chat Completions or Anthropic's Messages.
 * @param {{ bytes: number, tools: number, model: string, stream: boolean }} wish `bytes` is met to within a few per cent.
 * @returns {string} JSON, the model first and `stream` near the end.
 */
export function body(format, wish) {
  return JSON.stringify(build[format](wish, createText()))
}

const build = {
  chat({ bytes, tools, model, stream }, text) {
    const system = { role: 'system', content: text(Math.min(bytes / 10, 9000)) }
    const frame = {
      model,
      messages: [],
      temperature: 0.7,
      max_tokens: 1024,
      ...(tools > 0 && { tools: numbered(tools, i => ({ type: 'function', function: chatTool(i, text) })) }),
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
    }
    const exchange = i => [
      { role: 'user', content: text(300) },
      {
        role: 'assistant',
        content: text(150),
        tool_calls: [
          {
            id: `call_${i}`,
            type: 'function',
            function: { name: `tool_${i % tools}`, arguments: JSON.stringify(callArguments(i)) },
          },
        ],
      },
      { role: 'tool', tool_call_id: `call_${i}`, content: text(2500) },
    ]
    return { ...frame, messages: converse([system], exchange, { ...frame, bytes, text }) }
  },

  messages({ bytes, tools, model, stream }, text) {
    const frame = {
      model,
      max_tokens: 1024,
      system: [{ type: 'text', text: text(Math.min(bytes / 10, 9000)), cache_control: { type: 'ephemeral' } }],
      messages: [],
      temperature: 0.7,
      ...(tools > 0 && { tools: numbered(tools, i => messagesTool(i, text)) }),
      stream,
    }
    const exchange = i => [
      {
        role: 'user',
        content: [
          ...(i > 0 ? [{ type: 'tool_result', tool_use_id: `toolu_${i - 1}`, content: text(2500) }] : []),
          { type: 'text', text: text(300) },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: text(150) },
          { type: 'tool_use', id: `toolu_${i}`, name: `tool_${i % tools}`, input: callArguments(i) },
        ],
      },
    ]
    const lastResult = i => ({ type: 'tool_result', tool_use_id: `toolu_${i - 1}`, content: 'ok' })
    return { ...frame, messages: converse([], exchange, { ...frame, bytes, text, lastResult }) }
  },
}

/** Fills up with exchanges while there is room for one, then with one last question. */
function converse(opening, exchange, { bytes, text, lastResult, ...frame }) {
  const messages = [...opening]
  let left = bytes - JSON.stringify({ ...frame, messages }).length
  let count = 0
  if (frame.tools !== undefined) {
    while (left > 4000) {
      const added = exchange(count++)
      messages.push(...added)
      left -= JSON.stringify(added).length
    }
  }
  const question = text(Math.max(20, left - 40))
  const content = count > 0 && lastResult ? [lastResult(count), { type: 'text', text: question }] : question
  return [...messages, { role: 'user', content }]
}

const chatTool = (i, text) => ({ name: `tool_${i}`, description: text(600), parameters: toolSchema(text) })
const messagesTool = (i, text) => ({ name: `tool_${i}`, description: text(600), input_schema: toolSchema(text) })
const callArguments = i => ({ file_path: `/src/a${i}.ts`, limit: 100 })
const numbered = (count, make) => Array.from({ length: count }, (_, i) => make(i))

function toolSchema(text) {
  const property = type => ({ type, description: text(80) })
  return {
    type: 'object',
    properties: {
      file_path: property('string'),
      command: property('string'),
      pattern: property('string'),
      offset: property('integer'),
      limit: property('integer'),
      description: property('string'),
    },
    required: ['file_path'],
    additionalProperties: false,
  }
}

const words =
  'the proxy reads files and returns a result while the agent edits source code and runs tests with options such as path line offset limit pattern include'.split(
    ' ',
  )

/** Prose from a small generator with a fixed seed, with the line breaks, quotes and backslashes that JSON must escape. */
function createText() {
  let state = 7
  const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff
  const separator = () => (random() < 0.05 ? '\n' : random() < 0.03 ? ' "q" \\ ' : ' ')

  return length => {
    let prose = ''
    while (prose.length < length) prose += words[Math.floor(random() * words.length)] + separator()
    return prose.slice(0, length)
  }
}
