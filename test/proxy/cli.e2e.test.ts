import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataDir, lip, serve } from '../support/cli.ts'
import { beginStream, chunkOf, done, startFakeOpenai, wholeWords } from '../support/fake-openai.ts'
import { startKeyring, whyNoKeyring } from '../support/keyring.ts'
import { eventually } from '../support/start-app.ts'

let folder: string
let cleanUp: (() => Promise<unknown>)[]

beforeEach(async () => {
  const data = await dataDir()
  folder = data.path
  cleanUp = [data.remove]
})

afterEach(async () => {
  for (const clean of cleanUp.reverse()) await clean()
})

async function serving(args: readonly string[] = [], env: Record<string, string> = {}) {
  const running = await serve(['--port', '0', '--data-dir', folder, ...args], env)
  cleanUp.push(() => running.stop('SIGKILL'))
  return running
}

const configure = (yaml: string) => writeFile(join(folder, 'config.yaml'), yaml)
const ask = (url: string, model: string, apiKey = 'x') =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 }).chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'hello' }],
  })

/** An environment without what is not set. */
function textsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

describe('serve', () => {
  it('answers a newcomer without any key, says so, and ends with 0 when asked to stop', async () => {
    const { url, out, stop } = await serving()
    const answer = await ask(url, 'gpt-4o')
    expect(answer.choices[0]?.message.content).toMatch(/^This is the built-in demo/)
    expect(out()).toContain(`try it: curl ${url}/v1/chat/completions`)
    expect(await (await fetch(`${url}/health`)).json()).toEqual({
      status: 'ok',
      version: expect.any(String) as string,
      instance: expect.any(String) as string,
      uptime_s: expect.any(Number) as number,
    })
    expect(await stop('SIGINT')).toBe(0)
    expect(existsSync(join(folder, 'instance.json'))).toBe(false)
  })

  it('tells of each turn in a line where the log level asks for it, and of none otherwise', async () => {
    const { url, err } = await serving(['--log-level', 'info'])
    await ask(url, 'demo:demo-fast')
    await eventually(() => /demo:demo-fast → demo:demo-fast {2}ok 200/.test(err()))
  })

  it('lets open turns end before it does', async () => {
    const upstream = await startFakeOpenai()
    cleanUp.push(upstream.close)
    let finish = () => {}
    upstream.answers(response => {
      beginStream(response)
      response.write(chunkOf({ content: 'first' }))
      finish = () => response.end(chunkOf({ content: ' last' }) + chunkOf({}, 'stop') + done)
    })
    await configure(
      `backends: { work: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:K } }`,
    )
    const { url, stop, out } = await serving([], { K: upstream.key })
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x', maxRetries: 0 })
    const stream = await client.chat.completions.create({
      model: 'gpt-x',
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    })
    const words: string[] = []
    let stopped: Promise<number | null> | undefined
    for await (const chunk of stream) {
      words.push(chunk.choices[0]?.delta.content ?? '')
      if (stopped !== undefined) continue
      stopped = stop()
      await eventually(() => out().includes('waiting for open turns'))
      await expect(fetch(`${url}/health`)).rejects.toThrow()
      finish()
    }
    expect(words.join('')).toBe('first last')
    expect(await stopped).toBe(0)
    const { out: log } = await lip(['logs', '--json', '--data-dir', folder])
    expect(JSON.parse(log)).toMatchObject({ outcome: 'ok', backend: 'work' })
  })

  it('goes on, and ends with 0 when asked to stop, although nobody reads what it says any more', async () => {
    const { child, url, stop, err } = await serving()
    child.stdout?.destroy()
    expect((await ask(url, 'gpt-4o')).choices).toHaveLength(1)
    expect(await stop()).toBe(0)
    expect(err()).toBe('')
  })

  it('breaks off turns that take longer than it was told to wait', async () => {
    const upstream = await startFakeOpenai()
    cleanUp.push(upstream.close)
    upstream.answers(beginStream)
    await configure(
      `{ server: { drain_seconds: 0 }, backends: { work: { type: custom, protocol: openai-chat, api_url: "${upstream.url}", api_key: env:K } } }`,
    )
    const { url, stop } = await serving([], { K: upstream.key })
    const pending = ask(url, 'gpt-x').catch((error: unknown) => error)
    await eventually(() => upstream.asked.length === 1)
    expect(await stop()).toBe(0)
    expect(await pending).toBeInstanceOf(Error)
    await upstream.asked[0]?.hungUp
  })

  it('ends with 3 where the address is taken, and says by whom and what to do', async () => {
    const { url } = await serving()
    const { port } = new URL(url)
    const second = await lip(['serve', '--port', port, '--data-dir', `${folder}-second`])
    cleanUp.push(async () =>
      (await import('node:fs/promises')).rm(`${folder}-second`, { recursive: true, force: true }),
    )
    expect(second).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /is taken by .+ \(pid \d+\): LLM Interactive Proxy .* is running there already.*--port \d+/,
      ) as string,
    })

    const stranger = createServer().listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const taken = await lip(['serve', '--port', String((stranger.address() as AddressInfo).port), '--data-dir', folder])
    stranger.close()
    expect(taken.code).toBe(3)
    expect(taken.err).toMatch(/is taken by .+ \(pid \d+\)\. Stop that program, or use another port: --port \d+/)
  })

  it.each([
    ['no such option', ['serve', '--prot', '1'], 'Did you mean --port?'],
    ['no such command', ['sevre'], 'Did you mean serve?'],
    ['a word too many', ['serve', 'now'], 'a word too many'],
    ['a port that is none', ['serve', '--port', 'http'], '--port'],
  ])('ends with 2 for bad usage: %s', async (_, args, said) => {
    const { code, err } = await lip(args)
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(said) as string })
  })

  it('ends with 2 for a config that can’t be used, naming file, line, key and the nearest known one', async () => {
    await configure('server:\n  prot: 8000\n')
    const { code, err } = await lip(['serve', '--data-dir', folder])
    expect(code).toBe(2)
    expect(err).toMatch(/config\.yaml:2:\d+: server\.prot is not a known key \(did you mean server\.port\?\)/)
  })

  it('refuses a key in the file without repeating it, and says how to store it', async () => {
    await configure('backends:\n  openai:\n    api_key: sk-proj-abcdefghijklmnop1234567890\n')
    const { code, err } = await lip(['serve', '--data-dir', folder])
    expect(code).toBe(2)
    expect(err).toContain('lip keys set openai')
    expect(err).not.toContain('abcdefghijklmnop')
  })

  it('listens on other addresses only with a key of its own, which every client must then send', async () => {
    const open = await lip(['serve', '--host', '0.0.0.0', '--port', '0', '--data-dir', folder])
    expect(open).toMatchObject({ code: 2, err: expect.stringContaining('server.api_keys') as string })

    const { url } = await serving(['--host', '0.0.0.0'], { LLM_INTERACTIVE_PROXY_API_KEY: 'local-secret-key' })
    await expect(ask(url, 'demo:demo-fast')).rejects.toMatchObject({ status: 401 })
    const answer = await ask(url, 'demo:demo-fast', 'local-secret-key')
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })
})

