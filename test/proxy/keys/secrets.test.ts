import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { KeyStore } from '../../../proxy/keys/key-store.ts'
import { StoreError } from '../../../proxy/keys/key-store.ts'
import type { Secrets, SecretsOptions } from '../../../proxy/keys/secrets.ts'
import { createSecrets } from '../../../proxy/keys/secrets.ts'

const KEY = 'sk-made-up-for-this-test-7F3A'
const PASSPHRASE = 'correct horse battery staple'
const openai = { envNames: ['OPENAI_API_KEY', 'OPENAI_KEY'] }

// Making a key of a passphrase is slow on purpose.
vi.setConfig({ testTimeout: 20_000 })

let dataDir: string
const opened: Secrets[] = []
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(secrets => secrets.close()))
  await rm(dataDir, { recursive: true, force: true })
})

describe('a reference', () => {
  test('to the environment is the value there, without white space around it', async () => {
    const secrets = secretsWith({ env: { WORK_KEY: ` ${KEY}\n` } })
    expect(await secrets.resolve('env:WORK_KEY')).toEqual({ found: true, value: KEY, source: 'env:WORK_KEY' })
  })

  test.each([
    [undefined, 'The environment variable WORK_KEY is not set.'],
    ['  ', 'The environment variable WORK_KEY holds no key. The key is empty.'],
    [
      'a\nb',
      'The environment variable WORK_KEY holds no key. The key has a line break in it: give one key, on one line.',
    ],
  ])('to an environment without a usable value says so: %j', async (value, reason) => {
    const secrets = secretsWith({ env: { WORK_KEY: value } })
    expect(await secrets.resolve('env:WORK_KEY')).toMatchObject({ found: false, reason })
  })

  test('to the keychain is the stored key of that name', async () => {
    const secrets = secretsWith({})
    await secrets.set('work', KEY)
    expect(await secrets.resolve('keychain:work')).toEqual({ found: true, value: KEY, source: 'keychain' })
  })

  test('to the keychain finds a key that was put there by other means', async () => {
    const secrets = secretsWith({ keychain: keychainWith({ work: KEY }) })
    expect(await secrets.resolve('keychain:work')).toMatchObject({ value: KEY })
  })

  test('to the keychain is the key in the passphrase file if it was stored there', async () => {
    const keychain = keychainWith({ work: 'an older one in the keychain' })
    const secrets = secretsWith({ keychain, env: { LIP_PASSPHRASE: PASSPHRASE } })
    await secrets.set('work', KEY, { store: 'file' })
    expect(await secrets.resolve('keychain:work')).toEqual({ found: true, value: KEY, source: 'file' })
  })

  test('that is none is not repeated, since it may be a key', async () => {
    const secret = await secretsWith({}).resolve(KEY)
    expect(secret).toMatchObject({ found: false })
    expect(JSON.stringify(secret)).not.toContain(KEY)
  })
})

describe('the key of a backend', () => {
  const env = { OPENAI_API_KEY: 'from-env', OPENAI_KEY: 'from-second-env', OTHER: 'from-reference' }

  test('is what its reference says, whatever else there is', async () => {
    const secrets = secretsWith({ env })
    await secrets.set('openai', KEY)
    const places = { ...openai, reference: 'env:OTHER' }
    expect(await secrets.keyOf('openai', places)).toMatchObject({ value: 'from-reference', source: 'env:OTHER' })
    expect(await secrets.keyOf('openai', { ...openai, reference: 'env:NONE' })).toMatchObject({ found: false })
  })

  test('else is the key stored under its name', async () => {
    const secrets = secretsWith({ env })
    await secrets.set('openai', KEY)
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: KEY, source: 'keychain' })
  })

  test('else is the first environment variable that is set', async () => {
    const { OPENAI_API_KEY: _, ...second } = env
    expect(await secretsWith({ env }).keyOf('openai', openai)).toMatchObject({ value: 'from-env' })
    expect(await secretsWith({ env: second }).keyOf('openai', openai)).toMatchObject({ value: 'from-second-env' })
    expect(await secretsWith({ env: { ...second, OPENAI_API_KEY: ' ' } }).keyOf('openai', openai)).toMatchObject({
      value: 'from-second-env',
    })
  })

  test('else is missing, and both ways to add it are named', async () => {
    expect(await secretsWith({}).keyOf('openai', openai)).toEqual({
      found: false,
      absent: true,
      reason:
        'There is no key for openai: none is stored under that name, and OPENAI_API_KEY or OPENAI_KEY is not set.',
      remedy: 'Set OPENAI_API_KEY, or store the key: lip keys set openai',
    })
    expect(await secretsWith({}).keyOf('work', { envNames: [] })).toEqual({
      found: false,
      absent: true,
      reason: 'There is no key for work: none is stored under that name.',
      remedy: 'Store the key: lip keys set work',
    })
  })

  test('is looked for in no keychain when none is stored', async () => {
    const keychain = keychainWith({}, () => new StoreError('unavailable', 'There is no keychain here.'))
    const secrets = secretsWith({ env, keychain })
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: 'from-env' })
    expect(keychain.get).not.toHaveBeenCalled()
  })

  test('is that of the environment when the stored one was removed behind our back', async () => {
    const keychain = keychainWith({})
    const secrets = secretsWith({ env, keychain })
    await secrets.set('openai', KEY)
    await keychain.remove('openai')
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: 'from-env' })
    expect(await secrets.keyOf('openai', { envNames: [] })).toMatchObject({
      reason:
        'There is no key for openai: none is stored under that name. It is listed as kept in the keychain, but is not there.',
    })
  })
})

