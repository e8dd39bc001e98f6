import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { setValues } from '../../../proxy/config/save.ts'
import { watchFile } from '../../../proxy/config/watch.ts'
import { configFile, temporaryFolder } from './support.ts'

/** A watch over a file that counts what it tells. `told(n)` waits until it has told n times. */
function watching(file: string) {
  let count = 0
  let heard = () => {}
  const watcher = watchFile(file, {
    onChange: () => {
      count++
      heard()
    },
    quietMs: 20,
  })
  onTestFinished(() => watcher.close())
  const told = async (times: number) => {
    while (count < times) await new Promise<void>(resolve => (heard = resolve))
    expect(count).toBe(times)
  }
  return { told, close: watcher.close }
}

describe('a watch tells', () => {
  it('when the file is written to, and again when it is written to again', async () => {
    const file = configFile('a: 1')
    const { told } = watching(file)
    writeFileSync(file, 'a: 2')
    await told(1)
    appendFileSync(file, '\nb: 1')
    await told(2)
  })

  it('once of several changes in a row', async () => {
    const file = configFile('a: 1')
    const { told } = watching(file)
    for (const value of [2, 3, 4, 5]) writeFileSync(file, `a: ${value}`)
    await told(1)
    writeFileSync(file, 'a: 6')
    await told(2)
  })

  it('when the file is replaced, and afterwards of the new one', async () => {
    const file = configFile('a: 1')
    const { told } = watching(file)
    for (const times of [1, 2, 3]) {
      writeFileSync(`${file}.new`, `a: ${times}`)
      renameSync(`${file}.new`, file)
      await told(times)
    }
    writeFileSync(file, 'a: in place')
    await told(4)
  })

  it('when the app itself saves', async () => {
    const file = configFile('log_level: info\n')
    const { told } = watching(file)
    await setValues(file, { log_level: 'warn' }, async () => undefined)
    await told(1)
  })

  it('when the file goes and when it comes back', async () => {
    const file = configFile('a: 1')
    const { told } = watching(file)
    unlinkSync(file)
    await told(1)
    writeFileSync(file, 'a: 1')
    await told(2)
  })

  it('when the file comes for the first time, in folders that come with it', async () => {
    const file = join(temporaryFolder(), 'a', 'b', 'c', 'config.yaml')
    const { told } = watching(file)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, 'a: 1')
    await told(1)
    writeFileSync(file, 'a: 2')
    await told(2)
  })

  it('when the folder goes, comes again, and is replaced by another', async () => {
    const folder = join(temporaryFolder(), 'a')
    const file = join(folder, 'config.yaml')
    mkdirSync(folder)
    writeFileSync(file, 'a: 1')
    const { told } = watching(file)
    rmSync(folder, { recursive: true })
    await told(1)
    mkdirSync(folder)
    writeFileSync(file, 'a: 2')
    await told(2)
    renameSync(folder, `${folder}.old`)
    mkdirSync(folder)
    writeFileSync(file, 'a: 3')
    await told(3)
    writeFileSync(file, 'a: 4')
    await told(4)
  })

  it('when the file is a link, and what it leads to changes', async () => {
    const folder = temporaryFolder()
    const target = configFile('a: 1')
    const file = join(folder, 'config.yaml')
    symlinkSync(target, file)
    const { told } = watching(file)
    writeFileSync(target, 'a: 2')
    await told(1)
    const other = configFile('a: 3')
    unlinkSync(file)
    symlinkSync(other, file)
    await told(2)
    writeFileSync(other, 'a: 4')
    await told(3)
  })
})

describe('a watch', () => {
  it('says nothing of other files beside the one', async () => {
    const file = configFile('a: 1')
    const { told } = watching(file)
    writeFileSync(join(dirname(file), 'traffic.db'), 'x')
    writeFileSync(`${file}.bak`, 'x')
    const second = watching(`${file}.bak`)
    writeFileSync(`${file}.bak`, 'y')
    await second.told(1)
    writeFileSync(file, 'a: 2')
    await told(1)
  })

  it('says nothing once it is closed', async () => {
    const file = configFile('a: 1')
    const closed = watching(file)
    const open = watching(file)
    writeFileSync(file, 'a: 2')
    closed.close()
    await open.told(1)
    await closed.told(0)
  })

  it('does not keep the process alive', async () => {
    const file = configFile('a: 1')
    const module = JSON.stringify(new URL('../../../proxy/config/watch.ts', import.meta.url).href)
    const code = `import { watchFile } from ${module}
      watchFile(${JSON.stringify(file)}, { onChange() {} })
      watchFile(${JSON.stringify(join(file, '..', 'not', 'there'))}, { onChange() {} })`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: 'ignore' })
    onTestFinished(() => void child.kill())
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
