import { expect, test } from 'vitest'
import { createPace } from '../../../proxy/backends/pace.ts'

const MINUTE = 60_000
const aWayBack = expect.any(Function) as () => void

function paceWithClock() {
  let time = 0
  const pace = createPace(() => time)
  return { ...pace, pass: (ms: number) => (time += ms) }
}

const requests = (perMinute: number) => [{ name: 'work', perMinute, cost: 1 }]
const tokens = (perMinute: number, cost: number) => ({ name: 'work tokens', perMinute, cost })

test('a minute’s worth goes at once, and those that come after wait in their order', () => {
  const { reserve } = paceWithClock()
  const waits = Array.from({ length: 6 }, () => reserve(requests(4), MINUTE).waitMs)
  expect(waits).toEqual([0, 0, 0, 0, 15_000, 30_000])
})

test('one that had to wait for too long is not kept room for, and takes none', () => {
  const { reserve, pass } = paceWithClock()
  reserve(requests(1), 0)
  expect(reserve(requests(1), 30_000)).toEqual({ waitMs: MINUTE, isKept: false, giveBack: aWayBack })
  expect(reserve(requests(1), 30_000)).toEqual({ waitMs: MINUTE, isKept: false, giveBack: aWayBack })
  pass(30_000)
  expect(reserve(requests(1), 30_000)).toEqual({ waitMs: 30_000, isKept: true, giveBack: aWayBack })
})

test('room is filled again evenly, and never to more than a minute’s worth', () => {
  const { reserve, pass } = paceWithClock()
  reserve(requests(2), 0)
  reserve(requests(2), 0)
  pass(30_000)
  expect(reserve(requests(2), 0).isKept).toBe(true)
  expect(reserve(requests(2), 0).isKept).toBe(false)
  pass(60 * MINUTE)
  expect([1, 2, 3].map(() => reserve(requests(2), 0).isKept)).toEqual([true, true, false])
})

test('what costs more than there is in a minute goes when all is free, and nothing is taken of one where the other has no room', () => {
  const { reserve, pass } = paceWithClock()
  expect(reserve([tokens(1000, 5000)], 0)).toEqual({ waitMs: 0, isKept: true, giveBack: aWayBack })
  expect(reserve([...requests(1), tokens(1000, 100)], 0).isKept).toBe(false)
  expect(reserve(requests(1), 0).isKept).toBe(true)
  pass(6000)
  expect(reserve([tokens(1000, 100)], 0)).toEqual({ waitMs: 0, isKept: true, giveBack: aWayBack })
})

test('another limit of the config counts at once', () => {
  const { reserve } = paceWithClock()
  reserve(requests(100), 0)
  expect([1, 2, 3].map(() => reserve(requests(2), 0).isKept)).toEqual([true, true, false])
})

test('one that does not come after all gives its room back to those who come later', () => {
  const { reserve } = paceWithClock()
  reserve(requests(2), 0)
  reserve(requests(2), 0)
  const { waitMs, giveBack } = reserve(requests(2), MINUTE)
  expect(waitMs).toBe(30_000)
  giveBack()
  expect(reserve(requests(2), MINUTE).waitMs).toBe(30_000)
  expect(reserve(requests(2), MINUTE).waitMs).toBe(60_000)
})
