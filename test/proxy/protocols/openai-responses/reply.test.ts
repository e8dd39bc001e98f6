import { describe, expect, it } from 'vitest'
import type { Reply } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { openaiResponses } from '../../../../proxy/protocols/openai-responses/index.ts'

const { decodeReply, decodeRequest, encodeReply } = openaiResponses
const reply: Reply = { id: '', model: 'm', parts: [{ type: 'text', text: 'so' }], reason: 'end' }
const asked: Request = { model: 'm', stream: false, system: [], messages: [], tools: [], sampling: {} }

type Fields = Readonly<Record<string, unknown>>

describe('a whole answer for a client', () => {
  it('repeats what was asked', () => {
    const body = {
      model: 'm',
      input: 'hello',
      instructions: 'be brief',
      previous_response_id: 'resp_0',
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      max_output_tokens: 100,
      max_tool_calls: 2,
      temperature: 0.5,
      top_p: 0.9,
      reasoning: { effort: 'low', summary: 'auto' },
      text: { format: { type: 'json_object' }, verbosity: 'low' },
      truncation: 'auto',
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      service_tier: 'flex',
      store: true,
      user: 'u',
    }
    const { input: _, ...repeated } = body
    expect(encodeReply(reply, decodeRequest(body))).toMatchObject(repeated)
  })

  it('has an id, if the backend gave none, and says whether it is kept', () => {
    expect(encodeReply(reply, decodeRequest({ model: 'm', input: 'x', store: false }))).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]{32}$/) as string,
      store: false,
    })
    expect(encodeReply(reply, decodeRequest({ model: 'm', input: 'x' }))).toMatchObject({ store: true })
  })

  it.each([
    ['end', 'completed', null],
    ['stop-sequence', 'completed', null],
    ['tool-calls', 'completed', null],
    ['refusal', 'incomplete', 'content_filter'],
    ['pause', 'completed', null],
    ['length', 'incomplete', 'max_output_tokens'],
    ['context-window', 'incomplete', 'max_output_tokens'],
    ['content-filter', 'incomplete', 'content_filter'],
    ['recitation', 'incomplete', 'content_filter'],
    ['cancelled', 'cancelled', null],
  ] as const)('that ended by %s is %s', (reason, status, why) => {
    expect(encodeReply({ ...reply, reason }, asked)).toMatchObject({
      status,
      incomplete_details: why === null ? null : { reason: why },
    })
  })

  it('is completed by a refusal in words, and cut off by one without (T72)', () => {
    const refused: Reply = { ...reply, parts: [{ type: 'refusal', text: 'no' }], reason: 'refusal' }
    expect(encodeReply(refused, asked)).toMatchObject({ status: 'completed', incomplete_details: null })
    expect(encodeReply({ ...refused, parts: [] }, asked)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output: [],
    })
  })

  it('is refused for a call that the model did not manage', () => {
    expect(() => encodeReply({ ...reply, reason: 'malformed-tool-call' }, asked)).toThrow(
      expect.objectContaining({ kind: 'bad-upstream' }) as Error,
    )
  })

  it('calls a function without arguments with an empty object, which clients can parse (T14)', () => {
    const call = { type: 'tool-call', id: 'a', name: 'f', arguments: '', kind: 'function' } as const
    expect(encodeReply({ ...reply, parts: [call], reason: 'tool-calls' }, asked)).toMatchObject({
      output: [{ type: 'function_call', arguments: '{}' }],
    })
  })

  it('has ids that differ from answer to answer and stay in one', () => {
    const ids = (id: string) =>
      (encodeReply({ ...reply, id }, asked) as { output: Fields[] }).output.map(item => item['id'])
    expect(ids('a')).toEqual(ids('a'))
    expect(ids('a')).not.toEqual(ids('b'))
  })
})

describe('a backend’s whole answer', () => {
  it('that failed is its error', () => {
    const failed = {
      object: 'response',
      status: 'failed',
      output: [],
      error: { code: 'server_error', message: 'broken' },
    }
    expect(() => decodeReply(failed)).toThrow(
      expect.objectContaining({ kind: 'bad-upstream', message: 'broken' }) as Error,
    )
  })

  it.each([[{ object: 'response', status: 'queued', output: [] }], [{ choices: [] }], [null], ['text']])(
    '%j is none',
    body => {
      expect(() => decodeReply(body)).toThrow(expect.objectContaining({ kind: 'bad-upstream' }) as Error)
    },
  )

  it('keeps the vendor’s own items and fields for clients of the format', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } }
    const body = {
      id: 'r',
      object: 'response',
      model: 'm',
      status: 'completed',
      output: [search],
      service_tier: 'flex',
    }
    expect(encodeReply(decodeReply(body), asked)).toMatchObject({ output: [search], service_tier: 'flex' })
  })
})
