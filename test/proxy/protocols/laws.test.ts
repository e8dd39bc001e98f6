import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../proxy/core/errors.ts'
import { collect, replay, type Reply } from '../../../proxy/core/reply.ts'
import type { Extras, Request } from '../../../proxy/core/request.ts'
import { protocols } from '../../../proxy/protocols/index.ts'
import { decodeSse, encodeSse, type SseFrame } from '../../../proxy/wire/sse.ts'
import * as any from '../../support/arbitraries.ts'
import { damage, damaged, type Damage } from '../../support/damage.ts'
import { bytesOf, cut, drain, eventsOf } from '../../support/streams.ts'

/** What holds of every wire format in the list; a new one is tested the day it is listed. */

const asked: Request = {
  model: 'm',
  stream: true,
  streamUsage: true,
  reasoning: { visible: true },
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: { maxTokens: 100 },
}

/** A JSON value as it comes out of the other side of a connection. */
function sent<T>(body: T): T {
  return JSON.parse(JSON.stringify(body)) as T
}

/** A request without what belongs to the exchange rather than the question: we ask every backend for a stream. */
function question(request: Request) {
  return { ...request, stream: undefined, streamUsage: undefined }
}

/** A reply without what each format adds of its own. */
function substance({ id, model, parts, reason, usage }: Reply) {
  return { id, model, parts, reason, usage: usage && { input: usage.input, output: usage.output } }
}

const places = fc.array(fc.nat(), { maxLength: 20 })

