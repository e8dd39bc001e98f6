import { afterEach, expect, test } from 'vitest'
import { createSecrets } from '../../../proxy/keys/secrets.ts'
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
