import { describe, expect, it } from 'vitest'
import { inputSchema, outputSchema } from '../../../../proxy/protocols/anthropic/schema.ts'

const string = { type: 'string' }
const number = { type: 'number' }

describe('inputSchema', () => {
  it('leaves an object as it is', () => {
    const schema = {
      $schema: 'x',
      type: 'object',
      properties: { anyOf: { oneOf: [string, number] } },
      additionalProperties: false,
    }
    expect(inputSchema(schema)).toEqual(schema)
  })

  it('is an object where there is nothing, or no type', () => {
    expect(inputSchema(undefined)).toEqual({ type: 'object', properties: {} })
    expect(inputSchema({ properties: { a: string } })).toEqual({ type: 'object', properties: { a: string } })
  })

  it('is one object of alternatives, requiring what all of them require', () => {
    expect(
      inputSchema({
        description: 'd',
        anyOf: [
          { type: 'object', properties: { a: string, b: string }, required: ['a', 'b'] },
          { type: 'object', properties: { a: string, c: number }, required: ['a'] },
        ],
        allOf: [{ properties: { e: string }, required: ['e'] }],
      }),
    ).toEqual({
      type: 'object',
      description: 'd',
      properties: { a: string, b: string, c: number, e: string },
      required: ['e', 'a'],
    })
  })

  it('follows references at the top, and not in circles', () => {
    const definitions = { A: { type: 'object', properties: { a: { $ref: '#/definitions/A' } }, required: ['a'] } }
    expect(inputSchema({ $ref: '#/definitions/A', definitions })).toEqual({ ...definitions.A, definitions })
    expect(inputSchema({ $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/A' } } })).toMatchObject({ properties: {} })
  })
})

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
