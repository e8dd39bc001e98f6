import { createOpenAI } from '@ai-sdk/openai'
import { jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import { replay, type Reply } from '../../../../proxy/core/reply.ts'
import type { Part, Request } from '../../../../proxy/core/request.ts'
import { openaiResponses } from '../../../../proxy/protocols/openai-responses/index.ts'
import { encodeSse } from '../../../../proxy/wire/sse.ts'

/** What vendors' own clients make of our answers, and what we make of their next request. */
const asked: Request[] = []
let answers: (Reply | ProxyError)[] = []

const server = createServer((request, response) => {
  void (async () => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const question = openaiResponses.decodeRequest(JSON.parse(Buffer.concat(chunks).toString()))
    asked.push(question)
    const reply = answers.shift() ?? new ProxyError('internal', 'nothing to answer')
    async function* events() {
      if (reply instanceof ProxyError) {
        yield [{ type: 'start', id: 'r', model: 'm' } as const]
        throw reply
      }
      yield* replay(reply)
    }
    if (!question.stream && !(reply instanceof ProxyError)) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(openaiResponses.encodeReply(reply, question)))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for await (const frames of openaiResponses.encodeStream(events(), question)) response.write(encodeSse(frames))
    response.end()
  })()
})

let baseURL = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked.length = 0
})

const thought: Part = { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 's' } }
const calls: Part[] = ['a', 'b'].map(id => ({
  type: 'tool-call',
  id,
  name: 'weather',
  arguments: `{"city":"${id}"}`,
  kind: 'function',
}))
const called: Reply = {
  id: 'resp_1',
  model: 'claude-x',
  parts: [thought, { type: 'text', text: 'Let me see.' }, ...calls],
  reason: 'tool-calls',
  usage: { input: 10, output: 5, cacheRead: 4, reasoning: 2 },
}
const said: Reply = {
  id: 'resp_2',
  model: 'claude-x',
  parts: [{ type: 'text', text: 'Rain.' }],
  reason: 'end',
  usage: { input: 20, output: 2 },
}

describe('OpenAI’s SDK', () => {
  const client = () => new OpenAI({ baseURL, apiKey: 'k', maxRetries: 0 })
  const tools = [
    { type: 'function' as const, name: 'weather', parameters: { type: 'object', properties: {} }, strict: false },
  ]

  it('puts a stream together, and brings thoughts and calls back with the results', async () => {
    answers = [called, said]
    const body = { model: 'm', tools, store: false, input: [{ role: 'user' as const, content: 'weather?' }] }
    const stream = client().responses.stream(body)
    const seen: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => seen.push(delta))
    const first = await stream.finalResponse()
    expect(seen.join('')).toBe('Let me see.')
    expect(first.output_text).toBe('Let me see.')
    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call', 'function_call'])
    expect(first.usage).toMatchObject({ input_tokens: 10, output_tokens: 5 })

    const results = ['a', 'b'].map(id => ({
      type: 'function_call_output' as const,
      call_id: id,
      output: 'wet',
    }))
    const second = await client().responses.create({
      ...body,
      input: [...body.input, ...(first.output as []), ...results],
    })
    expect(second.output_text).toBe('Rain.')
    expect(asked[1]?.messages[1]?.parts).toMatchObject([thought, { text: 'Let me see.' }, ...calls])
    expect(asked[1]?.messages[2]?.parts).toMatchObject([{ callId: 'a' }, { callId: 'b' }])
  })

  it('throws the error that ends a stream', async () => {
    answers = [new ProxyError('overloaded', 'no room left')]
    const stream = await client().responses.create({ model: 'm', input: 'x', stream: true })
    const seen: string[] = []
    const reading = (async () => {
      for await (const { type } of stream) seen.push(type)
    })()
    await expect(reading).rejects.toThrow('no room left')
    expect(seen[0]).toBe('response.created')
  })
})

describe('the AI SDK', () => {
  it('goes through a loop of tools, with thoughts', async () => {
    answers = [called, said]
    const cities: string[] = []
    const result = streamText({
      model: createOpenAI({ baseURL, apiKey: 'k' }).responses('gpt-x'),
      prompt: 'weather?',
      providerOptions: { openai: { store: false, reasoningSummary: 'auto', forceReasoning: true } },
      stopWhen: stepCountIs(3),
      tools: {
        weather: tool({
          description: 'the weather',
          inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
          execute: ({ city }) => {
            cities.push(city)
            return 'wet'
          },
        }),
      },
    })
    expect(await result.text).toBe('Rain.')
    expect(cities.sort()).toEqual(['a', 'b'])
    const steps = await result.steps
    expect(steps[0]?.reasoningText).toBe('hm')
    expect(steps[0]?.finishReason).toBe('tool-calls')
    expect(asked[1]?.messages[1]?.parts).toMatchObject([thought, { text: 'Let me see.' }, ...calls])
  })
})
