import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rotatingTokens, startFakeVendor } from '../../support/fake-logins.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lip-login-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const standard = (number: number) => ({ access_token: `new-${number}`, refresh_token: `r${number}`, expires_in: 3600 })

const cases = [
  {
    id: 'qwen-oauth',
    file: '.qwen/oauth_creds.json',
    content: { access_token: 'old', refresh_token: 'r0', expiry_date: 1 },
    make: standard,
    secret: 'new-1',
  },
  {
    id: 'kimi-oauth',
    file: '.kimi-code/credentials/kimi-code.json',
    content: { access_token: 'old', refresh_token: 'r0', expires_at: 1 },
    make: standard,
    secret: 'new-1',
  },
  {
    id: 'anthropic-oauth',
    file: '.claude/.credentials.json',
    content: { claudeAiOauth: { accessToken: 'old', refreshToken: 'r0', expiresAt: 1 } },
    make: standard,
    secret: 'new-1',
  },
  {
    id: 'cline',
    file: '.cline/data/settings/providers.json',
    content: { providers: { cline: { settings: { auth: { accessToken: 'old', refreshToken: 'r0', expiresAt: 1 } } } } },
    make: (number: number) => ({
      data: { accessToken: `new-${number}`, refreshToken: `r${number}`, expiresAt: '2099-01-01T00:00:00Z' },
    }),
    secret: 'workos:new-1',
  },
]

it.each(cases)('$id is renewed once by several processes that need it at the same time', async login => {
  const vendor = await startFakeVendor(rotatingTokens('r0', login.make))
  const file = join(home, login.file)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(login.content))

  const processes = await Promise.all([1, 2, 3].map(() => start(login.id, vendor.url)))
  const secrets = await Promise.all(processes.map(go => go()))
  await vendor.close()

  expect(secrets).toEqual([login.secret, login.secret, login.secret])
  expect(vendor.asked).toHaveLength(1)
  expect(await readFile(file, 'utf8')).toContain('r1')
})

/** Gives the way to let it go, which gives what it got. */
async function start(id: string, tokenUrl: string): Promise<() => Promise<string>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'login-program.ts'), id, home, tokenUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  await once(lines, 'line')
  return async () => {
    child.stdin.write('go\n')
    const [secret] = (await once(lines, 'line')) as [string]
    return secret
  }
}
