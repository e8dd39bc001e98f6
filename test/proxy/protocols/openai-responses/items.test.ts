import { describe, expect, it } from 'vitest'
import type { Message, Request } from '../../../../proxy/core/request.ts'
import { anthropic } from '../../../../proxy/protocols/anthropic/index.ts'
import { openaiChat } from '../../../../proxy/protocols/openai-chat/index.ts'
import { codexDialect, type Dialect } from '../../../../proxy/protocols/openai-responses/dialect.ts'
import { openaiResponses, openaiResponsesIn } from '../../../../proxy/protocols/openai-responses/index.ts'

type Fields = Readonly<Record<string, unknown>>

const decode = (input: readonly unknown[], fields: object = {}) =>
  openaiResponses.decodeRequest({ model: 'm', input, ...fields })

/** The items that would be sent for a conversation. */
function items(messages: readonly Message[], dialect: Dialect = {}, extras?: Request['extras']): Fields[] {
  const request: Request = { model: 'm', stream: true, system: [], messages, tools: [], sampling: {}, extras }
  const body = JSON.stringify(openaiResponsesIn(dialect).encodeRequest(request))
  return (JSON.parse(body) as { input: Fields[] }).input
}

const hello = { role: 'user', content: 'hello' }
const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' })
const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: `of ${id}` })

describe('a client’s items', () => {
  it('have text between a call and its result in the turn of the call (T26)', () => {
    const input = [
      hello,
      call('a'),
      { role: 'assistant', content: [{ type: 'output_text', text: 'wait' }] },
      output('a'),
    ]
    const body = anthropic.encodeRequest(decode(input)) as { messages: { role: string; content: Fields[] }[] }
    expect(body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(body.messages[2]?.content[0]).toMatchObject({ type: 'tool_result', tool_use_id: 'a' })
  })

  it('that the model said in a row are one turn, with the thought first', () => {
    const thought = {
      type: 'reasoning',
      id: 'rs',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: 'g',
    }
    const { messages } = decode([
      hello,
      thought,
      { role: 'assistant', content: 'so' },
      call('a'),
      call('b'),
      output('b'),
      output('a'),
    ])
    expect(messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ['user', ['text']],
      ['assistant', ['reasoning', 'text', 'tool-call', 'tool-call']],
      ['user', ['tool-result', 'tool-result']],
    ])
  })

  it('have results in the order of the calls for other formats (T25, T30)', () => {
    const body = openaiChat.encodeRequest(decode([hello, call('a'), call('b'), output('b'), output('a')])) as {
      messages: { tool_call_id?: string }[]
    }
    expect(body.messages.map(({ tool_call_id: id }) => id).filter(id => id !== undefined)).toEqual(['a', 'b'])
  })

  it('that stand before the conversation are its system prompt, later ones stay', () => {
    const { system, messages } = decode(
      [
        { role: 'developer', content: 'one' },
        { role: 'system', content: 'two' },
        hello,
        { role: 'developer', content: 'three' },
      ],
      { instructions: 'zero' },
    )
    expect(system.map(({ text, origin }) => [text, origin])).toEqual([
      ['zero', 'instructions'],
      ['one', 'developer'],
      ['two', 'system'],
    ])
    expect(messages.map(({ role }) => role)).toEqual(['user', 'system'])
  })

  it('take texts of the other side’s kind', () => {
    const { messages } = decode([
      { role: 'assistant', content: [{ type: 'input_text', text: 'a' }] },
      { role: 'user', content: [{ type: 'text', text: 'b' }] },
    ])
    expect(messages).toMatchObject([{ parts: [{ text: 'a' }] }, { parts: [{ text: 'b' }] }])
  })

  it('that declare tools offer them to other formats, and go on as they came in this one', () => {
    const tools = [
      { type: 'function', name: 'late', parameters: { type: 'object' }, strict: false },
      { type: 'namespace', name: 'n', description: '', tools: [{ type: 'function', name: 'g', strict: false }] },
    ]
    const item = { type: 'tool_search_output', call_id: 'c', status: 'completed', execution: 'client', tools }
    const request = decode([hello, item, { role: 'user', content: 'go' }])
    expect(request.tools.map(({ name }) => name)).toEqual(['late', 'g'])
    const body = openaiResponses.encodeRequest(request) as { input: Fields[]; tools?: unknown }
    expect(body.input[1]).toEqual(item)
    expect(body.tools).toBeUndefined()
  })
})

