import { Ajv, type ValidateFunction } from 'ajv'
import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect, replay } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { anthropic } from '../../../../proxy/protocols/anthropic/index.ts'
import { openaiChat } from '../../../../proxy/protocols/openai-chat/index.ts'
import * as any from '../../../support/arbitraries.ts'
import { drain, eventsOf, framesOf } from '../../../support/streams.ts'

/** What we write, held against the schema of Anthropic's SDK, in which no field may stand that it does not name. */
const shared = resolve(import.meta.dirname, '../../../../../shared/data')
const file = join(shared, 'specs/anthropic-sdk-1.12.0.schema.json')
const recordings = join(shared, 'recordings')

if (!existsSync(file)) console.log('skipped: the schemas are not beside this checkout (../shared/data/specs)')

const asked: Request = { model: 'm', stream: true, system: [], messages: [], tools: [], sampling: {} }

describe.skipIf(!existsSync(file))('the SDK’s schema', () => {
  const valid = existsSync(file) ? load() : () => undefined

  it('takes every request', () => {
    fc.assert(
      fc.property(any.request, fc.constantFrom('m', 'claude-opus-5-5', 'claude-sonnet-4-5'), (request, model) => {
        // The SDK has no sampling any more, since newest models refuse it; older ones still take it.
        const { stream, temperature, ...body } = sent(
          anthropic.encodeRequest({ ...request, model }),
        ) as Request['sampling'] & {
          stream: boolean
        }
        expect(stream).toBe(request.stream)
        if (model === 'claude-opus-5-5') expect(temperature).toBeUndefined()
        valid('MessageCreateParamsNonStreaming', body)
      }),
    )
  })

  it('takes every whole answer and every event of a stream', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, async reply => {
        valid('Message', sent(anthropic.encodeReply(reply, asked)))
        const { items } = await drain(anthropic.encodeStream(replay(reply), asked))
        for (const { data } of items) valid('RawMessageStreamEvent', JSON.parse(data))
      }),
    )
  })

  it('takes errors', async () => {
    const { items } = await drain(anthropic.encodeStream(eventsOf(), asked))
    for (const { data } of items) valid('ErrorResponse', JSON.parse(data))
  })

  it.skipIf(!existsSync(recordings))('takes recorded streams of other vendors, translated', async () => {
    let count = 0
    for (const vendor of ['deepseek', 'groq', 'mistral', 'moonshotai', 'xai', 'alibaba', 'openai-compatible']) {
      const folder = join(recordings, vendor)
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!name.endsWith('.chunks.txt')) continue
        const lines = readFileSync(join(folder, name), 'utf8')
          .split('\n')
          .map(line => line.replace(/^data: ?/, '').trim())
        const frames = () => openaiChat.decodeStream(framesOf(...lines.filter(line => line !== ''), '[DONE]'))
        const reply = await collect(frames()).catch(() => undefined)
        if (reply === undefined) continue
        count++
        const { items } = await drain(anthropic.encodeStream(frames(), asked))
        expect(items.at(-1)?.event).toBe('message_stop')
        for (const { event, data } of items) if (event !== 'ping') valid('RawMessageStreamEvent', JSON.parse(data))
        valid('Message', sent(anthropic.encodeReply(reply, asked)))
        const again = await collect(anthropic.decodeStream(framesOf(...items.map(({ data }) => data))))
        expect(again).toMatchObject({ id: reply.id, reason: reply.reason })
        if (reply.usage !== undefined) expect(again.usage?.output).toBe(reply.usage.output)
        expect(calls(again.parts)).toEqual(calls(reply.parts))
      }
    }
    expect(count).toBeGreaterThan(10)
  })
})

function calls(parts: Awaited<ReturnType<typeof collect>>['parts']) {
  return parts.flatMap(part =>
    part.type === 'tool-call' ? [[part.id, part.name, part.arguments === '' ? '{}' : part.arguments]] : [],
  )
}

function load() {
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addSchema(closed({ ...schema, $schema: undefined }) as object, 'sdk')
  const known = new Map<string, ValidateFunction>()
  return (definition: string, value: unknown) => {
    const check = known.get(definition) ?? ajv.compile({ $ref: `sdk#/definitions/${definition}` })
    known.set(definition, check)
    if (!check(value)) expect.fail(`${JSON.stringify(value)}\n${JSON.stringify(check.errors?.slice(0, 5), null, 1)}`)
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
