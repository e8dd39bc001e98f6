import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ProxyError } from '../../../proxy/core/errors.ts'
import { consentVersion } from '../../../proxy/logins/consent.ts'
import { createLogin } from '../../../proxy/logins/create-login.ts'
import { codex } from '../../../proxy/logins/codex.ts'
import type { Login, LoginSettings } from '../../../proxy/logins/login.ts'
import {
  definite,
  jwt,
  loginWorld,
  rotatingTokens,
  startFakeVendor,
  type FakeVendor,
  type LoginWorldInTest,
} from '../../support/fake-logins.ts'
import { eventually } from '../../support/start-app.ts'

let world: LoginWorldInTest
let vendor: FakeVendor | undefined
const opened: Login[] = []

beforeEach(async () => {
  world = await loginWorld()
})
afterEach(async () => {
  for (const login of opened.splice(0)) login.close()
  await vendor?.close()
  vendor = undefined
  await world.remove()
})

const seconds = (offset: number) => Math.floor(world.now() / 1000) + offset
const accessToken = (name: string, expiresIn: number) =>
  jwt({ jti: name, exp: seconds(expiresIn), 'https://api.openai.com/auth': { chatgpt_plan_type: 'plus' } })

const FILE = '.codex/auth.json'
const authFile = (access: string, refresh = 'refresh-0') => ({
  OPENAI_API_KEY: null,
  tokens: {
    id_token: jwt({ email: 'ada@example.com' }),
    access_token: access,
    refresh_token: refresh,
    account_id: 'acc-1',
    kept: 'of the owner',
  },
  last_refresh: '2026-11-20T00:00:00Z',
  agent_identity: { kept: true },
})

const invalid = new ProxyError('unauthenticated', 'no', { status: 401 })

function settings(own: Partial<LoginSettings>): LoginSettings {
  const baseUrl = 'https://chatgpt.com/backend-api/codex'
  return { backend: 'openai-codex', baseUrl, isBaseUrlOwn: false, consent: true, writeBack: true, ...own }
}

function open(own: Partial<LoginSettings> = {}): ReturnType<typeof definite> {
  const login = createLogin(codex, settings(own), world.ports)
  opened.push(login)
  return definite(login)
}

async function tokenServer(lasts = 3600) {
  vendor = await startFakeVendor(
    rotatingTokens('refresh-0', number => ({
      access_token: accessToken(`new-${number}`, lasts),
      refresh_token: `refresh-${number}`,
      id_token: jwt({ email: 'ada@example.com', number }),
      expires_in: lasts,
    })),
  )
  return vendor
}

describe('a login that is on', () => {
  it('gives the owner’s token, and the headers that go with it', async () => {
    const access = accessToken('a', 600)
    await world.write(FILE, authFile(access))
    const login = open()
    expect(await login.take([])).toEqual({
      name: 'ada@example.com',
      secret: access,
      headers: { 'chatgpt-account-id': 'acc-1' },
      baseUrl: undefined,
      project: undefined,
    })
    expect(await login.status()).toMatchObject({
      state: 'Ready',
      account: 'ada@example.com',
      plan: 'plus',
      source: join(world.home, FILE),
      expiresAt: seconds(600) * 1000,
      isUsable: true,
    })
    expect(login.secrets()).toEqual([access, 'refresh-0'])
  })

  it('shows no token in its status', async () => {
    const access = accessToken('a', 600)
    await world.write(FILE, authFile(access))
    const shown = JSON.stringify(await open().status())
    expect(shown).not.toContain(access)
    expect(shown).not.toContain('refresh-0')
  })

  it('takes a token that its owner has renewed, as soon as the file changes', async () => {
    await world.write(FILE, authFile(accessToken('a', 600)))
    const login = open()
    await login.take([])
    const next = accessToken('b', 900)
    await world.write(FILE, authFile(next))
    expect(await eventually(async () => (await login.take([])).secret === next)).toBe(true)
  })

  it('reads a file again that was being written when it looked', async () => {
    await world.write(FILE, '{"tokens": {"access_tok')
    const login = open()
    const reading = login.take([])
    await world.write(FILE, authFile(accessToken('whole', 600)))
    expect((await reading).secret).toBe(accessToken('whole', 600))
  })
})

