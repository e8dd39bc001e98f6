import { Ajv, type ValidateFunction } from 'ajv'
import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect, replay, type Reply } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { anthropic } from '../../../../proxy/protocols/anthropic/index.ts'
import { codeAssist } from '../../../../proxy/protocols/code-assist/index.ts'
import { gemini } from '../../../../proxy/protocols/gemini/index.ts'
import { openaiChat } from '../../../../proxy/protocols/openai-chat/index.ts'
import type { Protocol } from '../../../../proxy/protocols/protocol.ts'
import { encodeSse, type SseFrame } from '../../../../proxy/wire/sse.ts'
import * as any from '../../../support/arbitraries.ts'
import { faultOf } from '../../../support/gemini-rules.ts'
import { drain, eventsOf, framesOf } from '../../../support/streams.ts'

/** What we write, held against Google's own description of the API, in which no field may stand that it does not name. */
const shared = resolve(import.meta.dirname, '../../../../../shared/data')
const file = join(shared, 'specs/gemini-v1beta-openapi.json')
const recordings = join(shared, 'recordings')

if (!existsSync(file)) console.log('skipped: the schemas are not beside this checkout (../shared/data/specs)')

const asked: Request = {
  model: 'm',
  stream: true,
  streamUsage: true,
  reasoning: { visible: true },
  system: [],
  messages: [],
  tools: [],
  sampling: {},
}

const models = fc.constantFrom(
  'm',
  'gemini-2.0-flash',
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-3-pro-preview',
  'gemini-3-flash-preview',
)

describe('what Google refuses', () => {
  it('is not in any request, whatever the model', () => {
    fc.assert(
      fc.property(any.request, models, (request, model) => {
        expect(faultOf(sent(gemini.encodeRequest({ ...request, model })), model)).toBeUndefined()
        const { request: inside } = sent(codeAssist.encodeRequest({ ...request, model })) as { request: unknown }
        expect(faultOf(inside, model)).toBeUndefined()
      }),
    )
  })
})

describe('the frames of a stream', () => {
  it('are what the oldest of Google’s clients can read', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, async reply => {
        const { items } = await drain(gemini.encodeStream(replay(reply), asked))
        checkGrammar(items)
        // As Gemini CLI takes a stream apart, in which a dot meets no line separator.
        let rest = encodeSse(items)
        let count = 0
        for (let match = /^\s*data: (.*)(?:\n\n|\r\r|\r\n\r\n)/.exec(rest); match !== null; count++) {
          JSON.parse(match[1] ?? '')
          rest = rest.slice(match[0].length)
          match = /^\s*data: (.*)(?:\n\n|\r\r|\r\n\r\n)/.exec(rest)
        }
        expect(rest).toBe('')
        expect(count).toBe(items.length)
      }),
    )
  })
})

describe.skipIf(!existsSync(file))('Google’s description', () => {
  const valid = existsSync(file) ? load() : () => undefined

  it('takes every request', () => {
    fc.assert(
      fc.property(any.request, models, (request, model) => {
        valid('GenerateContentRequest', sent(gemini.encodeRequest({ ...request, model })))
      }),
    )
  })

  it('takes every whole answer and every frame of a stream', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, async reply => {
        valid('GenerateContentResponse', sent(gemini.encodeReply(reply, asked)))
        const { items } = await drain(gemini.encodeStream(replay(reply), asked))
        for (const { data } of items) valid('GenerateContentResponse', JSON.parse(data))
      }),
    )
  })

  it('names every field of an error', async () => {
    const { items } = await drain(gemini.encodeStream(eventsOf(), asked))
    expect(JSON.parse(items.at(-1)?.data ?? '')).toEqual({
      error: { code: 502, status: 'INTERNAL', message: 'The answer stopped before its end.' },
    })
  })

  it.skipIf(!existsSync(recordings)).each([
    ['anthropic', anthropic],
    ['deepseek', openaiChat],
    ['groq', openaiChat],
    ['mistral', openaiChat],
    ['moonshotai', openaiChat],
    ['xai', openaiChat],
    ['alibaba', openaiChat],
    ['openai-compatible', openaiChat],
  ] as const)('takes recorded streams of %s, translated', async (vendor, protocol) => {
    let count = 0
    for (const { name, frames, reply } of await recorded(vendor, protocol)) {
      count++
      const { items } = await drain(gemini.encodeStream(protocol.decodeStream(frames()), asked))
      checkGrammar(items)
      for (const { data } of items) valid('GenerateContentResponse', JSON.parse(data))
      valid('GenerateContentResponse', sent(gemini.encodeReply(reply, asked)))
      const streamed = await collect(gemini.decodeStream(framesOf(...items.map(({ data }) => data))))
      expect(said(streamed), name).toEqual(said(reply))
      expect(said(gemini.decodeReply(sent(gemini.encodeReply(reply, asked)))), name).toEqual(said(reply))
      if (reply.usage !== undefined) expect(streamed.usage).toMatchObject({ output: reply.usage.output })
    }
    expect(count).toBeGreaterThan(0)
  })
})

