import { setTimeout as sleep } from 'node:timers/promises'
import { ProxyError } from '../core/errors.ts'
import type { StreamEvent } from '../core/events.ts'
import type { FunctionTool, JsonSchema, Request } from '../core/request.ts'
import type { LocalBackend } from './backend.ts'

/**
 * A simulator that needs no key and no network, so that a newcomer sees the product work. It says in its first words that
 * it is no model. Its models are its manners.
 */
export const demo: LocalBackend = {
  kind: 'local',
  id: 'demo',
  title: 'Demo (built in)',
  // Clients come with the name of a real model; the demo answers to any.
  closed: false,
  models: ['demo', 'demo-fast', 'demo-slow', 'demo-tools', 'demo-fail', 'demo-overloaded', 'demo-hangup'],
  answer,
}

/** Milliseconds between two words. */
const PACE_MS: Readonly<Record<string, number | undefined>> = { 'demo-fast': 0, 'demo-slow': 700 }
const DEFAULT_PACE_MS = 35
/** Words said before `demo-hangup` breaks off. */
const WORDS_BEFORE_HANGUP = 8

async function* answer(request: Request, signal: AbortSignal): AsyncGenerator<readonly StreamEvent[]> {
  if (request.model === 'demo-fail') throw new ProxyError('bad-upstream', 'This is the demo: `demo-fail` always fails.')
  if (request.model === 'demo-overloaded')
    throw new ProxyError('overloaded', 'This is the demo: `demo-overloaded` is always overloaded.', {
      retryAfterMs: 5000,
    })

  const pace = PACE_MS[request.model] ?? DEFAULT_PACE_MS
  const tool = toolToCall(request)
  const text =
    tool === undefined
      ? speech(request)
      : `This is the built-in demo, not a model. It calls ${tool.name} to show a tool call.`
  const words = text.match(/\S+\s*/g) ?? []
  let said = 0

  yield [{ type: 'start', id: `demo-${crypto.randomUUID()}`, model: request.model }]
  yield [{ type: 'part-start', index: 0, part: { type: 'text' } }]
  for (const word of words) {
    if (pace > 0) await pause(pace, signal)
    if (request.model === 'demo-hangup' && said === WORDS_BEFORE_HANGUP)
      throw new ProxyError('bad-upstream', 'This is the demo: `demo-hangup` broke off in the middle of its answer.')
    if (said === request.sampling.maxTokens) break
    said++
    yield [{ type: 'part-delta', index: 0, delta: { type: 'text', text: word } }]
  }
  yield [{ type: 'part-end', index: 0 }]

  if (tool !== undefined) {
    yield [
      {
        type: 'part-start',
        index: 1,
        part: { type: 'tool-call', id: `call_${crypto.randomUUID()}`, name: tool.name, kind: 'function' },
      },
      { type: 'part-delta', index: 1, delta: { type: 'text', text: JSON.stringify(sampleOf(tool.parameters ?? {})) } },
      { type: 'part-end', index: 1 },
    ]
  }
  yield [
    {
      type: 'finish',
      reason: tool !== undefined ? 'tool-calls' : said < words.length ? 'length' : 'end',
      usage: { input: wordsAsked(request), output: said },
    },
  ]
}

function speech(request: Request): string {
  const asked = lastUserText(request)
  return [
    'This is the built-in demo of LLM Interactive Proxy, not a model: no key is set up yet, and nothing has left this computer.',
    asked === '' ? 'Your request arrived.' : `You asked: “${asked.length > 200 ? `${asked.slice(0, 200)}…` : asked}”`,
    'Add a key with `lip keys set openai`, or name another backend in config.yaml, and the same address answers from it.',
    'To try the proxy further, ask for demo:demo-slow, demo:demo-tools, demo:demo-fail, demo:demo-overloaded or demo:demo-hangup.',
  ].join('\n\n')
}

/** The offered tool that is called: the one the client insists on, or the first one if it talks to `demo-tools` or names tools in a first message. */
function toolToCall(request: Request): FunctionTool | undefined {
  const answered = request.messages.some(message => message.parts.some(part => part.type === 'tool-result'))
  const choice = request.toolChoice
  const tools = request.tools.filter(tool => tool.type === 'function')
  if (choice?.type === 'none') return undefined
  if (choice?.type === 'tool') return tools.find(tool => tool.name === choice.name)
  if (choice?.type === 'allowed')
    return choice.mode === 'required' ? tools.find(tool => choice.names.includes(tool.name)) : undefined
  if (choice?.type === 'required') return tools[0]
  return request.model === 'demo-tools' && !answered ? tools[0] : undefined
}

/** The plainest value that a JSON Schema allows. */
function sampleOf(schema: JsonSchema): unknown {
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as unknown
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  switch (type) {
    case 'string':
      return 'demo'
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1
    case 'boolean':
      return true
    case 'array':
      return isSchema(schema['items']) ? [sampleOf(schema['items'])] : []
    case 'null':
      return null
    default:
      return sampleObject(schema)
  }
}

function sampleObject(schema: JsonSchema): Record<string, unknown> {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []
  const sample: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    if (required.includes(name) && isSchema(property)) sample[name] = sampleOf(property)
  }
  return sample
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lastUserText(request: Request): string {
  const last = request.messages.findLast(message => message.role === 'user')
  return (last?.parts ?? [])
    .map(part => (part.type === 'text' ? part.text : ''))
    .join(' ')
    .trim()
}

/** Words stand in for tokens: the demo has no tokeniser. */
function wordsAsked(request: Request): number {
  const texts = [
    ...request.system.map(part => part.text),
    ...request.messages.flatMap(message => message.parts.map(part => (part.type === 'text' ? part.text : ''))),
  ]
  return texts
    .join(' ')
    .split(/\s+/)
    .filter(word => word !== '').length
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch (cause) {
    throw new ProxyError('cancelled', 'the client hung up', { cause })
  }
}
