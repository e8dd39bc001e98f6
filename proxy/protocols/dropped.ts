import type { Message, Request, Sampling, ServerTool, Tool } from '../core/request.ts'
import type { Protocol } from './protocol.ts'

/**
 * What of a request a protocol has no words for, by name: the rules by which encoders leave things out, seen from outside. A
 * field is dropped if the request reads the same to the backend without it. Tried on the request's bare bones, so that it costs
 * next to nothing however long the conversation is. A tool that another vendor runs is tried alone, since some have one that
 * does the same; what only another protocol knows goes by what it is.
 */
export function dropped({ id, encodeRequest }: Pick<Protocol, 'id' | 'encodeRequest'>, request: Request): string[] {
  const bones = boneOf(request)
  const whole = JSON.stringify(encodeRequest(bones))
  const fields = Object.entries(without)
    .filter(([, remove]) => {
      const less = remove(bones)
      return less !== undefined && JSON.stringify(encodeRequest(less)) === whole
    })
    .map(([name]) => name)
  const encodedWith = (tools: readonly Tool[]) =>
    JSON.stringify(encodeRequest({ ...bones, toolChoice: undefined, tools }))
  const isLost = (tool: Tool) => encodedWith([tool]) === encodedWith([])
  const tools = foreignTools(id, request.tools)
    .filter(isLost)
    .map(({ name }) => `tool ${name}`)
  return [...fields, ...tools, ...foreignParts(id, request.messages)]
}

/** The request with one short message and tools without their schemas: as much as the encoding of its settings depends on. */
function boneOf(request: Request): Request {
  return {
    ...request,
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'x' }] }],
    tools: request.tools.flatMap(tool => (tool.type === 'server' ? [] : [{ type: 'function', name: tool.name }])),
  }
}

type Without = (request: Request) => Request | undefined

/** Each setting a client may have made, by the name it is known by, and the request without it; nothing if it was not made. */
const without: Readonly<Record<string, Without>> = {
  temperature: sampling('temperature'),
  top_p: sampling('topP'),
  top_k: sampling('topK'),
  min_p: sampling('minP'),
  frequency_penalty: sampling('frequencyPenalty'),
  presence_penalty: sampling('presencePenalty'),
  seed: sampling('seed'),
  stop: sampling('stop'),
  logprobs: sampling('logprobs'),
  logit_bias: sampling('logitBias'),
  max_tokens: sampling('maxTokens'),
  parallel_tools: request => removed(request, 'parallelTools'),
  tool_choice: request => (request.toolChoice?.type === 'auto' ? undefined : removed(request, 'toolChoice')),
  reasoning: request => removed(request, 'reasoning'),
  verbosity: request => removed(request, 'verbosity'),
  format: request => (request.format?.type === 'text' ? undefined : removed(request, 'format')),
  prompt_cache_key: request => (request.cache?.key === undefined ? undefined : removed(request, 'cache')),
  metadata: request => removed(request, 'metadata'),
  user: request => removed(request, 'user'),
  service_tier: request => removed(request, 'serviceTier'),
}

function sampling(field: keyof Sampling): Without {
  return request => {
    const { [field]: value, ...rest } = request.sampling
    return value === undefined || value === false ? undefined : { ...request, sampling: rest }
  }
}

function removed(request: Request, field: keyof Request): Request | undefined {
  return request[field] === undefined ? undefined : { ...request, [field]: undefined }
}

function foreignTools(id: string, tools: readonly Tool[]): ServerTool[] {
  return tools.filter(tool => tool.type === 'server').filter(({ protocol }) => protocol !== id)
}

function foreignParts(id: string, messages: readonly Message[]): string[] {
  const foreign = messages
    .flatMap(message => message.parts)
    .filter(part => part.type === 'opaque' && part.protocol !== id)
  return foreign.length === 0 ? [] : [`parts of ${protocolsOf(foreign)}`]
}

function protocolsOf(parts: Message['parts']): string {
  return [...new Set(parts.flatMap(part => (part.type === 'opaque' ? [part.protocol] : [])))].join(', ')
}
