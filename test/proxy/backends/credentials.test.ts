import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RemoteBackend } from '../../../proxy/backends/backend.ts'
import { createCredentials } from '../../../proxy/backends/credentials.ts'
import { createBackends } from '../../../proxy/backends/index.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { ProxyError } from '../../../proxy/core/errors.ts'
import { createSecrets, type Secrets } from '../../../proxy/keys/secrets.ts'
import type { KeyStore } from '../../../proxy/keys/key-store.ts'

let folder: string
let secrets: Secrets
let now = 0

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lip-keys-'))
  now = Date.UTC(2026, 0, 1)
})
afterEach(async () => {
  await secrets.close()
  await rm(folder, { recursive: true, force: true })
})

function backendIn(id: string, entry: object = { type: id }): RemoteBackend {
  const backend = createBackends(configSchema.parse({ backends: { [id]: entry } })).get(id)
  if (backend?.kind !== 'remote') throw new Error(`there is no backend ${id}`)
  return backend
}

function keysOf(env: Record<string, string>, id = 'openai', entry?: object) {
  const kept = new Map<string, string>()
  const keychain: KeyStore = {
    get: async name => kept.get(name),
    set: async (name, value) => void kept.set(name, value),
    remove: async name => kept.delete(name),
    check: async () => undefined,
  }
  secrets = createSecrets({ env, dataDir: folder, keychain })
  const backend = backendIn(id, entry)
  const credentials = createCredentials({ secrets, now: () => now })
  const all = credentials.credentialsOf(backend)
  const take = async () => (await all.take([]))?.name
  return { ...credentials, backend, all, take }
}

async function several<T>(times: number, of: () => Promise<T>): Promise<T[]> {
  const values: T[] = []
  for (let i = 0; i < times; i++) values.push(await of())
  return values
}

const limited = (retryAfterMs?: number) => new ProxyError('rate-limited', 'slow down', { retryAfterMs })

describe('the keys of a backend', () => {
  test('are its variable and those with numbers, gaps allowed, each key once', async () => {
    const { take } = keysOf({
      OPENAI_API_KEY: 'sk-a',
      OPENAI_API_KEY_2: 'sk-c',
      OPENAI_API_KEY_7: 'sk-a',
      OPENAI_API_KEY_99: 'sk-d',
      OPENAI_API_KEY_100: 'sk-e',
    })
    expect(await several(4, take)).toEqual([
      'OPENAI_API_KEY',
      'OPENAI_API_KEY_2',
      'OPENAI_API_KEY_99',
      'OPENAI_API_KEY',
    ])
  })

  test('are also those that are stored under its name and a number', async () => {
    const { take, all } = keysOf({ OPENAI_API_KEY_3: 'sk-c' })
    await secrets.set('openai', 'sk-first-0123456789')
    await secrets.set('openai.2', 'sk-second-0123456789')
    expect(await several(3, take)).toHaveLength(3)
    const used = await several(3, async () => (await all.take([]))?.secret)
    expect(used.sort()).toEqual(['sk-c', 'sk-first-0123456789', 'sk-second-0123456789'])
  })

  test('are the references of the config alone, where it has some', async () => {
    const env = { OPENAI_API_KEY: 'sk-a', ONE: 'sk-1', TWO: 'sk-2' }
    const { take } = keysOf(env, 'openai', { type: 'openai', api_keys: ['env:ONE', 'env:TWO'] })
    expect(await several(3, take)).toEqual(['ONE', 'TWO', 'ONE'])
  })

  test('of InternLM end at the first gap, and alternate with each request', async () => {
    const { take } = keysOf(
      {
        INTERNAI_API_KEY: 'a',
        INTERNAI_API_KEY_1: 'b',
        INTERNAI_API_KEY_2: ' ',
        INTERNAI_API_KEY_3: 'c',
        INTERNAI_API_KEY_5: 'd',
      },
      'internlm',
    )
    expect(await several(4, take)).toEqual([
      'INTERNAI_API_KEY',
      'INTERNAI_API_KEY_1',
      'INTERNAI_API_KEY_3',
      'INTERNAI_API_KEY',
    ])
  })

  test('are used to the last drop one after the other, where the config says so', async () => {
    const env = { OPENAI_API_KEY: 'sk-a', OPENAI_API_KEY_1: 'sk-b' }
    const { take, all } = keysOf(env, 'openai', { type: 'openai', rotation: 'fill-first' })
    expect(await several(2, take)).toEqual(['OPENAI_API_KEY', 'OPENAI_API_KEY'])
    const first = await all.take([])
    if (first !== undefined) all.report(first, limited(5000))
    expect(await several(2, take)).toEqual(['OPENAI_API_KEY_1', 'OPENAI_API_KEY_1'])
    now += 5000
    expect(await take()).toBe('OPENAI_API_KEY')
  })

  test('are used in the order that the config gives them, and keep their numbers', async () => {
    const env = { OPENAI_API_KEY: 'sk-a', OPENAI_API_KEY_1: 'sk-b', OPENAI_API_KEY_2: 'sk-c' }
    const entry = { type: 'openai', rotation: 'fill-first', key_order: ['openai.2', 'openai'] }
    const { take, all, backend, keyStates, credentialsOf } = keysOf(env, 'openai', entry)
    expect(await take()).toBe('OPENAI_API_KEY_2')
    const first = await all.take([])
    if (first !== undefined) all.report(first, limited(5000))
    expect(await take()).toBe('OPENAI_API_KEY')
    expect((await keyStates(backend)).map(({ instance }) => instance)).toEqual(['2', undefined, '1'])
    expect((await credentialsOf(backend, '1').take([]))?.name).toBe('OPENAI_API_KEY_1')
  })

  test('come without the word Bearer that was pasted with them', async () => {
    const { all } = keysOf({ NVIDIA_API_KEY: 'Bearer nvapi-1' }, 'nvidia')
    expect((await all.take([]))?.secret).toBe('nvapi-1')
  })
})

