import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CARRIED, pack } from '../../../proxy/core/carried.ts'
import { refuse as refuseAnthropic, startFakeAnthropic, streamBlocks } from '../../support/fake-anthropic.ts'
import {
  beginStream,
  chunkOf,
  done,
  refuse,
  startFakeOpenai,
  streamWords,
  wholeWords,
  usageChunk,
} from '../../support/fake-openai.ts'
import { eventually, startApp, type StartedApp } from '../../support/start-app.ts'

let chat: Awaited<ReturnType<typeof startFakeOpenai>>
let messages: Awaited<ReturnType<typeof startFakeAnthropic>>
let proxy: StartedApp
let openai: OpenAI
let anthropic: Anthropic

beforeAll(async () => {
  chat = await startFakeOpenai()
  messages = await startFakeAnthropic()
  proxy = await startApp(
    `
failure_handling: { enabled: false }
default_backend: chat
backends:
  chat: { type: custom, protocol: openai-chat, api_url: ${chat.url}, api_key: env:CHAT_KEY }
  claude: { type: custom, protocol: anthropic, api_url: ${messages.url}, api_key: env:CLAUDE_KEY }
`,
    { CHAT_KEY: chat.key, CLAUDE_KEY: messages.key },
  )
  openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: `${proxy.url}/anthropic`, apiKey: 'x', maxRetries: 0 })
})

afterAll(async () => {
  await proxy.close()
  await chat.close()
  await messages.close()
})

const hello = [{ role: 'user' as const, content: 'hello' }]
const lookTool = {
  name: 'look',
  description: 'looks',
  schema: { type: 'object' as const, properties: { at: { type: 'string' } }, required: ['at'] },
}

