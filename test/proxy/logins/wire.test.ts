import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatAnswer, claudeAnswer, codeAssistAnswer, codexAnswer } from '../../support/fake-login-vendors.ts'
import { jwt, rotatingTokens, startFakeVendor, type FakeVendor, type VendorAnswer } from '../../support/fake-logins.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let home: string
let app: StartedApp | undefined
let vendor: FakeVendor | undefined

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lip-login-'))
})
afterEach(async () => {
  await app?.close()
  await vendor?.close()
  app = vendor = undefined
  await rm(home, { recursive: true, force: true })
})

const LATER = 4e9

async function put(path: string, content: unknown) {
  await mkdir(dirname(join(home, path)), { recursive: true })
  await writeFile(join(home, path), JSON.stringify(content))
}

/** A vendor, and the program with that backend alone switched on. */
async function serve(id: string, path: string, answer: VendorAnswer, env: Record<string, string> = {}) {
  vendor = await startFakeVendor(answer)
  const yaml = `backends:\n  ${id}:\n    consent: true\n    write_back: true\n    api_url: ${vendor.url}${path}\n    token_url: ${vendor.url}/token\n`
  app = await startApp(yaml, { HOME: home, ...env })
  return { vendor, app }
}

async function ask(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${app?.url ?? ''}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

const chat = (model: string, more: Record<string, unknown> = {}) =>
  ask('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hi' }], ...more })

/** What a client of Chat Completions is told, whole. */
async function said(model: string, more: Record<string, unknown> = {}) {
  const { status, text } = await chat(model, more)
  if (status !== 200) throw new Error(`${status}: ${text}`)
  const { choices } = JSON.parse(text) as { choices: { message: { content: string } }[] }
  return choices[0]?.message.content
}

const turnsOf = ({ asked }: FakeVendor) => asked.filter(({ path }) => !/token|loadCodeAssist/.test(path))