describe('an expired token', () => {
  it('is renewed once for ten turns that come at the same time', async () => {
    const { url, asked } = await tokenServer()
    await world.write(FILE, authFile(accessToken('old', -10)))
    const login = open({ tokenUrl: `${url}/oauth/token` })
    expect(await login.status()).toMatchObject({ state: 'Refreshes on next use', refreshedBy: 'this app' })
    const taken = await Promise.all(Array.from({ length: 10 }, () => login.take([])))
    expect(new Set(taken.map(credential => credential.secret))).toEqual(new Set([accessToken('new-1', 3600)]))
    expect(asked.map(({ body }) => body)).toEqual([
      { client_id: 'app_EMoamEEZ73f0CkXaXp7hrann', grant_type: 'refresh_token', refresh_token: 'refresh-0' },
    ])
  })

  it('is written back whole: the new token merged in, all else as it was, with the mode it had', async () => {
    const { url } = await tokenServer()
    const before = authFile(accessToken('old', -10))
    await world.write(FILE, before)
    await chmod(join(world.home, FILE), 0o640)
    await open({ tokenUrl: `${url}/oauth/token` }).take([])
    expect(await world.read(FILE)).toEqual({
      ...before,
      tokens: {
        ...before.tokens,
        access_token: accessToken('new-1', 3600),
        refresh_token: 'refresh-1',
        id_token: jwt({ email: 'ada@example.com', number: 1 }),
      },
      last_refresh: '2026-11-23T12:00:00.000Z',
    })
    expect((await stat(join(world.home, FILE))).mode & 0o777).toBe(0o640)
    expect(await readFile(join(world.home, FILE), 'utf8')).toContain('\n  "tokens"')
  })

  it('is not written back unless its user allows that, and the owner’s refresh token stays good', async () => {
    const { url, asked } = await tokenServer()
    const before = authFile(accessToken('old', -10))
    await world.write(FILE, before)
    const login = open({ tokenUrl: `${url}/oauth/token`, writeBack: false })
    expect(await login.status()).toMatchObject({
      state: 'Expired',
      isUsable: false,
      refreshedBy: 'nobody here',
      writeBack: false,
      detail: expect.stringContaining('lip logins enable openai-codex --write-back') as string,
    })
    await expect(login.take([])).rejects.toThrow(/may not write it back into the file of Codex CLI/)
    expect(asked).toEqual([])
    expect(await world.read(FILE)).toEqual(before)
    const choice = open({ tokenUrl: `${url}/oauth/token`, writeBack: false, refresh: 'write-back' })
    expect((await choice.take([])).secret).toBe(accessToken('new-1', 3600))
  })

  it('says while it is good that only its owner renews it', async () => {
    await world.write(FILE, authFile(accessToken('a', 600)))
    expect(await open({ writeBack: false }).status()).toMatchObject({
      state: 'Ready',
      detail: expect.stringContaining('Only Codex CLI renews it.') as string,
    })
  })

  it('is not renewed where the owner has done so meanwhile', async () => {
    const { url, asked } = await tokenServer()
    await world.write(FILE, authFile(accessToken('old', 5)))
    const login = open({ tokenUrl: `${url}/oauth/token` })
    await login.take([])
    world.pass(10_000)
    await world.write(FILE, authFile(accessToken('by the owner', 600), 'refresh-9'))
    expect((await login.take([])).secret).toBe(accessToken('by the owner', 600))
    expect(asked).toEqual([])
  })

  it('leaves the file to its owner who wrote it while the vendor was asked', async () => {
    const byOwner = () => authFile(accessToken('by the owner', 600), 'refresh-9')
    vendor = await startFakeVendor(async () => {
      await world.write(FILE, byOwner())
      return { body: { access_token: accessToken('ours', 3600), refresh_token: 'refresh-1' } }
    })
    await world.write(FILE, authFile(accessToken('old', -10)))
    const login = open({ tokenUrl: `${vendor.url}/oauth/token` })
    expect((await login.take([])).secret).toBe(accessToken('by the owner', 600))
    expect(await world.read(FILE)).toEqual(byOwner())
  })

  it('keeps what else its owner wrote while the vendor was asked', async () => {
    vendor = await startFakeVendor(async () => {
      await world.write(FILE, { ...authFile(accessToken('old', -10)), written: 'meanwhile' })
      return { body: { access_token: accessToken('ours', 3600), refresh_token: 'refresh-1' } }
    })
    await world.write(FILE, authFile(accessToken('old', -10)))
    await open({ tokenUrl: `${vendor.url}/oauth/token` }).take([])
    expect(await world.read(FILE)).toMatchObject({ written: 'meanwhile', tokens: { refresh_token: 'refresh-1' } })
  })

  it('needs a new sign-in when the vendor says so for good, until the file changes', async () => {
    vendor = await startFakeVendor(() => ({ status: 400, body: { error: { code: 'refresh_token_expired' } } }))
    await world.write(FILE, authFile(accessToken('old', -10)))
    const login = open({ tokenUrl: `${vendor.url}/oauth/token` })
    for (const _ of [1, 2]) {
      await expect(login.take([])).rejects.toThrow(
        /needs a new sign-in: 127\.0\.0\.1:\d+ did not renew the token: 400 refresh_token_expired\. Type: codex login/,
      )
    }
    expect(vendor.asked).toHaveLength(1)
    expect((await login.status()).state).toBe('Needs sign-in')
    await world.write(FILE, authFile(accessToken('signed in', 600), 'refresh-7'))
    expect((await login.take([])).secret).toBe(accessToken('signed in', 600))
  })

  it('is asked for again after the time that a busy token endpoint names', async () => {
    let busy = true
    vendor = await startFakeVendor(() =>
      busy
        ? { status: 429, headers: { 'retry-after': '20' }, body: {} }
        : { body: { access_token: accessToken('new', 3600), refresh_token: 'refresh-1' } },
    )
    await world.write(FILE, authFile(accessToken('old', -10)))
    const login = open({ tokenUrl: `${vendor.url}/oauth/token` })
    await expect(login.take([])).rejects.toThrow(/could not be renewed/)
    busy = false
    await expect(login.take([])).rejects.toThrow(/could not be renewed/)
    expect(vendor.asked).toHaveLength(1)
    world.pass(20_000)
    expect((await login.take([])).secret).toBe(accessToken('new', 3600))
  })

  it('is not renewed by us where the config leaves that to nobody', async () => {
    const { url, asked } = await tokenServer()
    await world.write(FILE, authFile(accessToken('old', -10)))
    const login = open({ tokenUrl: `${url}/oauth/token`, refresh: 'never' })
    await expect(login.take([])).rejects.toThrow(/the config says that it is not to be renewed/)
    expect((await login.status()).state).toBe('Needs sign-in')
    expect(asked).toEqual([])
  })

  it('is never renewed in memory, since that would sign its owner out', async () => {
    const { url, asked } = await tokenServer()
    await world.write(FILE, authFile(accessToken('old', -10)))
    await expect(open({ tokenUrl: `${url}/oauth/token`, refresh: 'memory' }).take([])).rejects.toThrow(
      /void after one use/,
    )
    expect(asked).toEqual([])
  })

  it('is not renewed while a variable of the owner’s points it at another host', async () => {
    await world.remove()
    world = await loginWorld({ CODEX_REFRESH_TOKEN_URL_OVERRIDE: 'http://127.0.0.1:9/' })
    await world.write(FILE, authFile(accessToken('old', -10)))
    await expect(open().take([])).rejects.toThrow(/CODEX_REFRESH_TOKEN_URL_OVERRIDE is set/)
  })
})

