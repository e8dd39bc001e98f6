import { describe, expect, it } from 'vitest'
import { createBreakers } from '../../../proxy/routing/breakers.ts'

function world(random = () => 0, enabled = true) {
  let clock = 1000
  const settings = { enabled, failure_threshold: 3, open_cooldown_seconds: 30 }
  const breakers = createBreakers({ settings, now: () => clock, random })
  const fail = (times: number, target = 'x') => {
    for (let i = 0; i < times; i++) breakers.failed(target)
  }
  return { breakers, fail, pass: (ms: number) => (clock += ms) }
}

describe('a breaker', () => {
  it('lets a target rest after failures in a row, and only in a row', () => {
    const { breakers, fail } = world()
    fail(2)
    breakers.succeeded('x')
    fail(2)
    expect(breakers.admit('x')).toBe(true)
    expect(breakers.list()).toEqual([{ target: 'x', state: 'closed', failures: 2, restsForMs: 0 }])
    fail(1)
    expect(breakers.admit('x')).toBe(false)
    expect(breakers.admit('y')).toBe(true)
  })

  it('admits one after the rest, and rests again if that one fails', () => {
    const { breakers, fail, pass } = world()
    fail(3)
    pass(29_999)
    expect(breakers.admit('x')).toBe(false)
    expect(breakers.restOf('x')).toBe(1)
    pass(1)
    expect(breakers.list()).toMatchObject([{ state: 'half-open', restsForMs: 0 }])
    expect([breakers.admit('x'), breakers.admit('x'), breakers.admit('x')]).toEqual([true, false, false])
    fail(1)
    expect(breakers.admit('x')).toBe(false)
    pass(30_000)
    expect(breakers.admit('x')).toBe(true)
    breakers.succeeded('x')
    expect([breakers.admit('x'), breakers.admit('x')]).toEqual([true, true])
  })

  it('is not kept open by failures of turns that began before', () => {
    const { breakers, fail, pass } = world()
    fail(3)
    pass(20_000)
    fail(10)
    pass(10_000)
    expect(breakers.admit('x')).toBe(true)
  })

  it('is not stuck where a probe comes to no end', () => {
    const { breakers, fail, pass } = world()
    fail(3)
    pass(30_000)
    expect(breakers.admit('x')).toBe(true)
    breakers.released('x')
    expect(breakers.admit('x')).toBe(true)
  })

  it('admits one in the rest where there is nothing else', () => {
    const { breakers, fail } = world()
    fail(3)
    expect([breakers.admitLast('x'), breakers.admitLast('x'), breakers.admit('x')]).toEqual([true, false, false])
    expect(breakers.admitLast('y')).toBe(true)
  })

  it('rests a little longer by chance', () => {
    const { breakers, fail } = world(() => 0.5)
    fail(3)
    expect(breakers.restOf('x')).toBe(33_000)
  })

  it('can be reset, and switched off', () => {
    const { breakers, fail } = world()
    fail(3)
    breakers.reset('x')
    expect(breakers.admit('x')).toBe(true)
    const off = world(undefined, false)
    off.fail(9)
    expect(off.breakers.admit('x')).toBe(true)
  })

  it('remembers a bounded number of targets', () => {
    const { breakers, fail } = world()
    for (let i = 0; i < 3000; i++) fail(1, `x${i}`)
    expect(breakers.list()).toHaveLength(1000)
  })
})
