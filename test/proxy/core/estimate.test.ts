import { describe, expect, it } from 'vitest'
import { estimateInput } from '../../../proxy/core/estimate.ts'
import type { Part, Request } from '../../../proxy/core/request.ts'

const asked = (fields: Partial<Request>): Request => ({
  model: 'm',
  stream: true,
  system: [],
  messages: [],
  tools: [],
  sampling: {},
  ...fields,
})
const saying = (...parts: Part[]) => estimateInput(asked({ messages: [{ role: 'user', parts }] }))

describe('estimateInput', () => {
  it('is never nothing', () => {
    expect(estimateInput(asked({}))).toBe(1)
  })

  it('grows with the system prompt, the tools and what was said and answered', () => {
    const long = 'x'.repeat(4000)
    const nothing = saying()
    expect(estimateInput(asked({ system: [{ text: long, origin: 'system' }] }))).toBeGreaterThan(900)
    expect(
      estimateInput(asked({ tools: [{ type: 'function', name: 'f', parameters: { description: long } }] })),
    ).toBeGreaterThan(900)
    const text: Part = { type: 'text', text: long }
    expect(saying(text) - nothing).toBeCloseTo(1000, -1)
    const result: Part = { type: 'tool-result', callId: 'a', kind: 'function', isError: false, parts: [text] }
    expect(saying(result) - nothing).toBeCloseTo(1000, -1)
  })

  it('counts an image as one, however large its base64 is', () => {
    const image = (bytes: number): Part => ({
      type: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'A'.repeat(bytes) },
    })
    expect(saying(image(10))).toBe(saying(image(4_000_000)))
  })
})
