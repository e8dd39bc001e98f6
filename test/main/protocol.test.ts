import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleResponse, isOurs } from '../../main/protocol.ts'

let outside: string
let bundle: string
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'bundle-'))
  bundle = join(outside, 'renderer')
  await mkdir(join(bundle, 'assets'), { recursive: true })
  await writeFile(join(bundle, 'index.html'), '<!doctype html>')
  await writeFile(join(bundle, 'assets', 'a b.js'), 'export {}')
  await writeFile(join(bundle, 'notes.txt'), 'not of the page')
  await writeFile(join(outside, 'secret.js'), 'secret')
  await mkdir(join(outside, 'renderer-old'))
  await writeFile(join(outside, 'renderer-old', 'x.js'), 'old')
})
afterAll(async () => {
  await rm(outside, { recursive: true, force: true })
})

const get = (url: string, method = 'GET') => bundleResponse(bundle, { url, method })

describe('app://bundle', () => {
  it('serves the page with its policy', async () => {
    const response = await get('app://bundle/index.html')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('<!doctype html>')
    expect(Object.fromEntries(response.headers)).toMatchInlineSnapshot(`
      {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "content-type": "text/html; charset=utf-8",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      }
    `)
  })

  it('serves what the page is made of', async () => {
    const response = await get('app://bundle/assets/a%20b.js?v=1')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await response.text()).toBe('export {}')
  })

  it.each([
    'app://bundle/../secret.js',
    'app://bundle/%2e%2e/secret.js',
    'app://bundle/%2e%2e%2fsecret.js',
    'app://bundle/..%5csecret.js',
    'app://bundle/assets/%2e%2e%2f%2e%2e%2fsecret.js',
    'app://bundle/..%2frenderer-old%2fx.js',
    'app://bundle//etc/passwd',
    'app://bundle/index.html%00.js',
    'app://bundle/%E0%A4%A',
    'app://bundle/',
    'app://bundle/notes.txt',
    'app://bundle/none.js',
  ])('gives nothing for %s', async url => {
    const response = await get(url)
    expect([403, 404]).toContain(response.status)
    expect(await response.text()).not.toContain('secret')
  })

  it.each(['app://other/index.html', 'http://bundle/index.html', 'nonsense'])('is not %s', async url => {
    expect((await get(url)).status).toBe(403)
  })

  it('is only read', async () => {
    expect((await get('app://bundle/index.html', 'POST')).status).toBe(403)
  })
})

describe('our page', () => {
  it('is known by scheme and host', () => {
    expect(isOurs('app://bundle/index.html#/keys')).toBe(true)
    for (const url of ['app://bundle.evil/', 'https://bundle/', 'app:bundle', 'app://evil/bundle', 'about:blank', '']) {
      expect(isOurs(url)).toBe(false)
    }
  })
})
