import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../../../proxy/core/request.ts'
import { encodeRequest } from '../../../../proxy/protocols/gemini/request.ts'
import { decodeSchema, encodeSchema } from '../../../../proxy/protocols/gemini/schema.ts'
import { faultOf } from '../../../support/gemini-rules.ts'

const properties = (of: Record<string, unknown>): JsonSchema => ({ type: 'object', properties: of })
/** How the property `x` is told. */
const told = (x: unknown) => (encodeSchema(properties({ x })).schema['properties'] as { x: unknown }).x

describe('encodeSchema', () => {
  it('accepts what other vendors’ tools have and Google refuses: closed objects, versions, strictness (T50)', () => {
    expect(
      encodeSchema({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        ...properties({ a: { type: 'string' } }),
        required: ['a', 'gone'],
        additionalProperties: false,
        strict: true,
      }),
    ).toEqual({ schema: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] }, isWhole: true })
  })

  it.each([
    [
      { type: 'integer', exclusiveMinimum: 0 },
      { type: 'INTEGER', minimum: 1 },
    ],
    [
      { type: 'number', exclusiveMaximum: 1 },
      { type: 'NUMBER', description: '(exclusiveMaximum: 1)' },
    ],
    [{ const: 'only' }, { type: 'STRING', enum: ['only'] }],
    [{ type: ['string', 'null'] }, { type: 'STRING', nullable: true }],
    [{ type: ['string', 'integer'] }, { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] }],
    [
      { type: 'string', description: 'A page.', format: 'uri' },
      { type: 'STRING', description: 'A page. (format: uri)' },
    ],
    [
      { type: 'string', format: 'date-time' },
      { type: 'STRING', format: 'date-time' },
    ],
    [{ type: 'string', $comment: 'no' }, { type: 'STRING' }],
    [
      { type: 'string', enum: ['a'], enumDescriptions: ['first'] },
      { type: 'STRING', enum: ['a'], description: '(enumDescriptions: ["first"])' },
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, propertyNames: { pattern: '^x' } },
      { type: 'OBJECT', properties: { a: { type: 'STRING' } }, description: '(propertyNames: {"pattern":"^x"})' },
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'STRING', nullable: true }],
    [
      { anyOf: [{ anyOf: [{ type: 'string' }, { type: 'boolean' }] }, { type: 'null' }] },
      {
        anyOf: [
          { type: 'STRING', nullable: true },
          { type: 'BOOLEAN', nullable: true },
        ],
      },
    ],
    [
      { oneOf: [{ type: 'string' }, { type: 'number' }], description: 'Either.' },
      {
        anyOf: [
          { type: 'STRING', description: 'Either.' },
          { type: 'NUMBER', description: 'Either.' },
        ],
      },
    ],
    [
      {
        allOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { properties: { b: { type: 'boolean' } } }],
      },
      { type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'BOOLEAN' } } },
    ],
    [
      {
        allOf: [
          { anyOf: [{ type: 'string' }, { type: 'number' }] },
          { oneOf: [{ description: 'One.' }, { description: 'Other.' }] },
        ],
      },
      {
        anyOf: [
          { type: 'STRING', description: 'One.' },
          { type: 'STRING', description: 'Other.' },
          { type: 'NUMBER', description: 'One.' },
          { type: 'NUMBER', description: 'Other.' },
        ],
      },
    ],
    [
      { type: 'array', items: { type: 'string' }, uniqueItems: true },
      { type: 'ARRAY', items: { type: 'STRING' }, description: '(uniqueItems: true)' },
    ],
  ])('says %j as Google can (T51)', (schema, google) => {
    expect(told(schema)).toEqual(google)
  })

  it('lists numbers as texts where texts are asked for (T52), and tells them where numbers are', () => {
    expect(told({ type: 'string', enum: [1, 2] })).toEqual({ type: 'STRING', enum: ['1', '2'] })
    expect(told({ type: 'integer', enum: [1, 2] })).toEqual({ type: 'INTEGER', description: '(one of [1,2])' })
    expect(told({ type: 'string', enum: ['', 'a'] })).toEqual({ type: 'STRING', description: '(one of ["","a"])' })
    expect(told({ enum: ['a', null] })).toEqual({ type: 'STRING', nullable: true, enum: ['a'] })
  })

  it('keeps the type of listed values, and leaves those that are no texts to JSON Schema', () => {
    expect(told({ const: 3 })).toEqual({ type: 'NUMBER', description: '(one of [3])' })
    expect(told({ enum: [1, 2.5, null] })).toEqual({ type: 'NUMBER', nullable: true, description: '(one of [1,2.5])' })
    expect(told({ const: true })).toEqual({ type: 'BOOLEAN', description: '(one of [true])' })
    expect(told({ enum: ['a', 1] })).toEqual({ type: 'STRING', enum: ['a', '1'] })
    for (const x of [{ const: 3 }, { type: 'integer', enum: [1, 2] }, { const: true }, { enum: ['a', 1] }])
      expect(encodeSchema(properties({ x })).isWhole).toBe(false)
    expect(encodeSchema(properties({ x: { enum: ['a', null] } })).isWhole).toBe(true)
  })

  it('leaves properties alone that are named like keywords', () => {
    const names = [
      'title',
      'format',
      'default',
      'pattern',
      'const',
      '$ref',
      'additionalProperties',
      'type',
      'constructor',
    ]
    const { schema, isWhole } = encodeSchema(
      properties(Object.fromEntries(names.map(name => [name, { type: 'string' }]))),
    )
    expect(Object.keys(schema['properties'] as object)).toEqual(names)
    expect(isWhole).toBe(true)
  })

  it('puts definitions in the place of references, and cuts one that holds itself', () => {
    const $defs = {
      name: { type: 'string', description: 'A name.' },
      node: properties({ name: { $ref: '#/$defs/name' }, next: { $ref: '#/$defs/node' } }),
    }
    expect(encodeSchema({ ...properties({ x: { $ref: '#/$defs/name' } }), $defs })).toEqual({
      schema: { type: 'OBJECT', properties: { x: { type: 'STRING', description: 'A name.' } } },
      isWhole: true,
    })
    const { schema, isWhole } = encodeSchema({ ...properties({ x: { $ref: '#/$defs/node' } }), $defs })
    expect(JSON.stringify(schema)).toContain('(again: node)')
    expect(isWhole).toBe(false)
  })

  it('ends with definitions that use each other twice over and over', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `d${at}`,
        properties({ a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } }),
      ]),
    )
    expect(encodeSchema({ $ref: '#/$defs/d0', $defs }).isWhole).toBe(false)
  })

  it('leaves maps, tuples and values of any type to JSON Schema, where the server takes it', () => {
    const parameters = properties({ x: { type: 'object', additionalProperties: { type: 'string' } } })
    const request = {
      model: 'm',
      stream: true,
      system: [],
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'x' }] }],
      tools: [{ type: 'function', name: 'f', parameters: { $schema: 'x', ...parameters } }],
      sampling: {},
    } as const
    expect(encodeRequest(request)).toMatchObject({
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: parameters }] }],
    })
    const any = { type: 'object', additionalProperties: true }
    expect(encodeRequest({ ...request, tools: [{ type: 'function', name: 'f', parameters: any }] })).toMatchObject({
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: any }] }],
    })
    expect(encodeRequest(request, { jsonSchema: false })).toMatchObject({
      tools: [
        {
          functionDeclarations: [
            {
              parameters: {
                properties: { x: { type: 'OBJECT', description: '(additionalProperties: {"type":"string"})' } },
              },
            },
          ],
        },
      ],
    })
    for (const x of [
      {},
      { type: 'array' },
      { type: 'array', prefixItems: [{ type: 'string' }] },
      { type: 'object', additionalProperties: true },
    ])
      expect(encodeSchema(properties({ x })).isWhole).toBe(false)
    // Without `additionalProperties` it is what tools without arguments have.
    expect(encodeSchema({ type: 'object' }).isWhole).toBe(true)
  })

  it('describes an object where a tool’s alternatives go as JSON Schema', () => {
    const map = { type: 'object', additionalProperties: { type: 'string' } }
    const alternative = (op: string, of: object) => ({ type: 'object', properties: { op: { const: op }, of } })
    const parameters = { oneOf: [alternative('create', map), alternative('delete', map)] }
    expect(
      encodeRequest({
        model: 'm',
        stream: true,
        system: [],
        messages: [{ role: 'user', parts: [{ type: 'text', text: 'x' }] }],
        tools: [{ type: 'function', name: 'f', parameters }],
        sampling: {},
      })['tools'],
    ).toEqual([
      {
        functionDeclarations: [
          {
            name: 'f',
            parametersJsonSchema: properties({ op: { enum: ['create', 'delete'] }, of: map }),
          },
        ],
      },
    ])
  })

  it('makes of any schema one that Google takes', () => {
    const plain = {
      type: fc.constantFrom<unknown>(
        'string',
        'integer',
        'number',
        'boolean',
        'array',
        'object',
        ['string', 'null'],
        'null',
        5,
      ),
      enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 3 }),
      const: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
      format: fc.constantFrom('uri', 'date-time', 'int32'),
      description: fc.string(),
      required: fc.subarray(['a', 'b', 'c']),
      exclusiveMinimum: fc.integer(),
      $ref: fc.constantFrom('#', '#/properties/a', '#/nowhere', 'https://elsewhere'),
    }
    const { schema } = fc.letrec<{ schema: JsonSchema }>(tie => {
      const several = fc.array(tie('schema'), { maxLength: 2 })
      const nested = {
        ...plain,
        properties: fc.dictionary(fc.constantFrom('a', 'b', 'type', 'enum'), tie('schema'), { maxKeys: 3 }),
        items: tie('schema'),
        anyOf: several,
        oneOf: several,
        allOf: several,
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
      }
      return {
        schema: fc.oneof(
          { maxDepth: 3 },
          fc.record(plain, { requiredKeys: [] }),
          fc.record(nested, { requiredKeys: [] }),
        ),
      }
    })
    fc.assert(
      fc.property(schema, any => {
        const parameters = encodeSchema({ ...any, type: 'object' }).schema
        const tools = [{ functionDeclarations: [{ name: 'f', parameters }] }]
        const fault = faultOf({ contents: [{ role: 'user', parts: [{ text: 'x' }] }], tools }, 'm')
        expect(fault).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })
})

describe('decodeSchema', () => {
  it('reads types in capitals, nullable, and numbers that are text', () => {
    expect(
      decodeSchema({
        type: 'OBJECT',
        properties: {
          b: { type: 'STRING', nullable: true, max_length: '5', format: 'enum', enum: ['x'] },
          a: { type: 'ARRAY', items: { type: 'NUMBER' }, minItems: '1', example: [1] },
          c: { any_of: [{ type: 'STRING' }, { type: 'TYPE_UNSPECIFIED' }], nullable: true },
        },
        propertyOrdering: ['a', 'b'],
        required: ['a'],
      }),
    ).toEqual({
      type: 'object',
      properties: {
        a: { type: 'array', items: { type: 'number' }, minItems: 1, examples: [[1]] },
        b: { type: ['string', 'null'], maxLength: 5, enum: ['x', null] },
        c: { anyOf: [{ type: 'string' }, {}, { type: 'null' }] },
      },
      required: ['a'],
    })
  })
})
