import Anthropic from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI, type Content, type GenerateContentConfig, type Part } from '@google/genai'
import OpenAI from 'openai'
import { TOOL, type Client, type Got, type Refusal } from './scenario.ts'

const image = (data: string) => `data:image/png;base64,${data}`
const inputOf = (text: string): unknown => JSON.parse(text)

/** The classes of the two SDKs that one generator made. */
const STAINLESS: Readonly<Record<Refusal, string>> = {
  unauthenticated: 'AuthenticationError',
  'not-found': 'NotFoundError',
  'rate-limited': 'RateLimitError',
  failed: 'InternalServerError',
  overloaded: 'InternalServerError',
  'context-too-long': 'BadRequestError',
}

function stainlessFailure(error: unknown) {
  if (!(error instanceof OpenAI.APIError || error instanceof Anthropic.APIError)) throw error
  const retryAfter = (error.headers as Headers | undefined)?.get('retry-after') ?? undefined
  const status = error.status as number | undefined
  return { status, retryAfter, type: error.constructor.name, text: `${error.message} ${JSON.stringify(error.error)}` }
}

// ── OpenAI Chat Completions ──────────────────────────────────────────────────────────────────────────────────────────

const openaiChat: Client = {
  name: 'openai, Chat Completions',
  protocol: 'openai-chat',
  keepsTokens: true,
  types: STAINLESS,
  failureOf: stainlessFailure,
  open: (url, model, { system, hasTools, schema, thinks }) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x', maxRetries: 0 })
    const messages: OpenAI.ChatCompletionMessageParam[] =
      system === undefined ? [] : [{ role: 'system', content: system }]
    let calls: Got['calls'] = []
    return {
      say: async (given, { stream, signal, onText }) => {
        if ('results' in given) {
          for (const [at, content] of given.results.entries())
            messages.push({ role: 'tool', tool_call_id: calls[at]?.id ?? '', content })
        } else if (given.image === undefined) {
          messages.push({ role: 'user', content: given.text })
        } else {
          const url = image(given.image)
          messages.push({
            role: 'user',
            content: [
              { type: 'text', text: given.text },
              { type: 'image_url', image_url: { url } },
            ],
          })
        }
        const body: Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'> = {
          model,
          messages,
          ...(hasTools === true && {
            tools: [
              {
                type: 'function',
                function: { name: TOOL.name, description: TOOL.description, parameters: TOOL.schema },
              },
            ],
          }),
          ...(schema !== undefined && {
            response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
          }),
          ...(thinks === true && { reasoning_effort: 'medium' }),
        }
        const options = { ...(signal !== undefined && { signal }) }
        const ask = async () => {
          if (!stream) return client.chat.completions.create(body, options)
          const events = client.chat.completions.stream(body, options)
          events.on('content', piece => onText?.(piece))
          return events.finalChatCompletion()
        }
        const message = (await ask()).choices[0]?.message
        if (message === undefined) throw new Error('an answer without a choice')
        messages.push(message)
        calls = (message.tool_calls ?? []).flatMap(call =>
          call.type === 'function'
            ? [{ id: call.id, name: call.function.name, input: inputOf(call.function.arguments) }]
            : [],
        )
        const { reasoning_content: thought } = message as { reasoning_content?: string }
        return { text: message.content ?? '', thought: thought ?? '', calls }
      },
    }
  },
}

// ── OpenAI Responses ─────────────────────────────────────────────────────────────────────────────────────────────────

const openaiResponses: Client = {
  name: 'openai, Responses',
  protocol: 'openai-responses',
  keepsTokens: true,
  types: STAINLESS,
  failureOf: stainlessFailure,
  open: (url, model, { system, hasTools, schema, thinks }) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x', maxRetries: 0 })
    const input: OpenAI.Responses.ResponseInputItem[] = []
    let calls: Got['calls'] = []
    return {
      say: async (given, { stream, signal, onText }) => {
        if ('results' in given) {
          for (const [at, output] of given.results.entries())
            input.push({ type: 'function_call_output', call_id: calls[at]?.id ?? '', output })
        } else {
          input.push({
            role: 'user',
            content: [
              { type: 'input_text', text: given.text },
              ...(given.image === undefined
                ? []
                : [{ type: 'input_image' as const, image_url: image(given.image), detail: 'auto' as const }]),
            ],
          })
        }
        const body: Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'stream'> = {
          model,
          input,
          store: false,
          include: ['reasoning.encrypted_content'],
          ...(system !== undefined && { instructions: system }),
          ...(hasTools === true && {
            tools: [
              {
                type: 'function',
                name: TOOL.name,
                description: TOOL.description,
                parameters: TOOL.schema,
                strict: false,
              },
            ],
          }),
          ...(schema !== undefined && {
            text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } },
          }),
          ...(thinks === true && { reasoning: { effort: 'medium', summary: 'auto' } }),
        }
        const options = { ...(signal !== undefined && { signal }) }
        const ask = async () => {
          if (!stream) return client.responses.create(body, options)
          const events = client.responses.stream(body, options)
          events.on('response.output_text.delta', ({ delta }) => onText?.(delta))
          return events.finalResponse()
        }
        const answer = await ask()
        input.push(...(answer.output as OpenAI.Responses.ResponseInputItem[]))
        calls = answer.output.flatMap(item =>
          item.type === 'function_call' ? [{ id: item.call_id, name: item.name, input: inputOf(item.arguments) }] : [],
        )
        const thoughts = answer.output.flatMap(item =>
          item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])].map(({ text }) => text) : [],
        )
        return { text: answer.output_text, thought: thoughts.join(''), calls }
      },
    }
  },
}

