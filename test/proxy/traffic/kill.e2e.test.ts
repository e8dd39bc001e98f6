import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openForReading } from '../../../proxy/traffic/query.ts'
import { closedTurn, startStore, tempFolder } from './support.ts'

const child = fileURLToPath(new URL('writing-child.ts', import.meta.url))

interface Progress {
  readonly closed: number
  readonly written: number
}

/** Runs the writing child until it has written so many turns, then kills it. Gives the last that it said. */
async function writeUntilKilled(file: string, written: number): Promise<Progress> {
  const writer = spawn(process.execPath, [child, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void writer.kill('SIGKILL'))
  let last: Progress = { closed: 0, written: 0 }
  for await (const line of createInterface({ input: writer.stdout })) {
    // The last line may be cut by the kill.
    if (line.endsWith('}')) last = JSON.parse(line) as Progress
    if (last.written >= written) writer.kill('SIGKILL')
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
  expect(writer.signalCode).toBe('SIGKILL')
  return last
}

describe('a process killed while it writes', () => {
  test.each([200, 2000, 20_000])(
    'leaves a sound log after %i turns, which misses at most the last batch',
    async least => {
      const file = join(await tempFolder(), 'traffic.db')
      const { closed, written } = await writeUntilKilled(file, least)
      const db = openForReading(file)
      onTestFinished(() => db?.close())
      const found = Number(db?.prepare('SELECT count(*) AS n FROM turns').get()?.['n'])
      expect(found).toBeGreaterThanOrEqual(written)
      // It waits at 200 that are not written, and closes 50 before it looks again.
      expect(closed - found).toBeLessThan(250)
      expect(db?.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    },
  )

  test('leaves a log that the next run goes on with', async () => {
    const file = join(await tempFolder(), 'traffic.db')
    const { written } = await writeUntilKilled(file, 1000)
    const store = startStore(file)
    store.write(closedTurn(1))
    expect((await store.query({ limit: 1_000_000 })).length).toBeGreaterThan(written)
    expect(store.health()).toMatchObject({ state: 'ok', setAside: undefined })
  })
})
