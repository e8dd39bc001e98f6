import { describe, expect, it } from 'vitest'
import { unpackThoughts } from '../../../../proxy/core/carried-thoughts.ts'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import type { StreamEvent } from '../../../../proxy/core/events.ts'
import { collect } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { decodeStream, encodeStream } from '../../../../proxy/protocols/gemini/stream.ts'
import { encodeStream as encodeChat } from '../../../../proxy/protocols/openai-chat/stream.ts'
import { encodeStream as encodeAnthropic } from '../../../../proxy/protocols/anthropic/stream.ts'
import { drain, eventsOf, framesOf } from '../../../support/streams.ts'

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

const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 4, thoughtsTokenCount: 3, totalTokenCount: 16 }
const chunk = (parts: unknown[], candidate: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...candidate }],
  usageMetadata,
  modelVersion: 'gemini-x',
  responseId: 'r1',
})
const stop = chunk([{ text: '' }], { finishReason: 'STOP' })
const call = (name: string, args?: object, more: object = {}) => ({
  functionCall: { name, ...(args && { args }) },
  ...more,
})

const read = (...chunks: unknown[]) => collect(decodeStream(framesOf(...chunks)))
const parts = async (...wire: unknown[]) => (await read(chunk(wire), stop)).parts

describe('decodeStream', () => {
  it('gives events as the frames come', async () => {
    const { items } = await drain(decodeStream(framesOf(chunk([{ text: 'Hel' }]), chunk([{ text: 'lo' }]), stop)))
    const usage = { input: 9, output: 7, reasoning: 3 }
    expect(items).toEqual([
      { type: 'start', id: 'r1', model: 'gemini-x', usage },
      { type: 'part-start', index: 0, part: { type: 'text' } },
      { type: 'part-delta', index: 0, delta: { type: 'text', text: 'Hel' } },
      { type: 'part-delta', index: 0, delta: { type: 'text', text: 'lo' } },
      { type: 'part-end', index: 0 },
      { type: 'finish', reason: 'end', rawReason: 'STOP', usage },
    ])
  })

  it('says that tools are called, though the reason comes later and is STOP (T03)', async () => {
    const { parts: said, reason } = await read(chunk([call('f', { a: 1 })]), stop)
    expect(said).toMatchObject([{ type: 'tool-call', name: 'f', arguments: '{"a":1}' }])
    expect(reason).toBe('tool-calls')
    const { items } = await drain(encodeChat(decodeStream(framesOf(chunk([call('f')]), stop)), asked))
    expect(items.map(({ data }) => data).join()).toContain('"finish_reason":"tool_calls"')
  })

  it('brings a whole call to an Anthropic client in a delta (T16)', async () => {
    const { items } = await drain(encodeAnthropic(decodeStream(framesOf(chunk([call('f', { a: 1 })]), stop)), asked))
    const deltas = items
      .filter(({ event }) => event === 'content_block_delta')
      .map(({ data }) => JSON.parse(data) as unknown)
    expect(deltas).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{"a":1}' },
    })
  })

  it('gives calls without an id one of their own, always the same', async () => {
    const [one, other] = await parts(call('f', {}), call('f', {}))
    expect(one).toMatchObject({ id: expect.stringMatching(/^call_/) as string })
    expect(one).not.toEqual(other)
    expect(await parts(call('f', {}), call('f', {}))).toEqual([one, other])
    expect(await parts({ functionCall: { id: 'x', name: 'f' } })).toMatchObject([{ id: 'x', arguments: '{}' }])
  })

  it('captures signatures wherever they hang: on calls, on thoughts, on a last text without words (T42)', async () => {
    const signature = (value: string) => ({ protocol: 'gemini', value })
    expect(
      await parts(
        { text: 'hm', thought: true, thoughtSignature: 'A' },
        { text: 'so' },
        { text: '', thoughtSignature: 'B' },
        call('f', {}, { thoughtSignature: 'C' }),
        { text: '', thoughtSignature: 'D' },
      ),
    ).toMatchObject([
      { type: 'reasoning', text: 'hm', signature: signature('A') },
      { type: 'text', text: 'so', signature: signature('B') },
      { type: 'tool-call', signature: signature('C') },
      { type: 'text', text: '', signature: signature('D') },
    ])
  })

  it('puts the pieces of streamed arguments together, even if nobody says that they end', async () => {
    const pieces = (...partialArgs: object[]) => ({ functionCall: { partialArgs, willContinue: true } })
    const begin = (name: string) => ({ functionCall: { name, willContinue: true } })
    expect(
      await parts(
        begin('f'),
        pieces({ jsonPath: '$.items[0].name', stringValue: 'ap', willContinue: true }),
        pieces({ jsonPath: '$.items[0].name', stringValue: 'ple' }, { jsonPath: '$.items[1].price', numberValue: 0.5 }),
        pieces({ jsonPath: "$['odd name']", boolValue: true }, { jsonPath: '$.__proto__.x', nullValue: null }),
        { functionCall: {} },
        begin('g'),
        pieces({ jsonPath: '$.a', stringValue: 'b' }),
      ),
    ).toMatchObject([
      {
        name: 'f',
        arguments: '{"items":[{"name":"apple"},{"price":0.5}],"odd name":true,"__proto__":{"x":null}}',
      },
      { name: 'g', arguments: '{"a":"b"}' },
    ])
  })

  it('takes chunks that only hold the place of usage for nothing told', async () => {
    const placeholder = { promptTokenCount: 0, candidatesTokenCount: 0, totalTokenCount: 0 }
    const { usage } = await read(chunk([{ text: 'x' }]), { ...stop, usageMetadata: placeholder })
    expect(usage).toMatchObject({ input: 9, output: 7 })
  })

  it.each([
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'recitation'],
    ['MALFORMED_FUNCTION_CALL', 'malformed-tool-call'],
    ['LANGUAGE', 'content-filter'],
    ['A_REASON_TO_COME', 'other'],
  ])('reads the reason %s', async (finishReason, reason) => {
    expect(await read(chunk([{ text: 'x' }], { finishReason }))).toMatchObject({ reason, rawReason: finishReason })
  })

  it('tells a call that the model did not manage as an error to clients that have no word for it (T64)', async () => {
    const failed = { candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL' }] }
    const { items } = await drain(encodeChat(decodeStream(framesOf(failed)), asked))
    expect(items.at(-1)?.data).toContain('"error"')
  })

  it('takes a question that was blocked for filtered, not for an empty answer (T65)', async () => {
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata }
    expect(await read(blocked)).toMatchObject({ parts: [], reason: 'content-filter', rawReason: 'PROHIBITED_CONTENT' })
    const { items } = await drain(encodeStream(decodeStream(framesOf(blocked)), asked))
    expect(JSON.parse(items.at(-1)?.data ?? '')).toMatchObject({
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    })
  })

  it('bears answers without content, and reads only the first of several', async () => {
    const empty = { candidates: [{ finishReason: 'STOP' }], usageMetadata }
    expect(await read(empty)).toMatchObject({ parts: [], reason: 'end' })
    const two = {
      candidates: [
        { index: 1, content: { parts: [{ text: 'no' }] } },
        { index: 0, content: { parts: [{ text: 'yes' }] } },
      ],
    }
    expect((await read(two, stop)).parts).toEqual([{ type: 'text', text: 'yes' }])
  })

  it('takes a stream that just stops for broken, after what came before', async () => {
    const { items, error } = await drain(decodeStream(framesOf(chunk([{ text: 'so far' }]))))
    expect(items).toContainEqual({ type: 'part-delta', index: 0, delta: { type: 'text', text: 'so far' } })
    expect(error).toMatchObject({ kind: 'bad-upstream' })
    expect((await drain(decodeStream(framesOf()))).error).toMatchObject({ kind: 'bad-upstream' })
  })

  it('tells an error in the middle, in an array too', async () => {
    const failure = {
      error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '2.5s' }] },
    }
    const { items, error } = await drain(decodeStream(framesOf(chunk([{ text: 'x' }]), failure)))
    expect(items.length).toBeGreaterThan(1)
    expect(error).toMatchObject({ kind: 'rate-limited', message: 'slow down', retryAfterMs: 2500 })
  })

  it('keeps what only Google knows, and gives images that the model made', async () => {
    const code = { executableCode: { language: 'PYTHON', code: '1+1' } }
    const image = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }
    expect(await parts(code, image)).toEqual([
      { type: 'opaque', protocol: 'gemini', raw: code },
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
    ])
  })

  it('reads where an answer is from, and how likely its tokens were', async () => {
    const groundingMetadata = {
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
      groundingSupports: [{ segment: { startIndex: 0, endIndex: 3, text: 'sky' }, groundingChunkIndices: [0, 7] }],
    }
    const logprobsResult = {
      chosenCandidates: [{ token: 'sky', logProbability: -0.1 }],
      topCandidates: [{ candidates: [{ token: 'sea', logProbability: -2 }] }],
    }
    const { parts: said, extras } = await read(
      chunk([{ text: 'sky' }], { finishReason: 'STOP', groundingMetadata, logprobsResult }),
    )
    const bytes = (text: string) => [...Buffer.from(text)]
    expect(said).toEqual([
      {
        type: 'text',
        text: 'sky',
        citations: [{ url: 'https://a.example', title: 'A', quote: 'sky' }],
        logprobs: [
          {
            token: 'sky',
            logprob: -0.1,
            bytes: bytes('sky'),
            top_logprobs: [{ token: 'sea', logprob: -2, bytes: bytes('sea') }],
          },
        ],
      },
    ])
    expect(extras).toEqual({ gemini: { candidate: { groundingMetadata } } })
  })
})

