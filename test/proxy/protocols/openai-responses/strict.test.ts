import { Ajv, type ValidateFunction } from 'ajv'
import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect, replay, type Reply } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { protocols } from '../../../../proxy/protocols/index.ts'
import { openaiResponses } from '../../../../proxy/protocols/openai-responses/index.ts'
import * as any from '../../../support/arbitraries.ts'
import { faultsOf } from '../../../support/responses-grammar.ts'
import { drain, framesOf } from '../../../support/streams.ts'

/** What we write, held against the schema of OpenAI's SDK, in which no field may stand that it does not name, and the grammar. */
const shared = resolve(import.meta.dirname, '../../../../../shared/data')
const file = join(shared, 'specs/openai-sdk-7.57.0.schema.json')
const recordings = join(shared, 'recordings')

if (!existsSync(file)) console.log('skipped: the schemas are not beside this checkout (../shared/data/specs)')

const asked: Request = { model: 'm', stream: true, system: [], messages: [], tools: [], sampling: {} }

describe.skipIf(!existsSync(file))('the SDK’s schema', () => {
  const valid = existsSync(file) ? load() : () => undefined

  it('takes every request', () => {
    fc.assert(
      fc.property(any.request, fc.constantFrom('m', 'gpt-5', 'gpt-4o', 'gpt-5.6-sol'), (request, model) => {
        const { stream, ...body } = sent(openaiResponses.encodeRequest({ ...request, model })) as Request
        expect(stream).toBe(request.stream)
        valid('ResponseCreateParamsNonStreaming', body)
      }),
    )
  })

  it('takes every whole answer and every event of a stream, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, any.request, async (reply, request) => {
        valid('Response', asWritten(openaiResponses.encodeReply(reply, request)))
        const { items } = await drain(openaiResponses.encodeStream(replay(reply), request))
        expect(faultsOf(items)).toEqual([])
        for (const { event = '', data } of items) valid(eventOf(event), asEvent(JSON.parse(data)))
      }),
    )
  })

  it.skipIf(!existsSync(recordings))('takes recorded streams of all vendors, translated', async () => {
    const counts = new Map<string, number>()
    for (const name of readdirSync(recordings, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.chunks.txt') || /spliced|interactions/.test(name)) continue
      const lines = readFileSync(join(recordings, name), 'utf8')
        .split('\n')
        .map(line => line.replace(/^data: ?/, '').trim())
        .filter(line => line !== '')
      for (const protocol of protocols) {
        if (protocol.id === 'openai-responses' || protocol.id === 'code-assist') continue
        const events = () =>
          protocol.decodeStream(framesOf(...lines, ...(protocol.id === 'openai-chat' ? ['[DONE]'] : [])))
        const reply = await collect(events()).catch(() => undefined)
        if (reply === undefined || reply.parts.length === 0) continue
        counts.set(protocol.id, (counts.get(protocol.id) ?? 0) + 1)
        const { items } = await drain(openaiResponses.encodeStream(events(), asked))
        expect(faultsOf(items), name).toEqual([])
        for (const { event = '', data } of items) valid(eventOf(event), asEvent(JSON.parse(data)))
        valid('Response', asWritten(openaiResponses.encodeReply(reply, asked)))
        const again = await collect(openaiResponses.decodeStream(framesOf(...items.map(({ data }) => data))))
        expect(essence(again), name).toEqual(essence(reply))
      }
    }
    expect([...counts.keys()].sort()).toEqual(['anthropic', 'gemini', 'openai-chat'])
    for (const count of counts.values()) expect(count).toBeGreaterThan(3)
  })
})

/** What survives: words, thoughts, calls and the reason. Sound has no place, a pause is a whole answer, and a refusal without words a filter’s. */
function essence({ id, parts, reason }: Reply) {
  const words = (type: string) => parts.map(part => (part.type === type && 'text' in part ? part.text : '')).join('')
  const calls = parts.flatMap(part => (part.type === 'tool-call' ? [[part.id, part.name, part.arguments]] : []))
  const lost = ['stop-sequence', 'pause', 'other']
  const refused = parts.some(part => part.type === 'refusal')
  return {
    id,
    text: words('text'),
    thoughts: words('reasoning'),
    calls,
    reason: lost.includes(reason) ? 'end' : reason === 'refusal' && !refused ? 'content-filter' : reason,
  }
}

/** A convenience of the SDK that is not on the wire. */
function asWritten(response: unknown): unknown {
  return { output_text: '', ...withKnownStatus(sent(response) as object) }
}

function asEvent(event: unknown): unknown {
  const { response, item, ...rest } = event as { response?: object; item?: object; type: string; name?: string }
  // The reference has the name, the SDK's newest types do not.
  if (rest.type === 'response.function_call_arguments.done') delete rest.name
  return {
    ...rest,
    ...(response !== undefined && { response: asWritten(response) }),
    ...(item !== undefined && { item: withoutStatus(item) }),
  }
}

/** OpenAI gives calls of custom tools a status, and says when it makes an answer whether it keeps it: the SDK knows of neither. */
function withKnownStatus({ output, store: _, ...response }: { output?: object[]; store?: boolean }) {
  return { ...response, output: (output ?? []).map(withoutStatus) }
}

function withoutStatus(item: { type?: string; status?: string }) {
  const { status, ...rest } = item
  return item.type === 'custom_tool_call' || status === undefined ? rest : item
}

/** The schema's definition of an event. */
function eventOf(type: string): string {
  const words = type.split(/[._]/).map(word => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
  const name = words
    .join('')
    .replace('ResponseOutputTextD', 'ResponseTextD')
    .replace('ImageGenerationCall', 'ImageGenCall')
  return `${name.startsWith('Response') ? name : `Response${name}`}Event`
}

function load() {
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addSchema(closed({ ...schema, $schema: undefined }) as object, 'sdk')
  const known = new Map<string, ValidateFunction>()
  return (definition: string, value: unknown) => {
    const check = known.get(definition) ?? ajv.compile({ $ref: `sdk#/definitions/${definition}` })
    known.set(definition, check)
    if (!check(value))
      expect.fail(`${JSON.stringify(value).slice(0, 3000)}\n${JSON.stringify(check.errors?.slice(0, 8), null, 1)}`)
  }
}

/** The schema with its objects closed. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  const isObject = 'properties' in inner && inner['type'] === 'object' && !('additionalProperties' in inner)
  return isObject ? { ...inner, additionalProperties: false } : inner
}

function sent(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body))
}
