import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pack } from '../../../../proxy/core/carried.ts'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import type { OpenPart, StreamEvent } from '../../../../proxy/core/events.ts'
import { collect } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { decodeStream, encodeStream } from '../../../../proxy/protocols/anthropic/stream.ts'
import { decodeStream as decodeChat } from '../../../../proxy/protocols/openai-chat/stream.ts'
import type { Frames } from '../../../../proxy/wire/sse.ts'
import { drain, eventsOf, framesOf } from '../../../support/streams.ts'

const usage = { input_tokens: 5, output_tokens: 1 }
const begin = { type: 'message_start', message: { id: 'msg_1', model: 'm', content: [], usage } }
const open = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })
const add = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta })
const close = (index: number) => ({ type: 'content_block_stop', index })
const end = (stop_reason: string, told: object = { output_tokens: 9 }) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage: told,
})
const stop = { type: 'message_stop' }
const text = (said: string) => ({ type: 'text_delta', text: said })
const json = (partial_json: string) => ({ type: 'input_json_delta', partial_json })

const read = (...events: unknown[]) => collect(decodeStream(framesOf(...events)))
const parts = async (...events: unknown[]) => (await read(begin, ...events, end('end_turn'), stop)).parts

describe('decodeStream', () => {
  it('gives events as the frames come, pings too', async () => {
    const batches: unknown[] = []
    const frames = framesOf(
      begin,
      { type: 'ping' },
      open(0, { type: 'text', text: '' }),
      add(0, text('Hel')),
      add(0, text('lo')),
      close(0),
      { type: 'novel_event', x: 1 },
      end('stop_sequence'),
      stop,
      { type: 'error', error: { message: 'too late' } },
    )
    for await (const batch of decodeStream(frames)) batches.push(...batch)
    expect(batches).toEqual([
      { type: 'start', id: 'msg_1', model: 'm', usage: { input: 5, output: 1 } },
      { type: 'ping' },
      { type: 'part-start', index: 0, part: { type: 'text' } },
      { type: 'part-delta', index: 0, delta: { type: 'text', text: 'Hel' } },
      { type: 'part-delta', index: 0, delta: { type: 'text', text: 'lo' } },
      { type: 'part-end', index: 0 },
      { type: 'finish', reason: 'stop-sequence', rawReason: 'stop_sequence', usage: { input: 5, output: 9 } },
    ])
  })

  it('takes a call without arguments for one with none, and never joins what it began with to what came (T14, T15)', async () => {
    const use = (id: string, input: object = {}) => ({ type: 'tool_use', id, name: 'f', input })
    expect(
      await parts(
        ...[open(0, use('a')), add(0, json('')), close(0)],
        ...[open(1, use('b')), close(1)],
        ...[open(2, use('c')), add(2, json('{"x"')), add(2, json(':1}')), close(2)],
        ...[open(3, use('d', { y: 2 })), close(3)],
        ...[open(4, use('e', { y: 2 })), add(4, json('{"y":3}')), close(4)],
      ),
    ).toMatchObject([
      { id: 'a', arguments: '{}' },
      { id: 'b', arguments: '{}' },
      { id: 'c', arguments: '{"x":1}' },
      { id: 'd', arguments: '{"y":2}' },
      { id: 'e', arguments: '{"y":3}' },
    ])
  })

  it('keeps the order of thoughts and texts, and what blocks begin with (T20)', async () => {
    expect(
      await parts(
        ...[open(0, { type: 'thinking', thinking: 'h' }), add(0, { type: 'thinking_delta', thinking: 'm' })],
        ...[add(0, { type: 'signature_delta', signature: 's1' }), close(0)],
        ...[open(1, { type: 'text', text: 'a' }), add(1, text('b')), close(1)],
        ...[open(2, { type: 'redacted_thinking', data: 'x' }), close(2)],
        ...[open(3, { type: 'text', text: '' }), close(3)],
      ),
    ).toEqual([
      { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 's1' } },
      { type: 'text', text: 'ab' },
      { type: 'reasoning', text: '', redacted: 'x' },
    ])
  })

  it('bears blocks that nobody opened or closed (T18)', async () => {
    expect(
      await parts(
        add(0, text('a')),
        add(1, { type: 'thinking_delta', thinking: 'b' }),
        open(1, { type: 'text', text: 'c' }),
      ),
    ).toEqual([
      { type: 'text', text: 'a' },
      { type: 'reasoning', text: 'b' },
      { type: 'text', text: 'c' },
    ])
  })

  it('waits for what only Anthropic knows until it is whole', async () => {
    expect(
      await parts(
        ...[open(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} })],
        ...[add(0, json('{"query":')), add(0, json('"x"}')), close(0)],
        ...[open(1, { type: 'compaction', content: null }), add(1, { type: 'compaction_delta', content: 'so ' })],
        ...[add(1, { type: 'compaction_delta', content: 'far' }), close(1)],
      ),
    ).toEqual([
      {
        type: 'opaque',
        protocol: 'anthropic',
        raw: { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
      },
      { type: 'opaque', protocol: 'anthropic', raw: { type: 'compaction', content: 'so far' } },
    ])
  })

  it('says that tools are called, whatever reason is told, unless a program of the model called them', async () => {
    const use = { type: 'tool_use', id: 'a', name: 'f', input: {} }
    const reason = async (block: object) => (await read(begin, open(0, block), close(0), end('end_turn'), stop)).reason
    expect(await reason(use)).toBe('tool-calls')
    expect(await reason({ ...use, caller: { type: 'direct' } })).toBe('tool-calls')
    expect(await reason({ ...use, caller: { type: 'code_execution_20250825', tool_id: 's' } })).toBe('end')
  })

  it.each([
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'context-window'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
    ['novel', 'other'],
  ])('reads the reason %s as %s', async (told, reason) => {
    expect(await read(begin, end(told), stop)).toMatchObject({ reason, rawReason: told })
  })

  it('reads a refusal without a word as one (T72)', async () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'no' }
    const refused = { ...end('refusal'), delta: { stop_reason: 'refusal', stop_details: details } }
    expect(await read(begin, { type: 'ping' }, refused, stop)).toMatchObject({
      parts: [],
      reason: 'refusal',
      extras: { anthropic: { stop_details: details } },
    })
  })

  it('counts usage up, and takes a 0 at the end for nothing told', async () => {
    const cached = { input_tokens: 3, cache_read_input_tokens: 4, cache_creation_input_tokens: 2, output_tokens: 1 }
    const from = (start: object, last: object) =>
      read({ ...begin, message: { ...begin.message, usage: start } }, end('end_turn', last), stop)
    expect((await from(cached, { output_tokens: 7 })).usage).toEqual({
      input: 9,
      output: 7,
      cacheRead: 4,
      cacheWrite: 2,
    })
    expect((await from(cached, { input_tokens: 10, output_tokens: 7 })).usage).toMatchObject({ input: 16, output: 7 })
    expect((await from(usage, { input_tokens: 0, output_tokens: 7 })).usage).toEqual({ input: 5, output: 7 })
  })

  it('tells an error after what came before it (T67)', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const came = await drain(decodeStream(framesOf(begin, add(0, text('so far')), error)))
    expect(came.items.at(-1)).toEqual({ type: 'part-delta', index: 0, delta: { type: 'text', text: 'so far' } })
    expect(came.error).toMatchObject({ kind: 'overloaded', message: 'Overloaded' })
  })

  it.each([
    ['just stops', [begin, add(0, text('x'))]],
    ['stops before message_stop (T67)', [begin, add(0, text('x')), end('end_turn')]],
    ['holds no message', [stop]],
    ['holds no JSON', [begin, '{"type":']],
    ['begins anew after it said something', [begin, add(0, text('x')), begin]],
    ['calls a tool without a name', [begin, open(0, { type: 'tool_use', id: 'a' })]],
  ])('takes a stream for broken that %s', async (_, events) => {
    const { error } = await drain(decodeStream(framesOf(...events)))
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ kind: 'bad-upstream' })
  })

  it('bears a message that begins twice before it says anything, and one that begins whole', async () => {
    expect((await read(begin, begin, add(0, text('x')), end('end_turn'), stop)).parts).toHaveLength(1)
    const message = { ...begin.message, content: [{ type: 'text', text: 'x' }], stop_reason: 'end_turn' }
    expect(await read({ type: 'message_start', message }, stop)).toMatchObject({
      parts: [{ text: 'x' }],
      reason: 'end',
    })
  })

  it('takes the type from the frame where the data has none', async () => {
    async function* frames(): Frames {
      yield [{ event: 'message_start', data: JSON.stringify({ message: begin.message }) }]
      yield [{ event: 'message_stop', data: '{}' }]
    }
    expect(await collect(decodeStream(frames()))).toMatchObject({ id: 'msg_1', reason: 'end' })
  })

  const spliced = resolve(
    import.meta.dirname,
    '../../../../../shared/data/recordings/anthropic/spliced-message-start.chunks.txt',
  )
  it.skipIf(!existsSync(spliced))('refuses the recorded answer into which a gateway spliced another', async () => {
    const lines = readFileSync(spliced, 'utf8').split('\n')
    const { error } = await drain(decodeStream(framesOf(...lines)))
    expect(error).toMatchObject({ kind: 'bad-upstream' })
  })
})

