import { describe, expect, it } from 'vitest'
import { createWatch } from '../../../../proxy/protocols/gemini/watch.ts'

const { hasContent, readStream, readWhole } = createWatch()
const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 4, totalTokenCount: 13 }
const part = { candidates: [{ content: { parts: [{ text: 'Hi' }] } }], usageMetadata: { promptTokenCount: 9 } }
const last = { candidates: [{ content: { parts: [{ text: '' }] }, finishReason: 'STOP' }], usageMetadata }
const sse = (...chunks: object[]) => chunks.map(chunk => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')

describe('watching a relayed answer', () => {
  it('sees usage and reason in the last of the stream, though its first line is cut', () => {
    const seen = { usage: { input: 9, output: 4 }, rawReason: 'STOP', ended: true }
    expect(readStream('', sse(part, last).slice(20))).toEqual(seen)
    const list = `[${[part, last].map(chunk => JSON.stringify(chunk, null, 2)).join('\n,\r\n')}\n]`
    expect(readStream('', list.slice(30))).toEqual(seen)
    expect(readWhole(last)).toEqual({ usage: seen.usage, rawReason: 'STOP' })
    expect(readWhole([part, last])).toEqual({ usage: seen.usage, rawReason: 'STOP' })
  })

  it('takes a stream without a reason for cut short', () => {
    expect(readStream('', sse(part))).toMatchObject({ ended: false })
  })

  it('sees a question that was blocked, and an error', () => {
    expect(readWhole({ promptFeedback: { blockReason: 'SAFETY' } })).toEqual({ rawReason: 'SAFETY' })
    expect(readStream('', sse(part, { error: { code: 503, message: 'full' } }))).toMatchObject({
      ended: true,
      error: 'full',
    })
  })

  it('knows the first words, calls and files from what says nothing', () => {
    const speaks = (one: object) =>
      hasContent(Buffer.from(JSON.stringify({ candidates: [{ content: { parts: [one] } }] })))
    expect(speaks({ text: 'x' })).toBe(true)
    expect(speaks({ functionCall: { name: 'f' } })).toBe(true)
    expect(speaks({ inlineData: { data: 'AA==' } })).toBe(true)
    expect(speaks({ text: '' })).toBe(false)
  })
})
