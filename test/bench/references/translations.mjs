/** A Messages client before a Chat Completions upstream. `stream` gives a fresh translator of one stream's events. */
export const messagesToChat = {
  path: '/v1/chat/completions',

  request({ system, messages, max_tokens, temperature, stream, tools }) {
    return {
      model: 'bench-model-up',
      messages: [...(system ? [{ role: 'system', content: textOf(system) }] : []), ...messages.flatMap(messageToChat)],
      max_tokens,
      temperature,
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
      tools: tools?.map(({ name, description, input_schema }) => ({
        type: 'function',
        function: { name, description, parameters: input_schema },
      })),
    }
  },

  reply({ id, model, choices: [{ message, finish_reason }], usage }) {
    return {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [
        ...(message.content ? [{ type: 'text', text: message.content }] : []),
        ...(message.tool_calls ?? []).map(toolUse),
      ],
      stop_reason: toStopReason[finish_reason] ?? 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens },
    }
  },

  stream() {
    let started = false
    let stopReason = 'end_turn'
    let outputTokens = 0

    return data => {
      if (data === '[DONE]') return messagesClosing(stopReason, outputTokens)
      const { id, model, choices, usage } = JSON.parse(data)
      let events = started ? '' : messagesOpening(id, model)
      started = true
      if (usage) outputTokens = usage.completion_tokens
      const choice = choices[0]
      if (choice?.delta.content) events += textDelta(choice.delta.content)
      if (choice?.finish_reason) stopReason = toStopReason[choice.finish_reason] ?? 'end_turn'
      return events
    }
  },
}

/** A Chat Completions client before a Messages upstream. */
export const chatToMessages = {
  path: '/v1/messages',

  request({ messages, max_tokens, temperature, stream, tools }) {
    const system = messages.filter(({ role }) => role === 'system').map(({ content }) => textOf(content))
    return {
      model: 'bench-model-up',
      system: system.join(''),
      messages: joinRoles(messages.filter(({ role }) => role !== 'system').map(messageFromChat)),
      max_tokens: max_tokens ?? 4096,
      temperature,
      stream,
      tools: tools?.map(({ function: { name, description, parameters } }) => ({
        name,
        description,
        input_schema: parameters,
      })),
    }
  },

  reply({ id, model, content, stop_reason, usage }) {
    const text = content.filter(({ type }) => type === 'text').map(part => part.text)
    return {
      id,
      object: 'chat.completion',
      created: 0,
      model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text.join('') },
          finish_reason: toFinishReason[stop_reason] ?? 'stop',
        },
      ],
      usage: {
        prompt_tokens: usage.input_tokens,
        completion_tokens: usage.output_tokens,
        total_tokens: usage.input_tokens + usage.output_tokens,
      },
    }
  },

  stream() {
    let opening = ''

    return data => {
      const event = JSON.parse(data)
      switch (event.type) {
        case 'message_start':
          opening = `data: {"id":${JSON.stringify(event.message.id)},"object":"chat.completion.chunk","created":0,"model":${JSON.stringify(event.message.model)},"choices":[{"index":0,"delta":`
          return `${opening}{"role":"assistant","content":""},"finish_reason":null}]}\n\n`
        case 'content_block_delta':
          return `${opening}{"content":${JSON.stringify(event.delta.text)}},"finish_reason":null}]}\n\n`
        case 'message_delta':
          return `${opening}{},"finish_reason":"${toFinishReason[event.delta.stop_reason] ?? 'stop'}"}]}\n\n`
        case 'message_stop':
          return 'data: [DONE]\n\n'
        default:
          return ''
      }
    }
  },
}

const toStopReason = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' }
const toFinishReason = { end_turn: 'stop', max_tokens: 'length', tool_use: 'tool_calls' }

const textOf = content => (typeof content === 'string' ? content : content.map(part => part.text ?? '').join(''))

function messageToChat({ role, content }) {
  if (typeof content === 'string') return [{ role, content }]
  let text = ''
  const calls = []
  const results = []
  for (const part of content) {
    if (part.type === 'text') text += part.text
    else if (part.type === 'tool_use') calls.push(toolCall(part))
    else if (part.type === 'tool_result')
      results.push({ role: 'tool', tool_call_id: part.tool_use_id, content: textOf(part.content ?? '') })
  }
  if (role === 'assistant')
    return [{ role, content: text === '' ? null : text, ...(calls.length > 0 && { tool_calls: calls }) }]
  return text === '' ? results : [...results, { role, content: text }]
}

function messageFromChat({ role, content, tool_calls = [], tool_call_id }) {
  if (role === 'tool')
    return {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: tool_call_id, content: textOf(content) }],
    }
  return { role, content: [...(content ? [{ type: 'text', text: textOf(content) }] : []), ...tool_calls.map(toolUse)] }
}

/** Messages wants the roles to alternate. */
function joinRoles(messages) {
  const joined = []
  for (const message of messages) {
    const last = joined.at(-1)
    if (last?.role === message.role) last.content.push(...message.content)
    else joined.push(message)
  }
  return joined
}

const toolCall = ({ id, name, input }) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
})

const toolUse = ({ id, function: { name, arguments: input } }) => ({
  type: 'tool_use',
  id,
  name,
  input: JSON.parse(input),
})

const event = fields => `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`

const messagesOpening = (id, model) =>
  event({
    type: 'message_start',
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 0, output_tokens: 0 },
    },
  }) + event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })

/** By far the most frequent event, so put together by hand. */
const textDelta = text =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`

const messagesClosing = (stopReason, outputTokens) =>
  event({ type: 'content_block_stop', index: 0 }) +
  event({
    type: 'message_delta',
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { output_tokens: outputTokens },
  }) +
  event({ type: 'message_stop' })
