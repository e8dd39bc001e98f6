import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CARRIED, pack } from '../../../proxy/core/carried.ts'
import { packThoughts, unpackThoughts } from '../../../proxy/core/carried-thoughts.ts'
import type { ReasoningPart } from '../../../proxy/core/request.ts'

const token = fc.record({ protocol: fc.string(), value: fc.string({ unit: 'binary' }) })
const thought: fc.Arbitrary<ReasoningPart> = fc.record(
  {
    type: fc.constant('reasoning' as const),
    text: fc.string({ unit: 'binary' }),
    signature: token,
    encrypted: token,
    redacted: fc.string(),
    itemId: fc.string(),
    summary: fc.boolean(),
  },
  { requiredKeys: ['type', 'text'] },
)

describe('thoughts that ride on the part after them', () => {
  it('come back as they were, also in the base64 of addresses that some clients make of it', () => {
    fc.assert(
      fc.property(fc.array(thought, { maxLength: 3 }), thoughts => {
        const packed = packThoughts(thoughts)
        expect(packed.startsWith(CARRIED)).toBe(true)
        expect(unpackThoughts(packed)).toEqual(thoughts)
        expect(unpackThoughts(packed.replaceAll('+', '-').replaceAll('/', '_'))).toEqual(thoughts)
      }),
    )
  })

  it('are nothing if the token is not ours, carries something else, or was cut short', () => {
    expect(unpackThoughts('EpAICo0IAb4')).toBeUndefined()
    expect(unpackThoughts(pack({ of: 'call', call: 'a' }))).toBeUndefined()
    expect(unpackThoughts(packThoughts([{ type: 'reasoning', text: 'long enough' }]).slice(0, 40))).toBeUndefined()
    const strange = Buffer.from('{"lip":1,"of":"thoughts","carried":[null,{"text":1}]}').toString('base64')
    expect(unpackThoughts(strange)).toEqual([])
  })
})
