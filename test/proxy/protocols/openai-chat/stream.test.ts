import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import type { OpenPart, StreamEvent } from '../../../../proxy/core/events.ts'
import { collect, type Reply } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { decodeStream, encodeStream } from '../../../../proxy/protocols/openai-chat/stream.ts'
import { decodeSse } from '../../../../proxy/wire/sse.ts'
import { cut, drain, eventsOf, framesOf } from '../../../support/streams.ts'

const base = { id: 'r', object: 'chat.completion.chunk', created: 1, model: 'm' }
const chunk = (delta: object, finish_reason: string | null = null) => ({
  ...base,
  choices: [{ index: 0, delta, finish_reason }],
})
const tool = (...pieces: object[]) => chunk({ tool_calls: pieces })
const end = (reason = 'stop') => chunk({}, reason)
const DONE = '[DONE]'

async function reply(...frames: unknown[]): Promise<Reply> {
  return collect(decodeStream(framesOf(...frames)))
}

/** Names and arguments of the calls in a stream whose finish says `stop`. */
async function calls(...pieces: unknown[]) {
  const { parts, reason } = await reply(...pieces, end(), DONE)
  expect(reason).toBe('tool-calls')
  return parts.map(part => (part.type === 'tool-call' ? [part.id, part.name, part.arguments] : part.type))
}

const text = (said: string) => ({ type: 'text', text: said })

