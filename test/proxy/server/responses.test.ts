import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeAnthropic } from '../../support/fake-anthropic.ts'
import { startFakeOpenai, streamWords } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'
import { openSocket, type Spoken } from './speaking.ts'

let chat: Awaited<ReturnType<typeof startFakeOpenai>>
let messages: Awaited<ReturnType<typeof startFakeAnthropic>>
let proxy: StartedApp
let openai: OpenAI

beforeAll(async () => {
  chat = await startFakeOpenai()
  messages = await startFakeAnthropic()
  proxy = await startApp(
    `
default_backend: chat
backends:
  chat: { type: custom, protocol: openai-chat, api_url: ${chat.url}, api_key: env:CHAT_KEY }
  claude: { type: custom, protocol: anthropic, api_url: ${messages.url}, api_key: env:CLAUDE_KEY }
`,
    { CHAT_KEY: chat.key, CLAUDE_KEY: messages.key },
  )
  openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 })
})

afterAll(async () => {
  await proxy.close()
  await chat.close()
  await messages.close()
})

/** The conversation that a backend of Chat Completions was asked last. */
const lastMessages = () => chat.asked.at(-1)?.body['messages']

describe('responses on a Chat Completions backend', () => {
  it('are gone on from by their id, and on another backend too', async () => {
    const first = await openai.responses.create({ model: 'gpt-x', input: 'My name is Ada.' })
    expect(first.output_text).toBe('Hello there')
    const second = await openai.responses.create({
      model: 'gpt-x',
      input: 'What is my name?',
      previous_response_id: first.id,
    })
    expect(second.previous_response_id).toBe(first.id)
    expect(lastMessages()).toEqual([
      { role: 'user', content: 'My name is Ada.' },
      { role: 'assistant', content: 'Hello there' },
      { role: 'user', content: 'What is my name?' },
    ])

    const stream = openai.responses.stream({
      model: 'claude:claude-x',
      input: 'And now?',
      previous_response_id: second.id,
      max_output_tokens: 100,
    })
    const third = await stream.finalResponse()
    expect(third.previous_response_id).toBe(second.id)
    expect(messages.asked.at(-1)?.body['messages']).toHaveLength(5)
  })

  it('are given again, listed with what was asked, and deleted', async () => {
    const { id } = await openai.responses.create({ model: 'gpt-x', input: 'Remember me' })
    const again = await openai.responses.create({ model: 'gpt-x', input: 'Go on', previous_response_id: id })
    expect(await openai.responses.retrieve(again.id)).toMatchObject({ id: again.id, output: again.output })

    const oldest = await openai.responses.inputItems.list(again.id, { order: 'asc' })
    expect(oldest.data.map(item => 'content' in item && item.content)).toEqual([
      [{ type: 'input_text', text: 'Remember me' }],
      [expect.objectContaining({ type: 'output_text', text: 'Hello there' })],
      [{ type: 'input_text', text: 'Go on' }],
    ])
    const page = await openai.responses.inputItems.list(again.id, { limit: 2 })
    expect(page.data).toHaveLength(2)
    expect((await page.getNextPage()).data).toHaveLength(1)

    await openai.responses.delete(again.id)
    await expect(openai.responses.retrieve(again.id)).rejects.toMatchObject({ status: 404 })
    await expect(openai.responses.cancel(id)).rejects.toMatchObject({ status: 400 })
  })

  it('are not kept where the client says so, and an unknown id is refused by name', async () => {
    const { id } = await openai.responses.create({ model: 'gpt-x', input: 'Forget me', store: false })
    await expect(openai.responses.retrieve(id)).rejects.toMatchObject({ status: 404 })
    await expect(
      openai.responses.create({ model: 'gpt-x', input: 'Who?', previous_response_id: id }),
    ).rejects.toMatchObject({ status: 400, param: 'previous_response_id', code: 'previous_response_not_found' })
  })

  it.each([{ conversation: 'conv_1' }, { prompt: { id: 'pmpt_1' } }, { background: true }])(
    'refuse what only OpenAI keeps or does: %j',
    async fields => {
      const [param] = Object.keys(fields)
      await expect(openai.responses.create({ model: 'gpt-x', input: 'hi', ...fields })).rejects.toMatchObject({
        status: 400,
        param,
      })
    },
  )

  it('T33: give a tool’s result to the call that stands in the response before', async () => {
    chat.answers(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-x', choices: [{ index: 0, delta: { role: 'assistant', tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } }] }, finish_reason: 'tool_calls' }] })}\n\ndata: [DONE]\n\n`,
      )
    })
    const tools = [
      { type: 'function' as const, name: 'look', parameters: { type: 'object', properties: {} }, strict: false },
    ]
    const called = await openai.responses.create({ model: 'gpt-x', input: 'Look', tools })
    chat.answers(response => streamWords(response, ['Seen']))
    const answered = await openai.responses.create({
      model: 'gpt-x',
      tools,
      previous_response_id: called.id,
      input: [{ type: 'function_call_output', call_id: 'call_1', output: 'a tree' }],
    })
    expect(answered.output_text).toBe('Seen')
    expect(lastMessages()).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [{ id: 'call_1' }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'a tree' },
    ])
  })
})