describe('a key that was found', () => {
  test('is remembered, so that a turn need not wait', async () => {
    const keychain = keychainWith({})
    const secrets = secretsWith({ keychain })
    await secrets.set('openai', KEY)

    expect(secrets.peek('openai', openai)).toBeUndefined()
    await secrets.keyOf('openai', openai)
    expect(secrets.peek('openai', openai)).toMatchObject({ value: KEY })
    await secrets.keyOf('openai', openai)
    expect(keychain.get).toHaveBeenCalledTimes(1)
  })

  test('is asked for once when many turns begin at once', async () => {
    const keychain = keychainWith({})
    const secrets = secretsWith({ keychain })
    await secrets.set('openai', KEY)
    await Promise.all(Array.from({ length: 100 }, () => secrets.keyOf('openai', openai)))
    expect(keychain.get).toHaveBeenCalledTimes(1)
  })

  test('is not taken for that of a backend with other places to look', async () => {
    const secrets = secretsWith({ env: { A: 'value-a', B: 'value-b' } })
    expect(await secrets.keyOf('work', { envNames: [], reference: 'env:A' })).toMatchObject({ value: 'value-a' })
    expect(secrets.peek('work', { envNames: [], reference: 'env:B' })).toBeUndefined()
    expect(await secrets.keyOf('work', { envNames: ['B'] })).toMatchObject({ value: 'value-b' })
  })

  test('is known for masking, in the same array until there is another', async () => {
    const secrets = secretsWith({ env: { A: 'value-a', B: 'value-b', LIP_PASSPHRASE: PASSPHRASE } })
    await secrets.resolve('env:A')
    const known = secrets.known()
    expect(known).toEqual([PASSPHRASE, 'value-a'])
    await secrets.resolve('env:A')
    expect(secrets.known()).toBe(known)
    await secrets.resolve('env:B')
    expect(secrets.known()).toEqual([PASSPHRASE, 'value-a', 'value-b'])
  })
})

describe('a failure', () => {
  test('is remembered for half a minute, so that retries do not each open a prompt', async () => {
    let time = 0
    let locked = true
    const keychain = keychainWith({}, () => (locked ? new StoreError('locked', 'The keychain is locked.') : undefined))
    const secrets = secretsWith({ keychain, now: () => time })
    locked = false
    await secrets.set('openai', KEY)
    locked = true

    expect(await secrets.keyOf('openai', openai)).toEqual({
      found: false,
      absent: false,
      reason: 'The stored key openai cannot be read. The keychain is locked.',
      remedy:
        'Unlock the keychain and try again, or use an environment variable (api_key: env:NAME in config.yaml), or a file encrypted with a passphrase: lip keys set openai --store file',
    })
    locked = false
    time = 29_999
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ found: false })
    expect(secrets.peek('openai', openai)).toMatchObject({ found: false })
    expect(keychain.get).toHaveBeenCalledTimes(1)

    time = 30_000
    expect(secrets.peek('openai', openai)).toBeUndefined()
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: KEY })
  })

  test('is forgotten when the passphrase is given', async () => {
    await secretsWith({ env: { LIP_PASSPHRASE: PASSPHRASE } }).set('openai', KEY, { store: 'file' })
    const secrets = secretsWith({})
    expect(await secrets.keyOf('openai', openai)).toMatchObject({
      reason: `The stored key openai cannot be read. No passphrase was given for the file of keys, ${join(dataDir, 'keys.enc')}.`,
      remedy: 'Give the passphrase in the window under Accounts or when you are asked for it, or set LIP_PASSPHRASE.',
    })
    expect(await secrets.unlock('a wrong passphrase')).toMatchObject({ ok: false })
    expect(await secrets.unlock(PASSPHRASE)).toEqual({ ok: true, notes: [] })
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: KEY, source: 'file' })
  })
})

