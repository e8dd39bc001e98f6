import { describe, expect, it } from 'vitest'
import { watch } from '../../../../proxy/protocols/anthropic/watch.ts'

const { hasContent, readStream, readWhole } = watch
const sse = (...events: { readonly type: string }[]) =>
  events.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
const usage = { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 }
const begin = { type: 'message_start', message: { id: 'm', content: [], usage } }
const delta = (added: object) => ({ type: 'content_block_delta', index: 0, delta: added })
const opened = (content_block: object) => ({ type: 'content_block_start', index: 0, content_block })
const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }
const stop = { type: 'message_stop' }

describe('hasContent', () => {
  it.each([
    delta({ type: 'text_delta', text: 'hi' }),
    delta({ type: 'thinking_delta', thinking: 'hm' }),
    delta({ type: 'input_json_delta', partial_json: '{' }),
    opened({ type: 'tool_use', id: 'a', name: 'f', input: {} }),
    opened({ type: 'redacted_thinking', data: 'x' }),
  ])('sees %j', event => {
    expect(hasContent(Buffer.from(sse(event)))).toBe(true)
  })

  it.each([
    begin,
    { type: 'ping' },
    opened({ type: 'text', text: '' }),
    opened({ type: 'thinking', thinking: '', signature: '' }),
  ])('sees nothing in %j', event => {
    expect(hasContent(Buffer.from(sse(event)))).toBe(false)
  })
})

describe('readStream', () => {
  const whole = sse(begin, delta({ type: 'text_delta', text: 'hi' }), end, stop)

  it('knows a stream that ended, its reason and its usage of both ends', () => {
    expect(readStream(whole, whole)).toEqual({
      ended: true,
      rawReason: 'end_turn',
      usage: { input: 7, output: 9, cacheRead: 4 },
    })
  })

  it('reads a head and a tail that were cut in the middle of frames', () => {
    expect(readStream(whole.slice(0, sse(begin).length + 9), whole.slice(-190))).toMatchObject({ ended: true })
  })

  it('takes a stream for cut that just stops, whatever its text says', () => {
    const cut = sse(begin, delta({ type: 'text_delta', text: '{"type":"message_stop"}' }))
    expect(readStream(cut, cut)).toEqual({ ended: false, usage: { input: 7, output: 1, cacheRead: 4 } })
    expect(readStream(whole, sse(begin, end)).ended).toBe(false)
  })

  it('tells an error in mid-stream', () => {
    const broken = sse(begin, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } as {
      type: string
    })
    expect(readStream(broken, broken)).toMatchObject({ ended: true, error: 'Overloaded' })
  })
})

describe('readWhole', () => {
  it('reads a message, an error, and nothing', () => {
    expect(readWhole({ type: 'message', stop_reason: 'tool_use', usage })).toEqual({
      rawReason: 'tool_use',
      usage: { input: 7, output: 1, cacheRead: 4 },
    })
    expect(readWhole({ type: 'error', error: { type: 'api_error', message: 'x' } })).toEqual({ error: 'x' })
    expect(readWhole('x')).toEqual({})
  })
})
