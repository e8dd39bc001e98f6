import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { KeyEntry, KeyIndex } from '../../../proxy/keys/key-index.ts'
import { createKeyIndex } from '../../../proxy/keys/key-index.ts'

const openai: KeyEntry = { name: 'openai', store: 'keychain', fingerprint: '7F3A', addedAt: '2026-11-23T10:00:00.000Z' }
const groq: KeyEntry = { name: 'groq', store: 'file', addedAt: '2026-11-23T11:00:00.000Z' }

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
  path = join(folder, 'keys.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the list of keys', () => {
  test('is empty while there is no file', async () => {
    expect(await createKeyIndex(folder).read()).toEqual({ entries: [] })
  })

  test('is written whole, for its owner only, and leaves nothing beside it', async () => {
    const index = createKeyIndex(folder)
    await index.update(() => [openai])
    await index.update(({ entries }) => [...entries, groq])

    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([openai, groq])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['keys.json', 'keys.json.lock'])
  })

  test('makes its folder', async () => {
    const index = createKeyIndex(join(folder, 'not', 'there'))
    await index.update(() => [openai])
    expect(await index.read()).toEqual({ entries: [openai] })
  })

  test('loses no change when several write at once', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `openai.${i}`)
    await Promise.all(
      names.map(name => createKeyIndex(folder).update(({ entries }) => [...entries, { ...openai, name }])),
    )
    const { entries } = await createKeyIndex(folder).read()
    expect(entries.map(({ name }) => name).sort()).toEqual(names.sort())
  })

  test('keeps what a newer version wrote into it', async () => {
    await writeFile(path, JSON.stringify([{ ...openai, rotation: 'off' }]))
    const index = createKeyIndex(folder)
    await index.update(({ entries }) => [...entries, groq])
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([{ ...openai, rotation: 'off' }, groq])
  })
})

describe('a broken list', () => {
  test.each([
    ['', 'is not JSON.'],
    ['[{"name":', 'is not JSON.'],
    ['{"openai":{}}', 'is not a list of keys.'],
    ['[1]', 'cannot be read whole: entry 1 is not of a key.'],
  ])('is a state and no crash: %s', async (text, problem) => {
    await writeFile(path, text)
    expect(await createKeyIndex(folder).read()).toEqual({ entries: [], problem: `${path} ${problem}` })
  })

  test('gives the entries that can be read', async () => {
    await writeFile(
      path,
      JSON.stringify([{ name: 'x', store: 'a drawer' }, openai, { ...groq, fingerprint: 'sk-whole-key' }]),
    )
    expect(await createKeyIndex(folder).read()).toEqual({
      entries: [openai],
      problem: `${path} cannot be read whole: entry 1, 3 is not of a key.`,
    })
  })

  test('is kept beside the new one when a key is added', async () => {
    await writeFile(path, '[{"name":')
    const index = createKeyIndex(folder)
    await index.update(({ entries }) => [...entries, openai])

    expect(await index.read()).toEqual({ entries: [openai] })
    expect(await readFile(`${path}.broken`, 'utf8')).toBe('[{"name":')
  })

  test('that is a folder is a state as well', async () => {
    await mkdir(path)
    expect(await createKeyIndex(folder).read()).toMatchObject({
      entries: [],
      problem: expect.stringContaining('cannot be read') as string,
    })
  })
})

describe('who watches the list', () => {
  test('is told of it at once, and of every change that another one makes', async () => {
    const told = await watching()
    expect(await told.next()).toEqual({ entries: [] })

    const other = createKeyIndex(folder)
    await other.update(() => [openai])
    expect(await told.next()).toEqual({ entries: [openai] })
    await other.update(() => [openai, groq])
    expect(await told.next()).toEqual({ entries: [openai, groq] })
    await other.update(() => [groq])
    expect(await told.next()).toEqual({ entries: [groq] })
  })

  test('is told when the file breaks, and when it is gone', async () => {
    await createKeyIndex(folder).update(() => [openai])
    const told = await watching()
    expect(await told.next()).toEqual({ entries: [openai] })

    await writeFile(path, 'nonsense')
    expect(await told.next()).toMatchObject({ entries: [], problem: expect.any(String) as string })
    await rm(path)
    expect(await told.next()).toEqual({ entries: [] })
  })

  test('is not told that a key was used', async () => {
    const other = createKeyIndex(folder)
    await other.update(() => [openai])
    const told = await watching()
    await told.next()

    await other.update(() => [{ ...openai, lastUsedAt: '2026-11-23T12:00:00.000Z' }])
    await other.update(({ entries }) => [...entries, groq])
    expect((await told.next()).entries).toHaveLength(2)
  })

  test('hears nothing more once it has ended that', async () => {
    const index = createKeyIndex(folder)
    const first: KeyIndex[] = []
    const { end } = await index.watch(list => first.push(list), fail)
    end()
    const told = await watching()
    await told.next()
    await index.update(() => [openai])
    await told.next()
    expect(first).toEqual([{ entries: [] }])
  })
})

/** What the watch tells, one after the other. */
async function watching() {
  const told: KeyIndex[] = []
  let wake: (() => void) | undefined
  const { end } = await createKeyIndex(folder).watch(list => {
    told.push(list)
    wake?.()
  }, fail)
  onTestFinished(end)
  return {
    next: async (): Promise<KeyIndex> => {
      for (;;) {
        const list = told.shift()
        if (list !== undefined) return list
        await new Promise<void>(resolve => (wake = resolve))
      }
    },
  }
}

function fail(error: unknown) {
  throw error
}
