import { afterEach, describe, expect, test } from 'vitest'
import { createSecrets } from '../../../proxy/keys/secrets.ts'
import { startFakeOpenai } from '../../support/fake-openai.ts'
import { eventually, startApp, type StartedApp } from '../../support/start-app.ts'

const PASSPHRASE = 'correct horse battery'

let started: StartedApp | undefined

afterEach(async () => {
  await started?.close()
})

test('Keys that another program put into the file are locked until its passphrase is given, and then in use', async () => {
  started = await startApp('backends:\n  openai: {}\n')
  const { app, folder } = started
  // A window looks at the backends, and so the stored keys are looked after.
  expect((await app.handlers['app.snapshot']()).status.keysLocked).toBe(false)
  const other = createSecrets({ env: {}, dataDir: folder })
  await other.set('openai', 'sk-0123456789', { store: 'file', passphrase: PASSPHRASE })
  await other.close()
  await eventually(() => app.status().keysLocked)

  const before = await app.handlers['keys.list']()
  expect(before.keys).toMatchObject([{ name: 'openai', source: 'file', state: 'locked' }])
  expect(before.stores).toContainEqual(expect.objectContaining({ id: 'file', usable: false, locked: true }))
  expect(await app.handlers['keys.unlock']({ passphrase: 'wrong' })).toMatchObject({ ok: false })
  expect(app.status().keysLocked).toBe(true)

  expect(await app.handlers['keys.unlock']({ passphrase: PASSPHRASE })).toEqual({ ok: true })
  expect(app.status().keysLocked).toBe(false)
  const { keys } = await app.handlers['keys.list']()
  expect(keys).toMatchObject([{ name: 'openai', state: 'ready' }])
  const { backends } = await app.handlers['app.snapshot']()
  expect(backends.find(({ id }) => id === 'openai')).toMatchObject({ state: 'ready' })
})

describe('A new key', () => {
  const add = async (value: string, backend: string, beside: boolean) =>
    started?.app.handlers['keys.add']({ backend, value, beside, store: 'file', passphrase: PASSPHRASE })
  const rows = async () =>
    ((await started?.app.handlers['keys.list']())?.keys ?? []).map(({ name, backend, inUse }) => ({
      name,
      backend,
      inUse,
    }))

  test('takes the place of the one that there is, or joins it under a number of its own', async () => {
    started = await startApp('', { OPENAI_API_KEY_1: 'sk-from-the-environment' })
    await add('sk-0123456789-a', 'openai', true)
    await add('sk-0123456789-b', 'openai', false)
    await add('sk-0123456789-c', 'openai', true)
    await add('sk-0123456789-d', 'openai', true)
    expect(await rows()).toEqual([
      { name: 'openai', backend: 'openai', inUse: true },
      { name: 'openai.2', backend: 'openai', inUse: true },
      { name: 'openai.3', backend: 'openai', inUse: true },
      { name: 'OPENAI_API_KEY_1', backend: 'openai', inUse: true },
    ])
    const { backends } = await started.app.handlers['app.snapshot']()
    expect(backends.find(({ id }) => id === 'openai')?.keys?.map(({ name }) => name)).toEqual([
      'file:openai',
      'OPENAI_API_KEY_1',
      'file:openai.2',
      'file:openai.3',
    ])
  })

  test('says before where it will go, and what it takes the place of', async () => {
    started = await startApp('', { GROQ_API_KEY: 'gsk_from-the-environment' })
    await add('sk-0123456789-a', 'openai', false)
    const keys = [
      { backend: 'openai', beside: false },
      { backend: 'openai', beside: true },
      { backend: 'openai', beside: true },
      { backend: 'groq', beside: false },
      { backend: 'groq', beside: true },
      { backend: 'xai', beside: true },
    ]
    expect(await started.app.handlers['keys.plan']({ keys })).toEqual([
      { ok: true, name: 'openai', replaces: 'openai' },
      { ok: true, name: 'openai.1' },
      { ok: true, name: 'openai.2' },
      { ok: true, name: 'groq', replaces: 'GROQ_API_KEY' },
      { ok: true, name: 'groq.1' },
      { ok: true, name: 'xai' },
    ])
    expect(await rows()).toHaveLength(2)
  })

  test('goes where its backend looks for it', async () => {
    started = await startApp(
      'backends:\n  work: { type: custom, protocol: openai-chat, api_url: "http://127.0.0.1:9/v1", api_keys: [env:WORK_KEY, keychain:spare] }\n',
      { WORK_KEY: 'sk-of-work-0123' },
    )
    expect(await add('sk-0123456789-a', 'openai-responses', false)).toEqual({ ok: true })
    expect(await add('sk-0123456789-b', 'work', true)).toEqual({ ok: true })
    expect(await rows()).toEqual([
      { name: 'openai', backend: 'openai', inUse: true },
      { name: 'spare', backend: 'work', inUse: true },
      { name: 'WORK_KEY', backend: 'work', inUse: true },
    ])
    expect(await add('sk-0123456789-c', 'work', true)).toEqual({
      ok: false,
      reason: expect.stringContaining('env:WORK_KEY, keychain:spare') as string,
    })
  })
})

test('Each of several keys is tested by itself, and never at another backend', async () => {
  const upstream = await startFakeOpenai()
  started = await startApp(`backends: { openai: { api_url: "${upstream.url}" } }`, {
    OPENAI_API_KEY_1: 'sk-wrong-0123456789',
    OPENAI_API_KEY_2: upstream.key,
  })
  const { handlers } = started.app
  for (const _ of ['once', 'again']) {
    expect((await handlers['keys.test']({ backend: 'openai', name: 'OPENAI_API_KEY_1' })).ok).toBe(false)
    expect((await handlers['keys.test']({ backend: 'openai', name: 'OPENAI_API_KEY_2' })).ok).toBe(true)
  }
  expect(await handlers['keys.test']({ backend: 'groq', name: 'OPENAI_API_KEY_2' })).toMatchObject({
    ok: false,
    steps: [{ detail: 'Backend groq has no key OPENAI_API_KEY_2.' }],
  })
  await upstream.close()
})