describe('a config that changes while the proxy runs', () => {
  it('is taken up by the next turn, and a broken edit is not', async () => {
    const one = await startFakeOpenai()
    const two = await startFakeOpenai()
    cleanUp.push(one.close, two.close)
    one.answers(response => wholeWords(response, 'one'))
    two.answers(response => wholeWords(response, 'two'))
    const yaml = (url: string) =>
      `backends:\n  work: { type: custom, protocol: openai-chat, api_url: "${url}", api_key: env:K }\n`
    await configure(yaml(one.url))
    const { url, err } = await serving([], { K: one.key })
    const said = async () => (await ask(url, 'gpt-x')).choices[0]?.message.content
    expect(await said()).toBe('one')

    // As editors do it: a new file takes the old one's place.
    await writeFile(join(folder, 'next.yaml'), yaml(two.url))
    await rename(join(folder, 'next.yaml'), join(folder, 'config.yaml'))
    await eventually(async () => (await said()) === 'two')

    await configure(`${yaml(one.url)}server: [oops`)
    await eventually(() => err().includes('config.yaml:3'))
    expect(await said()).toBe('two')
    const status = JSON.parse((await lip(['status', '--json', '--data-dir', folder])).out) as {
      configProblems: string[]
    }
    expect(status.configProblems[0]).toContain('config.yaml:3')
  })
})

