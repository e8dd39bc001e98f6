import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createTurnIds } from '../../../proxy/traffic/turn-id.ts'
import { closedTurn, startStore, tempFolder } from './support.ts'

const HOUR = 3_600_000
const noon = 481_200 * HOUR

describe('usage by the backend', () => {
  test('tells turns, failures of its own and the middle of the waits for a first word since a moment', async () => {
    const store = startStore(join(await tempFolder(), 'traffic.db'))
    const newId = createTurnIds()
    const turns = [
      { at: noon - 1, backend: 'a', firstTokenMs: 999 },
      { at: noon, backend: 'a', firstTokenMs: 30 },
      { at: noon + 1, backend: 'a', firstTokenMs: 10 },
      { at: noon + 2, backend: 'a', firstTokenMs: 20, outcome: 'client cancelled' },
      { at: noon + 3, backend: 'a', firstTokenMs: undefined, outcome: 'timeout' },
      { at: noon + 3, backend: 'a', firstTokenMs: undefined, outcome: 'rejected' },
      { at: noon + 4, backend: 'b', firstTokenMs: undefined, outcome: 'network' },
      { at: noon + 5, backend: undefined, outcome: 'rejected' },
    ] as const
    for (const turn of turns) store.write(closedTurn(0, { ...turn, id: newId(turn.at) }))
    expect(await store.backends(noon)).toEqual([
      { backend: 'a', turns: 5, failures: 1, medianFirstTokenMs: 20 },
      { backend: 'b', turns: 1, failures: 1, medianFirstTokenMs: null },
    ])
  })
})

describe('usage by the hour', () => {
  test('adds up turns, failures and tokens of the hours since a moment', async () => {
    const store = startStore(join(await tempFolder(), 'traffic.db'))
    const newId = createTurnIds()
    const turns = [
      { at: noon - 1, inputTokens: 999 },
      { at: noon, inputTokens: 100, outputTokens: 10, cacheReadTokens: 50 },
      { at: noon + HOUR - 1, inputTokens: undefined, outputTokens: undefined, outcome: 'network' },
      { at: noon + 2 * HOUR, inputTokens: 7, outputTokens: 3, cacheReadTokens: undefined, outcome: 'client cancelled' },
    ] as const
    for (const turn of turns) store.write(closedTurn(0, { ...turn, id: newId(turn.at) }))
    expect(await store.hours(noon)).toEqual([
      { at: noon, turns: 2, failures: 1, inputTokens: 100, outputTokens: 10, cachedTokens: 50 },
      { at: noon + 2 * HOUR, turns: 1, failures: 0, inputTokens: 7, outputTokens: 3, cachedTokens: 0 },
    ])
  })

  test('of a log without turns is empty', async () => {
    expect(await startStore(join(await tempFolder(), 'traffic.db')).hours(0)).toEqual([])
  })
})
