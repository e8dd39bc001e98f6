import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeJson } from '../../../proxy/wire/json.ts'

/** What encoders give: JSON, with fields that are not there in places. */
const body = fc.dictionary(
  fc.string(),
  fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.array(fc.oneof(fc.jsonValue(), fc.constant(undefined)))),
  { noNullPrototype: true },
)

describe('a value as the bytes of JSON', () => {
  it('is what JSON.stringify makes of it', () => {
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), value => {
        expect(encodeJson(value).toString('utf8')).toBe(JSON.stringify(value))
      }),
    )
  })

  it('is so also when it is written in many pieces, and its characters take several bytes', () => {
    const messages = Array.from({ length: 300 }, (_, n) => ({
      role: 'user',
      content: `${n} grüße 漢字 🙂 `.repeat(100),
    }))
    const request = { model: 'm', system: '🙂'.repeat(40_000), messages, tools: undefined, stream: true }
    expect(encodeJson(request).equals(Buffer.from(JSON.stringify(request)))).toBe(true)
  })
})
