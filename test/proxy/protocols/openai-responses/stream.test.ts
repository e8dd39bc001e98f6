import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import type { StreamEvent } from '../../../../proxy/core/events.ts'
import { collect, replay, type Reply } from '../../../../proxy/core/reply.ts'
import type { Part, Request } from '../../../../proxy/core/request.ts'
import { restoreTools } from '../../../../proxy/core/restore-tools.ts'
import { anthropic } from '../../../../proxy/protocols/anthropic/index.ts'
import { openaiChat } from '../../../../proxy/protocols/openai-chat/index.ts'
import { openaiResponses } from '../../../../proxy/protocols/openai-responses/index.ts'
import { faultsOf } from '../../../support/responses-grammar.ts'
import { drain, eventsOf, framesOf } from '../../../support/streams.ts'

type Fields = Readonly<Record<string, unknown>>

const { decodeStream, encodeStream, encodeReply } = openaiResponses
const asked: Request = { model: 'm', stream: true, system: [], messages: [], tools: [], sampling: {} }
const recordings = resolve(import.meta.dirname, '../../../../../shared/data/recordings')

const read = (...events: readonly unknown[]) => collect(decodeStream(framesOf(...events)))
const failure = async (...events: readonly unknown[]) => (await drain(decodeStream(framesOf(...events)))).error

/** The stream that a client gets, checked by the grammar. */
async function written(events: readonly StreamEvent[], request = asked): Promise<Fields[]> {
  const { items } = await drain(encodeStream(eventsOf(events), request))
  expect(faultsOf(items)).toEqual([])
  return items.map(({ data }) => JSON.parse(data) as Fields)
}

async function writtenReply(parts: readonly Part[], reason: Reply['reason'] = 'end'): Promise<Fields[]> {
  const { items } = await drain(encodeStream(replay({ id: 'r', model: 'm', parts, reason }), asked))
  expect(faultsOf(items)).toEqual([])
  return items.map(({ data }) => JSON.parse(data) as Fields)
}

const types = (events: readonly Fields[]) => events.map(({ type }) => String(type).replace(/^response\./, ''))
const responseOf = (events: readonly Fields[]) => events.at(-1)?.['response'] as Fields & { output: Fields[] }

const created = {
  type: 'response.created',
  response: { id: 'resp_1', model: 'gpt-x', status: 'in_progress', output: [] },
}
const usage = { input_tokens: 5, output_tokens: 3, total_tokens: 8 }
const completed = (output: readonly unknown[], fields: object = {}) => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'gpt-x', status: 'completed', output, usage, ...fields },
})
const incomplete = (reason: string, output: readonly unknown[] = []) => ({
  type: 'response.incomplete',
  response: { id: 'resp_1', model: 'gpt-x', status: 'incomplete', incomplete_details: { reason }, output, usage },
})
const added = (output_index: number, item: object) => ({ type: 'response.output_item.added', output_index, item })
const done = (output_index: number, item: object) => ({ type: 'response.output_item.done', output_index, item })
const message = (id: string, text?: string) => ({
  type: 'message',
  id,
  role: 'assistant',
  status: text === undefined ? 'in_progress' : 'completed',
  content: text === undefined ? [] : [{ type: 'output_text', text, annotations: [] }],
})
const call = (id: string, args: string) => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'f',
  arguments: args,
})
const says = (output_index: number, delta: string) => ({
  type: 'response.output_text.delta',
  output_index,
  item_id: 'x',
  content_index: 0,
  delta,
})

const text = (index: number, ...words: readonly string[]): StreamEvent[] => [
  { type: 'part-start', index, part: { type: 'text' } },
  ...words.map(word => ({ type: 'part-delta', index, delta: { type: 'text', text: word } }) as const),
  { type: 'part-end', index },
]
const start: StreamEvent = { type: 'start', id: 'r', model: 'm' }
const opens = (index: number, id: string, kind: 'function' | 'custom' = 'function'): StreamEvent => ({
  type: 'part-start',
  index,
  part: { type: 'tool-call', id, name: 'f', kind },
})
const adds = (index: number, piece: string): StreamEvent => ({
  type: 'part-delta',
  index,
  delta: { type: 'text', text: piece },
})
const ends = (index: number): StreamEvent => ({ type: 'part-end', index })

