import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { createLiveTurns } from '../../../proxy/app/live-turns.ts'
import type { Journal } from '../../../proxy/traffic/journal.ts'
import { chatFacts, startJournal, tempFolder } from '../traffic/support.ts'

let journal: Journal
let told: TurnRow[][]
let rush: boolean[]
let closed: number
let live: ReturnType<typeof createLiveTurns>

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  journal = startJournal(join(await tempFolder(), 'traffic.db')).journal
  told = []
  rush = []
  closed = 0
  live = createLiveTurns(journal, {
    turns: turns => void told.push(turns),
    rush: isRush => void rush.push(isRush),
    closed: () => closed++,
  })
})
afterEach(() => {
  live.listen(false)
  vi.useRealTimers()
})

function open(asked = 'm') {
  const turn = Object.assign(journal.open(chatFacts()), { asked })
  journal.changed(turn)
  return turn
}
const close = (turn: ReturnType<typeof open>) => journal.close(turn, { interrupted: false })
const brief = (count: number) => {
  for (let i = 0; i < count; i++) close(open(`m${i}`))
}
const said = () => told.splice(0).map(turns => turns.map(({ asked, open }) => `${asked} ${open ? 'open' : 'closed'}`))

describe('live turns', () => {
  test('are told of together, each as it is at the end of a quarter of a second', () => {
    live.listen(true)
    close(open('a'))
    const b = open('b')
    vi.advanceTimersByTime(249)
    expect(said()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(said()).toEqual([['a closed', 'b open']])
    expect(closed).toBe(1)
    close(b)
    vi.advanceTimersByTime(250)
    expect(said()).toEqual([['b closed']])
  })

  test('cost nothing while nobody listens', () => {
    brief(3)
    vi.advanceTimersByTime(10_000)
    expect(vi.getTimerCount()).toBe(0)
    expect(said()).toEqual([])
  })

  test('leave out all but the newest hundred that came and went, and say so until it is calm again', () => {
    live.listen(true)
    brief(250)
    vi.advanceTimersByTime(250)
    const [turns = []] = said()
    expect(turns).toHaveLength(100)
    expect([turns[0], turns.at(-1)]).toEqual(['m150 closed', 'm249 closed'])
    expect(rush).toEqual([true])
    vi.advanceTimersByTime(750)
    brief(101)
    vi.advanceTimersByTime(250)
    expect(rush).toEqual([true])
    vi.advanceTimersByTime(1000)
    expect(rush).toEqual([true, false])
  })

  test('end for who was told that they began, however many there are', () => {
    const before = open('before')
    live.listen(true)
    const early = open('early')
    vi.advanceTimersByTime(250)
    said()
    close(before)
    close(early)
    brief(500)
    vi.advanceTimersByTime(250)
    expect(said()[0]?.slice(0, 3)).toEqual(['before closed', 'early closed', 'm400 closed'])
  })

  test('are told with their words only where they are few', () => {
    const withWords = (turns: readonly TurnRow[] = []) => turns.filter(({ words }) => words !== undefined).length
    const answer = (count: number) => {
      for (let i = 0; i < count; i++) {
        const turn = open()
        turn.responseCapture?.append(Buffer.from('{"content":"hello"}'))
        close(turn)
      }
      vi.advanceTimersByTime(250)
      return withWords(told.splice(0)[0])
    }
    live.listen(true)
    expect(answer(20)).toBe(20)
    expect(answer(21)).toBe(0)
  })
})