describe('storing a key', () => {
  test('says what white space it left out, and lists the key without its value', async () => {
    const now = () => Date.UTC(2026, 10, 23, 10)
    const secrets = secretsWith({ now })
    const entry = { name: 'openai.2', store: 'keychain', fingerprint: '7F3A', addedAt: '2026-11-23T10:00:00.000Z' }
    expect(await secrets.set('openai.2', ` ${KEY}\n`)).toEqual({
      ok: true,
      entry,
      notes: ['White space around the key was left out.'],
    })
    expect(await secrets.list()).toEqual({ entries: [entry] })
    expect(await secrets.resolve('keychain:openai.2')).toMatchObject({ value: KEY })
  })

  test('keeps no fingerprint of a short key', async () => {
    const secrets = secretsWith({})
    await secrets.set('ollama', 'short')
    expect((await secrets.list()).entries[0]).not.toHaveProperty('fingerprint')
  })

  test.each(['', ' ', 'two\nlines', 'nul\u0000', 'x'.repeat(8193)])(
    'refuses what is no key before anything is stored: %j',
    async value => {
      const keychain = keychainWith({})
      const secrets = secretsWith({ keychain })
      expect(await secrets.set('openai', value)).toMatchObject({ ok: false })
      expect(keychain.set).not.toHaveBeenCalled()
      expect(await secrets.list()).toEqual({ entries: [] })
    },
  )

  test.each(['', 'a b', '../x y', 'ключ', 'a:b', 'sk-made-up-and-put-in-the-wrong-place', KEY])(
    'refuses a name that is none, or is a key: %j',
    async name => {
      const secrets = secretsWith({})
      expect(await secrets.set(name, KEY)).toMatchObject({ ok: false })
      expect(await secrets.list()).toEqual({ entries: [] })
    },
  )

  test('where there is no keychain is refused, both other ways are named, and nothing is stored', async () => {
    const keychain = keychainWith({}, () => new StoreError('unavailable', 'There is no keychain here.'))
    const secrets = secretsWith({ keychain, env: { LIP_PASSPHRASE: PASSPHRASE } })
    expect(await secrets.set('openai', KEY)).toEqual({
      ok: false,
      reason: 'There is no keychain here.',
      remedy:
        'Use an environment variable (such as OPENAI_API_KEY), or a file encrypted with a passphrase: lip keys set openai --store file',
    })
    expect(await secrets.list()).toEqual({ entries: [] })
    expect(await readdir(dataDir)).toEqual([])
  })

  test('in the file takes the passphrase that comes with it', async () => {
    const secrets = secretsWith({})
    expect(await secrets.set('openai', KEY, { store: 'file' })).toMatchObject({ ok: false })
    expect(await secrets.set('openai', KEY, { store: 'file', passphrase: 'short' })).toEqual({
      ok: false,
      reason: 'The passphrase is too short: it needs at least 8 characters.',
      remedy: 'Choose a longer one; four random words are good.',
    })
    expect(await secrets.set('openai', KEY, { store: 'file', passphrase: PASSPHRASE })).toMatchObject({ ok: true })
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: KEY, source: 'file' })
    expect(await textOfAll(dataDir)).not.toContain(KEY)
  })

  test('in another store than before leaves no copy in that one', async () => {
    const keychain = keychainWith({})
    const secrets = secretsWith({ keychain, env: { LIP_PASSPHRASE: PASSPHRASE } })
    await secrets.set('openai', KEY)
    expect(await secrets.set('openai', KEY, { store: 'file' })).toMatchObject({
      ok: true,
      notes: ['The key of that name in the keychain was removed.'],
    })
    expect(await keychain.get('openai')).toBeUndefined()
    expect((await secrets.list()).entries).toMatchObject([{ name: 'openai', store: 'file' }])
  })

  test('says so when the copy in the other store could not be removed', async () => {
    let locked = false
    const keychain = keychainWith({}, () => (locked ? new StoreError('locked', 'The keychain is locked.') : undefined))
    const secrets = secretsWith({ keychain, env: { LIP_PASSPHRASE: PASSPHRASE } })
    await secrets.set('openai', KEY)
    locked = true
    expect(await secrets.set('openai', KEY, { store: 'file' })).toMatchObject({
      ok: true,
      notes: ['An older key of that name is still in the keychain. The keychain is locked.'],
    })
  })
})

