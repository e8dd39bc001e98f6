import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { codexDialect } from '../../../../proxy/protocols/openai-responses/dialect.ts'
import { openaiResponses, openaiResponsesIn } from '../../../../proxy/protocols/openai-responses/index.ts'
import { protocols } from '../../../../proxy/protocols/index.ts'
import { decodeSse } from '../../../../proxy/wire/sse.ts'
import * as any from '../../../support/arbitraries.ts'
import { answerItems, startFakeResponses, type FakeItem } from '../../../support/fake-responses.ts'

/** What we send, to a server that refuses what OpenAI refuses, and what we make of its answers. */
let plain: Awaited<ReturnType<typeof startFakeResponses>>
let codex: Awaited<ReturnType<typeof startFakeResponses>>

beforeAll(async () => {
  plain = await startFakeResponses()
  codex = await startFakeResponses({ codex: true })
})
afterAll(async () => {
  await Promise.all([plain.close(), codex.close()])
})

const backends = [
  ['OpenAI', () => plain, openaiResponses],
  ['Codex’s backend', () => codex, openaiResponsesIn(codexDialect)],
] as const

async function ask(server: typeof plain, body: unknown) {
  return fetch(`${server.url}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

const answered: readonly FakeItem[] = [
  { type: 'reasoning', text: ['let me', ' see'] },
  { type: 'message', text: ['I will ', 'look'] },
  { type: 'function_call', id: 'call_a', name: 'f', input: ['{"x"', ':1}'] },
  { type: 'function_call', id: 'call_b', name: 'f', input: ['{}'] },
]

describe.each(backends)('%s', (_name, server, protocol) => {
  it('takes any request', async () => {
    await fc.assert(
      fc.asyncProperty(any.request, async request => {
        const response = await ask(server(), protocol.encodeRequest({ ...request, model: 'gpt-x', stream: true }))
        expect(response.status === 200 ? '' : await response.text()).toBe('')
        await response.body?.cancel()
      }),
      { numRuns: 30 },
    )
  })

  it('answers with thoughts, words and calls', async () => {
    server().answers((response, body) => answerItems(response, body, answered))
    const body = protocol.encodeRequest(openaiResponses.decodeRequest({ model: 'gpt-x', input: 'hello', stream: true }))
    const response = await ask(server(), body)
    if (response.body === null) throw new Error('no body')
    const reply = await collect(protocol.decodeStream(decodeSse(response.body)))
    expect(reply).toMatchObject({
      reason: 'tool-calls',
      usage: { input: 11, cacheRead: 3, output: 7, reasoning: 2 },
      parts: [
        { type: 'reasoning', text: 'let me see', encrypted: { value: 'gAAAAA-fake-0' } },
        { type: 'text', text: 'I will look' },
        { type: 'tool-call', id: 'call_a', arguments: '{"x":1}' },
        { type: 'tool-call', id: 'call_b', arguments: '{}' },
      ],
    })
  })

  it.each(protocols.filter(({ id }) => id !== 'code-assist'))(
    'takes back its thoughts and calls from a client of $id, with the results',
    async client => {
      const first = openaiResponses.decodeRequest({ model: 'gpt-x', input: 'hello', stream: true })
      server().answers((response, body) => answerItems(response, body, answered))
      const response = await ask(server(), protocol.encodeRequest(first))
      if (response.body === null) throw new Error('no body')
      const reply = await collect(protocol.decodeStream(decodeSse(response.body)))

      const parts = shownTo(client.id, reply.parts, first)
      const calls = parts.filter(part => part.type === 'tool-call')
      expect(calls.map(({ id }) => id)).toEqual(['call_a', 'call_b'])
      const results = calls.map(
        ({ id }) =>
          ({
            type: 'tool-result',
            callId: id,
            kind: 'function',
            isError: false,
            parts: [{ type: 'text', text: 'ok' }],
          }) as const,
      )
      const next: Request = {
        ...first,
        messages: [...first.messages, { role: 'assistant', parts }, { role: 'user', parts: results }],
      }
      const again = await ask(server(), protocol.encodeRequest(next))
      expect(again.status === 200 ? '' : await again.text()).toBe('')
      await again.body?.cancel()
      const { input } = server().asked.at(-1)?.body as { input: { type: string; encrypted_content?: string }[] }
      expect(input.find(({ type }) => type === 'reasoning')?.encrypted_content).toBe('gAAAAA-fake-0')
    },
  )
})

it('reads the same of a body as of a stream', async () => {
  plain.answers((response, body) => answerItems(response, body, answered, 'max_output_tokens'))
  const body = openaiResponses.encodeRequest(
    openaiResponses.decodeRequest({ model: 'gpt-x', input: 'hello', stream: true }),
  ) as object
  const streamed = await ask(plain, body)
  const whole = await ask(plain, { ...body, stream: false })
  if (streamed.body === null) throw new Error('no body')
  const reply = await collect(openaiResponses.decodeStream(decodeSse(streamed.body)))
  expect(openaiResponses.decodeReply(await whole.json())).toEqual(reply)
  expect(reply.reason).toBe('length')
})

/** What a client of a format sends back of an answer that it was given in it. */
function shownTo(id: string, parts: Request['messages'][number]['parts'], asked: Request) {
  const client = protocols.find(protocol => protocol.id === id)
  if (client === undefined) throw new Error(`${id} is not in the list`)
  const body = JSON.parse(
    JSON.stringify(client.encodeReply({ id: 'r', model: 'gpt-x', parts, reason: 'tool-calls' }, asked)),
  ) as Record<string, unknown>
  return client
    .decodeRequest(historyOf(id, body), { model: 'gpt-x', stream: true })
    .messages.flatMap(message => message.parts)
}

/** The answer as a client puts it into its next request. */
function historyOf(id: string, body: Readonly<Record<string, unknown>>): unknown {
  const first = (list: unknown) => (list as readonly Record<string, unknown>[])[0]
  switch (id) {
    case 'openai-responses':
      return { model: 'gpt-x', input: body['output'] }
    case 'openai-chat':
      return { model: 'gpt-x', messages: [first(body['choices'])?.['message']] }
    case 'anthropic':
      return { model: 'gpt-x', max_tokens: 100, messages: [{ role: 'assistant', content: body['content'] }] }
    default:
      return { contents: [first(body['candidates'])?.['content']] }
  }
}
