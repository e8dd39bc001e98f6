import { describe, expect, test } from 'vitest'
import { ago, bytes, counted, duration, elapsed, money, share, tokens } from '../../renderer/text/format.ts'

describe('Figures are written as people read them', () => {
  test.each([
    [undefined, '—'],
    [0, '0 ms'],
    [842.4, '842 ms'],
    [999.6, '1.0 s'],
    [12_400, '12.4 s'],
    [59_960, '1 m 00 s'],
    [182_000, '3 m 02 s'],
    [7_500_000, '2 h 05 m'],
  ])('a duration of %s ms: %s', (ms, words) => expect(duration(ms)).toBe(words))

  test('a time that runs stays in seconds', () =>
    expect([elapsed(-5), elapsed(420), elapsed(61_000)]).toEqual(['0.0 s', '0.4 s', '1 m 01 s']))

  test.each([
    [842, '842'],
    [88_200, '88.2k'],
    [1_240_000, '1.24M'],
  ])('%i tokens: %s', (count, words) => expect(tokens(count)).toBe(words))

  test('bytes, shares and counts', () => {
    expect([bytes(512), bytes(18_400), bytes(2_100_000)]).toEqual(['512 B', '18.4 kB', '2.1 MB'])
    expect([share(0.71), share(Number.NaN)]).toEqual(['71\u202f%', '—'])
    expect([1, 2, 1200].map(count => counted(count, { one: 'stream', other: 'streams' }))).toEqual([
      '1 stream',
      '2 streams',
      '1,200 streams',
    ])
  })

  test('money', () => {
    expect([0, 1234.567, 0.5, 0.0042].map(money)).toEqual(['$0.00', '$1,234.57', '$0.50', '$0.0042'])
  })

  test('how long ago', () => {
    expect([5_000, 180_000, 7_200_000, 90_000_000].map(ms => ago(0, ms))).toEqual([
      'just now',
      '3 minutes ago',
      '2 hours ago',
      'yesterday',
    ])
  })
})
