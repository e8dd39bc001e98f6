import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitted, wireName } from '../../../proxy/core/names.ts'

describe('wireName', () => {
  it('keeps a name that every vendor takes', () => {
    expect(wireName({ name: 'read_file-2' })).toBe('read_file-2')
  })

  it('puts the namespace in front', () => {
    expect(wireName({ name: 'search', namespace: 'docs' })).toBe('docs__search')
  })

  it('makes of any name one that every vendor takes, always the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), name => {
        expect(wireName({ name })).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/)
        expect(wireName({ name })).toBe(wireName({ name }))
      }),
    )
  })

  it('keeps apart names that differ only in what has to go', () => {
    const names = ['a.b', 'a/b', 'a b', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`]
    expect(new Set(names.map(name => wireName({ name }))).size).toBe(names.length)
  })
})

describe('fitted', () => {
  it('keeps an id that fits and shortens one that does not', () => {
    expect(fitted('a'.repeat(64))).toBe('a'.repeat(64))
    expect(fitted('a'.repeat(65))).toMatch(/^a{55}_[0-9a-f]{8}$/)
  })
})
