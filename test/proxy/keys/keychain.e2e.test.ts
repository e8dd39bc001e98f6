import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Secrets } from '../../../proxy/keys/secrets.ts'
import { startKeyring, whyNoKeyring } from '../../support/keyring.ts'

const KEY = 'sk-made-up-for-this-test-7F3A'
const openai = { envNames: ['OPENAI_API_KEY'] }
const missing = whyNoKeyring()

let dataDir: string
beforeEach(async context => {
  if (missing !== undefined) context.skip(missing)
  dataDir = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterEach(async () => {
  if (missing === undefined) await rm(dataDir, { recursive: true, force: true })
})

describe('a keychain that is unlocked', () => {
  test('keeps a key, gives it, lists its name and removes it', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram(keyring.env)

    expect(await program.call('set', 'openai', KEY)).toMatchObject({
      ok: true,
      entry: { store: 'keychain' },
      notes: [],
    })
    expect(await program.call('keyOf', 'openai', openai)).toEqual({ found: true, value: KEY, source: 'keychain' })
    expect(await program.call('list')).toMatchObject({
      entries: [{ name: 'openai', store: 'keychain', fingerprint: '7F3A' }],
    })
    expect(await program.call('remove', 'openai')).toEqual({ ok: true, removed: true, notes: [] })
    expect(await program.call('list')).toEqual({ entries: [] })
    expect(await program.call('resolve', 'keychain:openai')).toMatchObject({ found: false })
    expect(await program.call('remove', 'openai')).toEqual({ ok: true, removed: false, notes: [] })
  })

  test('holds the key itself: other programs of its owner find it there, and none of our files has it', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram(keyring.env)
    await program.call('set', 'openai', KEY)

    const found = execFileSync('dbus-send', searchItems, { env: keyring.env, encoding: 'utf8' })
    expect(found.match(/object path "\/org\/freedesktop\/secrets\/collection\/login\/\d+"/g)).toHaveLength(1)
    expect(await readFile(join(dataDir, 'keys.json'), 'utf8')).not.toContain(KEY)
  })

  test('tells a key that is not there from a keychain that is not there', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram(keyring.env)

    expect(await program.call('resolve', 'keychain:nobody')).toEqual({
      found: false,
      absent: true,
      reason: 'There is no key stored under the name nobody.',
      remedy: 'Store it: lip keys set nobody',
    })
  })

  test('is used by two programs at once, and neither loses what the other stores', async () => {
    await using keyring = await startKeyring()
    await using first = startProgram(keyring.env)
    await using second = startProgram(keyring.env)

    const names = Array.from({ length: 10 }, (_, i) => `openai.${i}`)
    await Promise.all(names.map((name, i) => (i % 2 === 0 ? first : second).call('set', name, `${KEY}${i}`)))

    const { entries } = await first.call('list')
    expect(entries.map(({ name }) => name).sort()).toEqual(names)
    for (const [i, name] of names.entries()) {
      expect(await second.call('resolve', `keychain:${name}`)).toMatchObject({ value: `${KEY}${i}` })
    }
  })

  test('tells a running program at once that another one stored, replaced or removed a key', async () => {
    await using keyring = await startKeyring()
    await using server = startProgram(keyring.env)
    await using cli = startProgram(keyring.env)
    expect(await server.call('keyOf', 'openai', openai)).toMatchObject({ found: false })

    await cli.call('set', 'openai', KEY)
    await server.changed()
    expect(await server.call('peek', 'openai', openai)).toBeUndefined()
    expect(await server.call('keyOf', 'openai', openai)).toMatchObject({ value: KEY })

    await cli.call('set', 'openai', `${KEY}-new`)
    await server.changed()
    expect(await server.call('keyOf', 'openai', openai)).toMatchObject({ value: `${KEY}-new` })

    await cli.call('remove', 'openai')
    await server.changed()
    expect(await server.call('keyOf', 'openai', openai)).toMatchObject({ found: false })
  })

  test('is found again after its service was restarted', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram(keyring.env)
    await program.call('set', 'openai', KEY)
    await keyring.order('restart')

    expect(await program.call('resolve', 'keychain:openai')).toMatchObject({ value: KEY })
  })
})

describe('a keychain that is locked', () => {
  test('is called locked when its prompt is dismissed, for reading and for storing', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram(keyring.env)
    await program.call('set', 'openai', KEY)
    await keyring.order('lock')

    const locked = 'The keychain is locked, and its prompt was dismissed or could not be shown.'
    expect(await program.call('resolve', 'keychain:openai')).toMatchObject({
      found: false,
      reason: `The stored key openai cannot be read. ${locked}`,
      remedy: expect.stringMatching(
        /^Unlock the keychain .* environment variable .* lip keys set openai --store file$/,
      ) as string,
    })
    expect(await program.call('set', 'groq', KEY)).toMatchObject({ ok: false, reason: locked })
    expect(await program.call('list')).toMatchObject({ entries: [{ name: 'openai' }] })
  })

  test('does not make a key of the environment stand in for the stored one', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram({ ...keyring.env, OPENAI_API_KEY: 'sk-another-account' })
    await program.call('set', 'openai', KEY)
    await keyring.order('lock')

    expect(await program.call('keyOf', 'openai', openai)).toMatchObject({ found: false })
  })

  test(
    'is not asked again and again while its prompt is open, and does not hold up the end of the program',
    { timeout: 15_000 },
    async () => {
      await using keyring = await startKeyring('unanswered')
      await using program = startProgram(keyring.env, { timeoutMs: 300 })
      await program.call('set', 'openai', KEY)
      await keyring.order('lock')

      expect(await program.call('resolve', 'keychain:openai')).toMatchObject({
        reason:
          'The stored key openai cannot be read. The keychain does not answer (nothing came within 0.3 s). It may be showing a prompt.',
      })
      expect(await program.call('resolve', 'keychain:openai')).toMatchObject({
        reason:
          'The stored key openai cannot be read. The keychain does not answer (an earlier call is still waiting). It may be showing a prompt.',
      })
      expect(await program.end()).toBe(0)
    },
  )
})

