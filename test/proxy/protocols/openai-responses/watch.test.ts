import { describe, expect, it } from 'vitest'
import { watch } from '../../../../proxy/protocols/openai-responses/watch.ts'

const frame = (event: object) => `event: x\ndata: ${JSON.stringify(event)}\n\n`
const usage = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 3,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 12,
}
const response = {
  status: 'completed',
  incomplete_details: null,
  output: [{ text: 'x'.repeat(9000) }],
  usage,
  user: null,
}
const completed = frame({ type: 'response.completed', response, sequence_number: 9 })
const counted = { input: 9, output: 3, cacheRead: 4, cacheWrite: 0, reasoning: 2 }

describe('the end of a relayed stream', () => {
  it('tells usage and reason', () => {
    expect(watch.readStream('', completed)).toEqual({ ended: true, usage: counted, rawReason: 'completed' })
    const cut = { ...response, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(watch.readStream('', frame({ type: 'response.incomplete', response: cut }))).toMatchObject({
      ended: true,
      rawReason: 'max_output_tokens',
    })
  })

  it('tells usage even if only the last bytes of a long answer are there', () => {
    expect(watch.readStream('', completed.slice(-400))).toEqual({ ended: true, usage: counted })
  })

  it('is missing where the stream stopped', () => {
    expect(watch.readStream('', frame({ type: 'response.output_text.delta', delta: 'x' }))).toEqual({ ended: false })
    expect(watch.readStream('', completed.slice(0, 5000))).toEqual({ ended: false })
    expect(watch.readStream('', '')).toEqual({ ended: false })
  })

  it('tells the error in it, of either form', () => {
    const error = { code: 'server_error', message: 'broken' }
    for (const event of [
      { type: 'error', ...error },
      { type: 'error', error },
      { type: 'response.failed', response: { status: 'failed', error } },
    ])
      expect(watch.readStream('', frame(event))).toEqual({ ended: true, error: 'broken' })
  })
})

describe('content', () => {
  it('is what the model says, not the opening of the stream', () => {
    const has = (event: object) => watch.hasContent(Buffer.from(frame(event)))
    const instructions = 'say "delta": "x" and {"delta":"x"}'
    expect(has({ type: 'response.created', response: { ...response, instructions, output: [] } })).toBe(false)
    expect(has({ type: 'response.output_item.added', item: { type: 'message', content: [] } })).toBe(false)
    expect(has({ type: 'response.output_text.delta', delta: '' })).toBe(false)
    expect(has({ type: 'response.output_text.delta', delta: 'x' })).toBe(true)
    expect(has({ type: 'response.function_call_arguments.delta', delta: '{' })).toBe(true)
  })
})

describe('a whole body', () => {
  it('tells its usage and reason, or its error', () => {
    expect(watch.readWhole(response)).toEqual({ usage: counted, rawReason: 'completed' })
    expect(watch.readWhole({ error: { message: 'broken' } })).toEqual({ error: 'broken' })
    expect(watch.readWhole('no JSON')).toEqual({})
  })
})
