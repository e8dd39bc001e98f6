import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { calls } from '../../../proxy/app/contract.ts'
import { jwt } from '../../support/fake-logins.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let home: string
let started: StartedApp

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lip-login-'))
  await mkdir(join(home, '.codex'))
  const tokens = { access_token: jwt({ exp: 4e9 }), id_token: jwt({ email: 'ada@example.com' }) }
  await writeFile(join(home, '.codex', 'auth.json'), JSON.stringify({ tokens }))
  started = await startApp('', { HOME: home })
})
afterEach(async () => {
  await started.close()
  await rm(home, { recursive: true, force: true })
})

async function codex() {
  const all = calls['logins.list'].output.parse(await started.app.handlers['logins.list']({}))
  const found = all.find(({ id }) => id === 'openai-codex')
  if (found === undefined) throw new Error('no Codex')
  return found
}

it('lists every login as off, with the text that its user is to agree to', async () => {
  expect(await codex()).toMatchObject({ state: 'Off', position: 'unofficial', source: join(home, '.codex/auth.json') })
  expect((await codex()).terms.text[0]).toContain('does not document')
})

it('switches a login on for who agreed to its text as it is, and off again', async () => {
  const { handlers } = started.app
  expect(await handlers['logins.enable']({ id: 'openai-codex', version: 'another text' })).toMatchObject({ ok: false })
  expect((await codex()).state).toBe('Off')

  const { version } = (await codex()).terms
  expect(await handlers['logins.enable']({ id: 'openai-codex', version })).toEqual({ ok: true })
  expect(await codex()).toMatchObject({ state: 'Ready', account: 'ada@example.com', consent: { text: version } })
  expect(await readFile(started.paths.configFile, 'utf8')).toContain(version)

  expect(await handlers['logins.disable']({ id: 'openai-codex' })).toEqual({ ok: true })
  expect((await codex()).state).toBe('Off')
})

it('lets a renewed token be written back for who allows that, then or later, until it is taken back', async () => {
  const { handlers } = started.app
  const { version } = (await codex()).terms
  await handlers['logins.enable']({ id: 'openai-codex', version })
  expect((await codex()).writeBack).toBe(false)
  expect(await handlers['logins.writeBack']({ id: 'openai-codex', isAllowed: true })).toEqual({ ok: true })
  expect((await codex()).writeBack).toBe(true)
  await handlers['logins.enable']({ id: 'openai-codex', version, writeBack: true })
  expect((await codex()).writeBack).toBe(true)
  await handlers['logins.disable']({ id: 'openai-codex' })
  expect(await readFile(started.paths.configFile, 'utf8')).not.toContain('openai-codex')
})

it('tells of the backend what it tells of the login', async () => {
  const { handlers } = started.app
  await handlers['logins.enable']({ id: 'openai-codex', version: (await codex()).terms.version })
  const { backends } = await handlers['app.snapshot']()
  expect(backends.find(({ id }) => id === 'openai-codex')).toMatchObject({
    kind: 'login',
    state: 'ready',
    status: 'Ready',
  })
})

it('says what is wrong with what does not work', async () => {
  const { handlers } = started.app
  expect(await handlers['logins.disable']({ id: 'openai' })).toMatchObject({ ok: false })
  expect(await handlers['logins.onboard']({ id: 'gemini-oauth-free' })).toMatchObject({
    ok: false,
    reason: expect.stringContaining('lip logins enable gemini-oauth-free') as string,
  })
})
