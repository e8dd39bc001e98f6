import type { ServerResponse } from 'node:http'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  beginStream,
  chunkOf,
  done,
  refuse,
  startFakeOpenai,
  streamWords,
  usageChunk,
} from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

type Fake = Awaited<ReturnType<typeof startFakeOpenai>>

let thinker: Fake
let doer: Fake
let proxy: StartedApp
let anthropic: Anthropic
let openai: OpenAI

const MODEL = 'hybrid:[thinker:gpt-x,doer:gpt-x]'

beforeAll(async () => {
  thinker = await startFakeOpenai({ key: 'sk-thinker' })
  doer = await startFakeOpenai({ key: 'sk-doer' })
  proxy = await startApp(
    `
failure_handling: { enabled: false }
hybrid: { thinking_timeout: 1 }
backends:
  thinker: { type: custom, protocol: openai-chat, api_url: ${thinker.url}, api_key: env:THINKER_KEY }
  doer: { type: custom, protocol: openai-chat, api_url: ${doer.url}, api_key: env:DOER_KEY }
`,
    { THINKER_KEY: thinker.key, DOER_KEY: doer.key },
  )
  anthropic = new Anthropic({ baseURL: `${proxy.url}/anthropic`, apiKey: 'x', maxRetries: 0 })
  openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 })
})

beforeEach(() => {
  thinker.asked.length = 0
  doer.asked.length = 0
  doer.answers(response => streamWords(response, ['Four', '.']))
})

afterAll(async () => {
  await proxy.close()
  await thinker.close()
  await doer.close()
})

/** Thinks and then begins an answer, which nobody is to wait for. */
function thinks(response: ServerResponse) {
  beginStream(response)
  response.write(chunkOf({ role: 'assistant', content: '', reasoning_content: 'Two and two ' }))
  response.write(chunkOf({ reasoning_content: 'are four.' }))
  response.write(chunkOf({ content: 'The answer' }))
}

const hello = (text: string) => [{ role: 'user' as const, content: text }]

describe('a hybrid of two models', () => {
  it('shows the thoughts of the first, hangs up on it, and lets the second answer with them', async () => {
    let hungUp: Promise<void> | undefined
    thinker.answers((response, asked) => {
      hungUp = asked.hungUp
      thinks(response)
    })
    const message = await anthropic.messages
      .stream({ model: MODEL, max_tokens: 100, messages: hello('2+2?') })
      .finalMessage()
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'Two and two are four.' },
      { type: 'text', text: 'Four.' },
    ])
    await hungUp
    expect(JSON.stringify(doer.asked[0]?.body['messages'])).toContain('Two and two are four.')
    expect(thinker.asked[0]?.body).toMatchObject({ reasoning_effort: 'high' })
    const { turns } = await proxy.app.handlers['turns.list']({ limit: 1 })
    expect(turns[0]).toMatchObject({
      outcome: 'ok',
      backend: 'doer',
      why: expect.stringContaining('thinker:gpt-x thought') as string,
    })
  })

  it('does the same whole, and over Responses', async () => {
    thinker.answers(thinks)
    const chat = await openai.chat.completions.create({ model: MODEL, messages: hello('whole?') })
    expect(chat.choices[0]?.message).toMatchObject({ content: 'Four.', reasoning_content: 'Two and two are four.' })
    const response = await openai.responses.create({ model: MODEL, input: 'responses?' })
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    expect(response.output_text).toBe('Four.')
  })

  it('takes thoughts that stand between tags in the answer, wherever these are cut', async () => {
    thinker.answers(response => {
      beginStream(response)
      for (const piece of ['<thi', 'nk>', 'Count on ', 'fingers.</th', 'ink>', 'The answer'])
        response.write(chunkOf({ content: piece }))
    })
    const chat = await openai.chat.completions.create({ model: MODEL, messages: hello('tags?') })
    expect(chat.choices[0]?.message).toMatchObject({ content: 'Four.', reasoning_content: 'Count on fingers.' })
  })

  it('gives the first one’s calls of tools to the client, without asking the second', async () => {
    thinker.answers(response => {
      beginStream(response)
      response.write(chunkOf({ reasoning_content: 'I must look.' }))
      response.write(
        chunkOf({
          tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":' } }],
        }),
      )
      response.write(chunkOf({ tool_calls: [{ index: 0, function: { arguments: '"x"}' } }] }))
      response.end(chunkOf({}, 'tool_calls') + usageChunk + done)
    })
    const message = await anthropic.messages.create({
      model: MODEL,
      max_tokens: 100,
      messages: hello('look?'),
      tools: [{ name: 'look', input_schema: { type: 'object', properties: { at: { type: 'string' } } } }],
    })
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'I must look.' },
      { type: 'tool_use', id: 'call_1', name: 'look', input: { at: 'x' } },
    ])
    expect(message.stop_reason).toBe('tool_use')
    expect(doer.asked).toHaveLength(0)
  })

  it('answers without thoughts when the first fails or never ends, and leaves it out in the turns after', async () => {
    thinker.answers(response => refuse(response, 500, 'server_error', null, 'down'))
    const first = hello('fails?')
    expect((await openai.chat.completions.create({ model: MODEL, messages: first })).choices[0]?.message.content).toBe(
      'Four.',
    )
    const { turns } = await proxy.app.handlers['turns.list']({ limit: 1 })
    expect(turns[0]?.attempts).toMatchObject([
      { backend: 'thinker', phase: 'thinking', error: expect.stringContaining('down') as string },
      { backend: 'doer', phase: 'answer' },
    ])

    const again = [...first, { role: 'assistant' as const, content: 'Four.' }, ...hello('and?')]
    const asked = thinker.asked.length
    await openai.chat.completions.create({ model: MODEL, messages: again })
    await openai.chat.completions.create({ model: MODEL, messages: again })
    expect(thinker.asked.length).toBe(asked)
    await openai.chat.completions.create({ model: MODEL, messages: again })
    expect(thinker.asked.length).toBe(asked + 1)

    thinker.answers(response => {
      beginStream(response)
      response.write(chunkOf({ reasoning_content: 'Hm' }))
    })
    const late = await openai.chat.completions.create({ model: MODEL, messages: hello('late?') })
    expect(late.choices[0]?.message).toMatchObject({ content: 'Four.', reasoning_content: 'Hm' })
  })

  it('fails as the second one does', async () => {
    thinker.answers(thinks)
    doer.answers(response => refuse(response, 429, 'requests', 'rate_limit_exceeded', 'busy'))
    await expect(openai.chat.completions.create({ model: MODEL, messages: hello('busy?') })).rejects.toMatchObject({
      status: 429,
    })
  })
})
