import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { choices, chosen, used } from '../../main/choices.ts'
import { remember } from '../../main/memory.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'))
  file = join(folder, 'desktop.json')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('what the shell remembers', () => {
  it('is there in the next run', async () => {
    const memory = await remember(file, choices)
    memory.set({ startHidden: false })
    memory.set({ closeExplained: true })
    await memory.saved()
    expect((await remember(file, choices)).get()).toEqual({
      launchAtLogin: false,
      startHidden: false,
      startProxyAtLaunch: true,
      closeExplained: true,
      recent: [],
    })
  })

  it('is the last of many changes', async () => {
    const memory = await remember(file, choices)
    for (let i = 0; i < 50; i++) memory.set({ recent: [{ backend: `b${i}` }] })
    await memory.saved()
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ recent: [{ backend: 'b49' }] })
  })

  it('is nobody else’s to read', async () => {
    const memory = await remember(file, choices)
    memory.set({ startHidden: false })
    await memory.saved()
    expect((await stat(file)).mode & 0o077).toBe(0)
  })

  it.each(['', 'not json', '[]', '{"startHidden":"yes","recent":[{"model":1}]}'])(
    'is the default where the file holds %j',
    async content => {
      await writeFile(file, content)
      expect((await remember(file, choices)).get()).toEqual(choices.parse({}))
    },
  )

  it('keeps the fields that are right beside one that is wrong', async () => {
    await writeFile(file, '{"startHidden":false,"recent":"x"}')
    expect((await remember(file, choices)).get()).toMatchObject({ startHidden: false, recent: [] })
  })

  it('lasts for this run where it can’t be written', async () => {
    const memory = await remember(join(folder, 'no such folder', 'desktop.json'), choices)
    memory.set({ startHidden: false })
    await memory.saved()
    expect(memory.get().startHidden).toBe(false)
  })
})

describe('the recent targets', () => {
  const [a, b] = [{ backend: 'openai', model: 'a' }, { backend: 'openai' }]

  it('have a chosen one first', () => {
    expect(chosen([a, b], { backend: 'openai' })).toEqual([b, a])
  })

  it('take in one that was used, and do not stir when it is used again', () => {
    expect(used([a], b)).toEqual([b, a])
    const recent = [b, a]
    expect(used(recent, a)).toBe(recent)
  })

  it('are eight at most', () => {
    const many = Array.from({ length: 8 }, (_, i) => ({ backend: `b${i}` }))
    expect(used(many, a)).toEqual([a, ...many.slice(0, 7)])
  })
})