describe('decodeStream', () => {
  it('gives events as the chunks come, each chunk’s in one batch', async () => {
    const batches: unknown[] = []
    const frames = framesOf(
      { ...chunk({ role: 'assistant', content: '', refusal: null }), system_fingerprint: 'fp', obfuscation: 'zzz' },
      { ...chunk({ content: 'Hel' }), system_fingerprint: 'fp', obfuscation: 'z' },
      chunk({ content: 'lo' }),
      end(),
      { ...base, choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
      DONE,
    )
    for await (const batch of decodeStream(frames)) batches.push(batch)
    expect(batches).toEqual([
      [{ type: 'start', id: 'r', model: 'm', extras: { 'openai-chat': { system_fingerprint: 'fp' } } }],
      [
        { type: 'part-start', index: 0, part: { type: 'text' } },
        { type: 'part-delta', index: 0, delta: text('Hel') },
      ],
      [{ type: 'part-delta', index: 0, delta: text('lo') }],
      [
        { type: 'part-end', index: 0 },
        { type: 'finish', reason: 'end', rawReason: 'stop', usage: { input: 3, output: 2 } },
      ],
    ])
  })

  it('keeps two calls apart that come one after the other (T01)', async () => {
    expect(
      await calls(
        tool({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
        tool({ index: 0, function: { arguments: '{"x":' } }),
        tool({ index: 0, function: { arguments: '1}' } }),
        tool({ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } }),
      ),
    ).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{}'],
    ])
  })

  it('keeps interleaved pieces of two calls apart (T02)', async () => {
    expect(
      await calls(
        tool(
          { index: 0, id: 'a', function: { name: 'f', arguments: '' } },
          { index: 1, id: 'b', function: { name: 'g', arguments: '' } },
        ),
        tool({ index: 1, function: { arguments: '{"y"' } }),
        tool({ index: 0, function: { arguments: '{"x"' } }),
        tool({ index: 1, function: { arguments: ':2}' } }, { index: 0, function: { arguments: ':1}' } }),
      ),
    ).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{"y":2}'],
    ])
  })

  it('keeps calls without an index apart by their ids, and waits for a late name (T11)', async () => {
    expect(
      await calls(
        tool({ id: 'a', function: { name: 'f', arguments: '{}' } }, { id: 'b', function: { arguments: '{"y":' } }),
        tool({ id: 'b', function: { name: 'g', arguments: '2}' } }),
        tool({ id: 'c', function: { name: 'h', arguments: '{}' } }),
      ),
    ).toEqual([
      ['a', 'f', '{}'],
      ['b', 'g', '{"y":2}'],
      ['c', 'h', '{}'],
    ])
  })

  it('takes three whole calls that all have index 0 and no id for three, and gives them ids (T12)', async () => {
    const found = await calls(
      tool({ index: 0, function: { name: 'f', arguments: '{"x":1}' } }),
      tool({ index: 0, function: { name: 'f', arguments: '{"x":2}' } }),
      tool({ index: 0, function: { name: 'g', arguments: '{}' } }),
    )
    expect(found.map(([, ...call]) => call)).toEqual([
      ['f', '{"x":1}'],
      ['f', '{"x":2}'],
      ['g', '{}'],
    ])
    const ids = found.map(([id]) => id)
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^call_[0-9a-f]{24}$/)
  })

  it('gives made-up ids that are the same for the same answer and others for another', async () => {
    const piece = tool({ index: 0, function: { name: 'f', arguments: '{}' } })
    const [first] = await calls(piece)
    const [again] = await calls(piece)
    const [other] = await calls({ ...piece, id: 'r2' })
    expect(again).toEqual(first)
    expect(other?.[0]).not.toBe(first?.[0])
  })

  it('goes on with a call whose later pieces have empty ids and names, or repeat them (T13)', async () => {
    for (const [id, name] of [
      ['', ''],
      ['a', 'f'],
      [null, null],
    ]) {
      expect(
        await calls(
          tool({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }),
          tool({ index: 0, id, type: 'function', function: { name, arguments: ':1' } }),
          tool({ index: 0, id, function: { name, arguments: '}' } }),
        ),
      ).toEqual([['a', 'f', '{"x":1}']])
    }
  })

  it('tells calls apart by index and name where all have one id, and gives them ids of their own', async () => {
    const piece = (index: number, name: string, text: string) =>
      tool({ index, id: 'call_0', type: 'function', function: { name, arguments: text } })
    expect(
      await calls(piece(0, 'f', '{"x":1}'), piece(1, 'g', '{"y":2'), piece(1, '', '}'), piece(2, 'g', '{"y":3}')),
    ).toEqual([
      ['call_0', 'f', '{"x":1}'],
      ['call_0_2', 'g', '{"y":2}'],
      ['call_0_3', 'g', '{"y":3}'],
    ])
  })

  it('takes an id that comes late, and a new id at the same index for a new call', async () => {
    expect(
      await calls(
        tool({ index: 0, function: { arguments: '{' } }),
        tool({ index: 0, id: 'a' }),
        tool({ index: 0, function: { name: 'f', arguments: '}' } }),
        tool({ index: 0, id: 'b', function: { name: 'f', arguments: '{}' } }),
      ),
    ).toEqual([
      ['a', 'f', '{}'],
      ['b', 'f', '{}'],
    ])
  })

  it('takes a new id at the same index for a new call even if the last one is not whole', async () => {
    expect(
      await calls(
        tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }),
        tool({ index: 0, id: 'b', function: { name: 'f', arguments: '{}' } }),
      ),
    ).toEqual([
      ['a', 'f', '{'],
      ['b', 'f', '{}'],
    ])
  })

  it('closes a text before a call and opens another after it', async () => {
    const { items } = await drain(
      decodeStream(
        framesOf(
          chunk({ content: 'one' }),
          tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }),
          chunk({ content: 'two' }),
          end(),
          DONE,
        ),
      ),
    )
    const steps = items.flatMap(event => ('index' in event ? [`${event.type} ${event.index}`] : []))
    expect(steps).toEqual([
      ...['part-start 0', 'part-delta 0', 'part-end 0'],
      ...['part-start 1', 'part-delta 1'],
      ...['part-start 2', 'part-delta 2', 'part-end 2', 'part-end 1'],
    ])
  })

  it('keeps the first id of a server that gives every chunk another', async () => {
    expect(
      await reply(chunk({ content: 'a' }), { ...chunk({ content: 'b' }), id: 'other' }, end(), DONE),
    ).toMatchObject({
      id: 'r',
    })
  })

  it('takes indices that begin anywhere, and arguments that are an object (Ollama)', async () => {
    expect(
      await calls(chunk({ content: 'x' }), tool({ index: 7, id: 'a', function: { name: 'f', arguments: { x: 1 } } })),
    ).toEqual(['text', ['a', 'f', '{"x":1}']])
  })

  it('ignores a ghost of a call, and refuses one that never gets a name', async () => {
    expect(
      await calls(tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }), tool({ index: 1 })),
    ).toEqual([['a', 'f', '{}']])
    await expect(reply(tool({ index: 0, id: 'a', function: { arguments: '{}' } }), end(), DONE)).rejects.toThrow(
      /without a name/,
    )
  })

  it('knows that tools are called although the server says stop, and in an earlier chunk (T05, T17)', async () => {
    const call = tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } })
    expect((await reply(call, chunk({ content: '' }, 'stop'), DONE)).reason).toBe('tool-calls')
    expect((await reply(call, end('length'), DONE)).reason).toBe('length')
  })

  it('reads custom tool calls and the deprecated function_call', async () => {
    expect(
      (
        await reply(
          tool({ index: 0, id: 'a', type: 'custom', custom: { name: 'c', input: '' } }),
          tool({ index: 0, custom: { input: 'raw {' } }),
          end('tool_calls'),
          DONE,
        )
      ).parts,
    ).toEqual([{ type: 'tool-call', id: 'a', name: 'c', arguments: 'raw {', kind: 'custom' }])
    expect(
      (
        await reply(
          chunk({ function_call: { name: 'f', arguments: '{' } }),
          chunk({ function_call: { arguments: '}' } }),
          end('function_call'),
          DONE,
        )
      ).parts,
    ).toMatchObject([{ type: 'tool-call', name: 'f', arguments: '{}' }])
  })

  it('reads text, thoughts and text as parts that follow each other (T18, T20)', async () => {
    const said = [
      chunk({ content: '---' }),
      chunk({ reasoning_content: 'hm', content: null }),
      chunk({ reasoning: '?' }),
      chunk({ content: 'yes', reasoning_content: '' }),
    ]
    expect((await reply(...said, end(), DONE)).parts).toEqual([
      { type: 'text', text: '---' },
      { type: 'reasoning', text: 'hm?' },
      { type: 'text', text: 'yes' },
    ])
  })

  it('reads an answer that is only thought (T19)', async () => {
    expect(await reply(chunk({ reasoning_content: 'hm' }), end('length'), DONE)).toMatchObject({
      parts: [{ type: 'reasoning', text: 'hm' }],
      reason: 'length',
    })
  })

  it('reads a refusal', async () => {
    expect(await reply(chunk({ content: '', refusal: 'I ' }), chunk({ refusal: 'won’t' }), end(), DONE)).toMatchObject({
      parts: [{ type: 'refusal', text: 'I won’t' }],
      reason: 'refusal',
    })
  })

  it('joins the details of thoughts, also those that come after the text', async () => {
    const detail = { type: 'reasoning.text', index: 0, format: 'anthropic-claude-v1' }
    const late = { type: 'reasoning.encrypted', index: 1, data: 'e' }
    expect(
      (
        await reply(
          chunk({ reasoning: 'h', reasoning_details: [{ ...detail, text: 'h' }] }),
          chunk({ reasoning: 'm', reasoning_details: [{ ...detail, text: 'm' }] }),
          chunk({ reasoning_details: [{ ...detail, signature: 's' }] }),
          chunk({ content: 'yes' }),
          chunk({ reasoning_details: [late] }),
          end(),
          DONE,
        )
      ).parts,
    ).toEqual([
      {
        type: 'reasoning',
        text: 'hm',
        signature: { protocol: 'openai-chat', value: JSON.stringify([{ ...detail, text: 'hm', signature: 's' }]) },
      },
      { type: 'text', text: 'yes' },
      { type: 'reasoning', text: '', signature: { protocol: 'openai-chat', value: JSON.stringify([late]) } },
    ])
  })

  it('keeps details of thoughts apart that have ids of their own', async () => {
    const details = ['a', 'b'].map(id => ({ type: 'reasoning.encrypted', id, data: 'e' }))
    const { parts } = await reply(chunk({ reasoning_details: details }), end(), DONE)
    expect(parts).toEqual([
      { type: 'reasoning', text: '', signature: { protocol: 'openai-chat', value: JSON.stringify(details) } },
    ])
  })

  it('loses nothing of a last chunk that holds text, the reason and the usage (T74)', async () => {
    const last = { ...chunk({ content: '!' }, 'stop'), usage: { prompt_tokens: 1, completion_tokens: 2 } }
    expect(await reply(chunk({ content: 'hi' }), last, DONE)).toMatchObject({
      parts: [{ type: 'text', text: 'hi!' }],
      usage: { input: 1, output: 2 },
    })
  })

  it('takes the last of usages that are told in every chunk', async () => {
    const counted = (tokens: number) => ({
      ...chunk({ content: '.' }),
      usage: { prompt_tokens: 1, completion_tokens: tokens },
    })
    expect((await reply(counted(1), counted(2), counted(3), end(), DONE)).usage).toEqual({ input: 1, output: 3 })
  })

  it('is finished by [DONE] although no reason came, and reads nothing after it (T21)', async () => {
    expect(await reply(chunk({ content: 'hi' }), DONE, chunk({ content: ' and more' }))).toMatchObject({
      parts: [{ type: 'text', text: 'hi' }],
      reason: 'end',
    })
  })

  it('is finished by its reason although [DONE] never comes', async () => {
    expect(await reply(chunk({ content: 'hi' }, 'stop'))).toMatchObject({ parts: [{ type: 'text', text: 'hi' }] })
  })

  it('is an error if it just stops, after what it said (T66)', async () => {
    const { items, error } = await drain(decodeStream(framesOf(chunk({ content: 'hi' }))))
    expect(items).toContainEqual({ type: 'part-delta', index: 0, delta: text('hi') })
    expect(error).toMatchObject({ kind: 'bad-upstream' })
    expect(items.some(event => event.type === 'finish')).toBe(false)
  })

  it('is an error if it is empty', async () => {
    for (const frames of [[], [DONE], [{ ...base, choices: [] }, DONE]]) {
      await expect(reply(...frames)).rejects.toMatchObject({ kind: 'bad-upstream' })
    }
  })

  it('reads the opening chunk of Azure, which holds no choice', async () => {
    const opening = {
      choices: [],
      created: 0,
      id: '',
      model: '',
      object: '',
      prompt_filter_results: [{ prompt_index: 0 }],
    }
    expect(await reply(opening, chunk({ content: 'hi' }), end(), DONE)).toMatchObject({
      id: 'r',
      model: 'm',
      extras: { 'openai-chat': { prompt_filter_results: [{ prompt_index: 0 }] } },
    })
  })

  it('reads the first of several choices', async () => {
    const both = {
      ...base,
      choices: [
        { index: 1, delta: { content: 'b' } },
        { index: 0, delta: { content: 'a' } },
      ],
    }
    expect((await reply(both, end(), DONE)).parts).toEqual([{ type: 'text', text: 'a' }])
  })

  it.each([
    [
      'an error as a chunk',
      { error: { message: 'too much', type: 'tokens', code: 'rate_limit_exceeded' } },
      'rate-limited',
    ],
    ['an error beside a chunk', { ...chunk({}, 'error'), error: { code: 503, message: 'too much' } }, 'overloaded'],
    [
      'an error in a choice',
      { ...base, choices: [{ index: 0, delta: {}, error: { code: 502, message: 'too much' } }] },
      'bad-upstream',
    ],
    ['an error that is text', { error: 'too much' }, 'bad-upstream'],
  ])('tells %s', async (_, frame, kind) => {
    const { items, error } = await drain(decodeStream(framesOf(chunk({ content: 'hi' }), frame, DONE)))
    expect(items).toContainEqual({ type: 'part-delta', index: 0, delta: text('hi') })
    expect(error).toBeInstanceOf(ProxyError)
    expect(error).toMatchObject({ kind, message: expect.stringContaining('too much') as string })
  })

  it('tells an error that comes as an event of that name', async () => {
    async function* frames() {
      yield [{ data: JSON.stringify(chunk({ content: 'hi' })) }, { event: 'error', data: '{"message":"too much"}' }]
    }
    const { items, error } = await drain(decodeStream(frames()))
    expect(items).toContainEqual({ type: 'part-delta', index: 0, delta: text('hi') })
    expect(error).toMatchObject({ kind: 'bad-upstream', message: 'too much' })
  })

  it.each([
    ['error', 'bad-upstream'],
    ['insufficient_system_resource', 'overloaded'],
  ])('takes the reason %s for the failure that it is', async (reason, kind) => {
    await expect(reply(chunk({ content: 'hi' }), end(reason), DONE)).rejects.toMatchObject({ kind })
  })

  it.each(['constructor', 'toString', '__proto__', 'novel'])(
    'takes the unknown reason %s for another',
    async reason => {
      expect(await reply(chunk({ content: 'hi' }), end(reason), DONE)).toMatchObject({
        reason: 'other',
        rawReason: reason,
      })
    },
  )

  it('tells which stop sequence was met where the server does (T55)', async () => {
    const told = { ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 'END' }] }
    expect(await reply(chunk({ content: 'hi' }), told, DONE)).toMatchObject({
      reason: 'stop-sequence',
      stopSequence: 'END',
    })
  })

  it('refuses frames that are no chunks', async () => {
    await expect(reply(chunk({ content: 'hi' }), '<html>')).rejects.toThrow(/not JSON: <html>/)
    await expect(reply('[1]')).rejects.toMatchObject({ kind: 'bad-upstream' })
  })

  it('reads fields of any wrong type without falling over', async () => {
    const wrong = {
      content: 5,
      refusal: {},
      reasoning_content: [],
      tool_calls: 'x',
      annotations: 1,
      images: [1],
      audio: 'x',
      function_call: 3,
    }
    const odd = {
      id: 1,
      model: null,
      choices: [{ index: 0, delta: wrong, logprobs: 'x', finish_reason: 7 }],
      usage: 'x',
      x_groq: 1,
    }
    expect(await reply(odd, chunk({ content: 'hi', tool_calls: [null] }), end(), DONE)).toMatchObject({
      parts: [{ type: 'text', text: 'hi' }],
    })
    expect(await reply({ choices: [{ delta: null, finish_reason: 'stop' }] }, DONE)).toMatchObject({ parts: [] })
  })

  it('keeps characters that the network cuts in two, in text and in arguments (T24)', async () => {
    const said = [
      chunk({ content: '日本🎉' }),
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":"日本🎉"}' } }),
      end('tool_calls'),
    ]
    const bytes = Buffer.from(
      said.map(frame => `data:${JSON.stringify(frame)}\n\n: OPENROUTER PROCESSING\n\n`).join('') + 'data: [DONE]\n\n',
    )
    const everywhere = Array.from({ length: bytes.length }, (_, at) => at)
    expect((await collect(decodeStream(decodeSse(cut(bytes, everywhere))))).parts).toEqual([
      { type: 'text', text: '日本🎉' },
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":"日本🎉"}', kind: 'function' },
    ])
  })

  it('reads citations, log probabilities, images and sound', async () => {
    const tokens = [{ token: 'hi', logprob: -0.1, bytes: null, top_logprobs: [] }]
    const spoken = {
      ...base,
      choices: [{ index: 0, delta: { content: 'hi' }, logprobs: { content: tokens, refusal: null } }],
    }
    const cited = {
      type: 'url_citation',
      url_citation: { url: 'https://example.com', title: 't', start_index: 0, end_index: 2 },
    }
    expect(
      (
        await reply(
          spoken,
          chunk({ annotations: [cited] }),
          chunk({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }),
          chunk({ audio: { id: 'a1', transcript: 'h' } }),
          chunk({ audio: { data: 'QUE', transcript: 'i' } }),
          chunk({ audio: { data: '=', expires_at: 9 } }),
          end(),
          DONE,
        )
      ).parts,
    ).toEqual([
      {
        type: 'text',
        text: 'hi',
        logprobs: tokens,
        citations: [{ url: 'https://example.com', title: 't', start: 0, end: 2 }],
      },
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      {
        type: 'opaque',
        protocol: 'openai-chat',
        raw: { audio: { id: 'a1', data: 'QUE=', transcript: 'hi', expires_at: 9 } },
      },
    ])
  })
})

