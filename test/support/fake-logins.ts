import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Credential } from '../../proxy/core/credential.ts'
import type { Ask, Login, LoginPorts } from '../../proxy/logins/login.ts'
import { withFileLock } from '../../proxy/keys/file-lock.ts'

/** A JWT with these claims, and a signature that nobody checks. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(claims)}.c2ln`
}

/** What was asked of a fake vendor. */
export interface VendorRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** Parsed, from JSON or a form. */
  readonly body: Record<string, unknown>
}

export type VendorAnswer = (request: VendorRequest) => {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: unknown
}

export interface FakeVendor {
  readonly url: string
  readonly asked: readonly VendorRequest[]
  readonly close: () => Promise<void>
}

/** A vendor's server that answers as the test says, and remembers what it was asked. */
export async function startFakeVendor(
  answer: (request: VendorRequest) => ReturnType<VendorAnswer> | Promise<ReturnType<VendorAnswer>>,
): Promise<FakeVendor> {
  const asked: VendorRequest[] = []
  const server = createServer((request, response) => {
    void take(request, response)
  })

  async function take(message: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const isForm = message.headers['content-type'] === 'application/x-www-form-urlencoded'
    const body = isForm
      ? Object.fromEntries(new URLSearchParams(text))
      : text === ''
        ? {}
        : (JSON.parse(text) as object)
    const request = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: body as Record<string, unknown>,
    }
    asked.push(request)
    const { status = 200, headers = {}, body: answered } = await answer(request)
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof answered === 'string' ? answered : JSON.stringify(answered))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/**
 * A token endpoint whose refresh tokens are void after one use, as those of most vendors are: one that comes a second time
 * is refused, and with it everything that was made from it.
 */
export function rotatingTokens(first: string, make: (number: number) => Record<string, unknown>): VendorAnswer {
  let valid = first
  let number = 0
  return ({ body }) => {
    const given = body['refresh_token'] ?? body['refreshToken']
    if (given !== valid) return { status: 400, body: { error: { code: 'refresh_token_reused' } } }
    number++
    const answer = make(number)
    const data = (answer['data'] ?? answer) as Record<string, string | undefined>
    valid = data['refresh_token'] ?? data['refreshToken'] ?? valid
    return { body: answer }
  }
}

/** A world of its own for logins: a home folder, a clock that stands, and real HTTP. */
export async function loginWorld(env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'lip-login-'))
  let time = Date.parse('2026-11-23T12:00:00Z')
  const keychain = new Map<string, string>()
  const ports: LoginPorts = {
    ...portsIn(home, env),
    now: () => time,
    keychain: async (service, account) => keychain.get(`${service}/${account}`),
  }
  return {
    home,
    ports,
    keychain,
    now: () => time,
    pass: (ms: number) => (time += ms),
    /** Puts a file into the home folder. */
    async write(path: string, content: unknown, mode = 0o600) {
      const file = join(home, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2), { mode })
    },
    read: async (path: string): Promise<unknown> => JSON.parse(await readFile(join(home, path), 'utf8')) as unknown,
    remove: () => rm(home, { recursive: true, force: true }),
  }
}

export type LoginWorldInTest = Awaited<ReturnType<typeof loginWorld>>

/** What a login needs of a computer whose home folder this is. */
export function portsIn(home: string, env: Record<string, string>): Omit<LoginPorts, 'now'> {
  return {
    platform: 'linux',
    env,
    home,
    ask,
    keychain: async () => undefined,
    lock: (name, work) => withFileLock(join(home, '.ours', `${name}.lock`), work),
  }
}

const ask: Ask = async ({ method, url, headers, body }) => {
  const answer = await fetch(url, { method, headers, body: body ?? null })
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
}

/** A login whose `take` gives a credential, or fails the test. */
export function definite(login: Login) {
  return {
    ...login,
    async take(refused: readonly Credential[]): Promise<Credential> {
      const credential = await login.take(refused)
      if (credential === undefined) throw new Error('it gave no credential')
      return credential
    },
  }
}
