import { describe, expect, test } from 'vitest'
import { createTurnIds, idFloor } from '../../../proxy/traffic/turn-id.ts'

describe('a turn’s id', () => {
  test('has 26 characters of Crockford’s base 32', () => {
    expect(createTurnIds()(Date.now())).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  })

  test('sorts by time, and within a millisecond by the order of making', () => {
    const newId = createTurnIds()
    const ids = [5, 5, 5, 6, 1_732_340_000_000, 1_732_340_000_001].map(newId)
    expect(ids.toSorted()).toEqual(ids)
  })

  test('differs from every other, those of another maker among them', () => {
    const makers = [createTurnIds(), createTurnIds()]
    const ids = Array.from({ length: 20_000 }, (_, i) => makers[i % 2]?.(1_732_340_000_000))
    expect(new Set(ids).size).toBe(20_000)
  })

  test('lies between the floors of its millisecond and the next', () => {
    const id = createTurnIds()(1_732_340_000_000)
    expect(idFloor(1_732_340_000_000) <= id).toBe(true)
    expect(id < idFloor(1_732_340_000_001)).toBe(true)
  })
})
