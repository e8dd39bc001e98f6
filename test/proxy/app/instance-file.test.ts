import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { readInstance } from '../../../proxy/app/instance-file.ts'
import { eventually, startApp, type StartedApp } from '../../support/start-app.ts'

let first: StartedApp

afterEach(() => first.close())

const told = async () => (await readInstance(first.paths.instanceFile))?.url

describe('the file by which commands find the running proxy', () => {
  it('goes on telling of the first run while a second one of the same data comes and goes', async () => {
    first = await startApp('{}')
    const second = await startApp('{}', {}, first.folder)
    expect(await told()).toBe(first.url)
    await eventually(() => second.log().includes(`lip status tells of ${first.url} (pid ${process.pid})`))
    await second.app.close()
    expect(await told()).toBe(first.url)
    await first.app.close()
    expect(existsSync(first.paths.instanceFile)).toBe(false)
  })

  it('tells of a new run where the one it told of has died', async () => {
    first = await startApp('{}')
    const { instanceFile } = first.paths
    const dead = { ...(await readInstance(instanceFile)), instance: 'of-a-run-that-died' }
    await writeFile(instanceFile, JSON.stringify(dead))
    const second = await startApp('{}', {}, first.folder)
    expect(await told()).toBe(second.url)
    await second.app.close()
  })
})
