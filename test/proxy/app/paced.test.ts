import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { paced } from '../../../proxy/app/paced.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Something that takes as long as it is told, and how often it ran. */
function work(tookMs: number) {
  const run = vi.fn(() => new Promise<void>(resolve => setTimeout(resolve, tookMs)))
  return { run, ask: paced(run) }
}

test('runs at once, and again a second after it ended, once for all that asked meanwhile', async () => {
  const { run, ask } = work(0)
  ask()
  expect(run).toHaveBeenCalledTimes(1)
  ask()
  ask()
  await vi.advanceTimersByTimeAsync(999)
  expect(run).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(10)
  expect(run).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(run).toHaveBeenCalledTimes(2)
})

test('rests fifty times as long as it took', async () => {
  const { run, ask } = work(200)
  ask()
  ask()
  await vi.advanceTimersByTimeAsync(10_100)
  expect(run).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(200)
  expect(run).toHaveBeenCalledTimes(2)
})

test('goes on after a run that failed', async () => {
  const run = vi.fn(() => Promise.reject(new Error('the log is locked')))
  const ask = paced(run)
  ask()
  ask()
  await vi.advanceTimersByTimeAsync(1000)
  expect(run).toHaveBeenCalledTimes(2)
})