const start: StreamEvent = { type: 'start', id: 'r1', model: 'm', usage: { input: 9, output: 0 } }
const finish: StreamEvent = {
  type: 'finish',
  reason: 'end',
  usage: { input: 9, output: 4, cacheRead: 2, reasoning: 1 },
}
const opened = (index: number, part: Extract<StreamEvent, { type: 'part-start' }>['part']): StreamEvent => ({
  type: 'part-start',
  index,
  part,
})
const more = (index: number, text: string): StreamEvent => ({
  type: 'part-delta',
  index,
  delta: { type: 'text', text },
})
const ended = (index: number): StreamEvent => ({ type: 'part-end', index })
const signed = (index: number, protocol: string, value: string): StreamEvent => ({
  type: 'part-delta',
  index,
  delta: { type: 'signature', signature: { protocol, value } },
})

interface Chunk {
  readonly candidates: readonly { readonly content: { readonly parts: readonly Record<string, unknown>[] } }[]
}

async function written(...events: StreamEvent[]): Promise<Record<string, unknown>[]> {
  const { items } = await drain(encodeStream(eventsOf(events), asked))
  return items.map(({ data }) => JSON.parse(data) as Record<string, unknown>)
}

async function writtenParts(...events: StreamEvent[]) {
  const chunks = (await written(start, ...events, finish)) as unknown as Chunk[]
  return chunks.slice(0, -1).flatMap(({ candidates }) => candidates.flatMap(({ content }) => content.parts))
}