describe('a conversation made short', () => {
  it('is a summary of the model’s, which is read back as a message, and stands in the log', async () => {
    chat.answers(response => streamWords(response, ['They like tea.']))
    const compacted = await openai.responses.compact({ model: 'gpt-x', input: 'I like tea.' })
    expect(compacted).toMatchObject({ object: 'response.compaction', output: [{ type: 'compaction' }] })
    expect(lastMessages()).toMatchObject([
      { content: 'I like tea.' },
      { content: expect.stringContaining('summary') as string },
    ])

    await openai.responses.create({
      model: 'gpt-x',
      input: [...(compacted.output as never[]), { role: 'user', content: 'What do I like?' }],
    })
    expect(lastMessages()).toMatchObject([
      { role: 'user', content: expect.stringContaining('They like tea.') as string },
      { role: 'user', content: 'What do I like?' },
    ])
    const { turns } = await proxy.app.handlers['turns.list']({ limit: 5 })
    expect(turns.map(({ path }) => path)).toContain('/v1/responses/compact')
  })
})

describe('responses over a WebSocket', () => {
  it('go on from each other without being stored, after an announcement that asks for nothing', async () => {
    chat.answers(response => streamWords(response, ['Hi']))
    const socket = await openSocket(`${proxy.url}/v1/responses`)
    const base = { type: 'response.create', model: 'gpt-x', store: false, tools: [] }
    const asked = chat.asked.length

    const announced = await socket.ask({ ...base, generate: false, input: [user('one')] })
    expect(announced.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: [], usage: { total_tokens: 0 } },
    })
    expect(chat.asked.length).toBe(asked)

    const first = await socket.ask({ ...base, input: [user('two')], previous_response_id: idIn(announced) })
    expect(first.map(({ type }) => type).slice(0, 2)).toEqual(['response.created', 'response.in_progress'])
    expect(lastMessages()).toMatchObject([{ content: 'one' }, { content: 'two' }])

    await socket.ask({ ...base, input: [user('three')], previous_response_id: idIn(first) })
    expect(lastMessages()).toMatchObject([
      { content: 'one' },
      { content: 'two' },
      { content: 'Hi' },
      { content: 'three' },
    ])
    socket.close()
  })

  it('tell what is wrong in a message, and go on', async () => {
    const socket = await openSocket(`${proxy.url}/v1/responses`)
    const [unknown] = await socket.ask({ type: 'response.nonsense' })
    expect(unknown).toMatchObject({ type: 'error', status: 400, error: { param: 'type' } })
    const [wrong] = await socket.ask({ type: 'response.create', model: 'gpt-x', input: 7 })
    expect(wrong).toMatchObject({ type: 'error', status: 400 })
    const [lost] = await socket.ask({
      type: 'response.create',
      model: 'gpt-x',
      input: [],
      previous_response_id: 'resp_x',
    })
    expect(lost).toMatchObject({ type: 'error', status: 400, error: { code: 'previous_response_not_found' } })
    const well = await socket.ask({ type: 'response.create', model: 'gpt-x', input: [user('hello')] })
    expect(well.at(-1)).toMatchObject({ type: 'response.completed' })
    socket.close()
  })

  it('are refused elsewhere, and to pages of other origins', async () => {
    await expect(openSocket(`${proxy.url}/v1/chat/completions`)).rejects.toThrow('404')
    await expect(openSocket(`${proxy.url}/v1/responses`, { origin: 'https://evil.example' })).rejects.toThrow('403')
  })
})

function user(text: string) {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }
}

function idIn(told: readonly Spoken[]): string {
  return told.at(-1)?.response?.id ?? ''
}