describe.each(protocols)('$id', protocol => {
  const { decodeRequest, encodeRequest, decodeReply, encodeReply, decodeStream, encodeStream } = protocol

  it('keeps a request that is encoded and decoded', () => {
    fc.assert(
      fc.property(any.request, request => {
        const address = { model: request.model, stream: true }
        expect(question(decodeRequest(sent(encodeRequest(request)), address))).toEqual(question(request))
      }),
    )
  })

  it('keeps a whole reply that is encoded and decoded', () => {
    fc.assert(
      fc.property(any.reply, reply => {
        expect(substance(decodeReply(sent(encodeReply(reply, asked))))).toEqual(substance(reply))
      }),
    )
  })

  it('keeps a reply that goes over the wire as a stream', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, async reply => {
        const bytes = await bytesOf(encodeStream(replay(reply), asked))
        const came = await collect(decodeStream(decodeSse(cut(bytes))))
        expect(substance(came)).toEqual(substance(reply))
      }),
    )
  })

  it('gives the same events wherever the network cuts the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, places, async (reply, at) => {
        const bytes = await bytesOf(encodeStream(replay(reply), asked))
        const whole = await drain(decodeStream(decodeSse(cut(bytes))))
        expect(await drain(decodeStream(decodeSse(cut(bytes, at))))).toEqual(whole)
      }),
    )
  })

  it('never takes a stream that was cut short for a shorter answer', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, fc.nat(), async (reply, at) => {
        const bytes = await bytesOf(encodeStream(replay(reply), asked))
        const rest = bytes.subarray(0, at % bytes.length)
        const came = await collect(decodeStream(decodeSse(cut(rest)))).catch((error: unknown) => error)
        if (came instanceof ProxyError) expect(came.kind).toBe('bad-upstream')
        else expect((came as Reply).parts).toEqual(reply.parts)
      }),
    )
  })

  it('tells an error in the middle of a stream, after what came before it', async () => {
    async function* broken() {
      yield* eventsOf(
        [{ type: 'start', id: 'a', model: 'm' }],
        [
          { type: 'part-start', index: 0, part: { type: 'text' } },
          { type: 'part-delta', index: 0, delta: { type: 'text', text: 'so far' } },
        ],
      )
      throw new ProxyError('overloaded', 'no room left')
    }
    const bytes = await bytesOf(encodeStream(broken(), asked))
    const { items, error } = await drain(decodeStream(decodeSse(cut(bytes))))
    expect(items).toContainEqual({ type: 'part-delta', index: 0, delta: { type: 'text', text: 'so far' } })
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ kind: 'overloaded', message: 'no room left' })
    expect(protocol.watch.readStream(bytes.toString(), bytes.toString()).error).toBe('no room left')
  })

  it('takes events that stop without a finish for an error', async () => {
    const bytes = await bytesOf(encodeStream(eventsOf([{ type: 'start', id: 'a', model: 'm' }]), asked))
    const { error } = await drain(decodeStream(decodeSse(cut(bytes))))
    expect(error).toBeInstanceOf(ProxyError)
  })

  it('ignores what other protocols left in the extras', () => {
    const foreign: Extras = {
      'another-protocol': { model: 'leak', messages: [], role: 'leak', type: 'leak', text: 'leak', id: 'leak' },
    }
    const strange = (request: Request): Request => ({
      ...request,
      extras: foreign,
      system: request.system.map(part => ({ ...part, extras: foreign })),
      messages: request.messages.map(message => ({
        ...message,
        extras: foreign,
        parts: message.parts.map(part => ({ ...part, extras: foreign })),
      })),
      tools: request.tools.map(tool => (tool.type === 'server' ? tool : { ...tool, extras: foreign })),
    })
    fc.assert(
      fc.property(any.request, request => {
        expect(encodeRequest(strange(request))).toEqual(encodeRequest(request))
      }),
    )
    fc.assert(
      fc.property(any.reply, reply => {
        const parts = reply.parts.map(part => ({ ...part, extras: foreign }))
        expect(substance(decodeReply(sent(encodeReply({ ...reply, parts, extras: foreign }, asked))))).toEqual(
          substance(reply),
        )
        expect(JSON.stringify(encodeReply({ ...reply, parts, extras: foreign }, asked))).not.toContain('"leak"')
      }),
    )
  })

  it('says what it sent when it is watched', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, async reply => {
        const { readStream, readWhole, hasContent } = protocol.watch
        const bytes = await bytesOf(encodeStream(replay(reply), asked))
        const seen = readStream(bytes.toString(), bytes.toString())
        expect(seen).toMatchObject({ ended: true, usage: reply.usage })
        expect(hasContent(bytes)).toBe(true)
        expect(readWhole(sent(encodeReply(reply, asked))).usage).toEqual(seen.usage)
      }),
    )
  })

  it('answers any body with a request or with an invalid-request, and with nothing else', () => {
    fc.assert(
      fc.property(any.request, damage, (request, harm) => {
        try {
          // What is taken can be sent on.
          JSON.stringify(encodeRequest(decodeRequest(damaged(sent(encodeRequest(request)), harm))))
        } catch (error) {
          expect(error).toBeInstanceOf(ProxyError)
          expect(error).toMatchObject({ kind: 'invalid-request' })
          expect((error as ProxyError).message).not.toBe('')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('refuses a body that is nested too deep to be sent on', () => {
    const body = { ...sent(encodeRequest(asked) as object), deep: nest(100_000) }
    expect(() => decodeRequest(body)).toThrow(expect.objectContaining({ kind: 'invalid-request' }) as Error)
  })

  it('reads any body of a backend as a reply or a ProxyError, and as nothing else', () => {
    fc.assert(
      fc.property(any.reply, damage, (reply, harm) => {
        const body = damaged(sent(encodeReply(reply, asked)), harm)
        try {
          JSON.stringify(encodeReply(decodeReply(body), asked))
        } catch (error) {
          expect(error).toBeInstanceOf(ProxyError)
        }
        expect(protocol.decodeError(500, body)).toBeInstanceOf(ProxyError)
        expect(protocol.watch.readWhole(body)).toBeTypeOf('object')
      }),
      { numRuns: 500 },
    )
  })

  it('reads any frames of a backend as events or a ProxyError, and as nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(any.reply, fc.nat(), damage, async (reply, at, harm) => {
        const { items } = await drain(encodeStream(replay(reply), asked))
        const broken = items.map((frame, nth) => (nth === at % items.length ? damagedFrame(frame, harm) : frame))
        const again = await drain(encodeStream(decodeStream(inOneBatch(broken)), asked))
        expect(again.error).toBeUndefined()
        const { error } = await drain(decodeStream(inOneBatch(broken)))
        if (error !== undefined) expect(error).toBeInstanceOf(ProxyError)
        if (error !== undefined) expect(error).not.toMatchObject({ kind: 'internal' })
        const bytes = encodeSse(broken)
        expect(protocol.watch.readStream(bytes, bytes)).toBeTypeOf('object')
      }),
      { numRuns: 300 },
    )
  })
})

/** A frame whose payload is damaged; an end mark that is no JSON gives way to the damage. */
function damagedFrame(frame: SseFrame, harm: Damage): SseFrame {
  try {
    return { ...frame, data: asText(damaged(JSON.parse(frame.data), harm)) }
  } catch {
    return { ...frame, data: asText(harm.value) }
  }
}

function asText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value)
}

async function* inOneBatch(frames: readonly SseFrame[]) {
  yield frames
}

function nest(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = { a: value }
  return value
}