describe('an Anthropic client on a Chat Completions backend', () => {
  it('gets text, whole and streamed, with the usage of its API', async () => {
    chat.answers((response, { body }) => {
      if (body['stream'] !== true) {
        expect(body).not.toHaveProperty('stream_options')
        wholeWords(response, 'Hello there')
        return
      }
      expect(body).toMatchObject({ stream_options: { include_usage: true } })
      streamWords(response, ['Hello', ' there'])
    })
    const whole = await anthropic.messages.create({ model: 'gpt-x', max_tokens: 100, messages: hello })
    expect(whole.content).toEqual([expect.objectContaining({ type: 'text', text: 'Hello there' })])
    expect(whole).toMatchObject({
      stop_reason: 'end_turn',
      usage: { input_tokens: 8, cache_read_input_tokens: 3, output_tokens: 7 },
    })

    const streamed = await anthropic.messages
      .stream({ model: 'gpt-x', max_tokens: 100, messages: hello })
      .finalMessage()
    expect(streamed.content).toEqual(whole.content)
    expect(streamed.usage).toMatchObject({ input_tokens: 8, output_tokens: 7 })
  })

  it('gets ids of its own API, so that two answers are never taken for one', async () => {
    chat.answers(response => streamWords(response, ['Hello']))
    const ask = () => anthropic.messages.create({ model: 'gpt-x', max_tokens: 9, messages: hello })
    const [first, second] = [await ask(), await ask()]
    expect(first.id).toMatch(/^msg_\w{32}$/)
    expect(second.id).not.toBe(first.id)
  })

  it('calls tools over two turns, two of them interleaved', async () => {
    chat.answers(response => {
      beginStream(response)
      const piece = (index: number, fields: object) => response.write(chunkOf({ tool_calls: [{ index, ...fields }] }))
      piece(0, { id: 'call_a', type: 'function', function: { name: 'look', arguments: '' } })
      piece(1, { id: 'call_b', type: 'function', function: { name: 'look', arguments: '{"at"' } })
      piece(0, { function: { arguments: '{"at":"a"}' } })
      piece(1, { function: { arguments: ':"b"}' } })
      response.end(chunkOf({}, 'tool_calls') + usageChunk + done)
    })
    const tools = [{ name: lookTool.name, description: lookTool.description, input_schema: lookTool.schema }]
    const first = await anthropic.messages
      .stream({ model: 'gpt-x', max_tokens: 100, messages: hello, tools })
      .finalMessage()
    expect(first.stop_reason).toBe('tool_use')
    expect(first.content).toMatchObject([
      { type: 'tool_use', id: 'call_a', name: 'look', input: { at: 'a' } },
      { type: 'tool_use', id: 'call_b', name: 'look', input: { at: 'b' } },
    ])

    chat.answers((response, { body }) => {
      expect(body['messages']).toMatchObject([
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ id: 'call_a' }, { id: 'call_b' }] },
        { role: 'tool', tool_call_id: 'call_a', content: 'saw a' },
        { role: 'tool', tool_call_id: 'call_b', content: 'saw b' },
      ])
      streamWords(response, ['done'])
    })
    const results = ['call_a', 'call_b'].map((id, i) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: `saw ${'ab'.charAt(i)}`,
    }))
    const second = await anthropic.messages.create({
      model: 'gpt-x',
      max_tokens: 100,
      tools,
      messages: [...hello, { role: 'assistant', content: first.content }, { role: 'user', content: results }],
    })
    expect(second.content).toMatchObject([{ type: 'text', text: 'done' }])
  })

  it('gets typed errors, before the first word and in mid-stream', async () => {
    chat.answers(response =>
      refuse(response, 429, 'tokens', 'rate_limit_exceeded', 'Slow down.', { 'retry-after': '7' }),
    )
    const limited: unknown = await anthropic.messages
      .create({ model: 'gpt-x', max_tokens: 9, messages: hello })
      .catch((error: unknown) => error)
    expect(limited).toBeInstanceOf(Anthropic.RateLimitError)
    expect((limited as InstanceType<typeof Anthropic.RateLimitError>).headers.get('retry-after')).toBe('7')
    await expect(
      anthropic.messages.create({ model: 'nosuch:x', max_tokens: 9, messages: hello }),
    ).rejects.toBeInstanceOf(Anthropic.NotFoundError)
    await expect(anthropic.messages.create({ model: 'gpt-x', max_tokens: 9, messages: [] })).rejects.toBeInstanceOf(
      Anthropic.BadRequestError,
    )

    chat.answers(response => {
      beginStream(response)
      response.write(chunkOf({ content: 'half' }))
      response.socket?.destroySoon()
    })
    await expect(
      anthropic.messages.stream({ model: 'gpt-x', max_tokens: 9, messages: hello }).finalMessage(),
    ).rejects.toThrow()
  })

  it('is told where nothing is served, if the backend’s address is wrong', async () => {
    chat.answers(response => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
    })
    await expect(anthropic.messages.create({ model: 'gpt-x', max_tokens: 100, messages: hello })).rejects.toMatchObject(
      {
        status: 404,
        message: expect.stringContaining(
          `Nothing is served at ${chat.url}/chat/completions (404 page not found). Check api_url of backend chat`,
        ) as string,
      },
    )
  })

  it('hangs up, and the backend’s request is given up at once', async () => {
    chat.answers(response => {
      beginStream(response)
      response.write(chunkOf({ content: 'never ' }))
    })
    const stream = anthropic.messages.stream({ model: 'gpt-x', max_tokens: 9, messages: hello })
    stream.on('error', () => undefined)
    stream.on('text', () => stream.abort())
    await stream.done().catch(() => undefined)
    await chat.asked.at(-1)?.hungUp
  })

  it('sees the demo, and lists models in its own shape', async () => {
    const demo = await anthropic.messages.create({ model: 'demo:demo-fast', max_tokens: 500, messages: hello })
    expect(demo.content[0]).toMatchObject({
      type: 'text',
      text: expect.stringMatching(/^This is the built-in demo/) as string,
    })
    const ids = []
    for await (const model of anthropic.models.list()) ids.push(model.id)
    expect(ids).toEqual(expect.arrayContaining(['gpt-x', 'claude:claude-x', 'demo:demo']))
  })
})

