import { createVerify, generateKeyPairSync } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { mkdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogin } from '../../../proxy/logins/create-login.ts'
import { loginOf, logins } from '../../../proxy/logins/index.ts'
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

function inWorld(env: (home: string) => Record<string, string>, ports: Partial<LoginWorldInTest['ports']> = {}) {
  Object.assign(world.ports, { env: env(world.home), ...ports })
}

function open(id: string, settings: Partial<LoginSettings> = {}): ReturnType<typeof definite> {
  const definition = loginOf(id)
  if (definition === undefined) throw new Error(id)
  const login = createLogin(
    definition,
    {
      backend: id,
      baseUrl: 'https://vendor.example',
      isBaseUrlOwn: false,
      consent: true,
      writeBack: true,
      ...settings,
    },
    world.ports,
  )
  opened.push(login)
  return definite(login)
}

const NOW = Date.parse('2026-11-23T12:00:00Z')
const HOUR = 3600_000

describe('every login', () => {
  it.each(logins.map(login => [login.id, login] as const))(
    '%s tells what its vendor says, and where',
    (_, { position }) => {
      expect(position.text.length).toBeGreaterThan(80)
      expect(position.link).toMatch(/^https:\/\//)
    },
  )

  it('has an id of its own', () => {
    expect(new Set(logins.map(({ id }) => id)).size).toBe(logins.length)
  })

  it.each(logins.map(({ id }) => id))('%s says how to sign in where nothing is there', async id => {
    const status = await open(id).status()
    expect(status.state).toBe('Not found')
    expect(status.detail).toContain(status.signIn)
  })
})

describe('Claude Code', () => {
  const file = (expiresAt: number) => ({
    claudeAiOauth: {
      accessToken: 'sk-ant-oat01-old',
      refreshToken: 'sk-ant-ort01-0',
      expiresAt,
      scopes: ['user:inference'],
      subscriptionType: 'max',
      rateLimitTier: 'default_claude_max_5x',
    },
    mcpOAuth: { kept: true },
  })

  it('is read from the folder that CLAUDE_CONFIG_DIR names, and comes with the beta that its tokens need', async () => {
    inWorld(home => ({ CLAUDE_CONFIG_DIR: join(home, 'claude') }))
    await world.write('claude/.credentials.json', file(NOW + HOUR))
    const login = open('anthropic-oauth')
    expect(await login.take([])).toMatchObject({
      secret: 'sk-ant-oat01-old',
      headers: { 'anthropic-beta': 'oauth-2025-04-20' },
    })
    expect(await login.status()).toMatchObject({ state: 'Ready', plan: 'default_claude_max_5x', expiresAt: NOW + HOUR })
  })

  it('is read from the keychain on macOS, from an item of its own for a folder of its own', async () => {
    inWorld(() => ({ USER: 'ada' }), { platform: 'darwin' })
    world.keychain.set('Claude Code-credentials/ada', JSON.stringify(file(NOW + HOUR)))
    expect((await open('anthropic-oauth').take([])).secret).toBe('sk-ant-oat01-old')

    inWorld(() => ({ USER: 'ada', CLAUDE_CONFIG_DIR: '/tmp/mine' }), { platform: 'darwin' })
    expect((await open('anthropic-oauth').status()).state).toBe('Not found')
    world.keychain.set('Claude Code-credentials-454671e6/ada', JSON.stringify(file(NOW + HOUR)))
    expect((await open('anthropic-oauth').status()).detail).toBe('Signed in by Claude Code.')
  })

  it('says of a locked keychain that it could not be read', async () => {
    inWorld(() => ({ USER: 'ada' }), {
      platform: 'darwin',
      keychain: () => Promise.reject(new Error('The keychain is locked.')),
    })
    expect(await open('anthropic-oauth').status()).toMatchObject({
      state: 'Unreadable',
      detail: expect.stringContaining('The keychain is locked.') as string,
    })
  })

  it('takes the token of a variable, which is never renewed', async () => {
    inWorld(() => ({ CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-year' }))
    const login = open('anthropic-oauth')
    expect((await login.take([])).secret).toBe('sk-ant-oat01-year')
    expect(await login.status()).toMatchObject({ state: 'Ready', refreshedBy: 'nobody here' })
  })

  it('is signed out where only MCP servers are signed in', async () => {
    await world.write('.claude/.credentials.json', { mcpOAuth: {} })
    expect((await open('anthropic-oauth').status()).state).toBe('Needs sign-in')
  })

  it('is renewed, and written back beside what is not ours', async () => {
    vendor = await startFakeVendor(
      rotatingTokens('sk-ant-ort01-0', () => ({
        access_token: 'sk-ant-oat01-new',
        refresh_token: 'sk-ant-ort01-1',
        expires_in: 28_800,
      })),
    )
    const before = file(NOW - 1)
    await world.write('.claude/.credentials.json', before)
    expect((await open('anthropic-oauth', { tokenUrl: vendor.url }).take([])).secret).toBe('sk-ant-oat01-new')
    expect(await world.read('.claude/.credentials.json')).toEqual({
      ...before,
      claudeAiOauth: {
        ...before.claudeAiOauth,
        accessToken: 'sk-ant-oat01-new',
        refreshToken: 'sk-ant-ort01-1',
        expiresAt: NOW + 8 * HOUR,
      },
    })
  })

  it('tells its windows from headers, and rests where one is used up', async () => {
    await world.write('.claude/.credentials.json', file(NOW + 9 * HOUR))
    const login = open('anthropic-oauth')
    login.seen({
      'anthropic-ratelimit-unified-5h-status': 'allowed',
      'anthropic-ratelimit-unified-5h-utilization': '0.425',
      'anthropic-ratelimit-unified-5h-reset': String(NOW / 1000 + 600),
    })
    expect(await login.status()).toMatchObject({
      state: 'Ready',
      quota: { windows: [{ label: '5 h', usedPercent: 42.5, resetAt: NOW + 600_000 }] },
    })
    login.seen({
      'anthropic-ratelimit-unified-5h-status': 'rejected',
      'anthropic-ratelimit-unified-5h-utilization': '1',
      'anthropic-ratelimit-unified-5h-reset': String(NOW / 1000 + 600),
    })
    expect(await login.status()).toMatchObject({ limitedUntil: NOW + 600_000, isUsable: false })
  })
})

describe('Qwen Code', () => {
  const file = (expiry: number, resource = 'portal.qwen.ai') => ({
    access_token: 'qwen-old',
    refresh_token: 'qwen-r0',
    token_type: 'Bearer',
    resource_url: resource,
    expiry_date: expiry,
    kept: 1,
  })

  it('says that the service was ended and what to use, and still gives its token and its host', async () => {
    inWorld(home => ({ QWEN_HOME: join(home, 'q') }))
    await world.write('q/oauth_creds.json', file(NOW + HOUR))
    const login = open('qwen-oauth')
    expect(await login.status()).toMatchObject({
      state: 'Discontinued by provider',
      isUsable: true,
      detail: expect.stringContaining('2026-04-15') as string,
    })
    const credential = await login.take([])
    expect(credential).toMatchObject({ secret: 'qwen-old', baseUrl: 'https://portal.qwen.ai/v1' })
    login.report(credential)
    expect((await login.status()).state).toBe('Ready')
  })

  it.each(['https://evil.example', 'http://portal.qwen.ai', 'portal.qwen.ai@evil.example', 'evil-aliyuncs.com'])(
    'sends nothing to %s, which its file names and its vendor does not own',
    async resource => {
      await world.write('.qwen/oauth_creds.json', file(NOW + HOUR, resource))
      await expect(open('qwen-oauth').take([])).rejects.toMatchObject({ kind: 'forbidden' })
    },
  )

  it('goes where the config says, whatever the file names', async () => {
    await world.write('.qwen/oauth_creds.json', file(NOW + HOUR, 'https://evil.example'))
    const credential = await open('qwen-oauth', { baseUrl: 'http://127.0.0.1:9', isBaseUrlOwn: true }).take([])
    expect(credential.baseUrl).toBeUndefined()
  })

  it('is renewed under its own lock file, which is gone afterwards', async () => {
    let wasLocked = false
    vendor = await startFakeVendor(async () => {
      wasLocked = (await stat(join(world.home, '.qwen/oauth_creds.lock'))).isFile()
      return {
        body: {
          access_token: 'qwen-new',
          refresh_token: 'qwen-r1',
          expires_in: 3600,
          resource_url: 'dashscope.aliyuncs.com',
        },
      }
    })
    await world.write('.qwen/oauth_creds.json', file(NOW + 29_000))
    const login = open('qwen-oauth', { tokenUrl: vendor.url })
    expect(await login.take([])).toMatchObject({ secret: 'qwen-new', baseUrl: 'https://dashscope.aliyuncs.com/v1' })
    expect(wasLocked).toBe(true)
    await expect(stat(join(world.home, '.qwen/oauth_creds.lock'))).rejects.toThrow('ENOENT')
    expect(await world.read('.qwen/oauth_creds.json')).toEqual({
      ...file(NOW + HOUR),
      access_token: 'qwen-new',
      refresh_token: 'qwen-r1',
      resource_url: 'dashscope.aliyuncs.com',
    })
    expect(vendor.asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
  })

  it('takes over a lock that was left behind', async () => {
    vendor = await startFakeVendor(() => ({
      body: { access_token: 'qwen-new', refresh_token: 'qwen-r1', expires_in: 3600 },
    }))
    await world.write('.qwen/oauth_creds.json', file(NOW - 1))
    const lock = join(world.home, '.qwen/oauth_creds.lock')
    await writeFile(lock, 'another program')
    await utimes(lock, 1, 1)
    expect((await open('qwen-oauth', { tokenUrl: vendor.url }).take([])).secret).toBe('qwen-new')
  })

  it('waits for the owner that holds the lock, and takes what it has written', async () => {
    vendor = await startFakeVendor(() => ({ status: 500, body: {} }))
    await world.write('.qwen/oauth_creds.json', file(NOW - 1))
    const lock = join(world.home, '.qwen/oauth_creds.lock')
    await writeFile(lock, 'another program')
    const taken = open('qwen-oauth', { tokenUrl: vendor.url }).take([])
    await world.write('.qwen/oauth_creds.json', { ...file(NOW + HOUR), access_token: 'by the owner' })
    await rm(lock)
    expect((await taken).secret).toBe('by the owner')
    expect(vendor.asked).toEqual([])
  })
})

describe('Cline', () => {
  const auth = (expiresAt: number) => ({
    accessToken: 'workos:old',
    refreshToken: 'cline-r0',
    expiresAt,
    accountId: 'usr-1',
    metadata: { provider: 'cline', userInfo: { email: 'ada@example.com' } },
  })
  const providers = (expiresAt: number) => ({
    version: 1,
    lastUsedProvider: 'cline',
    providers: {
      cline: {
        settings: { provider: 'cline', model: 'x', auth: auth(expiresAt) },
        updatedAt: 'then',
        tokenSource: 'oauth',
      },
      'openai-codex': { settings: { apiKey: 'not ours' } },
    },
  })

  it('is read from the folder that CLINE_DATA_DIR names', async () => {
    inWorld(home => ({ CLINE_DATA_DIR: join(home, 'data') }))
    await world.write('data/settings/providers.json', providers(NOW + HOUR))
    expect(await open('cline').take([])).toMatchObject({ name: 'ada@example.com', secret: 'workos:old' })
  })

  it('is renewed five minutes early, and written back with its prefix and all other providers', async () => {
    vendor = await startFakeVendor(
      rotatingTokens('cline-r0', () => ({
        success: true,
        data: { accessToken: 'new', refreshToken: 'cline-r1', expiresAt: new Date(NOW + HOUR).toISOString() },
      })),
    )
    await world.write('.cline/data/settings/providers.json', providers(NOW + 299_000))
    expect((await open('cline', { tokenUrl: vendor.url }).take([])).secret).toBe('workos:new')
    const before = providers(NOW + HOUR)
    expect(await world.read('.cline/data/settings/providers.json')).toEqual({
      ...before,
      providers: {
        ...before.providers,
        cline: {
          ...before.providers.cline,
          settings: {
            ...before.providers.cline.settings,
            auth: { ...auth(NOW + HOUR), accessToken: 'workos:new', refreshToken: 'cline-r1' },
          },
        },
      },
    })
  })

  it('goes on with a token that still holds when renewing it fails', async () => {
    vendor = await startFakeVendor(() => ({ status: 503, body: {} }))
    await world.write('.cline/data/settings/providers.json', providers(NOW + 60_000))
    const login = open('cline', { tokenUrl: vendor.url })
    expect((await login.take([])).secret).toBe('workos:old')
    expect((await login.status()).lastError).toMatch(/503/)
  })

  it('is read from the older file too, whose times are in seconds', async () => {
    const legacy = {
      idToken: 'old',
      refreshToken: 'r',
      expiresAt: NOW / 1000 + 3600,
      userInfo: { id: 'u', email: 'ada@example.com' },
    }
    await world.write('.cline/data/secrets.json', { 'cline:clineAccountId': JSON.stringify(legacy), other: 'kept' })
    const login = open('cline')
    expect((await login.take([])).secret).toBe('workos:old')
    expect(await login.status()).toMatchObject({ expiresAt: NOW + HOUR, account: 'ada@example.com' })
  })
})

describe('Kimi Code', () => {
  const file = (secondsLeft: number) => ({
    access_token: 'kimi-old',
    refresh_token: 'kimi-r0',
    expires_at: NOW / 1000 + secondsLeft,
    expires_in: 900,
    scope: 's',
    token_type: 'Bearer',
  })

  it('is renewed under the folder that its CLI takes for a lock, and says which device and program asks', async () => {
    inWorld(home => ({ KIMI_CODE_HOME: join(home, 'kimi') }))
    let wasLocked = false
    vendor = await startFakeVendor(async () => {
      wasLocked = (await stat(join(world.home, 'kimi/oauth/kimi-code.lock'))).isDirectory()
      return { body: { access_token: 'kimi-new', refresh_token: 'kimi-r1', expires_in: 900 } }
    })
    await world.write('kimi/credentials/kimi-code.json', file(-1))
    await world.write('kimi/device_id', 'device-1\n')
    expect((await open('kimi-oauth', { tokenUrl: vendor.url }).take([])).secret).toBe('kimi-new')
    expect(wasLocked).toBe(true)
    await expect(stat(join(world.home, 'kimi/oauth/kimi-code.lock'))).rejects.toThrow('ENOENT')
    expect(vendor.asked[0]?.headers).toMatchObject({
      'x-msh-platform': 'llm-interactive-proxy',
      'x-msh-device-id': 'device-1',
    })
    expect(await world.read('kimi/credentials/kimi-code.json')).toEqual({
      ...file(900),
      access_token: 'kimi-new',
      refresh_token: 'kimi-r1',
    })
  })

  it('knows the tombstone of a login that was revoked', async () => {
    await world.write('.kimi-code/credentials/kimi-code.json', { access_token: '', refresh_token: '', expires_at: 0 })
    expect(await open('kimi-oauth').status()).toMatchObject({
      state: 'Needs sign-in',
      detail: expect.stringContaining('revoked') as string,
    })
  })

  it('tells its windows from figures that come as text', async () => {
    vendor = await startFakeVendor(() => ({
      body: {
        usage: { limit: '2048', used: '512', resetTime: '2026-11-25T00:00:00Z' },
        limits: [
          { window: { duration: 300, timeUnit: 'TIME_UNIT_MINUTE' }, detail: { limit: '100', remaining: '40' } },
        ],
      },
    }))
    await world.write('.kimi-code/credentials/kimi-code.json', file(HOUR))
    const login = open('kimi-oauth', { baseUrl: vendor.url })
    await login.updateQuota()
    expect((await login.status()).quota?.windows).toEqual([
      { label: '7 days', windowMinutes: 10_080, usedPercent: 25, resetAt: Date.parse('2026-11-25T00:00:00Z') },
      { label: '5 h', windowMinutes: 300, usedPercent: 60, resetAt: undefined },
    ])
  })
})

describe('Gemini CLI', () => {
  const file = (expiry: number) => ({
    access_token: 'ya29.old',
    refresh_token: '1//r',
    scope: 's',
    token_type: 'Bearer',
    id_token: jwt({ email: 'ada@example.com', sub: '1' }),
    expiry_date: expiry,
  })
  const served = { currentTier: { id: 'standard-tier', name: 'Standard' }, cloudaicompanionProject: 'google-made-1' }

  async function codeAssist(answers: Record<string, unknown>) {
    vendor = await startFakeVendor(({ path }) => {
      const body = answers[path.split(':').at(-1) ?? '']
      return body === undefined ? { status: 404, body: {} } : { body }
    })
    return { baseUrl: vendor.url, isBaseUrlOwn: true, tokenUrl: `${vendor.url}/:token` }
  }

  it('is renewed in memory, by the client secret of the environment, and its file stays as it is', async () => {
    inWorld(home => ({ GEMINI_CLI_HOME: home, GEMINI_OAUTH_CLIENT_SECRET: 'the-secret' }))
    const settings = await codeAssist({ token: { access_token: 'ya29.new', expires_in: 3599 }, loadCodeAssist: served })
    await world.write('.gemini/oauth_creds.json', file(NOW - 1))
    const login = open('gemini-oauth-plan', settings)
    expect(await login.status()).toMatchObject({ state: 'Refreshes on next use', refreshedBy: 'this app, in memory' })
    expect(await login.take([])).toMatchObject({
      secret: 'ya29.new',
      project: 'google-made-1',
      name: 'ada@example.com',
    })
    expect(vendor?.asked[0]?.body).toEqual({
      client_id: '681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com',
      client_secret: 'the-secret',
      grant_type: 'refresh_token',
      refresh_token: '1//r',
    })
    expect(await world.read('.gemini/oauth_creds.json')).toEqual(file(NOW - 1))
    await login.take([])
    expect(vendor?.asked.map(({ path }) => path)).toEqual(['/:token', '/v1internal:loadCodeAssist'])
  })

  it('takes the client secret out of the Gemini CLI that is installed', async () => {
    const core =
      'lib/node_modules/@google/gemini-cli/node_modules/@google/gemini-cli-core/dist/src/code_assist/oauth2.js'
    await world.write(core, "const OAUTH_CLIENT_SECRET = 'installed-secret';\n")
    await world.write('lib/node_modules/@google/gemini-cli/dist/index.js', '#!/usr/bin/env node\n', 0o755)
    await mkdir(join(world.home, 'bin'))
    await symlink('../lib/node_modules/@google/gemini-cli/dist/index.js', join(world.home, 'bin/gemini'))
    inWorld(home => ({ PATH: join(home, 'bin') }))
    const settings = await codeAssist({ token: { access_token: 'ya29.new', expires_in: 3599 }, loadCodeAssist: served })
    await world.write('.gemini/oauth_creds.json', file(NOW - 1))
    await open('gemini-oauth-plan', settings).take([])
    expect(vendor?.asked[0]?.body['client_secret']).toBe('installed-secret')
  })

  it('says what is missing where no secret is found', async () => {
    await world.write('.gemini/oauth_creds.json', file(NOW - 1))
    await expect(open('gemini-oauth-plan', await codeAssist({})).take([])).rejects.toThrow(
      /set GEMINI_OAUTH_CLIENT_SECRET/,
    )
  })

  it('bills the project of the environment, which the free tier may not name', async () => {
    inWorld(() => ({ GOOGLE_CLOUD_PROJECT: 'mine-1' }))
    await world.write('.gemini/oauth_creds.json', file(NOW + HOUR))
    const settings = await codeAssist({ loadCodeAssist: served })
    expect((await open('gemini-cli-cloud-project', settings).take([])).project).toBe('mine-1')
    expect(vendor?.asked[0]?.body).toMatchObject({
      cloudaicompanionProject: 'mine-1',
      metadata: { duetProject: 'mine-1' },
    })
    expect((await open('gemini-oauth-free', settings).take([])).project).toBe('google-made-1')
    expect(vendor?.asked[1]?.body).not.toHaveProperty('cloudaicompanionProject')
  })

  it.each([
    ['gemini-cli-cloud-project', {}, /Set GOOGLE_CLOUD_PROJECT/],
    ['gemini-cli-cloud-project', { GOOGLE_CLOUD_PROJECT: '12345' }, /project's number/],
    ['gemini-oauth-plan', {}, /lip logins onboard/],
  ])('says of %s what is missing', async (id, env, message) => {
    inWorld(() => env)
    await world.write('.gemini/oauth_creds.json', file(NOW + HOUR))
    const settings = await codeAssist({ loadCodeAssist: { allowedTiers: [{ id: 'free-tier', isDefault: true }] } })
    await expect(open(id, settings).take([])).rejects.toThrow(message)
  })

  it('gets a token for a service account, by what that account signs', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await world.write('keys/service.json', {
      type: 'service_account',
      client_email: 'robot@mine.iam.gserviceaccount.com',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    })
    inWorld(home => ({ GOOGLE_APPLICATION_CREDENTIALS: join(home, 'keys/service.json'), GOOGLE_CLOUD_PROJECT: 'mine' }))
    const settings = await codeAssist({
      token: { access_token: 'ya29.robot', expires_in: 3599 },
      loadCodeAssist: served,
    })
    const login = open('gemini-cli-cloud-project', settings)
    expect(await login.status()).toMatchObject({ state: 'Refreshes on next use' })
    expect(login.secrets()).not.toContain('')
    expect(await login.take([])).toMatchObject({ secret: 'ya29.robot', project: 'mine' })
    const [head, claims, signature] = String(vendor?.asked[0]?.body['assertion']).split('.')
    expect(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())).toMatchObject({
      iss: 'robot@mine.iam.gserviceaccount.com',
      aud: 'https://oauth2.googleapis.com/token',
      exp: NOW / 1000 + 3600,
    })
    const check = createVerify('RSA-SHA256').update(`${head ?? ''}.${claims ?? ''}`)
    expect(check.verify(publicKey, signature ?? '', 'base64url')).toBe(true)
  })

  it('gets a token for the credentials that gcloud keeps, with the client that they were made for', async () => {
    inWorld(() => ({ GOOGLE_CLOUD_PROJECT: 'mine' }))
    await world.write('.config/gcloud/application_default_credentials.json', {
      type: 'authorized_user',
      client_id: 'of-gcloud',
      client_secret: 'in-the-file',
      refresh_token: '1//adc',
    })
    const settings = await codeAssist({ token: { access_token: 'ya29.adc', expires_in: 3599 }, loadCodeAssist: served })
    expect((await open('gemini-cli-cloud-project', settings).take([])).secret).toBe('ya29.adc')
    expect(vendor?.asked[0]?.body).toMatchObject({ client_id: 'of-gcloud', client_secret: 'in-the-file' })
  })

  it('passes on why Google does not serve an account, with the link', async () => {
    await world.write('.gemini/oauth_creds.json', file(NOW + HOUR))
    const settings = await codeAssist({
      loadCodeAssist: {
        ineligibleTiers: [
          {
            reasonCode: 'VALIDATION_REQUIRED',
            reasonMessage: 'Verify your account',
            validationUrl: 'https://accounts.google.com/v',
          },
        ],
      },
    })
    await expect(open('gemini-oauth-free', settings).take([])).rejects.toThrow(
      'Google does not serve this account: Verify your account See https://accounts.google.com/v',
    )
  })

  it('is set up with the free tier only when asked to, without a project', async () => {
    await world.write('.gemini/oauth_creds.json', file(NOW + HOUR))
    const settings = await codeAssist({
      loadCodeAssist: { allowedTiers: [{ id: 'free-tier', isDefault: true }] },
      onboardUser: { name: 'operations/1', done: true, response: { cloudaicompanionProject: { id: 'made-2' } } },
    })
    expect(await open('gemini-oauth-free', settings).onboard()).toBe('The account is set up with free-tier (made-2).')
    expect(vendor?.asked.at(-1)?.body).toEqual({
      tierId: 'free-tier',
      metadata: { ideType: 'IDE_UNSPECIFIED', platform: 'PLATFORM_UNSPECIFIED', pluginType: 'GEMINI' },
    })
  })

  it('is renewed once where the vendor refuses its token while it is asked about the account', async () => {
    inWorld(() => ({ GEMINI_OAUTH_CLIENT_SECRET: 'the-secret' }))
    vendor = await startFakeVendor(({ path, headers }) => {
      if (path === '/token') return { body: { access_token: 'ya29.new', expires_in: 3599 } }
      return headers.authorization === 'Bearer ya29.new' ? { body: served } : { status: 401, body: {} }
    })
    await world.write('.gemini/oauth_creds.json', file(NOW + HOUR))
    const login = open('gemini-oauth-plan', {
      baseUrl: vendor.url,
      isBaseUrlOwn: true,
      tokenUrl: `${vendor.url}/token`,
    })
    expect((await login.take([])).secret).toBe('ya29.new')
  })

  it('tells what is left of each model', async () => {
    await world.write('.gemini/oauth_creds.json', file(NOW + HOUR))
    const settings = await codeAssist({
      loadCodeAssist: served,
      retrieveUserQuota: {
        buckets: [{ modelId: 'gemini-2.5-pro', remainingFraction: 0.25, resetTime: '2026-11-24T00:00:00Z' }],
      },
    })
    const login = open('gemini-oauth-plan', settings)
    await login.updateQuota()
    expect((await login.status()).quota?.windows).toEqual([
      { label: 'gemini-2.5-pro', usedPercent: 75, resetAt: Date.parse('2026-11-24T00:00:00Z') },
    ])
    expect(vendor?.asked.at(-1)?.body).toEqual({ project: 'google-made-1' })
  })

  it('says of a credential that is encrypted that only its owner reads it', async () => {
    inWorld(() => ({ GEMINI_FORCE_ENCRYPTED_FILE_STORAGE: 'true' }))
    await world.write('.gemini/gemini-credentials.json', 'aa:bb:cc')
    expect(await open('gemini-oauth-plan').status()).toMatchObject({
      state: 'Unreadable',
      detail: expect.stringContaining('encrypted') as string,
    })
  })
})

describe('Antigravity', () => {
  const token = {
    access_token: 'ya29.ag',
    refresh_token: '1//ag',
    token_type: 'Bearer',
    expiry: '2026-11-23T13:00:00Z',
  }

  async function control() {
    vendor = await startFakeVendor(() => ({ body: { currentTier: { id: 't' }, cloudaicompanionProject: 'ag-1' } }))
    return { baseUrl: vendor.url, isBaseUrlOwn: true }
  }

  it('is read from its file, its keychain item and its database, with the account’s project', async () => {
    const settings = await control()
    await world.write('.gemini/jetski-standalone-oauth-token', { token, auth_method: 'consumer' })
    expect(await open('antigravity-oauth', settings).take([])).toMatchObject({ secret: 'ya29.ag', project: 'ag-1' })
    expect(vendor?.asked[0]?.body).toEqual({ metadata: { ideType: 'ANTIGRAVITY' } })
  })

  it('is read from its keychain item', async () => {
    const item = `go-keyring-base64:${Buffer.from(JSON.stringify({ token })).toString('base64')}`
    world.keychain.set('gemini/antigravity', item)
    expect((await open('antigravity-oauth', await control()).take([])).secret).toBe('ya29.ag')
  })

  it('is read from the database of its editor, which is not written', async () => {
    const path = join(world.home, 'state.vscdb')
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE ItemTable (key TEXT, value BLOB)')
    database
      .prepare('INSERT INTO ItemTable VALUES (?, ?)')
      .run('antigravityAuthStatus', JSON.stringify({ apiKey: 'ya29.db', email: 'ada@example.com' }))
    database.close()
    inWorld(() => ({ ANTIGRAVITY_STATE_DB: path }))
    expect(await open('antigravity-oauth', await control()).take([])).toMatchObject({
      secret: 'ya29.db',
      name: 'ada@example.com',
    })
  })
})

describe('an owner’s command', () => {
  it('renews the owner’s file, which is read again', async () => {
    inWorld(home => ({ PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` }))
    await world.write('.gemini/antigravity-cli/antigravity-oauth-token', {
      token: { access_token: 'stale', expiry: '2026-11-23T11:00:00Z' },
    })
    const fresh = JSON.stringify({ token: { access_token: 'by-agy', expiry: '2026-11-23T14:00:00Z' } })
    const file = join(world.home, '.gemini/antigravity-cli/antigravity-oauth-token')
    await world.write('bin/agy', `#!/bin/sh\n[ "$1" = models ] && printf '%s' '${fresh}' > '${file}'\n`, 0o755)
    vendor = await startFakeVendor(() => ({ body: { currentTier: { id: 't' }, cloudaicompanionProject: 'ag-1' } }))
    const login = open('antigravity-oauth', { baseUrl: vendor.url, isBaseUrlOwn: true })
    expect((await login.status()).refreshedBy).toBe('Antigravity')
    expect((await login.take([])).secret).toBe('by-agy')
  })

  it('is talked to where it is a server, and ended when it has answered', async () => {
    inWorld(home => ({ PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` }))
    const access = (name: string, at: number) => jwt({ name, exp: at / 1000 })
    await world.write('.codex/auth.json', { tokens: { access_token: access('old', NOW - 1000), refresh_token: 'r0' } })
    const fresh = JSON.stringify({ tokens: { access_token: access('by-codex', NOW + HOUR), refresh_token: 'r1' } })
    await world.write(
      'bin/codex',
      `#!/bin/sh
[ "$1" = app-server ] || exit 9
while read -r line; do
  case "$line" in *account/read*) printf '%s' '${fresh}' > '${join(world.home, '.codex/auth.json')}'; echo '{"id":2,"result":{}}';; esac
done
`,
      0o755,
    )
    expect((await open('openai-codex').take([])).secret).toBe(access('by-codex', NOW + HOUR))
  })

  it('says why it did not help', async () => {
    inWorld(home => ({ PATH: join(home, 'bin') }))
    await world.write('.codex/auth.json', { tokens: { access_token: jwt({ exp: 1 }) } })
    await world.write('bin/codex', '#!/bin/sh\nexit 3\n', 0o755)
    await expect(open('openai-codex').take([])).rejects.toThrow(
      /codex was run to renew it, but it ended before it answered/,
    )
  })
})