// ── Anthropic ────────────────────────────────────────────────────────────────────────────────────────────────────────

const anthropic: Client = {
  name: '@anthropic-ai/sdk',
  protocol: 'anthropic',
  keepsTokens: true,
  types: { ...STAINLESS, overloaded: 'OverloadedError' },
  failureOf: stainlessFailure,
  open: (url, model, { system, hasTools, schema, thinks }) => {
    const client = new Anthropic({ baseURL: `${url}/anthropic`, apiKey: 'x', maxRetries: 0 })
    const messages: Anthropic.MessageParam[] = []
    let calls: Got['calls'] = []
    return {
      say: async (given, { stream, signal, onText }) => {
        const content: Anthropic.ContentBlockParam[] =
          'results' in given
            ? given.results.map((text, at) => ({
                type: 'tool_result',
                tool_use_id: calls[at]?.id ?? '',
                content: text,
              }))
            : [
                ...(given.image === undefined
                  ? []
                  : [
                      {
                        type: 'image' as const,
                        source: { type: 'base64' as const, media_type: 'image/png' as const, data: given.image },
                      },
                    ]),
                { type: 'text', text: given.text },
              ]
        messages.push({ role: 'user', content })
        const body: Anthropic.MessageCreateParamsNonStreaming = {
          model,
          max_tokens: 4000,
          messages,
          ...(system !== undefined && { system }),
          ...(hasTools === true && {
            tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.schema }],
          }),
          ...(schema !== undefined && { output_config: { format: { type: 'json_schema', schema } } }),
          ...(thinks === true && { thinking: { type: 'enabled', budget_tokens: 2000 } }),
        }
        const options = { ...(signal !== undefined && { signal }) }
        const ask = async () => {
          if (!stream) return client.messages.create(body, options)
          const events = client.messages.stream(body, options)
          events.on('text', piece => onText?.(piece))
          return events.finalMessage()
        }
        const answer = await ask()
        messages.push({ role: 'assistant', content: answer.content })
        calls = answer.content.flatMap(block =>
          block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
        )
        return {
          text: answer.content.map(block => (block.type === 'text' ? block.text : '')).join(''),
          thought: answer.content.map(block => (block.type === 'thinking' ? block.thinking : '')).join(''),
          calls,
        }
      },
    }
  },
}

// ── Gemini ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const gemini: Client = {
  name: '@google/genai',
  protocol: 'gemini',
  keepsTokens: true,
  types: {
    unauthenticated: 'ApiError',
    'not-found': 'ApiError',
    'rate-limited': 'ApiError',
    failed: 'ApiError',
    overloaded: 'ApiError',
    'context-too-long': 'ApiError',
  },
  failureOf: error => {
    if (!(error instanceof ApiError)) throw error
    // The SDK keeps no headers: when to come back stands in the details of the error.
    const retryAfter = /"retryDelay":\s*"([\d.]+)s"/.exec(error.message)?.[1]
    return { status: error.status, retryAfter, type: error.constructor.name, text: error.message }
  },
  open: (url, model, { system, hasTools, schema, thinks }) => {
    const client = new GoogleGenAI({ apiKey: 'x', httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } } })
    const contents: Content[] = []
    let calls: Got['calls'] = []
    return {
      say: async (given, { stream, signal, onText }) => {
        const parts: Part[] =
          'results' in given
            ? given.results.map((output, at) => ({
                functionResponse: { id: calls[at]?.id ?? '', name: calls[at]?.name ?? '', response: { output } },
              }))
            : [
                { text: given.text },
                ...(given.image === undefined ? [] : [{ inlineData: { mimeType: 'image/png', data: given.image } }]),
              ]
        contents.push({ role: 'user', parts })
        const config: GenerateContentConfig = {
          ...(signal !== undefined && { abortSignal: signal }),
          ...(system !== undefined && { systemInstruction: system }),
          ...(hasTools === true && {
            tools: [
              {
                functionDeclarations: [
                  { name: TOOL.name, description: TOOL.description, parametersJsonSchema: TOOL.schema },
                ],
              },
            ],
          }),
          ...(schema !== undefined && { responseMimeType: 'application/json', responseJsonSchema: schema }),
          ...(thinks === true && { thinkingConfig: { includeThoughts: true } }),
        }
        const answered: Part[] = []
        if (stream) {
          for await (const chunk of await client.models.generateContentStream({ model, contents, config })) {
            const pieces = chunk.candidates?.[0]?.content?.parts ?? []
            answered.push(...pieces)
            for (const { text, thought } of pieces) if (text !== undefined && thought !== true) onText?.(text)
          }
        } else {
          const answer = await client.models.generateContent({ model, contents, config })
          answered.push(...(answer.candidates?.[0]?.content?.parts ?? []))
        }
        contents.push({ role: 'model', parts: answered })
        calls = answered.flatMap(({ functionCall: call }) =>
          call === undefined ? [] : [{ id: call.id ?? '', name: call.name ?? '', input: call.args ?? {} }],
        )
        const saidBy = (isThought: boolean) =>
          answered.map(({ text = '', thought = false }) => (thought === isThought ? text : '')).join('')
        return { text: saidBy(false), thought: saidBy(true), calls }
      },
    }
  },
}

/** The vendors' own SDKs. */
export const vendorClients: readonly Client[] = [openaiChat, openaiResponses, anthropic, gemini]