const asked: Request = {
  model: 'm',
  stream: true,
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'x'.repeat(383) }] }],
  tools: [],
  sampling: {},
}
const start: StreamEvent = { type: 'start', id: 'r', model: 'm' }
const opens = (index: number, part: OpenPart): StreamEvent => ({ type: 'part-start', index, part })
const says = (index: number, said: string): StreamEvent => ({
  type: 'part-delta',
  index,
  delta: { type: 'text', text: said },
})
const ends = (index: number): StreamEvent => ({ type: 'part-end', index })
const finish: StreamEvent = { type: 'finish', reason: 'end', usage: { input: 3, output: 2 } }
const call = (id: string): OpenPart => ({ type: 'tool-call', id, name: 'f', kind: 'function' })

interface Written {
  readonly type: string
  readonly [field: string]: unknown
}

/** What is written for events, each in a batch of its own; every frame has the name of its event. */
async function write(...events: StreamEvent[]): Promise<Written[]> {
  const { items } = await drain(encodeStream(eventsOf(...events.map(event => [event])), asked))
  return items.map(({ event, data }) => {
    const written = JSON.parse(data) as Written
    expect(event).toBe(written.type)
    return written
  })
}

/** The blocks of a stream, checked to come one after the other: what each began with, and its deltas joined. */
function blocksOf(written: readonly Written[]): unknown[] {
  const blocks: { began: unknown; said: string }[] = []
  let isOpen = false
  for (const { type, index, content_block, delta } of written) {
    if (type === 'content_block_start') {
      expect([isOpen, index]).toEqual([false, blocks.length])
      blocks.push({ began: content_block, said: '' })
      isOpen = true
    }
    if (type === 'content_block_delta' || type === 'content_block_stop') {
      expect([isOpen, index]).toEqual([true, blocks.length - 1])
      isOpen = type === 'content_block_delta'
      const last = blocks.at(-1)
      const { type: _, ...added } = (delta ?? {}) as Record<string, unknown>
      if (last !== undefined) last.said += Object.values(added).join('')
    }
  }
  expect(isOpen).toBe(false)
  return blocks.map(({ began, said }) => [began, said])
}