describe('removing a key', () => {
  test('takes it out of its store and off the list', async () => {
    const keychain = keychainWith({})
    const secrets = secretsWith({ keychain })
    await secrets.set('openai', KEY)
    expect(await secrets.remove('openai')).toEqual({ ok: true, removed: true, notes: [] })
    expect(await keychain.get('openai')).toBeUndefined()
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ found: false })
    expect(await secrets.remove('openai')).toEqual({ ok: true, removed: false, notes: [] })
  })

  test('that was never stored removes nothing, also where there is no keychain', async () => {
    const keychain = keychainWith({}, () => new StoreError('unavailable', 'There is no keychain here.'))
    expect(await secretsWith({ keychain }).remove('openai')).toEqual({ ok: true, removed: false, notes: [] })
  })

  test('keeps it on the list when its store refuses', async () => {
    let locked = false
    const keychain = keychainWith({}, () => (locked ? new StoreError('locked', 'The keychain is locked.') : undefined))
    const secrets = secretsWith({ keychain })
    await secrets.set('openai', KEY)
    locked = true
    expect(await secrets.remove('openai')).toMatchObject({ ok: false, reason: 'The keychain is locked.' })
    expect((await secrets.list()).entries).toHaveLength(1)
  })

  test('takes it off the list when it was not in its store any more', async () => {
    const keychain = keychainWith({})
    const secrets = secretsWith({ keychain })
    await secrets.set('openai', KEY)
    await keychain.remove('openai')
    expect(await secrets.remove('openai')).toEqual({
      ok: true,
      removed: true,
      notes: ['It was listed, but was not in the keychain any more.'],
    })
  })
})

describe('keys that another program changes', () => {
  test('are seen: what was remembered is forgotten, and its owner is told', async () => {
    const keychain = keychainWith({})
    const changes = counter()
    const server = secretsWith({ keychain, env: { OPENAI_API_KEY: 'from-env' }, onChange: changes.add })
    const cli = secretsWith({ keychain })
    expect(await server.keyOf('openai', openai)).toMatchObject({ value: 'from-env' })

    await cli.set('openai', KEY)
    await changes.next()
    expect(server.peek('openai', openai)).toBeUndefined()
    expect(await server.keyOf('openai', openai)).toMatchObject({ value: KEY })

    await cli.remove('openai')
    await changes.next()
    expect(await server.keyOf('openai', openai)).toMatchObject({ value: 'from-env' })
  })

  test('are told of once, also when it was this program that changed them', async () => {
    const changes = counter()
    const secrets = secretsWith({ onChange: changes.add })
    await secrets.set('openai', KEY)
    expect(changes.count()).toBe(1)
    await secrets.remove('openai')
    expect(changes.count()).toBe(2)
    await secretsWith({}).set('groq', KEY)
    await changes.next()
    await changes.next()
    await changes.next()
    expect(changes.count()).toBe(3)
  })
})

describe('a broken list of keys', () => {
  test('is told of, and the keys are found all the same', async () => {
    const warn = vi.fn<(message: string) => void>()
    await writeFile(join(dataDir, 'keys.json'), '[{"name": "openai", ')
    const secrets = secretsWith({ keychain: keychainWith({ openai: KEY }), warn })
    const problem = `${join(dataDir, 'keys.json')} is not JSON.`

    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: KEY })
    expect(warn.mock.calls).toEqual([[problem]])
    expect(await secrets.list()).toEqual({ entries: [], problem })
    expect(await secrets.keyOf('groq', { envNames: [] })).toMatchObject({
      reason: `There is no key for groq: none is stored under that name. ${problem}`,
    })
  })

  test('does not keep the environment from being used', async () => {
    await writeFile(join(dataDir, 'keys.json'), 'nonsense')
    const keychain = keychainWith({}, () => new StoreError('unavailable', 'There is no keychain here.'))
    const secrets = secretsWith({ keychain, env: { OPENAI_API_KEY: 'from-env' } })
    expect(await secrets.keyOf('openai', openai)).toMatchObject({ value: 'from-env' })
  })
})

