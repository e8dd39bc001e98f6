import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createQuit, type QuitChoice, type QuitDeps } from '../../main/quit.ts'

/** A way out whose steps are noted, with turns that end when the test says so. */
function leave({ open = 0, ...deps }: { open?: number } & Partial<Pick<QuitDeps, 'ask' | 'stop' | 'close'>> = {}) {
  const steps: string[] = []
  let openTurns = open
  const quit = createQuit({
    openTurns: () => openTurns,
    terminalWaitMs: () => 10_000,
    ask: async (count, waitMs) => {
      steps.push(`ask about ${count}, ${waitMs} ms`)
      return 'wait'
    },
    leave: at => void steps.push(at === undefined ? 'stay' : `leave within ${at - Date.now()} ms`),
    stop: async drainMs => void steps.push(`stop within ${drainMs} ms`),
    close: async () => void steps.push('close'),
    exit: () => void steps.push('exit'),
    ...deps,
  })
  const turnsEnd = (left = 0) => (openTurns = left)
  return { quit, steps, turnsEnd }
}

/** The end where nothing is open any more, and where turns are broken off. */
const calmEnd = ['stop within 1000 ms', 'close', 'exit']
const hardEnd = ['stop within 0 ms', 'close', 'exit']

const answers = (choice: QuitChoice) => ({ ask: async () => choice })

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
    await vi.advanceTimersByTimeAsync(0)
    expect(steps).toEqual(['leave within 0 ms', ...calmEnd])
    expect(quit.isReady()).toBe(true)
  })

  it('asks while turns are open, and waits for them half a minute if that is the answer', async () => {
    const { quit, steps, turnsEnd } = leave({ open: 2 })
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(29_000)
    expect(steps).toEqual(['ask about 2, 30000 ms', 'leave within 30000 ms'])
    expect(quit.isQuitting()).toBe(false)
    turnsEnd(1)
    await vi.advanceTimersByTimeAsync(250)
    expect(steps).toHaveLength(2)
    turnsEnd()
    await vi.advanceTimersByTimeAsync(250)
    expect(steps.slice(2)).toEqual(calmEnd)
    expect(quit.isQuitting()).toBe(true)
  })

  it('waits no longer than it said', async () => {
    const { quit, steps } = leave({ open: 2 })
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(steps.slice(2)).toEqual(hardEnd)
  })

  it('breaks the turns off if the user will not wait', async () => {
    const { quit, steps } = leave({ open: 1, ...answers('now') })
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(0)
    expect(steps).toEqual(['leave within 0 ms', ...hardEnd])
  })

  it('can be cut short while it waits', async () => {
    const { quit, steps } = leave({ open: 1 })
    quit.hurry()
    expect(steps).toEqual([])
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(5000)
    quit.hurry()
    await vi.advanceTimersByTimeAsync(0)
    expect(steps.slice(2)).toEqual(['leave within 0 ms', ...hardEnd])
  })

  it('can be taken back while it waits, and asked for again', async () => {
    const { quit, steps } = leave({ open: 1 })
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(5000)
    quit.stay()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(steps.slice(1)).toEqual(['leave within 30000 ms', 'stay'])
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(steps.slice(3)).toEqual(['ask about 1, 30000 ms', 'leave within 30000 ms', ...hardEnd])
  })

  it('does not wait longer because it is asked again', async () => {
    const { quit, steps } = leave({ open: 1 })
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(20_000)
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(steps).toEqual(['ask about 1, 30000 ms', 'leave within 30000 ms', 'ask about 1, 30000 ms', ...hardEnd])
  })

  it('goes on as before when it is cancelled', async () => {
    const { quit, steps } = leave({ open: 1, ...answers('cancel') })
    await quit.ask('user')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(steps).toEqual([])
    expect(quit.isQuitting()).toBe(false)
  })

  it('asks one question at a time', async () => {
    const ask = vi.fn(async () => 'cancel' as const)
    const { quit } = leave({ open: 1, ask })
    await Promise.all([quit.ask('user'), quit.ask('user')])
    expect(ask).toHaveBeenCalledOnce()
  })

  it('asks nobody when the system ends, gives the turns two seconds, and lets nothing take it back', async () => {
    const { quit, steps } = leave({ open: 3 })
    await quit.ask('system')
    quit.stay()
    await vi.advanceTimersByTimeAsync(1999)
    expect(steps).toEqual(['leave within 2000 ms'])
    expect(quit.isQuitting()).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    expect(steps.slice(1)).toEqual(hardEnd)
  })

  it('has two seconds left where the system ends while the user waits', async () => {
    const { quit, steps } = leave({ open: 3 })
    await quit.ask('user')
    await quit.ask('system')
    await vi.advanceTimersByTimeAsync(2000)
    expect(steps.slice(1)).toEqual(['leave within 30000 ms', 'leave within 2000 ms', ...hardEnd])
  })

  it('asks nobody in a terminal, and hurries at the second signal', async () => {
    const { quit, steps } = leave({ open: 3 })
    await quit.ask('terminal')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(steps).toEqual(['leave within 10000 ms'])
    await quit.ask('terminal')
    await vi.advanceTimersByTimeAsync(0)
    expect(steps.slice(1)).toEqual(['leave within 0 ms', ...hardEnd])
  })

  it('lets a signal decide what the user is still asked', async () => {
    let answer: (choice: QuitChoice) => void = () => undefined
    const { quit, steps } = leave({ open: 1, ask: () => new Promise(resolve => (answer = resolve)) })
    const asked = quit.ask('user')
    await quit.ask('terminal')
    answer('cancel')
    await asked
    await vi.advanceTimersByTimeAsync(10_000)
    expect(steps).toEqual(['leave within 10000 ms', ...hardEnd])
  })

  it('ends even where a step fails, or never does', async () => {
    const { quit, steps } = leave({
      stop: async () => Promise.reject(new Error('the disk is gone')),
      close: () => new Promise(() => undefined),
    })
    void quit.ask('user')
    await vi.advanceTimersByTimeAsync(11_000)
    expect(steps).toEqual(['leave within 0 ms', 'exit'])
  })
})