describe('status', () => {
  it('says that nothing runs, with 1', async () => {
    expect(await lip(['status', '--data-dir', folder])).toMatchObject({
      code: 1,
      out: expect.stringContaining('Not running') as string,
    })
  })

  it('tells of the running proxy, and is told to nobody without its token', async () => {
    const { url } = await serving()
    await ask(url, 'demo:demo-fast')
    const report = await eventually(async () => {
      const { out } = await lip(['status', '--json', '--data-dir', folder])
      const parsed = JSON.parse(out) as { counters: { turns: number } }
      return parsed.counters.turns === 1 && parsed
    })
    expect(report).toMatchObject({
      run: 'running',
      url,
      log: { state: 'ok', dropped: 0 },
      route: { backend: 'demo' },
      counters: { turns: 1, errors: 0, open: 0 },
    })

    const { mode } = await stat(join(folder, 'instance.json'))
    expect(mode & 0o077).toBe(0)
    for (const authorization of ['', 'Bearer x', `Bearer ${'x'.repeat(32)}`]) {
      const response = await fetch(`${url}/app/api/call/app.snapshot`, { method: 'POST', headers: { authorization } })
      expect(response.status).toBe(401)
    }
  })

  it('says that the log can’t be written, while turns go on', async () => {
    await writeFile(join(folder, 'traffic.db'), 'this is no database'.repeat(1000))
    await chmod(folder, 0o755)
    const { url } = await serving()
    await ask(url, 'demo:demo-fast')
    await eventually(async () => (await lip(['logs', '--json', '--data-dir', folder])).out.includes('demo-fast'))
    expect(readdirSync(folder).some(name => name.startsWith('traffic.db.corrupt'))).toBe(true)
  })
})

describe('logs', () => {
  it('tell each turn on a line, also while they come', async () => {
    const { url } = await serving()
    await ask(url, 'demo:demo-fast')
    await ask(url, 'demo:demo-fail').catch(() => undefined)
    const rows = await eventually(async () => {
      const lines = (await lip(['logs', '--json', '--data-dir', folder])).out
        .trim()
        .split('\n')
        .filter(line => line !== '')
      return lines.length === 2 && lines.map(line => JSON.parse(line) as Record<string, unknown>)
    })
    expect(rows).toMatchObject([
      { asked: 'demo:demo-fast', way: 'local', outcome: 'ok', status: 200 },
      { asked: 'demo:demo-fail', outcome: 'upstream error', status: 502 },
    ])
    expect((await lip(['logs', '--data-dir', folder])).out).toMatch(/demo:demo-fast → demo:demo-fast {2}ok 200/)
  })
})

describe('config', () => {
  it('tells where the file is and where each value comes from, no secret among them', async () => {
    await configure('default_backend: openai\nserver:\n  port: 9001\n')
    const { out } = await lip(['config', 'path', '--data-dir', folder])
    expect(out.trim()).toBe(join(folder, 'config.yaml'))
    const env = {
      APP_HOST: 'localhost',
      OPENAI_API_KEY: 'sk-very-secret-0001',
      LLM_INTERACTIVE_PROXY_API_KEY: 'local-very-secret',
    }
    const check = await lip(['config', 'check', '--json', '--data-dir', folder], { env })
    const { values } = JSON.parse(check.out) as { values: { key: string; value: string; source: string }[] }
    expect(values).toEqual(expect.arrayContaining([
      { key: 'default_backend', value: 'openai', source: 'file:1' },
      { key: 'server.port', value: '9001', source: 'file:3' },
      { key: 'server.host', value: 'localhost', source: 'env:APP_HOST' },
      { key: 'traffic.capture', value: 'memory', source: 'default' },
    ])) // prettier-ignore
    expect(check.out).not.toContain('very-secret')
  })
})