describe('no keychain', () => {
  const refusal = (reason: string) => ({
    ok: false,
    reason,
    remedy:
      'Use an environment variable (such as OPENAI_API_KEY), or a file encrypted with a passphrase: lip keys set openai --store file',
  })

  test('without a D-Bus session is said in a sentence, every time anew, and nothing is stored anywhere', async () => {
    await using keyring = await startKeyring()
    const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = keyring.env
    await using program = startProgram(env)

    const expected = refusal('There is no keychain here: no D-Bus session is running.')
    expect(await program.call('set', 'openai', KEY)).toEqual(expected)
    expect(await program.call('set', 'openai', KEY)).toEqual(expected)
    expect(await program.call('resolve', 'keychain:openai')).toMatchObject({ found: false })
    expect(await program.call('list')).toEqual({ entries: [] })
    expect(await program.call('stores')).toMatchObject([
      { store: 'keychain', usable: false, reason: expected.reason },
      { store: 'file', usable: false },
    ])
  })

  test('behind a dead D-Bus address is said alike', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram({ ...keyring.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' })

    expect(await program.call('set', 'openai', KEY)).toEqual(
      refusal('There is no keychain here: no D-Bus session is running.'),
    )
  })

  test('on a session without a Secret Service is said in a sentence', async () => {
    await using keyring = await startKeyring()
    await using program = startProgram(keyring.env)
    await keyring.order('stop')

    expect(await program.call('set', 'openai', KEY)).toEqual(
      refusal('There is no keychain here: no Secret Service (such as GNOME Keyring or KWallet) is running.'),
    )
  })

  test('leaves the environment and the passphrase file to be used', async () => {
    await using keyring = await startKeyring()
    const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = keyring.env
    await using program = startProgram({ ...env, OPENAI_API_KEY: KEY, LIP_PASSPHRASE: 'correct horse battery' })

    expect(await program.call('keyOf', 'openai', openai)).toMatchObject({ value: KEY, source: 'env:OPENAI_API_KEY' })
    expect(await program.call('set', 'groq', `${KEY}2`, { store: 'file' })).toMatchObject({ ok: true })
    expect(await program.call('keyOf', 'groq', openai)).toMatchObject({ value: `${KEY}2`, source: 'file' })
  })
})

test('a Secret Service that hangs is given up', async () => {
  await using keyring = await startKeyring()
  await using program = startProgram(keyring.env)
  await program.call('set', 'openai', KEY)
  await keyring.order('freeze')

  expect(await program.call('resolve', 'keychain:openai')).toMatchObject({
    reason: 'The stored key openai cannot be read. The keychain does not answer: its service hangs.',
  })
  await keyring.order('thaw')
  expect(await program.call('resolve', 'keychain:openai')).toMatchObject({ value: KEY })
})

const searchItems = [
  ...['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets'],
  ...[
    'org.freedesktop.Secret.Service.SearchItems',
    'dict:string:string:service,llm-interactive-proxy-test,username,openai',
  ],
]

type Answer<Name extends keyof Secrets> = Awaited<ReturnType<Secrets[Name]>>

/** A process of its own that has the functions of Secrets, over the test's data folder. */
function startProgram(env: NodeJS.ProcessEnv, { timeoutMs = 10_000 } = {}) {
  const child = spawn('node', [join(import.meta.dirname, 'keys-program.ts'), dataDir, String(timeoutMs)], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const answers = queue<unknown>()
  const changes = queue<unknown>()
  createInterface(child.stdout).on('line', line => {
    const [what, value] = JSON.parse(line) as [string, unknown]
    // JSON has no undefined.
    if (what === 'answer') answers.add(value ?? undefined)
    if (what === 'changed') changes.add(value)
  })

  return {
    call: async <Name extends keyof Secrets>(name: Name, ...args: Parameters<Secrets[Name]>): Promise<Answer<Name>> => {
      child.stdin.write(`${JSON.stringify([name, ...args])}\n`)
      return (await answers.next()) as Answer<Name>
    },
    changed: () => changes.next(),
    end: async (): Promise<unknown> => {
      child.stdin.end()
      const [code] = (await exited) as [unknown]
      return code
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      await exited
    },
  }
}

/** Values in the order they came, for who asks for the next one. */
function queue<Value>() {
  const values: Value[] = []
  const waiting: ((value: Value) => void)[] = []
  return {
    add: (value: Value) => {
      const next = waiting.shift()
      if (next === undefined) values.push(value)
      else next(value)
    },
    next: (): Promise<Value> =>
      values.length > 0 ? Promise.resolve(values.shift() as Value) : new Promise(resolve => waiting.push(resolve)),
  }
}
