import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withFileLock } from '../../../proxy/keys/file-lock.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
  path = join(folder, 'some.lock')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a lock is held by one at a time', async () => {
  const events: string[] = []
  await Promise.all(
    ['a', 'b', 'c'].map(name =>
      withFileLock(path, async () => {
        events.push(`${name} begins`)
        await rm(join(folder, name), { force: true })
        events.push(`${name} ends`)
      }),
    ),
  )
  const order = events.filter(event => event.endsWith('begins')).map(event => event.charAt(0))
  expect(events).toEqual(order.flatMap(name => [`${name} begins`, `${name} ends`]))
})

test('a lock is free again after its work failed', async () => {
  await expect(withFileLock(path, () => Promise.reject(new Error('the disk is full')))).rejects.toThrow(
    'the disk is full',
  )
  expect(await withFileLock(path, async () => 'done')).toBe('done')
})

test('a lock is free again after its process was killed', async () => {
  const source = resolve(import.meta.dirname, '../../../proxy/keys/file-lock.ts')
  const program = `
    const { withFileLock } = await import(process.argv[1])
    await withFileLock(process.argv[2], () => new Promise(() => { console.log('held'); process.stdin.resume() }))`
  const holder = spawn('node', ['--input-type=module', '--eval', program, source, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')

  let held = false
  const ours = withFileLock(path, async () => (held = true))
  expect(held).toBe(false)
  holder.kill('SIGKILL')
  expect(await ours).toBe(true)
})
