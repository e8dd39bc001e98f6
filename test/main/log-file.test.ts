import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogFile } from '../../main/log-file.ts'

let folder: string

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'log-')), 'logs')
})
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true })
})

/** Writes lines, one after the other, and gives what could not be written. */
async function log(lines: readonly string[], fileBytes = 20): Promise<string> {
  const otherwise = new PassThrough()
  const file = createLogFile({ folder, otherwise, fileBytes })
  for (const line of lines) await new Promise(resolve => file.write(`${line}\n`, resolve))
  file.end()
  await finished(file)
  return String(otherwise.read() ?? '')
}

const read = (name: string) => readFile(join(folder, name), 'utf8')

describe('the log file', () => {
  it('makes its folder, and goes on where the last run ended', async () => {
    await log(['one'])
    await log(['two'])
    expect(await readdir(folder)).toEqual(['app.log'])
    expect(await read('app.log')).toBe('one\ntwo\n')
  })

  it('puts a full file aside before a line that does not fit', async () => {
    await log(['0123456789', 'abcdefgh', 'next'])
    expect(await read('app.1.log')).toBe('0123456789\nabcdefgh\n')
    expect(await read('app.log')).toBe('next\n')
  })

  it('keeps five files, and forgets the oldest', async () => {
    await log(Array.from({ length: 8 }, (_, i) => `a long line, ${i}`))
    expect(await readdir(folder)).toEqual(['app.1.log', 'app.2.log', 'app.3.log', 'app.4.log', 'app.log'])
    expect(await read('app.log')).toBe('a long line, 7\n')
    expect(await read('app.4.log')).toBe('a long line, 3\n')
  })

  it('writes a line that is longer than a file', async () => {
    await log(['x'.repeat(50)])
    expect(await read('app.log')).toHaveLength(51)
  })

  it('says a line elsewhere where it can’t be written, and writes again when it can', async () => {
    await writeFile(folder, 'a file where the folder should be')
    expect(await log(['lost'])).toBe('lost\n')
    await rm(folder)
    expect(await log(['found'])).toBe('')
    expect(await read('app.log')).toBe('found\n')
  })

  it('goes on after its folder was removed', async () => {
    const otherwise = new PassThrough()
    const file = createLogFile({ folder, otherwise })
    const write = (line: string) => new Promise(resolve => file.write(line, resolve))
    await write('one\n')
    await rm(folder, { recursive: true })
    await write('two\n')
    await write('three\n')
    expect(String(otherwise.read())).toBe('two\n')
    expect(await read('app.log')).toBe('three\n')
  })
})
