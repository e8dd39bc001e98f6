import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openForReading } from '../../../proxy/traffic/query.ts'
import { runTurn, startJournal, tempFolder } from './support.ts'

/** Whether this user may mount a small disk to fill. */
function canMount(): boolean {
  return (
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    / tmpfs$/m.test(readFileSync('/proc/filesystems', 'utf8').replaceAll('\t', ' '))
  )
}

async function smallDisk(size: string, ...options: string[]): Promise<string> {
  const folder = join(await tempFolder(), 'disk')
  await mkdir(folder)
  run('mount', '-t', 'tmpfs', '-o', [`size=${size}`, ...options].join(','), 'tmpfs', folder)
  onTestFinished(() => run('umount', '--lazy', folder))
  return folder
}

function run(program: string, ...args: string[]) {
  execFileSync(program, args)
}

describe.skipIf(!canMount())('on a small disk (needs root on Linux to mount one)', () => {
  test('a log that fills it up keeps turns in memory, and writes them when there is room again', async () => {
    const folder = await smallDisk('1m')
    const ballast = join(folder, 'ballast')
    const file = join(folder, 'traffic.db')
    const { journal, store } = startJournal(file)
    runTurn(journal)
    await journal.flush()
    expect(store.health().state).toBe('ok')
    fill(ballast)

    const ids = Array.from({ length: 2000 }, () => runTurn(journal))
    await journal.flush()
    const health = store.health()
    expect(health).toMatchObject({ state: 'degraded', droppedRecords: 0, setAside: undefined })
    expect(health.reason).toContain(file)
    expect(health.waiting).toBeGreaterThan(0)
    expect(journal.recent(1)[0]?.id).toBe(ids.at(-1))

    rmSync(ballast)
    run('mount', '-o', 'remount,size=16m', folder)
    await journal.flush()
    expect(store.health()).toMatchObject({ state: 'ok', waiting: 0 })
    expect(await store.query({ limit: 5000 })).toHaveLength(2001)
    const db = openForReading(file)
    expect(db?.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    db?.close()
  })

  test('a log can’t be begun on a full one, and is when there is room', async () => {
    const folder = await smallDisk('1m')
    const ballast = join(folder, 'ballast')
    fill(ballast)
    const { journal, store } = startJournal(join(folder, 'traffic.db'))
    runTurn(journal)
    await journal.flush()
    expect(store.health()).toMatchObject({ state: 'degraded', waiting: 1, setAside: undefined })
    rmSync(ballast)
    await journal.flush()
    expect(store.health()).toMatchObject({ state: 'ok', waiting: 0 })
  })

  test('a log on a disk that may only be read is written when it may be written again', async () => {
    const folder = await smallDisk('4m')
    const { journal, store } = startJournal(join(folder, 'traffic.db'))
    run('mount', '-o', 'remount,ro', folder)
    runTurn(journal)
    await journal.flush()
    expect(store.health()).toMatchObject({ state: 'degraded', waiting: 1 })
    run('mount', '-o', 'remount,rw', folder)
    await journal.flush()
    expect(store.health()).toMatchObject({ state: 'ok', waiting: 0 })
  })
})

/** Writes until nothing more goes in. */
function fill(file: string) {
  for (let kilobytes = 1024; kilobytes >= 1; kilobytes /= 2) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(kilobytes * 1024), { flag: 'a' })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
  }
}
