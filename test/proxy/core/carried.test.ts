import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CARRIED, pack, unpack, type Carried } from '../../../proxy/core/carried.ts'

const token = fc.record({ protocol: fc.string(), value: fc.string({ unit: 'binary' }) })
const carried: fc.Arbitrary<Carried> = fc.record(
  {
    of: fc.constantFrom('thought' as const, 'text' as const, 'call' as const),
    call: fc.string(),
    signature: token,
    encrypted: token,
    redacted: fc.string(),
    itemId: fc.string(),
    summary: fc.boolean(),
  },
  { requiredKeys: ['of'] },
)

describe('a token that carries what another vendor wants back', () => {
  it('gives back what was put into it', () => {
    fc.assert(
      fc.property(carried, it => {
        expect(unpack(pack(it))).toEqual(it)
      }),
    )
  })

  it('is base64 that begins as no vendor’s own token does', () => {
    fc.assert(
      fc.property(carried, it => {
        expect(pack(it)).toMatch(/^[A-Za-z0-9+/]+=*$/)
        expect(pack(it).startsWith(CARRIED)).toBe(true)
      }),
    )
  })

  it('is nothing if it is not ours, or was cut or changed on its way', () => {
    const whole = pack({ of: 'call', call: 'a', signature: { protocol: 'gemini', value: 's' } })
    for (const other of [
      '',
      'EqQBCkYIBxgC',
      whole.slice(0, -8),
      `${CARRIED}x`,
      Buffer.from('{"lip":1,"of":"z"}').toString('base64'),
    ])
      expect(unpack(other)).toBeUndefined()
  })
})
