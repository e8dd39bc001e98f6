import { describe, expect, it } from 'vitest'
import { watch } from '../../../../proxy/protocols/openai-chat/watch.ts'

const { hasContent, readStream, readWhole } = watch
const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'r',
  choices: [{ index: 0, delta, finish_reason }],
})
const sse = (...frames: unknown[]) =>
  frames.map(frame => `data: ${typeof frame === 'string' ? frame : JSON.stringify(frame)}\n\n`).join('')
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

describe('hasContent', () => {
  it.each([
    { content: 'hi' },
    { reasoning_content: 'hm' },
    { reasoning: 'hm' },
    { refusal: 'no' },
    { content: null, tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] },
    { function_call: { name: 'f', arguments: '' } },
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] },
    { reasoning_details: [{ type: 'reasoning.encrypted', data: 'e' }] },
    { audio: { data: 'AAAA' } },
  ])('sees %j', delta => {
    expect(hasContent(Buffer.from(sse(chunk(delta))))).toBe(true)
    expect(hasContent(Buffer.from(JSON.stringify(chunk(delta), null, 1)))).toBe(true)
  })

  it.each([
    { role: 'assistant', content: '', refusal: null },
    { role: 'assistant', content: null, reasoning_content: '', tool_calls: null },
    { tool_calls: [] },
    {},
  ])('sees nothing in %j', delta => {
    expect(hasContent(Buffer.from(`: OPENROUTER PROCESSING\n\n${sse(chunk(delta))}`))).toBe(false)
  })

  it('is not misled by JSON inside of a string', () => {
    expect(hasContent(Buffer.from(sse({ ...chunk({}), novel: '{"content":"x"}' })))).toBe(false)
  })
})

describe('readStream', () => {
  const whole = sse(chunk({ content: 'hi' }), chunk({}, 'stop'), { choices: [], usage }, '[DONE]')

  it('knows a stream that ended, its reason and its usage', () => {
    expect(readStream(whole, whole)).toEqual({ ended: true, rawReason: 'stop', usage: { input: 3, output: 2 } })
  })

  it('reads a tail that begins in the middle of a frame', () => {
    expect(readStream('', whole.slice(9))).toEqual({ ended: true, rawReason: 'stop', usage: { input: 3, output: 2 } })
    expect(readStream('', 'A"}}]}\r\n\r\ndata:[DONE]\r\n\r\n')).toEqual({ ended: true })
  })

  it('takes a stream for ended that has said why it stopped, but never sends the mark', () => {
    const stream = sse(chunk({ content: 'hi' }), { ...chunk({}, 'length'), usage })
    expect(readStream(stream, stream)).toMatchObject({ ended: true, rawReason: 'length' })
  })

  it('takes a stream for cut that just stops, whatever its text says', () => {
    const stream = sse(chunk({ content: 'data: [DONE]\n\n' }), chunk({ content: '"finish_reason":"stop"' }))
    expect(readStream(stream, stream)).toEqual({ ended: false })
    expect(readStream('', '')).toEqual({ ended: false })
  })

  it('tells an error in the stream', () => {
    const stream = sse(chunk({ content: 'hi' }), { error: { message: 'it broke' } })
    expect(readStream(stream, stream)).toEqual({ ended: true, error: 'it broke' })
  })

  it('takes the last of several usages', () => {
    const stream = sse(
      { ...chunk({ content: 'a' }), usage: { prompt_tokens: 1, completion_tokens: 1 } },
      { choices: [], usage },
      '[DONE]',
    )
    expect(readStream(stream, stream).usage).toEqual({ input: 3, output: 2 })
  })
})

describe('readWhole', () => {
  it('reads usage and reason of a body', () => {
    expect(readWhole({ choices: [{ message: {}, finish_reason: 'stop' }], usage })).toEqual({
      rawReason: 'stop',
      usage: { input: 3, output: 2 },
    })
  })

  it('tells an error, and nothing of what it does not know', () => {
    expect(readWhole({ error: { message: 'it broke' } })).toEqual({ error: 'it broke' })
    for (const body of [null, 'x', [], {}, { choices: 5 }]) expect(readWhole(body)).toEqual({})
  })
})
