import { describe, expect, test } from 'vitest'
import type { CapturedTurn } from '../../../proxy/traffic/bodies.ts'
import { createBodyMemory } from '../../../proxy/traffic/body-memory.ts'

/** Bodies that hold `bytes` together. */
function captured(bytes: number): CapturedTurn {
  const message = (held: number) => ({ headers: {}, body: { bytes: new Uint8Array(held), seen: held, held } })
  return { request: message(bytes), response: message(0) }
}

describe('the memory for bodies', () => {
  test('keeps the last so many turns', () => {
    const memory = createBodyMemory({ turns: 2, bytes: 1000 })
    for (const id of ['a', 'b', 'c']) {
      memory.reserve(100)
      memory.keep(id, captured(100))
    }
    expect(['a', 'b', 'c'].filter(id => memory.get(id) !== undefined)).toEqual(['b', 'c'])
    expect(memory.held()).toEqual({ turns: 2, bytes: 200 })
  })

  test('makes room for open turns by forgetting the oldest closed ones', () => {
    const memory = createBodyMemory({ turns: 10, bytes: 300 })
    for (const id of ['a', 'b', 'c']) {
      memory.reserve(100)
      memory.keep(id, captured(100))
    }
    expect(memory.reserve(150)).toBe(true)
    expect(['a', 'b', 'c'].filter(id => memory.get(id) !== undefined)).toEqual(['c'])
  })

  test('refuses what open turns leave no room for', () => {
    const memory = createBodyMemory({ turns: 10, bytes: 300 })
    expect([memory.reserve(250), memory.reserve(100), memory.reserve(50)]).toEqual([true, false, true])
    expect(memory.held().bytes).toBe(300)
  })

  test('takes back room that was not used in the end', () => {
    const memory = createBodyMemory({ turns: 10, bytes: 300 })
    memory.reserve(300)
    memory.release(captured(300))
    expect(memory.reserve(300)).toBe(true)
  })

  test('gives way at once when it is made smaller', () => {
    const memory = createBodyMemory({ turns: 10, bytes: 300 })
    for (const id of ['a', 'b', 'c']) {
      memory.reserve(100)
      memory.keep(id, captured(100))
    }
    memory.resize({ turns: 10, bytes: 150 })
    expect(memory.held()).toEqual({ turns: 1, bytes: 100 })
    memory.resize({ turns: 0, bytes: 150 })
    expect(memory.held()).toEqual({ turns: 0, bytes: 0 })
  })
})