describe('a token that the vendor refuses', () => {
  it('is renewed once for all turns that it was refused for', async () => {
    const { url, asked } = await tokenServer()
    await world.write(FILE, authFile(accessToken('refused', 600)))
    const login = open({ tokenUrl: `${url}/oauth/token` })
    const turns = Array.from({ length: 10 }, async () => {
      const first = await login.take([])
      login.report(first, invalid)
      const second = await login.take([first])
      login.report(second)
      return second.secret
    })
    expect(new Set(await Promise.all(turns))).toEqual(new Set([accessToken('new-1', 3600)]))
    expect(asked).toHaveLength(1)
  })

  it('is replaced by what its owner has put into the file, without asking the vendor', async () => {
    const { url, asked } = await tokenServer()
    await world.write(FILE, authFile(accessToken('refused', 600)))
    const login = open({ tokenUrl: `${url}/oauth/token` })
    const first = await login.take([])
    await writeFile(join(world.home, FILE), JSON.stringify(authFile(accessToken('by the owner', 600), 'refresh-5')))
    login.report(first, invalid)
    expect((await login.take([first])).secret).toBe(accessToken('by the owner', 600))
    expect(asked).toEqual([])
  })

  it('is not sent again to a vendor that refuses the account', async () => {
    await world.write(FILE, authFile(accessToken('a', 600)))
    const login = createLogin(codex, settings({}), world.ports)
    opened.push(login)
    const credential = await login.take([])
    if (credential === undefined) throw new Error('no credential')
    login.report(credential, new ProxyError('forbidden', 'not in your plan', { status: 403 }))
    expect(await login.take([credential])).toBeUndefined()
  })

  it('is given up after the new one was refused too', async () => {
    const { url, asked } = await tokenServer()
    await world.write(FILE, authFile(accessToken('refused', 600)))
    const login = open({ tokenUrl: `${url}/oauth/token` })
    const first = await login.take([])
    login.report(first, invalid)
    const second = await login.take([first])
    login.report(second, invalid)
    await expect(login.take([first, second])).rejects.toThrow(/needs a new sign-in/)
    await expect(login.take([])).rejects.toThrow(/refuses its token although it is new/)
    expect(asked).toHaveLength(1)
    world.pass(5 * 60_000)
    expect((await login.take([])).secret).toBe(accessToken('new-2', 3600))
  })
})

