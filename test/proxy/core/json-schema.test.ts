import { describe, expect, it } from 'vitest'
import { fitsStrictMode } from '../../../proxy/core/json-schema.ts'

const closed = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

describe('fitsStrictMode', () => {
  it('takes schemas whose objects are closed and require all they have', () => {
    expect(fitsStrictMode(closed({ a: { type: 'string' }, b: { type: 'array', items: closed({ c: {} }) } }))).toBe(true)
  })

  it.each([
    ['an open object', { type: 'object', properties: {} }],
    ['an optional property', { ...closed({ a: {}, b: {} }), required: ['a'] }],
    ['an open object in a list', closed({ a: { type: 'array', items: { type: 'object' } } })],
    ['an open object in an alternative', closed({ a: { anyOf: [{ type: 'null' }, { type: ['object', 'null'] }] } })],
    ['an open object in a definition', { ...closed({}), $defs: { a: { properties: {} } } }],
  ])('refuses %s', (_, schema) => {
    expect(fitsStrictMode(schema)).toBe(false)
  })

  it('does not mistake values for schemas', () => {
    expect(
      fitsStrictMode(closed({ type: { const: { type: 'object' } }, properties: { enum: [{ properties: {} }] } })),
    ).toBe(true)
  })
})
