import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import {
  APICallError,
  generateText,
  jsonSchema,
  Output,
  streamText,
  tool,
  type LanguageModel,
  type ModelMessage,
  type ToolSet,
} from 'ai'
import { TOOL, type Client, type Got } from './scenario.ts'

// It does not know the models' names, and would say so for every answer.
globalThis.AI_SDK_LOG_WARNINGS = false

type Options = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>

/** Vercel's AI SDK with the provider of one API. */
interface Provider {
  readonly name: string
  readonly protocol: string
  readonly keepsTokens: boolean
  readonly model: (url: string, model: string) => LanguageModel
  readonly options: (thinks: boolean) => Options
}

const providers: readonly Provider[] = [
  {
    name: 'ai, openai.chat',
    protocol: 'openai-chat',
    // It takes neither thoughts nor what proves them from this API.
    keepsTokens: false,
    model: (url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'x' }).chat(model),
    options: thinks => ({ openai: thinks ? { reasoningEffort: 'medium', forceReasoning: true } : {} }),
  },
  {
    name: 'ai, openai.responses',
    protocol: 'openai-responses',
    keepsTokens: true,
    model: (url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'x' }).responses(model),
    options: thinks => ({
      openai: {
        store: false,
        ...(thinks && {
          forceReasoning: true,
          reasoningEffort: 'medium',
          reasoningSummary: 'auto',
          include: ['reasoning.encrypted_content'],
        }),
      },
    }),
  },
  {
    name: 'ai, anthropic',
    protocol: 'anthropic',
    keepsTokens: true,
    model: (url, model) => createAnthropic({ baseURL: `${url}/anthropic/v1`, apiKey: 'x' })(model),
    options: thinks => ({
      anthropic: {
        structuredOutputMode: 'outputFormat',
        ...(thinks && { thinking: { type: 'enabled', budgetTokens: 2000 } }),
      },
    }),
  },
  {
    name: 'ai, google',
    protocol: 'gemini',
    keepsTokens: true,
    model: (url, model) => createGoogle({ baseURL: `${url}/v1beta`, apiKey: 'x' })(model),
    options: thinks => ({ google: thinks ? { thinkingConfig: { includeThoughts: true } } : {} }),
  },
]

/** Vercel's AI SDK on each of our front-ends. */
export const aiClients: readonly Client[] = providers.map(clientOf)

function clientOf({ name, protocol, keepsTokens, model: modelOf, options }: Provider): Client {
  return {
    name,
    protocol,
    keepsTokens,
    types: {
      unauthenticated: 'APICallError',
      'not-found': 'APICallError',
      'rate-limited': 'APICallError',
      failed: 'APICallError',
      overloaded: 'APICallError',
      'context-too-long': 'APICallError',
    },
    failureOf: error => {
      if (!APICallError.isInstance(error)) throw error
      const text = `${error.message} ${error.responseBody ?? ''}`
      const retryAfter = error.responseHeaders?.['retry-after'] ?? /"retryDelay":\s*"([\d.]+)s"/.exec(text)?.[1]
      return { status: error.statusCode, retryAfter, type: 'APICallError', text }
    },
    open: (url, model, { system, hasTools, schema, thinks }) => {
      const messages: ModelMessage[] = []
      let calls: Got['calls'] = []
      return {
        say: async (given, { stream, signal, onText }) => {
          if ('results' in given) {
            messages.push({
              role: 'tool',
              content: given.results.map((value, at) => ({
                type: 'tool-result',
                toolCallId: calls[at]?.id ?? '',
                toolName: calls[at]?.name ?? '',
                output: { type: 'text', value },
              })),
            })
          } else {
            messages.push({
              role: 'user',
              content: [
                { type: 'text', text: given.text },
                ...(given.image === undefined
                  ? []
                  : [{ type: 'image' as const, image: given.image, mediaType: 'image/png' }]),
              ],
            })
          }
          const tools: ToolSet = {
            [TOOL.name]: tool({ description: TOOL.description, inputSchema: jsonSchema(TOOL.schema) }),
          }
          const request = {
            model: modelOf(url, model),
            messages,
            maxRetries: 0,
            providerOptions: options(thinks === true),
            ...(system !== undefined && { instructions: system }),
            ...(signal !== undefined && { abortSignal: signal }),
            ...(hasTools === true && { tools }),
            ...(schema !== undefined && { output: Output.object({ schema: jsonSchema(schema) }) }),
          }
          const ask = async () => {
            if (!stream) return generateText(request)
            const result = streamText({ ...request, onError: () => undefined })
            for await (const part of result.stream) {
              if (part.type === 'error') throw part.error
              if (part.type === 'abort') throw new DOMException('aborted', 'AbortError')
              if (part.type === 'text-delta') onText?.(part.text)
            }
            return result
          }
          const answer = await ask()
          const { response, reasoningText } = await answer.finalStep
          messages.push(...response.messages)
          calls = (await answer.toolCalls).map(call => ({
            id: call.toolCallId,
            name: call.toolName,
            input: call.input as unknown,
          }))
          return { text: await answer.text, thought: reasoningText ?? '', calls }
        },
      }
    },
  }
}