it('items of an answer that another vendor gave go on without the ids that we made up for them', () => {
  const parts = [
    { type: 'text', text: 'so' },
    { type: 'tool-call', id: 'a', name: 'f', arguments: '{}', kind: 'function' },
  ] as const
  const asked: Request = { model: 'm', stream: true, system: [], messages: [], tools: [], sampling: {} }
  const answer = openaiResponses.encodeReply({ id: 'r', model: 'm', parts, reason: 'tool-calls' }, asked)
  const { output } = JSON.parse(JSON.stringify(answer)) as { output: Fields[] }
  expect(output.every(({ id }) => typeof id === 'string')).toBe(true)

  const input = [hello, ...output, { type: 'function_call_output', call_id: 'a', output: 'x' }]
  expect(openaiResponses.holdsOurs?.(Buffer.from(JSON.stringify(input)))).toBe(true)
  const sent = JSON.parse(JSON.stringify(openaiResponses.encodeRequest(decode(input, { store: true })))) as {
    input: Fields[]
  }
  expect(sent.input.slice(1)).toEqual([
    { type: 'message', role: 'assistant', content: 'so' },
    call('a'),
    { type: 'function_call_output', call_id: 'a', output: 'x' },
  ])
})

describe('a conversation of another format', () => {
  it('shows images in results where they are (T58)', () => {
    const image = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } } as const
    const sent = items([
      { role: 'user', parts: [{ type: 'text', text: 'look' }] },
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '', kind: 'function' }] },
      { role: 'user', parts: [{ type: 'tool-result', callId: 'a', kind: 'function', isError: true, parts: [image] }] },
    ])
    expect(sent.slice(1)).toEqual([
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [
          { type: 'input_text', text: 'Error:' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
        ],
      },
    ])
  })

  it('has no thought of another vendor, nor one that led to nothing (T34)', () => {
    const ours = {
      type: 'reasoning',
      text: 'hm',
      summary: true,
      itemId: 'rs_1',
      encrypted: { protocol: 'openai-responses', value: 'g' },
    } as const
    const theirs = { type: 'reasoning', text: 'hm', signature: { protocol: 'anthropic', value: 's' } } as const
    expect(items([{ role: 'assistant', parts: [theirs, ours, { type: 'text', text: 'so' }] }])).toEqual([
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'g' },
      { type: 'message', role: 'assistant', content: 'so' },
    ])
    expect(items([{ role: 'assistant', parts: [{ type: 'text', text: 'so' }, ours] }])).toHaveLength(1)
    expect(
      items([{ role: 'assistant', parts: [ours, { type: 'text', text: 'so' }] }], codexDialect)[0],
    ).not.toHaveProperty('id')
  })

  it('has thoughts without tokens where they are taken as text', () => {
    const parts = [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'so' },
    ] as const
    expect(items([{ role: 'assistant', parts }])).toHaveLength(1)
    expect(items([{ role: 'assistant', parts }], { plainThoughts: true })[0]).toEqual({
      type: 'reasoning',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'hm' }],
    })
  })

  it('names what a result belongs to in as many characters as OpenAI takes', () => {
    const id = 'call_'.repeat(20)
    const sent = items([
      { role: 'assistant', parts: [{ type: 'tool-call', id, name: 'f', arguments: '{}', kind: 'function' }] },
    ])
    expect(String(sent[0]?.['call_id']).length).toBeLessThanOrEqual(64)
    expect(sent[1]).toMatchObject({
      type: 'function_call_output',
      call_id: sent[0]?.['call_id'],
      output: '(no result)',
    })
  })

  it('can’t have what Responses can’t carry', () => {
    const audio = { type: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'AAAA' } } as const
    const upload = { type: 'image', source: { type: 'file-id', protocol: 'anthropic', id: 'file_1' } } as const
    for (const part of [audio, upload])
      expect(() => items([{ role: 'user', parts: [part] }])).toThrow(
        expect.objectContaining({ kind: 'invalid-request' }) as Error,
      )
  })
})
