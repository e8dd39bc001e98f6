import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createQuit, type QuitChoice } from '../../main/quit.ts'

/** A way out whose steps are noted, with turns that end when the test says so. */
function leave({ openTurns = 0, choice = 'wait' }: { openTurns?: number; choice?: QuitChoice } = {}) {
  const steps: string[] = []
  let turnsEnd: () => void = () => undefined
  const drained = openTurns === 0 ? Promise.resolve() : new Promise<void>(resolve => (turnsEnd = resolve))
  const quit = createQuit({
    openTurns: () => openTurns,
    waitMs: () => 10_000,
    ask: async (count, waitMs) => {
      steps.push(`ask about ${count}, ${waitMs} ms`)
      return choice
    },
    drain: async () => {
      steps.push('drain')
      await drained
    },
    breakOff: () => {
      steps.push('break off')
      turnsEnd()
    },
    close: async () => void steps.push('close'),
    exit: () => void steps.push('exit'),
  })
  return { quit, steps, turnsEnd }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('quitting', () => {
  it('asks nothing while no turn is open, and does things in order', async () => {
    const { quit, steps } = leave()
    await quit.ask('user')
    expect(steps).toEqual(['drain', 'close', 'exit'])
    expect(quit.isReady()).toBe(true)
  })

  it('asks while turns are open, and waits for them if that is the answer', async () => {
    const { quit, steps, turnsEnd } = leave({ openTurns: 2, choice: 'wait' })
    const leaving = quit.ask('user')
    await vi.advanceTimersByTimeAsync(9_000)
    expect(steps).toEqual(['ask about 2, 10000 ms', 'drain'])
    expect(quit.isQuitting()).toBe(true)
    expect(quit.isReady()).toBe(false)
    turnsEnd()
    await leaving
    expect(steps).toEqual(['ask about 2, 10000 ms', 'drain', 'close', 'exit'])
  })

  it('waits no longer than it said', async () => {
    const { quit, steps } = leave({ openTurns: 2, choice: 'wait' })
    const leaving = quit.ask('user')
    await vi.advanceTimersByTimeAsync(10_000)
    await leaving
    expect(steps).toEqual(['ask about 2, 10000 ms', 'drain', 'break off', 'close', 'exit'])
  })

  it('breaks the turns off if the user will not wait', async () => {
    const { quit, steps } = leave({ openTurns: 1, choice: 'now' })
    const leaving = quit.ask('user')
    await vi.advanceTimersByTimeAsync(0)
    await leaving
    expect(steps).toEqual(['ask about 1, 10000 ms', 'drain', 'break off', 'close', 'exit'])
  })

  it('goes on as before when it is cancelled, and asks again the next time', async () => {
    const { quit, steps } = leave({ openTurns: 1, choice: 'cancel' })
    await quit.ask('user')
    expect(quit.isQuitting()).toBe(false)
    await quit.ask('user')
    expect(steps).toEqual(['ask about 1, 10000 ms', 'ask about 1, 10000 ms'])
  })

  it('asks one question at a time', async () => {
    const { quit, steps } = leave({ openTurns: 1, choice: 'cancel' })
    await Promise.all([quit.ask('user'), quit.ask('user')])
    expect(steps).toEqual(['ask about 1, 10000 ms'])
  })

  it('asks nobody when the system ends, and gives the turns two seconds', async () => {
    const { quit, steps } = leave({ openTurns: 3 })
    const leaving = quit.ask('system')
    await vi.advanceTimersByTimeAsync(1_999)
    expect(steps).toEqual(['drain'])
    await vi.advanceTimersByTimeAsync(1)
    await leaving
    expect(steps).toEqual(['drain', 'break off', 'close', 'exit'])
  })

  it('asks nobody in a terminal, and hurries at the second signal', async () => {
    const { quit, steps } = leave({ openTurns: 3 })
    const leaving = quit.ask('terminal')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(steps).toEqual(['drain'])
    await quit.ask('terminal')
    await leaving
    expect(steps).toEqual(['drain', 'break off', 'close', 'exit'])
  })

  it('lets a signal decide what the user is still asked', async () => {
    const steps: string[] = []
    let answer: (choice: QuitChoice) => void = () => undefined
    const quit = createQuit({
      openTurns: () => 1,
      waitMs: () => 10_000,
      ask: () => new Promise(resolve => (answer = resolve)),
      drain: async () => undefined,
      breakOff: () => void steps.push('break off'),
      close: async () => undefined,
      exit: () => void steps.push('exit'),
    })
    const asked = quit.ask('user')
    await quit.ask('terminal')
    answer('cancel')
    await asked
    expect(steps).toEqual(['exit'])
  })

  it('ends even where a step fails, or never does', async () => {
    const steps: string[] = []
    const quit = createQuit({
      openTurns: () => 0,
      waitMs: () => 10_000,
      ask: async () => 'cancel',
      drain: async () => Promise.reject(new Error('the disk is gone')),
      breakOff: () => undefined,
      close: () => new Promise(() => undefined),
      exit: () => void steps.push('exit'),
    })
    void quit.ask('user')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(steps).toEqual(['exit'])
  })
})