describe('a stream for a client', () => {
  it('opens an item and its content before the first word, and repeats all at its end (T08)', async () => {
    const events = await written([
      start,
      ...text(0, 'Hel', 'lo'),
      { type: 'finish', reason: 'end', usage: { input: 1, output: 2 } },
    ])
    expect(types(events)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ])
    expect(responseOf(events)).toMatchObject({
      id: 'r',
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', status: 'completed', content: [{ text: 'Hello' }] }],
      usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    })
  })

  it('has every event of a tool call (T07)', async () => {
    const events = await written([
      start,
      opens(0, 'a'),
      adds(0, '{"b"'),
      adds(0, ':1}'),
      ends(0),
      { type: 'finish', reason: 'tool-calls' },
    ])
    expect(types(events).slice(2)).toEqual([
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ])
    expect(responseOf(events).output).toMatchObject([
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"b":1}', status: 'completed' },
    ])
  })

  it('has the pieces of parallel calls in their own items, as they come (T02)', async () => {
    const events = await written([
      start,
      opens(0, 'a'),
      opens(1, 'b'),
      adds(1, '{"y":'),
      adds(0, '{"x":'),
      adds(1, '2}'),
      adds(0, '1}'),
      ends(0),
      ends(1),
      { type: 'finish', reason: 'tool-calls' },
    ])
    expect(responseOf(events).output).toMatchObject([
      { call_id: 'a', arguments: '{"x":1}' },
      { call_id: 'b', arguments: '{"y":2}' },
    ])
    const deltas = events.filter(({ type }) => String(type).endsWith('.delta'))
    expect(deltas.map(({ output_index }) => output_index)).toEqual([1, 0, 1, 0])
  })

  it('calls a function without arguments with an empty object, which clients can parse (T14)', async () => {
    const events = await written([start, opens(0, 'a'), ends(0), { type: 'finish', reason: 'tool-calls' }])
    expect(events.filter(({ type }) => type === 'response.function_call_arguments.delta')).toMatchObject([
      { delta: '{}' },
    ])
    expect(responseOf(events).output).toMatchObject([{ arguments: '{}', status: 'completed' }])
  })

  it('does not finish a call that was cut off (T09)', async () => {
    const events = await written([start, opens(0, 'a'), adds(0, '{"b'), ends(0), { type: 'finish', reason: 'length' }])
    expect(events.at(-2)).toMatchObject({ type: 'response.output_item.done', item: { status: 'incomplete' } })
    expect(responseOf(events)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
    })
  })

  it('has custom tools’ calls as raw text (T57)', async () => {
    const events = await written([
      start,
      opens(0, 'a', 'custom'),
      adds(0, '*** Begin\n'),
      ends(0),
      { type: 'finish', reason: 'tool-calls' },
    ])
    expect(types(events).slice(2, 5)).toEqual([
      'output_item.added',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
    ])
    expect(responseOf(events).output).toMatchObject([{ type: 'custom_tool_call', call_id: 'a', input: '*** Begin\n' }])
  })

  it('unwraps a custom tool that another format could only offer as a function (T57)', async () => {
    const tools = [{ type: 'custom', name: 'f' }] as const
    const upstream = eventsOf([
      start,
      opens(0, 'a'),
      adds(0, '{"input":"***'),
      adds(0, ' End"}'),
      ends(0),
      { type: 'finish', reason: 'tool-calls' },
    ])
    const { items } = await drain(encodeStream(restoreTools(tools)(upstream), { ...asked, tools }))
    expect(faultsOf(items)).toEqual([])
    expect(items.at(-1)?.data).toContain('"input":"*** End"')
  })

  it('names the namespace that a tool was declared in', async () => {
    const tools = [{ type: 'function', name: 'spawn', namespace: 'agents' }] as const
    const upstream = eventsOf([
      start,
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'a', name: 'agents__spawn', kind: 'function' } },
      ends(0),
      { type: 'finish', reason: 'tool-calls' },
    ])
    const { items } = await drain(encodeStream(restoreTools(tools)(upstream), { ...asked, tools }))
    expect(JSON.parse(items.at(-1)?.data ?? '')).toMatchObject({
      response: { output: [{ name: 'spawn', namespace: 'agents' }], tools: [{ type: 'namespace', name: 'agents' }] },
    })
  })

  it('has thoughts as a summary, with a token to send back', async () => {
    const thought: Part = { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 's' } }
    const events = await writtenReply([thought, { type: 'text', text: 'so' }])
    expect(types(events).slice(2, 8)).toEqual([
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
    ])
    const { output } = responseOf(events)
    expect(output[0]).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] })
    const back = openaiResponses.decodeRequest({ model: 'm', input: output })
    expect(back.messages[0]?.parts[0]).toEqual(thought)
    expect(openaiResponses.holdsOurs?.(Buffer.from(JSON.stringify(output)))).toBe(true)
  })

  it('brings signatures of calls and texts to the client and back (T40)', async () => {
    const signature = { protocol: 'gemini', value: 'g' }
    const parts: Part[] = [
      { type: 'text', text: 'so', signature },
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{}', kind: 'function', signature },
    ]
    const streamed = responseOf(await writtenReply(parts, 'tool-calls')).output
    const { output } = encodeReply({ id: 'r', model: 'm', parts, reason: 'tool-calls' }, asked) as { output: Fields[] }
    for (const items of [streamed, output]) {
      const back = openaiResponses.decodeRequest({ model: 'm', input: items })
      expect(back.messages[0]?.parts).toMatchObject(parts)
    }
  })

  it('tells a refusal as one', async () => {
    const events = await writtenReply([{ type: 'refusal', text: 'no' }], 'refusal')
    expect(types(events)).toContain('refusal.delta')
    expect(responseOf(events)).toMatchObject({
      status: 'completed',
      output: [{ content: [{ type: 'refusal', refusal: 'no' }] }],
    })
  })

  it.each([{ parts: [] }, { parts: [{ type: 'text', text: 'I ' } as const] }])(
    'is cut off by a refusal without words of its own, after $parts (T72)',
    async ({ parts }) => {
      expect(responseOf(await writtenReply(parts, 'refusal'))).toMatchObject({
        status: 'incomplete',
        incomplete_details: { reason: 'content_filter' },
      })
    },
  )

  it('has citations and probabilities with their text', async () => {
    const logprobs = [{ token: 'so', logprob: -1, bytes: [115, 111], top_logprobs: [] }]
    const part: Part = {
      type: 'text',
      text: 'so',
      citations: [{ title: 'a document, which has no address' }, { url: 'https://a.b', title: 't', start: 0, end: 2 }],
      logprobs,
    }
    const events = await writtenReply([part])
    expect(events.filter(({ type }) => type === 'response.output_text.annotation.added')).toMatchObject([
      { annotation_index: 0, annotation: { url: 'https://a.b' } },
    ])
    expect(responseOf(events).output[0]).toMatchObject({
      content: [{ annotations: [{ type: 'url_citation', url: 'https://a.b' }], logprobs }],
    })
  })

  it('has images that another vendor’s model made as OpenAI’s tool would', async () => {
    const source = { type: 'base64', mediaType: 'image/webp', data: 'AAAA' } as const
    const events = await writtenReply([{ type: 'image', source }])
    expect(responseOf(events).output).toMatchObject([
      { type: 'image_generation_call', status: 'completed', result: 'AAAA', output_format: 'webp' },
    ])
  })

  it('is a whole answer if nothing was said', async () => {
    const events = await written([start, { type: 'finish', reason: 'end' }])
    expect(types(events)).toEqual(['created', 'in_progress', 'completed'])
    expect(responseOf(events).output).toEqual([])
  })

  it('always has usage with its details (T63)', async () => {
    const { usage: counted } = responseOf(
      await written([start, ...text(0, 'Hello there'), { type: 'finish', reason: 'end' }]),
    )
    expect(counted).toMatchObject({
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 0 },
    })
  })

  it('that breaks off tells so, and is not finished (T66)', async () => {
    async function* broken() {
      yield* eventsOf([start, { type: 'part-start', index: 0, part: { type: 'text' } }, adds(0, 'so far')])
      throw new ProxyError('context-too-long', 'too long')
    }
    const { items } = await drain(encodeStream(broken(), asked))
    expect(items.map(({ event }) => event).slice(-2)).toEqual(['error', 'response.failed'])
    expect(JSON.parse(items.at(-1)?.data ?? '')).toMatchObject({
      response: { status: 'failed', error: { code: 'context_length_exceeded', message: 'too long' } },
    })
  })

  it('that fails before its beginning has one all the same', async () => {
    const { items } = await drain(encodeStream(eventsOf(), asked))
    expect(items.map(({ event }) => event)).toEqual([
      'response.created',
      'response.in_progress',
      'error',
      'response.failed',
    ])
    expect(faultsOf(items)).toEqual([])
  })

  it('never shows a call that the model did not manage as an empty answer', async () => {
    const { items } = await drain(
      encodeStream(eventsOf([start, { type: 'finish', reason: 'malformed-tool-call' }]), asked),
    )
    expect(items.at(-1)?.event).toBe('response.failed')
  })

  it('says the same in its last event as the answer that is given whole', async () => {
    const parts: Part[] = [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'so' },
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{}', kind: 'function' },
    ]
    const whole = encodeReply({ id: 'r', model: 'm', parts, reason: 'tool-calls' }, asked) as Fields
    expect(responseOf(await writtenReply(parts, 'tool-calls')).output).toEqual(whole['output'])
  })
})

