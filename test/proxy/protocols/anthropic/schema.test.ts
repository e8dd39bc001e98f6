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
            items: {
              oneOf: [number, { type: ['object', 'null'], properties: { a: number }, additionalProperties: true }],
            },
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
          items: {
            anyOf: [number, { type: ['object', 'null'], properties: { a: number }, additionalProperties: false }],
          },
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

  it.each([
    ['a map', { type: 'object', additionalProperties: { type: 'string' } }],
    ['an object of anything', { type: ['object', 'null'] }],
    ['a map beside names', { type: 'object', properties: { a: number }, additionalProperties: number }],
    ['a map in a list', { type: 'array', items: { type: 'object', additionalProperties: true } }],
    [
      'a definition that holds itself',
      { $ref: '#/$defs/A', $defs: { A: { properties: { a: { $ref: '#/$defs/A' } } } } },
    ],
    [
      'a schema that holds itself',
      { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } },
    ],
  ])('can’t say %s', (_, schema) => {
    expect(outputSchema(schema)).toBeUndefined()
  })

  it('says definitions that are used twice, and objects that are always empty', () => {
    const A = { type: 'object', properties: {}, additionalProperties: false }
    const schema = { anyOf: [{ $ref: '#/$defs/A' }, { type: 'array', items: { $ref: '#/$defs/A' } }], $defs: { A } }
    expect(outputSchema(schema)).toEqual(schema)
  })
})