const wireCall = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {}, caller: { type: 'direct' } })
const wireText = { type: 'text', text: '', citations: null }
const wireThought = { type: 'thinking', thinking: '', signature: '' }

describe('encodeStream', () => {
  it('writes the whole grammar', async () => {
    const written = await write(
      start,
      { type: 'ping' },
      opens(0, { type: 'text' }),
      says(0, 'Hel'),
      says(0, 'lo'),
      ends(0),
      finish,
    )
    expect(written.map(({ type }) => type)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(written[3]).toEqual({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } })
    expect(written[6]).toMatchObject({
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 3, output_tokens: 2 },
    })
  })

  it('tells at the start how many tokens the request is likely to have, if nobody has counted (T60)', async () => {
    const [first] = await write(start, finish)
    expect(first).toMatchObject({ message: { id: 'r', content: [], stop_reason: null, usage: { input_tokens: 100 } } })
    const [counted] = await write({ ...start, usage: { input: 9, output: 1, cacheRead: 4 } }, finish)
    expect(counted).toMatchObject({ message: { usage: { input_tokens: 5, cache_read_input_tokens: 4 } } })
  })

  it('gives thoughts without their words to who wants them omitted, with what proves them', async () => {
    const signature = { protocol: 'anthropic', value: 's' }
    const events: StreamEvent[] = [
      start,
      opens(0, { type: 'reasoning' }),
      says(0, 'hm'),
      { type: 'part-delta', index: 0, delta: { type: 'signature', signature } },
      ends(0),
      finish,
    ]
    const omitted: Request = { ...asked, reasoning: { mode: 'adaptive', visible: false } }
    const { items } = await drain(encodeStream(eventsOf(events), omitted))
    expect(items.map(({ data }) => JSON.parse(data) as Written).slice(1, 4)).toMatchObject([
      { type: 'content_block_start', content_block: wireThought },
      { type: 'content_block_delta', delta: { type: 'signature_delta', signature: 's' } },
      { type: 'content_block_stop' },
    ])
  })

  it('estimates usage that nobody told', async () => {
    const written = await write(start, opens(0, { type: 'text' }), says(0, 'x'.repeat(40)), ends(0), {
      type: 'finish',
      reason: 'end',
    })
    expect(written.at(-2)).toMatchObject({ usage: { input_tokens: 100, output_tokens: 10 } })
  })

  it('closes each call before the next begins, and passes arguments on as they come (T01)', async () => {
    const events = [
      opens(0, call('a')),
      says(0, '{"x":'),
      says(0, '1}'),
      opens(1, call('b')),
      says(1, '{'),
      says(1, '}'),
    ]
    const soFar = await write(start, ...events)
    expect(soFar.filter(({ type }) => type === 'content_block_delta')).toHaveLength(4)
    expect(blocksOf(await write(start, ...events, ends(0), ends(1), finish))).toEqual([
      [wireCall('a'), '{"x":1}'],
      [wireCall('b'), '{}'],
    ])
  })

  it('sorts arguments of several calls that come mixed (T02)', async () => {
    expect(
      blocksOf(
        await write(
          start,
          ...[opens(0, call('a')), says(0, '{"x"'), opens(1, call('b')), says(1, '{"y"'), opens(2, call('c'))],
          ...[says(0, ':1'), says(2, '{}'), says(1, ':2'), says(0, '}'), says(1, '}'), ends(2), ends(1), ends(0)],
          finish,
        ),
      ),
    ).toEqual([
      [wireCall('a'), '{"x":1}'],
      [wireCall('b'), '{"y":2}'],
      [wireCall('c'), '{}'],
    ])
  })

  it('opens a call without arguments, and no text without words (T16)', async () => {
    expect(
      blocksOf(await write(start, opens(0, { type: 'text' }), ends(0), opens(1, call('a')), ends(1), finish)),
    ).toEqual([[wireCall('a'), '']])
  })

  it('closes text before thoughts, which always have a signature (T18, T19, T45)', async () => {
    const reasoning: OpenPart = { type: 'reasoning' }
    const empty = pack({ of: 'thought' })
    const written = await write(
      ...[start, opens(0, { type: 'text' }), says(0, '---'), ends(0), opens(1, reasoning), says(1, 'hm'), ends(1)],
      opens(2, { type: 'refusal' }),
      ...[says(2, 'no'), ends(2), finish],
    )
    expect(blocksOf(written)).toEqual([
      [wireText, '---'],
      [wireThought, `hm${empty}`],
      [wireText, 'no'],
    ])
    expect(written).toContainEqual({
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'signature_delta', signature: empty },
    })
  })

  it('passes Anthropic’s own signatures on, and packs those of others', async () => {
    const signed = (index: number, protocol: string): StreamEvent[] => [
      opens(index, { type: 'reasoning' }),
      { type: 'part-delta', index, delta: { type: 'signature', signature: { protocol, value: 's' } } },
      ends(index),
    ]
    expect(blocksOf(await write(start, ...signed(0, 'anthropic'), ...signed(1, 'gemini'), finish))).toEqual([
      [wireThought, 's'],
      [wireThought, pack({ of: 'thought', signature: { protocol: 'gemini', value: 's' } })],
    ])
  })

  it('brings signatures of calls and texts in blocks of their own (T42)', async () => {
    const signature = { protocol: 'gemini', value: 's' }
    const signs = (index: number): StreamEvent => ({
      type: 'part-delta',
      index,
      delta: { type: 'signature', signature },
    })
    expect(
      blocksOf(
        await write(
          ...[start, opens(0, { type: 'text' }), says(0, 'hi'), signs(0), ends(0)],
          ...[opens(1, call('a')), signs(1), says(1, '{}'), ends(1)],
          ...[opens(2, call('b')), says(2, '{}'), signs(2), ends(2), finish],
        ),
      ),
    ).toEqual([
      [wireText, 'hi'],
      [wireThought, pack({ of: 'text', signature })],
      [wireThought, pack({ of: 'call', call: 'a', signature })],
      [wireCall('a'), '{}'],
      [wireCall('b'), '{}'],
      [wireThought, pack({ of: 'call', call: 'b', signature })],
    ])
  })

  it('streams what only Anthropic knows so that its clients read it, and nothing of other protocols', async () => {
    const opaque = (index: number, protocol: string, raw: object): StreamEvent[] => [
      opens(index, { type: 'opaque', protocol, raw }),
      ends(index),
    ]
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } }
    const found = { type: 'web_search_tool_result', tool_use_id: 's', content: [] }
    expect(
      blocksOf(
        await write(
          start,
          ...opaque(0, 'anthropic', search),
          ...opaque(1, 'openai-chat', { audio: {} }),
          ...opaque(2, 'anthropic', found),
          ...opaque(3, 'anthropic', { type: 'compaction', content: 'so far' }),
          finish,
        ),
      ),
    ).toEqual([
      [{ ...search, input: {} }, '{"query":"x"}'],
      [found, ''],
      [{ type: 'compaction', content: null }, 'so far'],
    ])
  })

  it('writes citations of the web as Anthropic’s', async () => {
    const cited: StreamEvent = {
      type: 'part-delta',
      index: 0,
      delta: { type: 'citation', citation: { url: 'https://a.example', title: 'A', start: 0, end: 2 } },
    }
    const written = await write(start, opens(0, { type: 'text' }), says(0, 'hi'), cited, ends(0), finish)
    expect(written).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: {
        type: 'citations_delta',
        citation: {
          type: 'web_search_result_location',
          url: 'https://a.example',
          title: 'A',
          cited_text: '',
          encrypted_index: '',
        },
      },
    })
  })

  it('ends with an error and nothing after it when the answer dies or never finishes (T66)', async () => {
    const written = await write(start, opens(0, { type: 'text' }), says(0, 'so far'))
    expect(written.at(-2)).toMatchObject({ delta: { text: 'so far' } })
    expect(written.at(-1)).toEqual({
      type: 'error',
      error: { type: 'api_error', message: 'The answer stopped before its end.' },
      request_id: null,
    })
  })

  it('tells a call that the model did not manage as an error (T64)', async () => {
    const written = await write(start, { type: 'finish', reason: 'malformed-tool-call' })
    expect(written.map(({ type }) => type)).toEqual(['message_start', 'error'])
  })

  it('turns a Chat Completions stream with its last words and usage in one chunk into a whole one (T74)', async () => {
    const frames = framesOf(
      { id: 'c', model: 'm', choices: [{ index: 0, delta: { role: 'assistant', reasoning_content: 'hm' } }] },
      {
        choices: [
          {
            index: 0,
            delta: { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
            finish_reason: 'stop',
          },
        ],
        usage: { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 6 } },
      },
      '[DONE]',
    )
    const { items } = await drain(encodeStream(decodeChat(frames), asked))
    const written = items.map(({ data }) => JSON.parse(data) as Written)
    expect(blocksOf(written)).toEqual([
      [wireThought, `hm${pack({ of: 'thought' })}`],
      [wireCall('a'), '{}'],
    ])
    expect(written.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 4, cache_read_input_tokens: 6, output_tokens: 4 },
    })
  })
})