const asked: Request = {
  model: 'm',
  stream: true,
  streamUsage: true,
  system: [],
  messages: [],
  tools: [],
  sampling: {},
}

const opening = { type: 'start', id: 'r', model: 'm' } as const
const finish = (fields: object = {}) => ({ type: 'finish', reason: 'end', ...fields }) as const
const start = (index: number, part: OpenPart) => ({ type: 'part-start', index, part }) as const
const add = (index: number, said: string) =>
  ({ type: 'part-delta', index, delta: { type: 'text', text: said } }) as const
const stop = (index: number) => ({ type: 'part-end', index }) as const
const called = (id: string) => ({ type: 'tool-call', id, name: 'f', kind: 'function' }) as const

async function written(events: readonly StreamEvent[], request: Request = asked): Promise<unknown[]> {
  const { items } = await drain(encodeStream(eventsOf(events), request))
  return items.map(({ data }) => (data === DONE ? data : JSON.parse(data)) as unknown)
}

/** The deltas and reasons of the chunks that hold a choice. */
async function deltas(events: readonly StreamEvent[], request: Request = asked): Promise<unknown[]> {
  const chunks = (await written([opening, ...events, finish()], request)) as { choices?: { delta: unknown }[] }[]
  return chunks
    .slice(1)
    .flatMap(({ choices = [] }) => choices.map(({ delta }) => delta))
    .slice(0, -1)
}

