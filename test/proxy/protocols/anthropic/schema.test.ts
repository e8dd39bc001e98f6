import { describe, expect, it } from 'vitest'
import { outputSchema } from '../../../../proxy/protocols/anthropic/schema.ts'

const number = { type: 'number' }

describe('outputSchema', () => {
  it('closes objects, tells constraints in words, and leaves names of properties alone', () => {
    expect(
      outputSchema({
        type: 'object',
        properties: {
          pattern: { type: 'string', pattern: '^a', description: 'The pattern.' },
          list: {
            type: 'array',
            minItems: 2,
            items: { oneOf: [number, { type: 'object', additionalProperties: true }] },
          },
          day: { type: 'string', format: 'date' },
          phone: { type: 'string', format: 'phone' },
        },
        required: ['list'],
        $defs: { N: { type: 'integer', maximum: 3 } },
      }),
    ).toEqual({
      type: 'object',
      properties: {
        pattern: { type: 'string', description: 'The pattern. (pattern: "^a")' },
        list: {
          type: 'array',
          items: { anyOf: [number, { type: 'object', additionalProperties: false }] },
          description: '(minItems: 2)',
        },
        day: { type: 'string', format: 'date' },
        phone: { type: 'string', description: '(format: "phone")' },
      },
      required: ['list'],
      $defs: { N: { type: 'integer', description: '(maximum: 3)' } },
      additionalProperties: false,
    })
  })
})