describe('a backend’s stream', () => {
  it('with text and then a call is finished when both are whole (T04)', async () => {
    const events = [
      created,
      added(0, message('m')),
      says(0, 'Let me see.'),
      done(0, message('m', 'Let me see.')),
      added(1, call('a', '')),
      { type: 'response.function_call_arguments.delta', output_index: 1, item_id: 'fc_a', delta: '{}' },
      done(1, call('a', '{}')),
      completed([message('m', 'Let me see.'), call('a', '{}')]),
    ]
    const chat = openaiChat.encodeStream(decodeStream(framesOf(...events)), asked)
    const chunks = (await drain(chat)).items.map(({ data }) => data)
    expect(chunks.filter(data => data.includes('"finish_reason":"'))).toHaveLength(1)
    expect(chunks.findIndex(data => data.includes('"finish_reason":"tool_calls"'))).toBe(chunks.length - 2)
    expect(await read(...events)).toMatchObject({
      reason: 'tool-calls',
      parts: [{ text: 'Let me see.' }, { id: 'a', arguments: '{}' }],
    })
  })

  it('that ends with calls is finished by calls, whatever it says (T05)', async () => {
    expect(await read(created, completed([call('a', '{}')]))).toMatchObject({ reason: 'tool-calls' })
  })

  it('counts calls by themselves, not by the places of other items (T06)', async () => {
    const events = [
      created,
      added(0, { type: 'reasoning', id: 'rs', summary: [] }),
      done(0, { type: 'reasoning', id: 'rs', summary: [] }),
      added(1, call('a', '')),
      done(1, call('a', '{"x":1}')),
      completed([]),
    ]
    const { items } = await drain(openaiChat.encodeStream(decodeStream(framesOf(...events)), asked))
    const calls = items.filter(({ data }) => data.includes('"tool_calls":['))
    expect(calls.length).toBeGreaterThan(0)
    for (const { data } of calls) expect(data).toContain('"tool_calls":[{"index":0')
  })

  it('that ran out of tokens while it thought is cut off, not an error and not whole (T22)', async () => {
    const thought = { type: 'reasoning', id: 'rs', summary: [] }
    const events = [created, added(0, thought), incomplete('max_output_tokens', [thought])]
    expect(await read(...events)).toMatchObject({ reason: 'length', usage: { input: 5, output: 3 } })
    const { items } = await drain(openaiChat.encodeStream(decodeStream(framesOf(...events)), asked))
    expect(items.some(({ data }) => data.includes('"finish_reason":"length"'))).toBe(true)
  })

  it.skipIf(!existsSync(recordings))(
    'that changes ids from event to event is put together by places (T23)',
    async () => {
      const name = join(recordings, 'openai/responses/github-copilot-id-rotation.1.chunks.txt')
      const reply = await read(
        ...readFileSync(name, 'utf8')
          .split('\n')
          .filter(line => line !== '')
          .map(line => line.replace(/^data: ?/, '')),
      )
      expect(reply.parts.map(({ type }) => type)).toEqual(['reasoning', 'text'])
      expect(reply.parts[1]).toMatchObject({ text: expect.stringContaining('strawberry') as string })
    },
  )

  it('that leaves out the output of its last event is read from what came before (Codex)', async () => {
    const events = [created, added(0, message('m')), says(0, 'Hi'), done(0, message('m', 'Hi')), completed([])]
    expect((await read(...events)).parts).toMatchObject([{ text: 'Hi' }])
  })

  it('that has only its last event is read from that', async () => {
    expect((await read(completed([message('m', 'Hi'), call('a', '{}')]))).parts).toMatchObject([
      { text: 'Hi' },
      { id: 'a' },
    ])
  })

  it('without deltas is read from what ends them', async () => {
    const events = [
      created,
      added(0, message('m')),
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hi' },
      added(1, call('a', '')),
      { type: 'response.function_call_arguments.done', output_index: 1, arguments: '{"x":1}' },
      completed([]),
    ]
    expect((await read(...events)).parts).toMatchObject([{ text: 'Hi' }, { arguments: '{"x":1}' }])
  })

  it('without beginnings of items and without places is read all the same', async () => {
    const events = [
      created,
      { type: 'response.output_text.delta', item_id: 'm', delta: 'Hi' },
      { type: 'response.output_text.delta', item_id: 'm', delta: ' there' },
      completed([message('m', 'Hi there')]),
    ]
    expect((await read(...events)).parts).toMatchObject([{ text: 'Hi there' }])
  })

  it('whose summaries have several pieces is one thought of several parts, with its token at the end', async () => {
    const thought = {
      type: 'reasoning',
      id: 'rs',
      summary: [
        { type: 'summary_text', text: 'first' },
        { type: 'summary_text', text: 'then' },
      ],
      encrypted_content: 'gAAA',
    }
    const reply = await read(
      created,
      added(0, { ...thought, summary: [], encrypted_content: 'g' }),
      done(0, thought),
      completed([thought]),
    )
    expect(reply.parts).toMatchObject([
      { type: 'reasoning', text: 'first', summary: true, itemId: 'rs' },
      { type: 'reasoning', text: 'then', encrypted: { value: 'gAAA' } },
    ])
    const again = encodeReply(reply, asked) as { output: unknown[] }
    expect(again.output).toEqual([thought])
  })

  it('has xAI’s own searches as such, not as calls for the client', async () => {
    const search = {
      type: 'custom_tool_call',
      id: 'ctc_1',
      call_id: 'xs_call_1',
      name: 'x_keyword_search',
      input: '{}',
    }
    const reply = await read(created, added(0, search), done(0, search), completed([search, message('m', 'Hi')]))
    expect(reply).toMatchObject({ reason: 'end', parts: [{ type: 'opaque', raw: search }, { text: 'Hi' }] })
  })

  it('that stops before its end is a failure', async () => {
    expect(await failure(created, added(0, message('m')), says(0, 'Hi'))).toMatchObject({ kind: 'bad-upstream' })
    expect(await failure(created, '[DONE]')).toMatchObject({ kind: 'bad-upstream' })
  })

  it('ends with its last event, whatever comes behind', async () => {
    expect((await read(created, completed([message('m', 'Hi')]), '[DONE]', says(0, 'more'))).parts).toMatchObject([
      { text: 'Hi' },
    ])
  })

  it.each([
    ['flat', { type: 'error', code: 'rate_limit_exceeded', message: 'slow', param: null }],
    ['nested', { type: 'error', error: { type: 'tokens', code: 'rate_limit_exceeded', message: 'slow', param: null } }],
    [
      'as a failed response',
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'slow' } },
      },
    ],
    ['without a type', { error: { code: 'rate_limit_exceeded', message: 'slow' } }],
  ])('tells an error %s (T68)', async (_, event) => {
    const { items, error } = await drain(decodeStream(framesOf(created, added(0, message('m')), says(0, 'Hi'), event)))
    expect(items).toContainEqual({ type: 'part-delta', index: 0, delta: { type: 'text', text: 'Hi' } })
    expect(error).toMatchObject({ kind: 'rate-limited', message: 'slow', code: 'rate_limit_exceeded' })
  })

  it.skipIf(!existsSync(recordings))('of OpenAI that tells an error is that error', async () => {
    const lines = readFileSync(join(recordings, 'openai/responses/openai-error.1.chunks.txt'), 'utf8').split('\n')
    expect(await failure(...lines.filter(line => line !== ''))).toMatchObject({
      kind: 'out-of-credit',
      code: 'insufficient_quota',
    })
  })

  it('that reads a cached prompt counts it once for Anthropic (T62)', async () => {
    const counted = { ...usage, input_tokens: 100, input_tokens_details: { cached_tokens: 60 } }
    const reply = await read(created, completed([message('m', 'Hi')], { usage: counted }))
    expect(anthropic.encodeReply(reply, asked)).toMatchObject({
      usage: { input_tokens: 40, cache_read_input_tokens: 60 },
    })
  })
})