describe('when a key was last used', () => {
  test('is noted in the list, once an hour', async () => {
    let time = Date.UTC(2026, 10, 23, 10)
    const keychain = keychainWith({})
    const secrets = secretsWith({ keychain, now: () => time })
    const lastUsed = async () => {
      await secrets.close()
      return (await secrets.list()).entries[0]?.lastUsedAt
    }
    await secrets.set('openai', KEY)
    expect(await lastUsed()).toBeUndefined()

    await secrets.keyOf('openai', openai)
    expect(await lastUsed()).toBe('2026-11-23T10:00:00.000Z')
    time += 3_599_999
    secrets.peek('openai', openai)
    expect(await lastUsed()).toBe('2026-11-23T10:00:00.000Z')
    time += 1
    secrets.peek('openai', openai)
    expect(await lastUsed()).toBe('2026-11-23T11:00:00.000Z')
  })

  test('does not make anyone forget a key', async () => {
    const keychain = keychainWith({})
    const changes = counter()
    const server = secretsWith({ keychain, onChange: changes.add })
    await server.set('openai', KEY)
    await changes.next()
    await server.keyOf('openai', openai)

    const other = secretsWith({ keychain })
    await other.keyOf('openai', openai)
    await other.close()
    await other.set('groq', KEY)
    await changes.next()
    expect(changes.count()).toBe(2)
  })
})

describe('the stores', () => {
  test('say which can be used, which is in use, and what to do about the others', async () => {
    const keychain = keychainWith({}, () => new StoreError('unavailable', 'There is no keychain here.'))
    const secrets = secretsWith({ keychain, env: { LIP_PASSPHRASE: PASSPHRASE } })
    await secrets.set('openai', KEY, { store: 'file' })
    expect(await secrets.stores()).toEqual([
      {
        store: 'keychain',
        inUse: false,
        usable: false,
        locked: false,
        reason: 'There is no keychain here.',
        remedy:
          'Use an environment variable (such as OPENAI_API_KEY), or a file encrypted with a passphrase: lip keys set <name> --store file',
      },
      { store: 'file', inUse: true, usable: true },
    ])
  })

  test('say that a file was opened with the wrong passphrase', async () => {
    await secretsWith({ env: { LIP_PASSPHRASE: PASSPHRASE } }).set('openai', KEY, { store: 'file' })
    expect(await secretsWith({ env: { LIP_PASSPHRASE: 'a wrong one' } }).stores()).toMatchObject([
      { store: 'keychain', inUse: false, usable: true },
      {
        store: 'file',
        inUse: true,
        usable: false,
        locked: true,
        reason: expect.stringContaining('passphrase is not the one') as string,
      },
    ])
  })
})

test('a program that only looks keys up ends by itself', async () => {
  const secrets = secretsWith({ env: { OPENAI_API_KEY: KEY } })
  const before = process.getActiveResourcesInfo().filter(name => name === 'FSEventWrap').length
  await secrets.keyOf('openai', openai)
  expect(process.getActiveResourcesInfo().filter(name => name === 'FSEventWrap')).toHaveLength(before)
})

/** Secrets over the test's folder, with a keychain in memory unless the test brings its own. */
function secretsWith(options: Partial<SecretsOptions>) {
  const secrets = createSecrets({ env: {}, dataDir, keychain: keychainWith({}), ...options })
  opened.push(secrets)
  return secrets
}

/** A keychain at the port: what it holds, and how it refuses, if it does. */
function keychainWith(
  values: Readonly<Record<string, string>>,
  refusal: () => StoreError | undefined = () => undefined,
) {
  const held = new Map(Object.entries(values))
  const unlessRefused = <Args extends unknown[], Result>(work: (...args: Args) => Result) =>
    vi.fn(async (...args: Args) => {
      const error = refusal()
      if (error !== undefined) throw error
      return work(...args)
    })
  return {
    get: unlessRefused((name: string) => held.get(name)),
    set: unlessRefused((name: string, value: string) => void held.set(name, value)),
    remove: unlessRefused((name: string) => held.delete(name)),
    check: unlessRefused(() => undefined),
  } satisfies KeyStore
}

/** Counts calls, and tells when there was one that was not waited for yet. */
function counter() {
  let count = 0
  let seen = 0
  let wake: (() => void) | undefined
  return {
    add: () => {
      count++
      wake?.()
    },
    next: async () => {
      seen++
      while (count < seen) await new Promise<void>(resolve => (wake = resolve))
    },
    count: () => count,
  }
}

async function textOfAll(folder: string): Promise<string> {
  const texts = (await readdir(folder)).map(name => readFile(join(folder, name), 'latin1'))
  return (await Promise.all(texts)).join('\n')
}
