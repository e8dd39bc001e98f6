import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TurnRow } from '../../proxy/app/contract.ts'
import { matcher, mergeTurns, newestFirst } from '../../renderer/stores/turn-list.ts'
import { fakeTurn, fakeTurns, seededRandom } from '../support/fake-turns.ts'

const turn = (id: string, at: number, change: Partial<TurnRow> = {}): TurnRow => ({
  ...fakeTurn(id, at, seededRandom(1)),
  ...change,
})

describe('A list of turns', () => {
  test('takes a new turn in on top and a late one in its place', () => {
    const list = mergeTurns([turn('b', 20), turn('d', 5)], [turn('c', 10), turn('a', 30)])
    expect(list.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('shows a turn as it was told last', () => {
    const list = mergeTurns(
      [turn('a', 1, { open: true })],
      [turn('a', 1, { open: true }), turn('a', 1, { open: false })],
    )
    expect(list.map(({ open }) => open)).toEqual([false])
  })

  test('loses none and doubles none, however they come', () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 6 })))
    fc.assert(
      fc.property(fc.array(some), batches => {
        // The time of a turn is its own: the same id always comes with the same one.
        const named = batches.map(batch => batch.map(([id]) => turn(String(id), Math.floor(id / 3))))
        const list = named.reduce<readonly TurnRow[]>(mergeTurns, [])
        expect(new Set(list.map(({ id }) => id))).toEqual(new Set(named.flat().map(({ id }) => id)))
        expect(list).toHaveLength(new Set(named.flat().map(({ id }) => id)).size)
        expect([...list].sort(newestFirst)).toEqual(list)
      }),
    )
  })

  test('holds fifty thousand, made in less than the time that anybody waits', () => {
    expect(new Set(fakeTurns(50_000, 1e12).map(({ id }) => id)).size).toBe(50_000)
  })
})

describe('A filter', () => {
  const turns = [
    turn('1', 3, { asked: 'gpt-x', backend: 'openai', outcome: 'ok', client: 'Codex', error: undefined as never }),
    turn('2', 2, { asked: 'sonnet', backend: 'work', outcome: 'timeout', client: 'Aider' }),
    turn('3', 1, { asked: 'sonnet', backend: 'openai', open: true, outcome: undefined as never, client: 'curl' }),
  ]
  test.each([
    ['nothing', {}, ['1', '2', '3']],
    ['a word, in any case', { text: ' SONNET ' }, ['2', '3']],
    ['a client', { text: 'aider' }, ['2']],
    ['an outcome', { outcomes: ['timeout'] as const }, ['2']],
    ['a backend', { backends: ['openai'] }, ['1', '3']],
    ['what is open', { only: 'open' as const }, ['3']],
    ['what went wrong', { only: 'problems' as const }, ['2']],
    ['two things at once', { text: 'sonnet', backends: ['openai'] }, ['3']],
  ])('by %s', (_, filter, ids) => {
    const { outcomes, ...rest } = filter as { outcomes?: readonly 'timeout'[] }
    const isAsked = matcher({ ...rest, ...(outcomes === undefined ? {} : { outcomes: [...outcomes] }) })
    expect(turns.filter(isAsked).map(({ id }) => id)).toEqual(ids)
  })
})