describe('a Chat Completions client on an Anthropic backend', () => {
  it('gets text and thinking, whole and streamed, with inclusive usage', async () => {
    messages.answers(response =>
      streamBlocks(
        response,
        [
          { type: 'thinking', text: ['hm', 'm'] },
          { type: 'text', text: ['Hello', ' there'] },
        ],
        'end_turn',
      ),
    )
    const whole = await openai.chat.completions.create({
      model: 'claude:claude-x',
      messages: [{ role: 'system', content: 'be brief' }, ...hello],
    })
    expect(messages.asked.at(-1)?.body).toMatchObject({
      model: 'claude-x',
      stream: true,
      max_tokens: expect.any(Number) as number,
    })
    expect(whole.choices[0]).toMatchObject({ message: { content: 'Hello there' }, finish_reason: 'stop' })
    expect(whole.usage).toMatchObject({
      prompt_tokens: 8,
      completion_tokens: 9,
      prompt_tokens_details: { cached_tokens: 3 },
    })

    const stream = await openai.chat.completions.create({
      model: 'claude:claude-x',
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let usage
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      usage = chunk.usage ?? usage
    }
    expect(text).toBe('Hello there')
    expect(usage?.total_tokens).toBe(17)
  })

  it('calls a tool and sends its result where a strict backend wants it', async () => {
    messages.answers(response =>
      streamBlocks(
        response,
        [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: ['{"at":', '"x"}'] }],
        'tool_use',
      ),
    )
    const tools = [{ type: 'function' as const, function: { name: lookTool.name, parameters: lookTool.schema } }]
    const first = await openai.chat.completions.create({ model: 'claude:claude-x', messages: hello, tools })
    const call = first.choices[0]?.message
    expect(call?.tool_calls).toMatchObject([{ id: 'toolu_1', function: { name: 'look', arguments: '{"at":"x"}' } }])

    messages.answers(response => streamBlocks(response, [{ type: 'text', text: ['done'] }], 'end_turn'))
    const second = await openai.chat.completions.create({
      model: 'claude:claude-x',
      tools,
      messages: [
        ...hello,
        ...(call === undefined ? [] : [call]),
        { role: 'tool', tool_call_id: 'toolu_1', content: 'saw x' },
        { role: 'user', content: 'go on' },
      ],
    })
    expect(second.choices[0]?.message.content).toBe('done')
  })

  it('gets typed errors in its own shape', async () => {
    messages.answers(response => refuseAnthropic(response, 529, 'overloaded_error', 'Overloaded'))
    await expect(openai.chat.completions.create({ model: 'claude:claude-x', messages: hello })).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('Overloaded') as string,
    })
    messages.answers(response =>
      refuseAnthropic(response, 400, 'invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum'),
    )
    await expect(openai.chat.completions.create({ model: 'claude:claude-x', messages: hello })).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    })
  })
})

describe('an Anthropic client on an Anthropic backend', () => {
  it('is relayed, with its beta headers and query, under either path', async () => {
    messages.answers(response => streamBlocks(response, [{ type: 'text', text: ['as', ' is'] }], 'end_turn'))
    for (const baseURL of [`${proxy.url}/anthropic`, proxy.url]) {
      const { data, response } = await new Anthropic({ baseURL, apiKey: 'x', maxRetries: 0 }).messages
        .create(
          { model: 'claude:claude-x', max_tokens: 9, messages: hello, stream: true },
          { headers: { 'anthropic-beta': 'x-2026' }, query: { beta: 'true' } },
        )
        .withResponse()
      let text = ''
      for await (const event of data)
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
      expect(text).toBe('as is')
      expect(messages.asked.at(-1)).toMatchObject({
        url: '/v1/messages?beta=true',
        headers: { 'anthropic-beta': 'x-2026', 'x-api-key': messages.key },
      })
      const turn = await eventually(async () => {
        const detail = await proxy.app.handlers['turns.get']({ id: response.headers.get('x-lip-turn') ?? '' })
        return detail?.turn.open === false && detail.turn
      })
      expect(turn).toMatchObject({
        way: 'relayed',
        outcome: 'ok',
        frontend: 'anthropic',
        tokensIn: 8,
        tokensOut: 9,
        cacheRead: 3,
        upstreamId: 'req_ant',
      })
    }
  })

  it('is translated where its history holds thoughts of another vendor, whose signatures it would refuse', async () => {
    messages.answers(response => streamBlocks(response, [{ type: 'text', text: ['fine'] }], 'end_turn'))
    const signature = pack({ of: 'thought', encrypted: { protocol: 'openai-responses', value: 'abc' } })
    const answer = await anthropic.messages.create({
      model: 'claude:claude-x',
      max_tokens: 9,
      messages: [
        ...hello,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature },
            { type: 'text', text: 'hi' },
          ],
        },
        ...hello,
      ],
    })
    expect(answer.content).toMatchObject([{ type: 'text', text: 'fine' }])
    expect(JSON.stringify(messages.asked.at(-1)?.body)).not.toContain(CARRIED)
  })
})
