import type { Message, Request, Sampling, ServerTool, Tool } from '../core/request.ts'
import type { Protocol } from './protocol.ts'

type Target = Pick<Protocol, 'id' | 'encodeRequest'>

/**
 * What of a request a protocol has no words for, by name: the rules by which encoders leave things out, seen from outside. A
 * client asks in the same way turn after turn, so that what is lost of its settings is found out once.
 */
export function dropped(protocol: Target, request: Request): readonly string[] {
  const foreign = foreignParts(protocol.id, request.messages)
  const lost = lostSettings(protocol, request)
  return foreign === undefined ? lost : [...lost, foreign]
}

/** Ways of asking that are remembered for each protocol. */
const MOST_KNOWN = 200

const known = new WeakMap<Target['encodeRequest'], Map<string, readonly string[]>>()

function lostSettings(protocol: Target, request: Request): readonly string[] {
  const found = known.get(protocol.encodeRequest) ?? new Map<string, readonly string[]>()
  known.set(protocol.encodeRequest, found)
  const bones = bonesOf(request)
  const foreign = foreignTools(protocol.id, request.tools)
  const key = JSON.stringify([bones, foreign])
  const before = found.get(key)
  if (before !== undefined) return before
  const lost = findLost(protocol, bones, foreign)
  if (found.size >= MOST_KNOWN) found.clear()
  found.set(key, lost)
  return lost
}

/**
 * A field is dropped if the request reads the same to the backend without it. Tried on the request's bare bones, so that it
 * costs the same however long the conversation is. A tool that another vendor runs is tried alone and field by field, since some
 * have one that does the same; what only another protocol knows goes by what it is.
 */
function findLost({ encodeRequest }: Target, bones: Request, foreign: readonly ServerTool[]): string[] {
  const whole = JSON.stringify(encodeRequest(bones))
  const fields = Object.entries(without)
    .filter(([, remove]) => {
      const less = remove(bones)
      return less !== undefined && JSON.stringify(encodeRequest(less)) === whole
    })
    .map(([name]) => name)
  const encodedWith = (tools: readonly Tool[]) =>
    JSON.stringify(encodeRequest({ ...bones, toolChoice: undefined, tools }))
  const none = encodedWith([])
  const lostOf = (tool: ServerTool) => {
    const sent = encodedWith([tool])
    if (sent === none) return [`tool ${tool.name}`]
    return Object.entries(tool.raw)
      .filter(([field, value]) => value != null && !['type', 'name', tool.name].includes(field))
      .filter(([field]) => encodedWith([{ ...tool, raw: { ...tool.raw, [field]: undefined } }]) === sent)
      .map(([field]) => `tool ${tool.name}: ${field}`)
  }
  return [...fields, ...foreign.flatMap(lostOf)]
}

/**
 * The request with one short message and tools without their schemas, those alone that the client calls or chooses: as much as
 * the encoding of its settings depends on.
 */
function bonesOf(request: Request): Request {
  const { toolChoice } = request
  return {
    ...request,
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'x' }] }],
    tools: request.tools.flatMap((tool): Tool[] => {
      if (tool.type !== 'server') return [{ type: 'function', name: tool.name }]
      return toolChoice?.type === 'tool' && toolChoice.name === tool.name ? [tool] : []
    }),
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

function foreignParts(id: string, messages: readonly Message[]): string | undefined {
  const foreign = messages
    .flatMap(message => message.parts)
    .filter(part => part.type === 'opaque' && part.protocol !== id)
  return foreign.length === 0 ? undefined : `parts of ${protocolsOf(foreign)}`
}

function protocolsOf(parts: Message['parts']): string {
  return [...new Set(parts.flatMap(part => (part.type === 'opaque' ? [part.protocol] : [])))].join(', ')
}