describe('encodeStream', () => {
  it('writes the whole grammar', async () => {
    const head = { modelVersion: 'm', responseId: 'r1' }
    expect(
      await written(start, opened(0, { type: 'text' }), more(0, 'Hi'), ended(0), { type: 'ping' }, finish),
    ).toEqual([
      {
        candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, index: 0 }],
        usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
        ...head,
      },
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, index: 0, finishReason: 'STOP' }],
        usageMetadata: {
          promptTokenCount: 9,
          candidatesTokenCount: 3,
          thoughtsTokenCount: 1,
          cachedContentTokenCount: 2,
          totalTokenCount: 13,
        },
        ...head,
      },
    ])
  })

  it('tells calls whole, in the order in which they began, however their arguments come', async () => {
    const tool = (id: string) => opened(Number(id), { type: 'tool-call', id, name: 'f', kind: 'function' })
    expect(
      await writtenParts(tool('0'), tool('1'), more(1, '{"b":'), more(0, '{"a":1}'), more(1, '2}'), ended(1), ended(0)),
    ).toEqual([
      { functionCall: { id: '0', name: 'f', args: { a: 1 } } },
      { functionCall: { id: '1', name: 'f', args: { b: 2 } } },
    ])
  })

  it('writes arguments that are none as Google can bear them, and large numbers as they are', async () => {
    const tool = opened(0, { type: 'tool-call', id: 'a', name: 'f', kind: 'function' })
    expect(await writtenParts(tool, ended(0))).toEqual([{ functionCall: { id: 'a', name: 'f', args: {} } }])
    expect(await writtenParts(tool, more(0, '{"a":'), ended(0))).toMatchObject([
      { functionCall: { args: { _raw: '{"a":' } } },
    ])
    const { items } = await drain(
      encodeStream(eventsOf([start, tool, more(0, '{"n":12345678901234567890}'), ended(0), finish]), asked),
    )
    expect(items[0]?.data).toContain('{"n":12345678901234567890}')
  })

  it('shows thoughts as thoughts (T49), and passes Google’s own signatures on', async () => {
    expect(
      await writtenParts(
        opened(0, { type: 'reasoning' }),
        more(0, 'hm'),
        ended(0),
        opened(1, { type: 'text' }),
        more(1, 'so'),
        signed(1, 'gemini', 'SIG'),
        ended(1),
      ),
    ).toEqual([{ text: 'hm', thought: true }, { text: 'so' }, { text: '', thoughtSignature: 'SIG' }])
  })

  it('shows no thoughts to who does not ask for them, and brings what proves them', async () => {
    const events = [
      start,
      opened(0, { type: 'reasoning' }),
      more(0, 'secret'),
      signed(0, 'anthropic', 'SIG'),
      ended(0),
      opened(1, { type: 'text' }),
      more(1, 'so'),
      ended(1),
      finish,
    ] as const
    const { items } = await drain(encodeStream(eventsOf(events), { ...asked, reasoning: undefined }))
    const said = items.map(({ data }) => data).join('')
    expect(said).not.toContain('secret')
    const token = /"thoughtSignature":"([^"]+)"/.exec(said)?.[1] ?? ''
    expect(unpackThoughts(token)).toMatchObject([{ text: 'secret', signature: { value: 'SIG' } }])
  })

  it('puts what proves another vendor’s thoughts on the call that follows, since clients drop thoughts', async () => {
    const said = await writtenParts(
      opened(0, { type: 'reasoning' }),
      more(0, 'I must look.'),
      signed(0, 'anthropic', 'SIG'),
      ended(0),
      opened(1, { type: 'tool-call', id: 'a', name: 'f', kind: 'function' }),
      ended(1),
      opened(2, { type: 'tool-call', id: 'b', name: 'f', kind: 'function' }),
      ended(2),
    )
    expect(said).toMatchObject([
      { text: 'I must look.', thought: true },
      { functionCall: { id: 'a' } },
      { functionCall: { id: 'b' } },
    ])
    expect(unpackThoughts(String(said[1]?.['thoughtSignature']))).toEqual([
      { type: 'reasoning', text: 'I must look.', signature: { protocol: 'anthropic', value: 'SIG' } },
    ])
    expect(said[0]).not.toHaveProperty('thoughtSignature')
    expect(said[2]).not.toHaveProperty('thoughtSignature')
  })

  it('escapes the line separators that old clients take for the end of a frame', async () => {
    const { items } = await drain(
      encodeStream(eventsOf([start, opened(0, { type: 'text' }), more(0, 'a\u2028b\u2029c'), ended(0), finish]), asked),
    )
    expect(items[0]?.data).toContain('a\\u2028b\\u2029c')
  })

  it('estimates usage that nobody told', async () => {
    const chunks = await written({ type: 'start', id: '', model: 'm' }, { type: 'finish', reason: 'length' })
    expect(chunks.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'MAX_TOKENS' }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 0, totalTokenCount: 1 },
      responseId: expect.stringMatching(/.+/) as string,
    })
  })

  it('ends with an error in Google’s form and nothing after it', async () => {
    async function* dying() {
      yield [start, opened(0, { type: 'text' }), more(0, 'x')]
      await Promise.resolve()
      throw new ProxyError('rate-limited', 'wait', { retryAfterMs: 1500 })
    }
    const { items, error } = await drain(encodeStream(dying(), asked))
    expect(error).toBeUndefined()
    expect(JSON.parse(items.at(-1)?.data ?? '')).toEqual({
      error: {
        code: 429,
        message: 'wait',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }],
      },
    })
  })

  it('tells where an answer is from in Google’s words', async () => {
    const citation = { url: 'https://a.example', title: 'A', quote: 'sky' }
    const chunks = await written(
      start,
      opened(0, { type: 'text' }),
      { type: 'part-delta', index: 0, delta: { type: 'citation', citation } },
      ended(0),
      finish,
    )
    expect(chunks.at(-1)).toMatchObject({
      candidates: [
        {
          groundingMetadata: {
            groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
            groundingSupports: [{ segment: { text: 'sky' }, groundingChunkIndices: [0] }],
          },
        },
      ],
    })
  })
})
