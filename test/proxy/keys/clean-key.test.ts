import { describe, expect, test } from 'vitest'
import { cleanKey } from '../../../proxy/keys/clean-key.ts'

describe('a key', () => {
  test('is taken as it is', () => {
    expect(cleanKey('sk-abc_DEF.1~+/=')).toEqual({ ok: true, value: 'sk-abc_DEF.1~+/=', trimmed: false })
  })

  test.each(['  sk-abc', 'sk-abc\n', '\r\n\tsk-abc \u00a0\ufeff'])('loses the white space around it: %j', text => {
    expect(cleanKey(text)).toEqual({ ok: true, value: 'sk-abc', trimmed: true })
  })

  test.each(['', ' \n\t '])('is not empty: %j', text => {
    expect(cleanKey(text)).toEqual({ ok: false, reason: 'The key is empty.' })
  })

  test.each([
    ['sk-abc\nsk-def', 'The key has a line break in it: give one key, on one line.'],
    ['sk-\u0000abc', 'The key has a character in it that no key has: the control character U+0000 at position 4.'],
    ['sk-abc\u001b[0m', 'The key has a character in it that no key has: the control character U+001B at position 7.'],
    ['sk-a\u200bbc', 'The key has a character in it that no key has: U+200B at position 5.'],
    ['sk-“abc”', 'The key has a character in it that no key has: U+201C at position 4.'],
  ])('has none of what no header can carry: %j', (text, reason) => {
    expect(cleanKey(text)).toEqual({ ok: false, reason })
  })

  test('has at most 8192 characters', () => {
    expect(cleanKey('x'.repeat(8192))).toMatchObject({ ok: true })
    expect(cleanKey('x'.repeat(8193))).toEqual({
      ok: false,
      reason: 'The key is too long: 8193 characters, where 8192 are the most.',
    })
  })
})