describe('encodeStream', () => {
  it('writes a stream as OpenAI does', async () => {
    const usage = { input: 3, output: 2, cacheRead: 1 }
    const common = { id: 'r', object: 'chat.completion.chunk', created: expect.any(Number) as number, model: 'm' }
    const choice = (delta: object, reason: string | null = null) => ({
      ...common,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      usage: null,
    })
    expect(
      await written([opening, start(0, { type: 'text' }), add(0, 'Hel'), add(0, 'lo'), stop(0), finish({ usage })]),
    ).toEqual([
      choice({ role: 'assistant', content: '', refusal: null }),
      choice({ content: 'Hel' }),
      choice({ content: 'lo' }),
      choice({}, 'stop'),
      {
        ...common,
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } },
      },
      DONE,
    ])
  })

  it('tells usage only if the client asked for it', async () => {
    const frames = await written([opening, finish({ usage: { input: 1, output: 1 } })], {
      ...asked,
      streamUsage: false,
    })
    expect(JSON.stringify(frames)).not.toContain('usage')
    expect(frames).toHaveLength(3)
  })

  it('guesses usage that nobody told, if the client asked for it', async () => {
    const frames = await written([opening, start(0, { type: 'text' }), add(0, 'Hello you'), stop(0), finish()])
    expect(frames).toContainEqual(
      expect.objectContaining({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 } }),
    )
  })

  it('writes one batch of frames for each batch of events, and nothing for a ping', async () => {
    const sizes: number[] = []
    const events = eventsOf(
      [opening, start(0, { type: 'text' })],
      [{ type: 'ping' }],
      [add(0, 'a'), add(0, 'b')],
      [stop(0), finish()],
    )
    for await (const frames of encodeStream(events, { ...asked, streamUsage: false })) sizes.push(frames.length)
    expect(sizes).toEqual([1, 2, 2])
  })

  it('counts tool calls from 0 without gaps, whatever their parts are numbered (T06, T10)', async () => {
    expect(
      await deltas([
        start(0, { type: 'reasoning' }),
        add(0, 'hm'),
        stop(0),
        start(1, called('a')),
        start(2, { ...called('b'), kind: 'custom' }),
        add(2, 'raw'),
        add(1, '{}'),
        stop(1),
        stop(2),
      ]),
    ).toEqual([
      { reasoning_content: 'hm' },
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'custom', custom: { name: 'f', input: '' } }] },
      { tool_calls: [{ index: 1, custom: { input: 'raw' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ])
  })

  it('gives a function that is called without arguments an empty object, which clients can parse (T14)', async () => {
    expect(
      await deltas([start(0, called('a')), start(1, { ...called('b'), kind: 'custom' }), stop(0), stop(1)]),
    ).toEqual([
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'custom', custom: { name: 'f', input: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ])
  })

  it('writes refusals, and a filter’s stop without words as content_filter (T72)', async () => {
    const reasons = async (...events: StreamEvent[]) =>
      JSON.stringify(await written([opening, ...events])).match(/"finish_reason":"(\w+)"/)?.[1]
    expect(await deltas([start(0, { type: 'refusal' }), add(0, 'no'), stop(0)])).toEqual([{ refusal: 'no' }])
    expect(await reasons(start(0, { type: 'refusal' }), add(0, 'no'), stop(0), finish({ reason: 'refusal' }))).toBe(
      'stop',
    )
    expect(await reasons(finish({ reason: 'refusal' }))).toBe('content_filter')
  })

  it('never makes an empty answer of a call that the model did not manage (T64)', async () => {
    expect(await written([opening, finish({ reason: 'malformed-tool-call' })])).toMatchObject([
      {},
      { error: { message: expect.stringContaining('tool call') as string, type: 'server_error' } },
    ])
  })

  it('gives thoughts with a token as details, so that the token comes back', async () => {
    expect(
      await deltas([
        start(0, { type: 'reasoning' }),
        add(0, 'h'),
        add(0, 'm'),
        {
          type: 'part-delta',
          index: 0,
          delta: { type: 'signature', signature: { protocol: 'anthropic', value: 's' } },
        },
        stop(0),
        start(1, { type: 'reasoning', summary: true, itemId: 'rs_1' }),
        add(1, 'sum'),
        {
          type: 'part-delta',
          index: 1,
          delta: { type: 'encrypted', encrypted: { protocol: 'openai-responses', value: 'e' } },
        },
        stop(1),
      ]),
    ).toEqual([
      { reasoning_content: 'h' },
      { reasoning_content: 'm' },
      { reasoning_details: [{ type: 'reasoning.text', format: 'anthropic', index: 0, text: 'hm', signature: 's' }] },
      { reasoning_content: '\n\n' },
      { reasoning_content: 'sum' },
      {
        reasoning_details: [
          { type: 'reasoning.encrypted', format: 'openai-responses', index: 1, id: 'rs_1', summary: 'sum', data: 'e' },
        ],
      },
    ])
  })

  const proved: StreamEvent[] = [
    start(0, { type: 'reasoning' }),
    add(0, 'T1'),
    { type: 'part-delta', index: 0, delta: { type: 'signature', signature: { protocol: 'anthropic', value: 's' } } },
    stop(0),
  ]

  it('tells thoughts once to a reader that takes their words and their details', async () => {
    const frames = encodeStream(eventsOf([opening, ...proved, finish()]), asked)
    const { parts } = await collect(decodeStream(frames))
    expect(parts).toMatchObject([{ type: 'reasoning', text: 'T1', signature: { protocol: 'openai-chat' } }])
  })

  it('tells no thoughts to who excludes them, and brings what proves them', async () => {
    expect(await deltas(proved, { ...asked, reasoning: { visible: false } })).toEqual([
      { reasoning_details: [{ type: 'reasoning.text', format: 'anthropic', index: 0, signature: 's' }] },
    ])
  })

  it('gives a backend’s own details back as they were', async () => {
    const details = [{ type: 'reasoning.text', text: 'hm', signature: 's', index: 0 }]
    expect(
      await deltas([
        start(0, { type: 'reasoning' }),
        {
          type: 'part-delta',
          index: 0,
          delta: { type: 'signature', signature: { protocol: 'openai-chat', value: JSON.stringify(details) } },
        },
        stop(0),
      ]),
    ).toEqual([{ reasoning_details: details }])
  })

  it('hangs Gemini’s signature on the call, and no other', async () => {
    const signed = (protocol: string) =>
      deltas([
        start(0, called('a')),
        add(0, '{}'),
        { type: 'part-delta', index: 0, delta: { type: 'signature', signature: { protocol, value: 's' } } },
        stop(0),
      ])
    expect((await signed('gemini')).slice(2)).toEqual([
      // With the function that each piece of a call has: parsers refuse the chunk without it.
      {
        tool_calls: [{ index: 0, function: { arguments: '' }, extra_content: { google: { thought_signature: 's' } } }],
      },
    ])
    expect((await signed('anthropic')).slice(2)).toEqual([])
  })

  it('speaks the deprecated functions to a client that does', async () => {
    const legacy: Request = { ...asked, extras: { 'openai-chat': { functions: [{ name: 'f' }] } } }
    expect(
      await deltas(
        [start(0, called('a')), add(0, '{}'), stop(0), start(1, called('b')), add(1, '{}'), stop(1)],
        legacy,
      ),
    ).toEqual([{ function_call: { name: 'f', arguments: '' } }, { function_call: { arguments: '{}' } }])
    const frames = await written([opening, finish({ reason: 'tool-calls' })], legacy)
    expect(frames).toContainEqual(
      expect.objectContaining({ choices: [expect.objectContaining({ finish_reason: 'function_call' })] }),
    )
  })

  it('places citations in the whole content, and leaves out those of what has no address', async () => {
    const cites = (index: number, citation: object): StreamEvent => ({
      type: 'part-delta',
      index,
      delta: { type: 'citation', citation },
    })
    const said = await deltas([
      start(0, { type: 'text' }),
      add(0, 'Hello A.'),
      cites(0, { title: 'A document' }),
      stop(0),
      start(1, { type: 'text' }),
      add(1, 'Bye B.'),
      cites(1, { url: 'https://example.com', start: 4, end: 5 }),
      stop(1),
    ])
    expect(said).toMatchObject([
      { content: 'Hello A.' },
      { content: 'Bye B.' },
      { annotations: [{ url_citation: { start_index: 12, end_index: 13 } }] },
    ])
  })

  it('writes citations, log probabilities and images', async () => {
    const tokens = [{ token: 'hi' }]
    const frames = await written([
      opening,
      start(0, { type: 'text' }),
      add(0, 'hi'),
      { type: 'part-delta', index: 0, delta: { type: 'logprobs', logprobs: tokens } },
      {
        type: 'part-delta',
        index: 0,
        delta: { type: 'citation', citation: { url: 'https://example.com', quote: 'q' } },
      },
      stop(0),
      start(1, { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } }),
      stop(1),
      finish(),
    ])
    expect(frames).toMatchObject([
      {},
      {},
      { choices: [{ delta: { content: '' }, logprobs: { content: tokens, refusal: null } }] },
      {
        choices: [
          {
            delta: {
              annotations: [
                {
                  type: 'url_citation',
                  url_citation: { url: 'https://example.com', title: '', start_index: 0, end_index: 0, content: 'q' },
                },
              ],
            },
          },
        ],
      },
      { choices: [{ delta: { images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] } }] },
      {},
      { choices: [] },
      DONE,
    ])
  })

  it('repeats the fingerprint and tier of the backend in every chunk', async () => {
    const extras = { 'openai-chat': { system_fingerprint: 'fp', service_tier: 'default', novel: 1 } }
    const frames = await written([{ ...opening, extras }, start(0, { type: 'text' }), add(0, 'x'), stop(0), finish()])
    expect(frames).toMatchObject([
      { system_fingerprint: 'fp', service_tier: 'default', novel: 1 },
      { system_fingerprint: 'fp', service_tier: 'default' },
      { system_fingerprint: 'fp', service_tier: 'default' },
      { system_fingerprint: 'fp', service_tier: 'default', choices: [] },
      DONE,
    ])
    expect(frames[1]).not.toHaveProperty('novel')
  })

  it('ends with an error frame and without [DONE] when the answer fails (T66, T67)', async () => {
    async function* failing() {
      yield [opening, start(0, { type: 'text' }), add(0, 'so far')]
      throw new ProxyError('bad-upstream', 'it broke')
    }
    const { items } = await drain(encodeStream(failing(), asked))
    expect(items.slice(1).map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
      { choices: [{ delta: { content: 'so far' } }] },
      { error: { message: 'it broke', type: 'server_error', param: null, code: 'bad_upstream' } },
    ])
  })

  it('gives an answer without an id one of its own', async () => {
    const [first] = (await written([{ ...opening, id: '' }, finish()])) as { id: string }[]
    const [second] = (await written([{ ...opening, id: '' }, finish()])) as { id: string }[]
    expect(first?.id).toMatch(/^chatcmpl-/)
    expect(first?.id).not.toBe(second?.id)
  })
})