describe('the states of a login', () => {
  it('is off until its user agrees, and then nothing is read', async () => {
    await world.write(FILE, authFile(accessToken('a', 600)))
    const login = open({ consent: undefined })
    await expect(login.take([])).rejects.toThrow(/lip logins enable openai-codex/)
    const status = await login.status()
    expect(status).toMatchObject({ state: 'Off', isUsable: false, source: join(world.home, FILE) })
    expect(status.account).toBeUndefined()
    expect(login.secrets()).toEqual([])
  })

  it('is on for those who agreed to the text as it is now, and off where it has changed', async () => {
    await world.write(FILE, authFile(accessToken('a', 600)))
    const at = '2026-11-01T00:00:00Z'
    expect((await open({ consent: { text: consentVersion(codex), at } }).status()).state).toBe('Ready')
    const outdated = await open({ consent: { text: 'of-another-text', at } }).status()
    expect(outdated).toMatchObject({ state: 'Off' })
    expect(outdated.detail).toContain('has changed since you agreed on 2026-11-01')
  })

  it.each([
    ['is not there', undefined, 'Not found', /auth\.json.*codex login/],
    ['is cut off', '{"tokens": {"access_tok', 'Unreadable', /not whole JSON/],
    ['is empty', '', 'Unreadable', /it is empty/],
    ['is something else', '[1, 2]', 'Unreadable', /no JSON object/],
    ['is of a Codex that is signed out', { tokens: null }, 'Needs sign-in', /signed out/],
    ['is of a Codex that uses an API key', { OPENAI_API_KEY: 'sk-x' }, 'Needs sign-in', /backend openai/],
  ])('names a credential that %s', async (_, content, state, detail) => {
    if (content !== undefined) await world.write(FILE, content)
    const login = open()
    const status = await login.status()
    expect(status).toMatchObject({ state, isUsable: false })
    expect(status.detail).toMatch(detail)
    await expect(login.take([])).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  it('rests while the vendor says that the account is limited, and then lets a turn through', async () => {
    await world.write(FILE, authFile(accessToken('a', 7200)))
    const login = open()
    const credential = await login.take([])
    login.report(credential, new ProxyError('rate-limited', 'wait', { retryAfterMs: 3600_000 }))
    expect((await login.status()).state).toMatch(/^Rate limited until \d\d:\d\d$/)
    await expect(login.take([])).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 3600_000 })
    world.pass(5 * 60_000)
    expect((await login.take([])).secret).toBe(credential.secret)
    login.report(credential)
    expect((await login.status()).state).toBe('Ready')
  })

  it('goes on for other models where the account’s windows are not used up', async () => {
    await world.write(FILE, authFile(accessToken('a', 7200)))
    const login = open()
    const credential = await login.take([])
    login.seen({ 'x-codex-primary-used-percent': '42' })
    login.report(credential, new ProxyError('rate-limited', 'this model is busy', { retryAfterMs: 60_000 }))
    expect((await login.status()).state).toBe('Ready')
  })

  it('tells the windows of the quota from the headers of an answer', async () => {
    await world.write(FILE, authFile(accessToken('a', 7200)))
    const login = open()
    login.seen({
      'x-codex-primary-used-percent': '42.5',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-at': String(seconds(60)),
      'x-codex-secondary-used-percent': '7',
      'x-codex-secondary-window-minutes': '10080',
      'x-codex-secondary-reset-after-seconds': '3600',
    })
    expect((await login.status()).quota).toEqual({
      windows: [
        { label: '5 h', usedPercent: 42.5, windowMinutes: 300, resetAt: seconds(60) * 1000 },
        { label: '7 days', usedPercent: 7, windowMinutes: 10_080, resetAt: world.now() + 3600_000 },
      ],
      source: 'header',
      at: world.now(),
    })
  })

  it('asks the vendor for the quota at most every five minutes', async () => {
    vendor = await startFakeVendor(() => ({
      body: {
        plan_type: 'pro',
        rate_limit: { primary_window: { used_percent: 3, reset_at: seconds(9), limit_window_seconds: 18_000 } },
      },
    }))
    await world.write(FILE, authFile(accessToken('a', 7200)))
    const login = open({ baseUrl: `${vendor.url}/backend-api/codex`, isBaseUrlOwn: true })
    for (const _ of [1, 2, 3]) expect(await login.updateQuota()).toBeUndefined()
    expect(vendor.asked.map(({ path, headers }) => [path, headers['chatgpt-account-id']])).toEqual([
      ['/backend-api/wham/usage', 'acc-1'],
    ])
    world.pass(5 * 60_000)
    await login.updateQuota()
    expect(vendor.asked).toHaveLength(2)
    expect(await login.status()).toMatchObject({
      plan: 'pro',
      overridden: [new URL(vendor.url).host],
      quota: { source: 'endpoint', windows: [{ label: '5 h', usedPercent: 3, windowMinutes: 300 }] },
    })
  })

  it('reads the file, or the folder, that the config names instead', async () => {
    await world.write('elsewhere/auth.json', authFile(accessToken('a', 600)))
    for (const credentialsPath of [
      join(world.home, 'elsewhere/auth.json'),
      join(world.home, 'elsewhere'),
      '~/elsewhere',
    ])
      expect((await open({ credentialsPath }).take([])).secret).toBe(accessToken('a', 600))
  })
})
