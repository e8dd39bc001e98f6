import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsageError } from '../../../proxy/cli/args.ts'
import { logins } from '../../../proxy/cli/logins.ts'
import type { LoginStatus } from '../../../proxy/logins/login.ts'
import { jwt } from '../../support/fake-logins.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lip-login-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function run(...args: string[]) {
  const out = new PassThrough()
  const err = new PassThrough()
  const code = await logins([...args, '--data-dir', join(home, 'data')], { env: { HOME: home }, out, err })
  out.end()
  err.end()
  return { code, out: await text(out), err: await text(err) }
}

const config = () => readFile(join(home, 'data', 'config.yaml'), 'utf8')
const statusOf = async (id: string) => {
  const { logins: all } = JSON.parse((await run('list', '--json')).out) as { logins: LoginStatus[] }
  return all.find(login => login.id === id)
}

async function signInToCodex() {
  await mkdir(join(home, '.codex'))
  const tokens = {
    access_token: jwt({ exp: 4e9, secret: 'of the token' }),
    id_token: jwt({ email: 'ada@example.com' }),
  }
  await writeFile(join(home, '.codex', 'auth.json'), JSON.stringify({ tokens }))
  return tokens.access_token
}

it('shows every login as off, and where a sign-in was found, without reading it', async () => {
  await signInToCodex()
  const { code, out } = await run()
  expect(code).toBe(0)
  expect(out).toContain('openai-codex  Off')
  expect(out).toContain(join(home, '.codex/auth.json'))
  expect(out).not.toContain('ada@example.com')
})

it('switches one on after showing what its vendor says, and notes which text was agreed to and when', async () => {
  const token = await signInToCodex()
  const { code, out } = await run('enable', 'openai-codex')
  expect(code).toBe(0)
  expect(out).toContain('an endpoint that OpenAI does not document')
  expect(out).toContain('not done unless you allow it')

  const status = await statusOf('openai-codex')
  expect(status).toMatchObject({ state: 'Ready', account: 'ada@example.com', expiresAt: 4e12 })
  expect(status?.consent?.text).toBe(status?.terms.version)
  expect(await config()).toContain(`text: ${String(status?.terms.version)}`)
  expect((await run()).out).not.toContain(token)
})

it('lets a token be written back only where that is said, and takes that back with the consent', async () => {
  await signInToCodex()
  await run('enable', 'openai-codex')
  expect(await statusOf('openai-codex')).toMatchObject({ writeBack: false })
  await run('enable', 'openai-codex', '--write-back')
  expect(await statusOf('openai-codex')).toMatchObject({ writeBack: true })
  expect(await config()).toContain('write_back: true')
  await run('disable', 'openai-codex')
  expect(await config()).not.toContain('write_back')
  await run('enable', 'gemini-oauth-free', '--write-back')
  expect(await config()).not.toContain('write_back')
})

it('switches one off again, and leaves no trace in the config', async () => {
  await run('enable', 'cline')
  expect((await run('disable', 'cline')).code).toBe(0)
  expect((await statusOf('cline'))?.state).toBe('Off')
  expect(await config()).not.toContain('cline')
})

it('says of a login whose vendor has ended the service what to use instead', async () => {
  expect((await run('enable', 'gemini-oauth-free')).out).toMatch(/ended this service on 2026-06-18\. Use an API key/)
})

it('takes no login that there is not', async () => {
  await expect(run('enable', 'openai')).rejects.toThrow(UsageError)
})