describe('openai-codex', () => {
  const access = (name: string) => jwt({ name, exp: LATER })
  const signIn = (token: string) =>
    put('.codex/auth.json', { tokens: { access_token: token, refresh_token: 'r0', account_id: 'acc-1' } })

  it('is asked as its door wants it, whatever the client sent', async () => {
    await signIn(access('a'))
    const { vendor } = await serve('openai-codex', '/backend-api/codex', request => codexAnswer(request, access('a')))
    const answer = await said('openai-codex:gpt-5.5', {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      temperature: 0.2,
      top_p: 0.5,
      max_tokens: 100,
      user: 'ada',
      metadata: { a: 'b' },
    })
    expect(answer).toBe('Hello there')
    expect(turnsOf(vendor)).toHaveLength(1)
    expect(vendor.asked[0]?.body).toMatchObject({
      model: 'gpt-5.5',
      instructions: 'Be brief.',
      stream: true,
      store: false,
    })
    expect(vendor.asked[0]?.headers).toMatchObject({
      'chatgpt-account-id': 'acc-1',
      originator: 'llm-interactive-proxy',
      'user-agent': expect.stringContaining('llm-interactive-proxy/') as string,
    })
  })

  it('gets instructions that are empty and a name of the conversation, where the client gave none', async () => {
    await signIn(access('a'))
    const { vendor } = await serve('openai-codex', '/backend-api/codex', request => codexAnswer(request, access('a')))
    expect(await said('openai-codex:gpt-5.5')).toBe('Hello there')
    expect(await said('openai-codex:gpt-5.5')).toBe('Hello there')
    const [first, second] = vendor.asked
    expect(first?.body['instructions']).toBe('')
    expect(first?.headers['session_id']).toMatch(/^[\da-f-]{36}$/)
    expect(first?.headers['session_id']).toBe(first?.body['prompt_cache_key'])
    expect(second?.headers['session_id']).toBe(first?.headers['session_id'])
  })

  it('gets a request of Codex itself as it is, with the token and the account of the login', async () => {
    await signIn(access('a'))
    const { vendor } = await serve('openai-codex', '/backend-api/codex', request => codexAnswer(request, access('a')))
    const body = {
      model: 'openai-codex:gpt-5.5',
      instructions: 'Be brief.',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      client_metadata: { kept: 'as it is' },
    }
    const { status, text } = await ask('/v1/responses', body, {
      authorization: 'Bearer of-the-client',
      'chatgpt-account-id': 'of-the-client',
      session_id: 's-1',
    })
    expect([status, text]).toEqual([200, expect.stringContaining('response.completed')])
    expect(vendor.asked[0]?.body).toEqual({ ...body, model: 'gpt-5.5' })
    expect(vendor.asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${access('a')}`,
      'chatgpt-account-id': 'acc-1',
      session_id: 's-1',
    })
  })

  it('renews a refused token once for all turns that wait, and asks each turn again', async () => {
    await signIn(access('refused'))
    const tokens = rotatingTokens('r0', () => ({ access_token: access('new'), refresh_token: 'r1' }))
    const { vendor } = await serve('openai-codex', '/backend-api/codex', request =>
      request.path === '/token' ? tokens(request) : codexAnswer(request, access('new')),
    )
    const answers = await Promise.all(Array.from({ length: 10 }, () => said('openai-codex:gpt-5.5')))
    expect(new Set(answers)).toEqual(new Set(['Hello there']))
    expect(vendor.asked.filter(({ path }) => path === '/token')).toHaveLength(1)
    expect(await readFile(join(home, '.codex/auth.json'), 'utf8')).toContain('r1')
  })

  it('tells the client to sign in again where a new token is refused, too', async () => {
    await signIn(access('refused'))
    const tokens = rotatingTokens('r0', () => ({ access_token: access('new'), refresh_token: 'r1' }))
    const { vendor } = await serve('openai-codex', '/backend-api/codex', request =>
      request.path === '/token' ? tokens(request) : codexAnswer(request, 'none'),
    )
    const { status } = await chat('openai-codex:gpt-5.5')
    expect(status).toBe(401)
    expect(turnsOf(vendor)).toHaveLength(2)
    expect((await chat('openai-codex:gpt-5.5')).text).toContain('codex login')
    expect(turnsOf(vendor)).toHaveLength(2)
  })

  it('rests while its plan is used up, and says until when', async () => {
    await signIn(access('a'))
    const { vendor } = await serve('openai-codex', '/backend-api/codex', () => ({
      status: 429,
      headers: { 'retry-after': '600' },
      body: {
        error: {
          type: 'usage_limit_reached',
          message: 'The usage limit has been reached',
          plan_type: 'plus',
          resets_in_seconds: 600,
        },
      },
    }))
    expect((await chat('openai-codex:gpt-5.5')).status).toBe(429)
    const second = await chat('openai-codex:gpt-5.5')
    expect([second.status, second.text]).toEqual([429, expect.stringContaining('rate limited until')])
    expect(turnsOf(vendor)).toHaveLength(1)
  })

  it('shows neither token nor refresh token in the log of turns', async () => {
    await signIn(access('a'))
    const { app, vendor } = await serve('openai-codex', '/backend-api/codex', ({ headers }) => ({
      status: 400,
      body: { error: { message: `you sent ${String(headers.authorization)} r0` } },
    }))
    await chat('openai-codex:gpt-5.5')
    expect(turnsOf(vendor)).toHaveLength(1)
    expect(app.log()).not.toContain(access('a'))
  })
})

describe('anthropic-oauth', () => {
  const signIn = (token: string) =>
    put('.claude/.credentials.json', {
      claudeAiOauth: { accessToken: token, refreshToken: 'r0', expiresAt: LATER * 1000 },
    })
  const messages = (model: string, headers: Record<string, string> = {}) =>
    ask('/v1/messages', { model, max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] }, headers)

  it('gets the client’s request with the token in place of its key, and both their betas', async () => {
    await signIn('sk-ant-oat01-a')
    const { vendor } = await serve('anthropic-oauth', '/v1', request => claudeAnswer(request, 'sk-ant-oat01-a'))
    const { status } = await messages('anthropic-oauth:claude-sonnet-5', {
      'x-api-key': 'of-the-client',
      'anthropic-beta': 'context-1m-2025-08-07,oauth-2025-04-20',
    })
    expect(status).toBe(200)
    expect(vendor.asked[0]?.headers).not.toHaveProperty('x-api-key')
    expect(vendor.asked[0]?.headers['anthropic-beta']).toBe('oauth-2025-04-20,context-1m-2025-08-07')
    expect(vendor.asked[0]?.headers['user-agent']).toContain('llm-interactive-proxy/')
  })

  it('passes a refusal of the vendor on in its own words, and does not try again', async () => {
    await signIn('sk-ant-oat01-a')
    const { vendor } = await serve('anthropic-oauth', '/v1', request => claudeAnswer(request, 'sk-ant-oat01-a'))
    const { status, text } = await messages('anthropic-oauth:claude-refused')
    expect([status, text]).toEqual([400, expect.stringContaining('Third-party apps now draw from your extra usage')])
    expect(turnsOf(vendor)).toHaveLength(1)
  })

  it('is renewed once where its token is refused', async () => {
    await signIn('sk-ant-oat01-old')
    const tokens = rotatingTokens('r0', () => ({
      access_token: 'sk-ant-oat01-new',
      refresh_token: 'r1',
      expires_in: 60_000,
    }))
    const { vendor } = await serve('anthropic-oauth', '/v1', request =>
      request.path === '/token' ? tokens(request) : claudeAnswer(request, 'sk-ant-oat01-new'),
    )
    expect((await messages('anthropic-oauth:claude-sonnet-5')).status).toBe(200)
    expect(turnsOf(vendor)).toHaveLength(2)
  })

  it('answers clients of other protocols, too', async () => {
    await signIn('sk-ant-oat01-a')
    await serve('anthropic-oauth', '/v1', request => claudeAnswer(request, 'sk-ant-oat01-a'))
    expect(await said('anthropic-oauth:claude-sonnet-5')).toBe('Hello there')
  })
})

describe('Code Assist', () => {
  const signIn = () =>
    put('.gemini/oauth_creds.json', { access_token: 'ya29.a', refresh_token: '1//r', expiry_date: LATER * 1000 })

  it.each([
    ['gemini-oauth-plan', {}, 'made-by-google'],
    ['gemini-oauth-free', { GOOGLE_CLOUD_PROJECT: 'mine' }, 'made-by-google'],
    ['gemini-cli-cloud-project', { GOOGLE_CLOUD_PROJECT: 'mine' }, 'mine'],
  ])('%s learns its project once, and sends each turn in an envelope with it', async (id, env, project) => {
    await signIn()
    const { vendor } = await serve(
      id,
      '',
      request =>
        codeAssistAnswer(request, {
          token: 'ya29.a',
          project: request.path.endsWith('loadCodeAssist') ? 'made-by-google' : project,
        }),
      env,
    )
    expect(await said(`${id}:gemini-2.5-pro`)).toBe('Hello there')
    expect(await said(`${id}:gemini-2.5-pro`)).toBe('Hello there')
    expect(vendor.asked.filter(({ path }) => path.endsWith('loadCodeAssist'))).toHaveLength(1)
    expect(turnsOf(vendor)[0]?.body).toMatchObject({
      model: 'gemini-2.5-pro',
      project,
      user_prompt_id: expect.any(String) as string,
      request: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
    })
  })

  it('antigravity-oauth is asked in an envelope of its own, under our name', async () => {
    await put('.gemini/jetski-standalone-oauth-token', {
      token: { access_token: 'ya29.ag', expiry: '2096-01-01T00:00:00Z' },
    })
    const { vendor } = await serve('antigravity-oauth', '', request =>
      codeAssistAnswer(request, { token: 'ya29.ag', project: 'ag-1' }),
    )
    expect(await said('antigravity-oauth:gemini-3-flash', { max_tokens: 50 })).toBe('Hello there')
    expect(turnsOf(vendor)[0]?.body).toMatchObject({
      requestId: expect.stringMatching(/^agent-/) as string,
      requestType: 'agent',
      userAgent: 'llm-interactive-proxy',
      project: 'ag-1',
    })
    expect(JSON.stringify(turnsOf(vendor)[0]?.body)).not.toContain('maxOutputTokens')
  })
})

describe('Chat Completions with a login', () => {
  it('qwen-oauth is asked with its token, and renewed under its lock when that is refused', async () => {
    await put('.qwen/oauth_creds.json', { access_token: 'old', refresh_token: 'r0', expiry_date: LATER * 1000 })
    const tokens = rotatingTokens('r0', () => ({ access_token: 'new', refresh_token: 'r1', expires_in: 3600 }))
    const { vendor } = await serve('qwen-oauth', '/v1', request =>
      request.path === '/token' ? tokens(request) : chatAnswer(request, { token: 'new', door: '/v1/chat/completions' }),
    )
    expect(await said('qwen-oauth:coder-model', { stream: false })).toBe('Hello there')
    expect(turnsOf(vendor).map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
  })

  it('cline is always asked for a stream, with the prefix that tells an account’s token', async () => {
    const auth = { accessToken: 'workos:t', refreshToken: 'r0', expiresAt: LATER * 1000 }
    await put('.cline/data/settings/providers.json', { providers: { cline: { settings: { auth } } } })
    const { vendor } = await serve('cline', '/api/v1', request =>
      chatAnswer(request, { token: 'workos:t', door: '/api/v1/chat/completions', wraps: true }),
    )
    expect(await said('cline:anthropic/claude-sonnet-5', { stream: false })).toBe('Hello there')
    expect(vendor.asked[0]?.body).toMatchObject({ model: 'anthropic/claude-sonnet-5', stream: true })
    expect(vendor.asked[0]?.headers['x-title']).toBe('LLM Interactive Proxy')
  })

  it('kimi-oauth is asked with its token', async () => {
    await put('.kimi-code/credentials/kimi-code.json', {
      access_token: 'k',
      refresh_token: 'r0',
      expires_at: LATER,
      expires_in: 900,
    })
    await serve('kimi-oauth', '/coding/v1', request =>
      chatAnswer(request, { token: 'k', door: '/coding/v1/chat/completions' }),
    )
    expect(await said('kimi-oauth:kimi-for-coding')).toBe('Hello there')
  })
})

describe('a login’s token', () => {
  it('is sent nowhere before its user has agreed', async () => {
    await put('.codex/auth.json', { tokens: { access_token: jwt({ exp: LATER }) } })
    vendor = await startFakeVendor(() => ({ body: {} }))
    app = await startApp(`backends:\n  openai-codex:\n    api_url: ${vendor.url}\n`, { HOME: home })
    const { status, text } = await chat('openai-codex:gpt-5.5')
    expect([status, text]).toEqual([401, expect.stringContaining('lip logins enable openai-codex')])
    expect(vendor.asked).toEqual([])
  })

  it('goes nowhere that only a variable or a client names', async () => {
    await put('.qwen/oauth_creds.json', { access_token: 't', expiry_date: LATER * 1000, resource_url: 'evil.example' })
    vendor = await startFakeVendor(() => ({ body: {} }))
    const { url } = vendor
    const env = { HOME: home, QWEN_API_BASE_URL: url, QWEN_OAUTH_API_BASE_URL: url, QWEN_CODE_API_BASE_URL: url }
    app = await startApp('backends:\n  qwen-oauth:\n    consent: true\n', env)
    const { status, text } = await ask(
      `/v1/chat/completions?base_url=${url}`,
      { model: 'qwen-oauth:coder-model', messages: [{ role: 'user', content: 'Hi' }], api_base: url },
      { 'x-base-url': url },
    )
    expect([status, text]).toEqual([403, expect.stringContaining('evil.example')])
    expect(vendor.asked).toEqual([])
  })
})