describe('keys', () => {
  it('are tested against the backend’s model list, step by step', async () => {
    const upstream = await startFakeOpenai()
    cleanUp.push(upstream.close)
    await configure(
      `backends: { work: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:K } }`,
    )
    const good = await lip(['keys', 'test', 'work', '--data-dir', folder], { env: { K: upstream.key } })
    expect(good).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /ok {4}Connection {2}\d+ ms.*\nok {4}Key and model list {2}\d+ ms {2}2 models/,
      ) as string,
    })
    const bad = await lip(['keys', 'test', 'work', '--data-dir', folder], { env: { K: 'sk-wrong-key-12345' } })
    expect(bad.code).toBe(1)
    expect(bad.out).toMatch(/FAIL {2}Key and model list .* 401/)
    expect(bad.out).not.toContain('sk-wrong-key-12345')
  })

  it('can’t be stored without a keychain, which is said, with the ways on', async () => {
    const { code, err } = await lip(['keys', 'set', 'openai', '--data-dir', folder], {
      input: 'sk-proj-0123456789abcdef\n',
    })
    expect(code).toBe(1)
    expect(err).toContain('OPENAI_API_KEY')
    expect(err).toContain('--store file')
    expect(existsSync(join(folder, 'keys.json')) && (await readFile(join(folder, 'keys.json'), 'utf8'))).not.toContain(
      '0123456789',
    )
  })

  it('are kept in the keychain, which the running server then uses, until they are removed', async context => {
    const missing = whyNoKeyring()
    context.skip(missing !== undefined, missing)
    await using keyring = await startKeyring()
    const upstream = await startFakeOpenai({ key: 'sk-proj-0123456789abcdef' })
    cleanUp.push(upstream.close)
    upstream.answers(response => wholeWords(response, 'from the keychain'))
    const env = { ...textsOf(keyring.env), OPENAI_API_BASE_URL: upstream.url }
    const { url, stop } = await serving([], env)
    await expect(ask(url, 'openai:gpt-x')).rejects.toMatchObject({ status: 401 })

    expect(
      await lip(['keys', 'set', 'openai', '--data-dir', folder], { env, input: 'sk-proj-0123456789abcdef\n' }),
    ).toMatchObject({ code: 0 })
    await eventually(
      async () =>
        (await ask(url, 'openai:gpt-x').catch(() => undefined))?.choices[0]?.message.content === 'from the keychain',
    )
    // No backend is set up, so the first one with a key is the default from now on.
    expect((await ask(url, 'gpt-x')).choices[0]?.message.content).toBe('from the keychain')
    expect((await lip(['keys', 'list', '--data-dir', folder], { env })).out).toMatch(/openai {2}…cdef {2}keychain/)
    expect(await lip(['keys', 'test', 'openai', '--data-dir', folder], { env })).toMatchObject({ code: 0 })
    for (const name of readdirSync(folder)) {
      if (/\.(json|yaml)$/.test(name)) expect(await readFile(join(folder, name), 'utf8')).not.toContain('0123456789')
    }

    expect(await lip(['keys', 'rm', 'openai', '--data-dir', folder], { env })).toMatchObject({ code: 0 })
    await eventually(
      async () =>
        (await ask(url, 'openai:gpt-x').catch((error: unknown) => error)) instanceof OpenAI.AuthenticationError,
    )
    expect(await stop()).toBe(0)
  })

  it('can be kept in an encrypted file, which the server then uses', async () => {
    const upstream = await startFakeOpenai({ key: 'sk-proj-0123456789abcdef' })
    cleanUp.push(upstream.close)
    upstream.answers(response => wholeWords(response, 'from the file'))
    const env = { LIP_PASSPHRASE: 'correct horse battery staple', OPENAI_API_BASE_URL: upstream.url }
    const { url } = await serving([], env)
    await expect(ask(url, 'openai:gpt-x')).rejects.toMatchObject({ status: 401 })
    const stored = await lip(['keys', 'set', 'openai', '--store', 'file', '--data-dir', folder], {
      env,
      input: 'sk-proj-0123456789abcdef\n',
    })
    expect(stored).toMatchObject({ code: 0 })
    await eventually(
      async () =>
        (await ask(url, 'openai:gpt-x').catch(() => undefined))?.choices[0]?.message.content === 'from the file',
    )
    expect((await lip(['keys', 'list', '--data-dir', folder], { env })).out).toMatch(/openai {2}…cdef {2}file/)
    expect(await readFile(join(folder, 'keys.enc'), 'latin1')).not.toContain('0123456789abcdef')
    expect(await lip(['keys', 'rm', 'openai', '--data-dir', folder], { env })).toMatchObject({ code: 0 })
    await eventually(
      async () =>
        (await ask(url, 'openai:gpt-x').catch((error: unknown) => error)) instanceof OpenAI.AuthenticationError,
    )
  })
})
