import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { createUpstream, textOf } from '../../../proxy/backends/upstream.ts'
import { wayOutOf } from '../../../proxy/backends/way-out.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { startFakeOpenai } from '../../support/fake-openai.ts'
import { startHttpProxy } from '../../support/fake-http-proxy.ts'
import { startApp } from '../../support/start-app.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function wayOut(env: Record<string, string>, server: object = {}) {
  return wayOutOf(configSchema.parse({ server }).server, env)
}

describe('the way out', () => {
  const env = { HTTPS_PROXY: 'http://ada:pass%20word@proxy.example:3128', http_proxy: 'other.example:8080' }

  test('is that of the environment, by the protocol of the address, and shows no password', () => {
    const way = wayOut(env)
    const token = `Basic ${Buffer.from('ada:pass word').toString('base64')}`
    expect(way('https://api.example.com')).toEqual({ address: 'http://proxy.example:3128', token })
    expect(way('http://api.example.com')).toEqual({ address: 'http://other.example:8080' })
  })

  test('is straight where nothing is set, and to this computer always', () => {
    expect(wayOut({})('https://api.example.com')).toBeUndefined()
    for (const origin of ['http://127.0.0.1:11434', 'http://localhost:1234', 'http://[::1]:8080', 'https://127.1.2.3'])
      expect(wayOut(env)(origin)).toBeUndefined()
  })

  test('goes past what NO_PROXY and the config name', () => {
    const past = wayOut(
      { ...env, NO_PROXY: 'corp.example, .lan other.example:8443' },
      { no_proxy: ['gateway.example'] },
    )
    const origins = {
      'https://corp.example': false,
      'https://deep.corp.example': false,
      'https://notcorp.example': true,
      'https://box.lan': false,
      'https://other.example': true,
      'https://other.example:8443': false,
      'https://gateway.example': false,
    }
    for (const [origin, isProxied] of Object.entries(origins))
      expect(past(origin) !== undefined, origin).toBe(isProxied)
    expect(wayOut({ ...env, no_proxy: '*' })('https://api.example.com')).toBeUndefined()
  })

  test('is the config’s where that says something, with a password only from a variable', () => {
    const origin = 'https://api.example.com'
    expect(wayOut(env, { upstream_proxy: 'http://own.example:1' })(origin)).toEqual({ address: 'http://own.example:1' })
    expect(wayOut(env, { upstream_proxy: 'off' })(origin)).toBeUndefined()
    expect(wayOut({ P: 'http://a:b@c.example' }, { upstream_proxy: 'env:P' })(origin)?.address).toBe('http://c.example')
    expect(() => wayOut({}, { upstream_proxy: 'env:P' })).toThrow('names the variable P, which is not set')
    expect(configSchema.safeParse({ server: { upstream_proxy: 'http://a:b@c.example' } }).success).toBe(false)
  })

  test('that is no address is said without repeating it', () => {
    expect(() => wayOut({ HTTPS_PROXY: 'socks5://ada:secret@x:1' })).toThrow(/^HTTPS_PROXY is no address of an HTTP/)
  })
})

describe('turns through a proxy', () => {
  async function behind(token?: string) {
    const upstream = await startFakeOpenai()
    ends.push(upstream.close)
    const proxy = await startHttpProxy({ leadsTo: upstream.port, ...(token !== undefined && { token }) })
    ends.push(proxy.close)
    const start = async (address: string) => {
      const app = await startApp(
        'backends: { work: { type: custom, protocol: openai-chat, api_url: "http://llm.invalid/v1", api_key: env:WORK } }',
        { WORK: upstream.key, HTTP_PROXY: address },
      )
      ends.push(app.close)
      return app
    }
    return { upstream, proxy, start }
  }

  const say = async ({ url }: { readonly url: string }) => {
    const body = JSON.stringify({ model: 'work:gpt-x', messages: [{ role: 'user', content: 'Hi' }] })
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body })
    return { status: response.status, text: await response.text() }
  }

  test('are answered, and the state and the test of a key name the proxy without its password', async () => {
    const { proxy, start } = await behind(`Basic ${Buffer.from('ada:secret-of-ada').toString('base64')}`)
    const app = await start(`http://ada:secret-of-ada@${proxy.host}`)
    expect(await say(app)).toEqual({ status: 200, text: expect.stringContaining('Hello there') as string })
    expect(proxy.asked).toContain('POST http://llm.invalid/v1/chat/completions')
    const { backends } = await app.app.handlers['app.snapshot']()
    expect(backends.find(({ id }) => id === 'work')?.via).toBe(`http://${proxy.host}`)
    const { ok, steps } = await app.app.handlers['keys.test']({ backend: 'work' })
    expect([ok, steps[0]?.name]).toEqual([true, `Proxy http://${proxy.host}`])
    expect(JSON.stringify(backends) + JSON.stringify(steps) + app.log()).not.toContain('secret-of-ada')
  })

  test('say that it is the proxy that can’t be reached', async () => {
    const { proxy, start } = await behind()
    await proxy.close()
    ends.splice(ends.indexOf(proxy.close), 1)
    const { status, text } = await say(await start(`http://${proxy.host}`))
    expect(status).toBeGreaterThanOrEqual(500)
    expect(text).toContain(`llm.invalid could not be reached through the proxy http://${proxy.host}`)
  })
})

test('A secure address is tunnelled by CONNECT, with its own certificate', async context => {
  const folder = mkdtempSync(join(tmpdir(), 'lip-tls-'))
  ends.push(async () => rmSync(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=llm.invalid', '-addext', 'subjectAltName=DNS:llm.invalid']
  try {
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', [...args, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  } catch {
    context.skip('openssl is needed to make a certificate')
  }
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, readFileSync(cert, 'utf8')])
  ends.push(async () => setDefaultCACertificates(trusted))
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end('secure'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(async () => server.close())
  const proxy = await startHttpProxy({ leadsTo: (server.address() as AddressInfo).port })
  ends.push(proxy.close)

  const upstream = createUpstream(wayOut({ HTTPS_PROXY: `http://${proxy.host}` }))
  ends.push(() => upstream.close())
  const endpoint = { origin: 'https://llm.invalid', host: 'llm.invalid', path: '/v1/models' }
  const request = { method: 'GET', endpoint, headers: {}, body: null, timeoutMs: 10_000 } as const
  const { status, chunks } = await upstream.open(request, new AbortController().signal)
  expect([status, await textOf(chunks)]).toEqual([200, 'secure'])
  expect(proxy.asked).toEqual(['CONNECT llm.invalid:443'])
})
