import { describe, expect, it } from 'vitest'
import { objectSchema } from '../../../proxy/protocols/object-schema.ts'

const string = { type: 'string' }
const number = { type: 'number' }

describe('objectSchema', () => {
  it('leaves an object as it is', () => {
    const schema = {
      $schema: 'x',
      type: 'object',
      properties: { anyOf: { oneOf: [string, number] } },
      additionalProperties: false,
    }
    expect(objectSchema(schema)).toEqual(schema)
  })

  it('is an object where there is nothing, or no type', () => {
    expect(objectSchema(undefined)).toEqual({ type: 'object', properties: {} })
    expect(objectSchema({ properties: { a: string } })).toEqual({ type: 'object', properties: { a: string } })
  })

  it('is one object of alternatives, requiring what all of them require', () => {
    expect(
      objectSchema({
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

  it('allows for a property what any of the alternatives allows', () => {
    const create = { op: { const: 'create' }, at: { ...string, description: 'A path.' }, name: string }
    const remove = { op: { enum: ['delete', 'drop'] }, at: number, name: string }
    const alternatives = [create, remove].map(properties => ({ type: 'object', properties, required: ['op'] }))
    for (const keyword of ['oneOf', 'anyOf'])
      expect(objectSchema({ [keyword]: alternatives })).toEqual({
        type: 'object',
        properties: {
          op: { enum: ['create', 'delete', 'drop'] },
          at: { anyOf: [create.at, number] },
          name: string,
        },
        required: ['op'],
      })
  })

  it('keeps lists of values apart that say more of themselves', () => {
    const ops = ['create', 'delete'].map(op => ({ type: 'string', const: op, description: `To ${op}.` }))
    expect(objectSchema({ oneOf: ops.map(op => ({ type: 'object', properties: { op } })) })).toEqual({
      type: 'object',
      properties: { op: { anyOf: ops } },
    })
  })

  it('follows references at the top, and not in circles', () => {
    const definitions = { A: { type: 'object', properties: { a: { $ref: '#/definitions/A' } }, required: ['a'] } }
    expect(objectSchema({ $ref: '#/definitions/A', definitions })).toEqual({ ...definitions.A, definitions })
    expect(objectSchema({ $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/A' } } })).toMatchObject({ properties: {} })
  })
})