describe('a key that is refused', () => {
  const env = { OPENAI_API_KEY: 'sk-a', OPENAI_API_KEY_1: 'sk-b' }

  test('is followed by the next in the same turn, and rests as long as the vendor asked', async () => {
    const { all, take } = keysOf(env)
    const first = await all.take([])
    if (first === undefined) throw new Error('there is no key')
    all.report(first, limited(20_000))
    expect((await all.take([first]))?.name).toBe('OPENAI_API_KEY_1')
    expect(await several(2, take)).toEqual(['OPENAI_API_KEY_1', 'OPENAI_API_KEY_1'])
    now += 20_000
    expect(new Set(await several(2, take))).toEqual(new Set(Object.keys(env)))
  })

  test('is used again at once when it was taken after all', async () => {
    const { all, take } = keysOf(env)
    const first = await all.take([])
    if (first === undefined) throw new Error('there is no key')
    all.report(first, limited(20_000))
    all.report(first)
    expect(new Set(await several(2, take))).toEqual(new Set(Object.keys(env)))
  })

  test('leaves nothing to try when it was the last', async () => {
    const { all } = keysOf(env)
    const both = await several(2, async () => all.take([]))
    expect(await all.take(both.filter(key => key !== undefined))).toBeUndefined()
  })

  test('makes the client wait for the first to be rested, when all of them rest', async () => {
    const { all } = keysOf(env)
    for (const wait of [60_000, 9_000]) {
      const key = await all.take([])
      if (key !== undefined) all.report(key, limited(wait))
    }
    now += 1000
    await expect(async () => all.take([])).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 8000 })
  })

  test('is tried all the same where all are refused for another reason: it may have been put right', async () => {
    const { all, take } = keysOf(env)
    for (const message of ['no such key', 'no such key']) {
      const key = await all.take([])
      if (key !== undefined) all.report(key, new ProxyError('unauthenticated', message))
    }
    expect(await take()).toBe('OPENAI_API_KEY')
  })

  test('never rests when it is alone, since the vendor says best why', async () => {
    const { all, take } = keysOf({ OPENAI_API_KEY: 'sk-a' })
    const key = await all.take([])
    if (key !== undefined) all.report(key, limited(60_000))
    expect(await take()).toBe('OPENAI_API_KEY')
  })

  test('is shown with its state in words', async () => {
    const { all, keyStates, backend } = keysOf({ ...env, OPENAI_API_KEY_2: 'sk-c', OPENAI_API_KEY_3: 'broken\nkey' })
    const [first, second] = await several(2, async () => all.take([]))
    if (first !== undefined) all.report(first, limited(60_000))
    if (second !== undefined) all.report(second, new ProxyError('out-of-credit', 'You have nothing left.'))
    expect(await keyStates(backend)).toMatchObject([
      { name: 'OPENAI_API_KEY', state: 'rate-limited', until: now + 60_000 },
      {
        instance: '1',
        name: 'OPENAI_API_KEY_1',
        state: 'out-of-credit',
        detail: 'Out of credit: You have nothing left.',
      },
      { instance: '2', name: 'OPENAI_API_KEY_2', state: 'ready' },
      { instance: '3', state: 'unreadable' },
    ])
  })
})

describe('a pinned key', () => {
  test('is the only one that is used', async () => {
    const { credentialsOf, backend } = keysOf({ OPENAI_API_KEY: 'sk-a', OPENAI_API_KEY_2: 'sk-c' })
    const pinned = credentialsOf(backend, '2')
    const names = await several(2, async () => (await pinned.take([]))?.name)
    expect(names).toEqual(['OPENAI_API_KEY_2', 'OPENAI_API_KEY_2'])
    const used = await pinned.take([])
    expect(await pinned.take(used === undefined ? [] : [used])).toBeUndefined()
  })

  test('that is not there is refused by saying which are', async () => {
    const { credentialsOf, backend } = keysOf({ OPENAI_API_KEY: 'sk-a', OPENAI_API_KEY_2: 'sk-c' })
    await expect(async () => credentialsOf(backend, '5').take([])).rejects.toMatchObject({
      kind: 'unknown-model',
      message: 'Backend openai has no key number 5. There are openai.2.',
    })
  })
})

test('a lone key that is known costs no promise', async () => {
  const { all } = keysOf({ OPENAI_API_KEY: 'sk-a' })
  const first = await all.take([])
  expect(all.take([])).toBe(first)
})

test('a missing key is told with both ways to add it', async () => {
  const { all } = keysOf({}, 'groq')
  await expect(async () => all.take([])).rejects.toMatchObject({
    kind: 'unauthenticated',
    message: expect.stringMatching(/GROQ_API_KEY.*lip keys set groq/) as string,
  })
})

test('Azure asks for the address that each customer has', async () => {
  const { all } = keysOf({ AZURE_OPENAI_API_KEY: 'a' }, 'azure-openai')
  await expect(async () => all.take([])).rejects.toMatchObject({
    message: expect.stringContaining('https://RESOURCE.openai.azure.com') as string,
  })
})