describe.skipIf(!existsSync(recordings))('recorded streams of Google', () => {
  it.each([
    ['anthropic', anthropic],
    ['openai-chat', openaiChat],
    ['code-assist', codeAssist],
  ] as const)('say the same in %s', async (_, other) => {
    const answers = await recorded('google', gemini)
    expect(answers.length).toBeGreaterThan(7)
    for (const { name, frames, reply } of answers) {
      const { items, error } = await drain(other.encodeStream(gemini.decodeStream(frames()), asked))
      expect(error).toBeUndefined()
      const again = await collect(other.decodeStream(framesOf(...items.map(({ data }) => data))))
      expect(said(again), name).toEqual(said(reply))
      expect(again.usage, name).toMatchObject({ input: reply.usage?.input, output: reply.usage?.output })
      expect(said(other.decodeReply(sent(other.encodeReply(reply, asked)))), name).toEqual(said(reply))
    }
  })

  it('reads the requests and answers of Google’s own SDK', async () => {
    const folder = join(recordings, 'google/genai-recordings')
    let count = 0
    for (const name of readdirSync(folder).filter(one => one.endsWith('.json'))) {
      const { interactions } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { interactions: Interaction[] }
      for (const { request, response } of interactions) {
        const answer = (response.body ?? []).filter(chunk => chunk !== null)
        const [, model = '', method] = /models\/([^:]+):(\w+)/.exec(request.path) ?? []
        if ((method !== 'generateContent' && method !== 'streamGenerateContent') || answer.length === 0) continue
        const address = { model, stream: method !== 'generateContent' }
        const question = gemini.decodeRequest(request.body[0], address)
        expect(question.messages).not.toEqual([])
        expect(faultOf(sent(gemini.encodeRequest(question)), model), name).toBeUndefined()
        expect(said(gemini.decodeReply(answer)).parts, name).not.toEqual([])
        count++
      }
    }
    expect(count).toBeGreaterThan(15)
  })
})

interface Interaction {
  readonly request: { readonly path: string; readonly body: readonly unknown[] }
  readonly response: { readonly body: readonly unknown[] | null }
}

/** Streams of a vendor that read as an answer. */
async function recorded(vendor: string, protocol: Protocol) {
  const folder = join(recordings, vendor)
  const answers = []
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.chunks.txt')) continue
    const lines = readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .map(line => line.replace(/^data: ?/, '').trim())
      .filter(line => line !== '')
    const end = protocol.id === 'openai-chat' ? ['[DONE]'] : []
    const frames = () => framesOf(...lines, ...end)
    const reply = await collect(protocol.decodeStream(frames())).catch(() => undefined)
    if (reply !== undefined) answers.push({ name, frames, reply })
  }
  return answers
}

/** What every format can say of an answer. */
function said({ parts, reason }: Reply) {
  const text = (type: string) => parts.map(part => (part.type === type && 'text' in part ? part.text : '')).join('')
  const calls = parts.flatMap(part =>
    part.type === 'tool-call' ? [[part.id, part.name, JSON.parse(part.arguments || '{}') as unknown]] : [],
  )
  return {
    parts: [text('text'), text('reasoning').replace(/\s+/g, ' ').trim(), calls],
    reason: REASONS[reason] ?? reason,
  }
}

/** Reasons for which Google has one word. */
const REASONS: Readonly<Record<string, string>> = { 'stop-sequence': 'end', refusal: 'content-filter', pause: 'end' }

/** Each frame a whole response of one candidate; one reason to stop, in the last frame; the same id in all of them. */
function checkGrammar(frames: readonly SseFrame[]) {
  const chunks = frames.map(({ data }) => JSON.parse(data) as Record<string, unknown>)
  expect(frames.every(({ event, data }) => event === undefined && !/[\u2028\u2029\n\r]/.test(data))).toBe(true)
  expect(new Set(chunks.map(({ responseId }) => responseId)).size).toBe(1)
  const candidates = chunks.map(({ candidates }) => (candidates as Record<string, unknown>[])[0] ?? {})
  expect(candidates.map(({ finishReason }) => typeof finishReason)).toEqual([
    ...chunks.slice(1).map(() => 'undefined'),
    'string',
  ])
  for (const [at, candidate] of candidates.entries()) {
    expect(candidate).toMatchObject({ index: 0, content: { role: 'model' } })
    expect((candidate['content'] as { parts: unknown[] }).parts).toHaveLength(1)
    expect(chunks[at]?.['usageMetadata']).toHaveProperty('totalTokenCount')
  }
}

function load() {
  const document = JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: object } }
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema({ components: closed({ schemas: document.components.schemas }) as object }, 'spec')
  const known = new Map<string, ValidateFunction>()
  return (name: string, value: unknown) => {
    const check = known.get(name) ?? ajv.compile({ $ref: `spec#/components/schemas/${name}` })
    known.set(name, check)
    if (!check(value)) expect.fail(`${JSON.stringify(value)}\n${JSON.stringify(check.errors?.slice(0, 5), null, 1)}`)
  }
}

/** The schema with its objects closed, and references into one document. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const { $ref, discriminator: _, example: __, xml: ___, ...rest } = schema as Record<string, unknown>
  if (typeof $ref === 'string') return { $ref: `spec${$ref}` }
  const inner = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, closed(value)]))
  const isObject = inner['type'] === 'object' && 'properties' in inner && !('additionalProperties' in inner)
  return isObject ? { ...inner, additionalProperties: false } : inner
}

function sent(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body))
}
