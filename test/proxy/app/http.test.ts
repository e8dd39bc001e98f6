import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { calls, notices, type Call, type Output, type SentNotice, type TurnRow } from '../../../proxy/app/contract.ts'
import { startFakeOpenai, wholeWords } from '../../support/fake-openai.ts'
import { eventually, startApp, type StartedApp } from '../../support/start-app.ts'

let upstream: Awaited<ReturnType<typeof startFakeOpenai>>
let proxy: StartedApp
let token: string

beforeAll(async () => {
  upstream = await startFakeOpenai()
  proxy = await startApp(
    `backends: { work: { type: custom, protocol: openai-chat, api_url: ${upstream.url}, api_key: env:WORK_KEY, models: [gpt-x] } }`,
    {
      WORK_KEY: upstream.key,
    },
  )
  token = proxy.app.dashboard().split('#token=')[1] ?? ''
})

afterAll(async () => {
  await proxy.close()
  await upstream.close()
})

/** A call as a window makes it; its output must be of the contract. */
async function call<C extends Call>(name: C, input?: unknown): Promise<Output<C>> {
  const result = (await (await post(name, input === undefined ? '' : JSON.stringify(input))).json()) as {
    ok: boolean
    value?: unknown
    error?: { message: string }
  }
  if (!result.ok) throw new Error(result.error?.message)
  return calls[name].output.parse(result.value) as Output<C>
}

function post(name: string, body: string, headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
  return fetch(`${proxy.url}/app/api/call/${name}`, { method: 'POST', body, headers })
}

/** Listens to notices after `seq`, each checked to be of the contract. */
function listen(after: number) {
  const heard: (SentNotice | { type: 'resync' })[] = []
  const stop = new AbortController()
  const reading = (async () => {
    const response = await fetch(`${proxy.url}/app/api/notices?after=${after}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    })
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const frames = text.split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        if (!frame.startsWith('data: ')) continue
        const notice = JSON.parse(frame.slice(6)) as SentNotice | { type: 'resync' }
        if (notice.type !== 'resync') notices[notice.type].parse(notice.body)
        heard.push(notice)
      }
    }
  })().catch(() => undefined)
  const turns = () => heard.flatMap(notice => (notice.type === 'turns' ? notice.body : []))
  return {
    heard,
    turns,
    stop: async () => {
      stop.abort()
      await reading
    },
  }
}

const ask = (model: string) =>
  new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 }).chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'hi there' }],
  })

describe('the app contract over HTTP', () => {
  it('opens to its token alone: no client’s key, no other origin', async () => {
    expect((await post('app.snapshot', '', {})).status).toBe(401)
    expect((await post('app.snapshot', '', { authorization: 'Bearer sk-any' })).status).toBe(401)
    expect(
      (await post('app.snapshot', '', { authorization: `Bearer ${token}`, origin: 'https://evil.example' })).status,
    ).toBe(403)
    expect((await fetch(`${proxy.url}/app/api/notices?after=0`)).status).toBe(401)
    expect((await post('app.snapshot', '', { authorization: `Bearer ${token}`, origin: proxy.url })).status).toBe(200)
  })

  it('answers bad calls with tagged results that name what is wrong', async () => {
    const failure = async (name: string, body: string) =>
      ((await (await post(name, body)).json()) as { error: { kind: string; message: string } }).error
    expect((await failure('no.such', '')).kind).toBe('not-found')
    expect((await failure('constructor', '')).kind).toBe('not-found')
    expect((await failure('turns.list', '{"limit":"many"}')).message).toContain('limit')
    expect((await failure('turns.list', '{')).kind).toBe('invalid-request')
  })

  it('serves the window with a policy that lets it load nothing foreign', async () => {
    await mkdir(join(proxy.folder, 'window', 'assets'), { recursive: true })
    await writeFile(join(proxy.folder, 'window', 'index.html'), '<!doctype html><title>the window</title>')
    await writeFile(join(proxy.folder, 'window', 'assets', 'main.js'), 'export {}')
    for (const path of ['/', '/app', '/app/']) {
      const response = await fetch(proxy.url + path)
      expect([new URL(response.url).pathname, await response.text()]).toEqual([
        '/app/',
        expect.stringContaining('the window') as string,
      ])
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(response.headers.get('x-frame-options')).toBe('DENY')
    }
    const script = await fetch(`${proxy.url}/app/assets/main.js`)
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
    for (const path of [
      '/app/../package.json',
      '/app/%2e%2e/package.json',
      '/app/..%2f..%2fpackage.json',
      '/app//etc/passwd',
    ]) {
      expect((await fetch(proxy.url + path)).status).toBe(404)
    }
  })
})

describe('notices', () => {
  it('tell of a turn as it opens and closes, each of them numbered without gaps', async () => {
    const { seq } = await call('app.snapshot')
    const window = listen(seq)
    await eventually(() => proxy.app.notices.isHeard())
    await ask('demo:demo-fast')
    const row = await eventually(() => window.turns().find(turn => turn.asked === 'demo:demo-fast' && !turn.open))
    expect(row).toMatchObject({
      backend: 'demo',
      outcome: 'ok',
      client: 'openai-node',
      status: 200,
      words: expect.any(String) as string,
    })
    await eventually(() => window.heard.some(notice => notice.type === 'counters' && notice.body.turns > 0))
    const numbers = window.heard.map(notice => ('seq' in notice ? notice.seq : -1))
    expect(numbers).toEqual(numbers.map((_, i) => seq + 1 + i))
    await window.stop()
  })

  it('are caught up on by a window that was away, without loss or doubles', async () => {
    const { seq } = await call('app.snapshot')
    const first = listen(seq)
    await eventually(() => proxy.app.notices.isHeard())
    await ask('demo:demo-fast')
    await eventually(() => first.turns().some(turn => !turn.open))
    await first.stop()
    const last = first.heard.at(-1)
    const after = last !== undefined && 'seq' in last ? last.seq : seq
    // While the window is away.
    await ask('work:gpt-x')
    await eventually(() => proxy.app.notices.seq() > after)

    const second = listen(after)
    const row = await eventually(() => second.turns().find(turn => turn.asked === 'work:gpt-x' && !turn.open))
    expect(row.outcome).toBe('ok')
    const numbers = [...first.heard, ...second.heard].map(notice => ('seq' in notice ? notice.seq : -1))
    expect(numbers).toEqual(numbers.map((_, i) => seq + 1 + i))
    await second.stop()
  })

  it('say so where what was missed is no longer known', async () => {
    const window = listen(1_000_000)
    await eventually(() => window.heard.length > 0)
    expect(window.heard).toEqual([{ type: 'resync' }])
    await window.stop()
  })
})

describe('calls', () => {
  /** The user's own file, put in place in one step, as editors do. */
  beforeEach(async () => {
    const work = `{ type: custom, protocol: openai-chat, api_url: "${upstream.url}", api_key: env:WORK_KEY, models: [gpt-x] }`
    await writeFile(`${proxy.paths.configFile}.next`, `# mine\nbackends:\n  work: ${work} # keep\n`)
    await rename(`${proxy.paths.configFile}.next`, proxy.paths.configFile)
  })

  it('switch the default backend and model, in the file and for the next turn', async () => {
    expect(await call('route.set', { backend: 'demo', model: 'demo-fast' })).toEqual({ ok: true })
    const answer = await ask('whatever')
    expect(answer.choices[0]?.message.content).toMatch(/^This is the built-in demo/)
    const yaml = await readFile(proxy.paths.configFile, 'utf8')
    expect(yaml).toContain('default_backend: demo:demo-fast')
    expect(yaml).toContain('# mine')
    expect(yaml).toContain('# keep')
    expect((await call('app.snapshot')).route).toMatchObject({ backend: 'demo', model: 'demo-fast' })

    expect(await call('route.set', { backend: 'work' })).toEqual({ ok: true })
    expect((await ask('gpt-x')).choices[0]?.message.content).toBe('Hello there')
    expect(await call('route.set', { backend: 'nosuch' })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('default_backend') as string,
    })
  })

  it('change settings and say where each comes from, and why one can’t be changed here', async () => {
    expect(await call('settings.set', { key: 'traffic.capture', value: 'metadata' })).toEqual({ ok: true })
    const { settings } = await call('settings.list')
    expect(settings.find(row => row.key === 'traffic.capture')).toMatchObject({
      value: 'metadata',
      default: 'memory',
      source: expect.stringMatching(/^config\.yaml:\d+$/) as string,
    })
    expect(settings.find(row => row.key === 'server.port')).toMatchObject({
      source: 'flag --port',
      locked: expect.stringContaining('--port') as string,
    })
    expect(await call('settings.set', { key: 'server.port', value: 9000 })).toMatchObject({ ok: false })
    expect(await call('settings.set', { key: 'traffic.retention_days', value: -1 })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('retention_days') as string,
    })
    expect(await call('settings.set', { key: 'traffic.capture', value: null })).toEqual({ ok: true })
    expect((await call('settings.list')).settings.find(row => row.key === 'traffic.capture')).toMatchObject({
      value: 'memory',
      source: 'default',
    })
  })

  it('give a turn whole, with its bodies and a command to repeat it, and no key in any of them', async () => {
    await call('route.set', { backend: 'work' })
    const response = await fetch(`${proxy.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-client-0123456789abcdef' },
      body: JSON.stringify({
        model: 'gpt-x',
        messages: [{ role: 'user', content: `it's ${upstream.key} and sk-proj-abcdefghijklmnopqrstuvwx` }],
      }),
    })
    await response.text()
    const id = response.headers.get('x-lip-turn') ?? ''
    const detail = await eventually(async () => {
      const found = await call('turns.get', { id })
      return found?.turn.open === false && found
    })
    expect(detail.response?.text).toContain('Hello there')
    expect(detail.request?.text).toContain("it's ")
    expect(detail.curl).toMatch(/^curl 'http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions'/)
    const everything = JSON.stringify(detail)
    for (const secret of [upstream.key, '0123456789abcdef', 'abcdefghijklmnopqrstuvwx'])
      expect(everything).not.toContain(secret)
    expect(await call('turns.get', { id: 'nosuch' })).toBeNull()
  })

  it('list turns newest first, filtered and in pages', async () => {
    for (const model of ['demo:demo-fast', 'demo:demo-fail', 'demo:demo-fast']) await ask(model).catch(() => undefined)
    const all = await call('turns.list', { limit: 3 })
    expect(all.turns.map((turn: TurnRow) => turn.asked)).toEqual(['demo:demo-fast', 'demo:demo-fail', 'demo:demo-fast'])
    const failed = await call('turns.list', {
      limit: 1,
      filter: { outcomes: ['upstream error'], backends: ['demo'], text: 'FAIL' },
    })
    expect(failed.turns[0]).toMatchObject({ asked: 'demo:demo-fail', outcome: 'upstream error' })
    const next = await call('turns.list', { limit: 1, before: all.turns[0]?.id })
    expect(next).toMatchObject({ more: true, turns: [{ id: all.turns[1]?.id }] })
  })

  it('send a test request that is a turn like any other', async () => {
    await call('route.set', { backend: 'work' })
    const sent = await call('turns.test')
    expect(sent).toMatchObject({ ok: true, text: 'Hello there' })
    const id = 'id' in sent ? sent.id : ''
    const detail = await eventually(async () => (await call('turns.get', { id })) ?? undefined)
    expect(detail.turn).toMatchObject({ backend: 'work', served: 'gpt-x', outcome: 'ok' })
  })

  it('stop an open turn, as its client’s hang-up would', async () => {
    let arrived = () => {}
    const asked = new Promise<void>(resolve => (arrived = resolve))
    upstream.answers(() => arrived())
    const pending = ask('work:gpt-x').catch((error: unknown) => error)
    await asked
    const open = (await call('app.snapshot')).turns.find(turn => turn.open)
    expect(await call('turns.stop', { id: open?.id })).toEqual({ ok: true })
    expect(await pending).toBeInstanceOf(OpenAI.APIConnectionError)
    await upstream.asked.at(-1)?.hungUp
    expect(await call('turns.stop', { id: open?.id })).toMatchObject({ ok: false })
    const { turn } = await eventually(async () => {
      const found = await call('turns.get', { id: open?.id ?? '' })
      return found?.turn.open === false && found
    })
    expect(turn).toMatchObject({ outcome: 'client cancelled', error: 'stopped here, not by its client' })
  })

  it('stop the proxy for clients while the window stays, and start it again', async () => {
    expect(await call('proxy.stop')).toMatchObject({ run: 'stopped' })
    await expect(ask('demo:demo-fast')).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('stopped') as string,
    })
    expect((await call('app.snapshot')).status.run).toBe('stopped')
    expect(await call('proxy.start', {})).toMatchObject({ run: 'running' })
    expect((await ask('demo:demo-fast')).choices).toHaveLength(1)
  })

  it('stop the proxy when its open turns have ended', async () => {
    let end = () => {}
    const asked = new Promise<void>(resolve => {
      upstream.answers(response => {
        end = () => wholeWords(response, 'late')
        resolve()
      })
    })
    const answer = ask('work:gpt-x')
    await asked
    const stopping = proxy.app.stop(600_000)
    expect((await call('app.snapshot')).status.run).toBe('stopping')
    await expect(ask('demo:demo-fast')).rejects.toMatchObject({ status: 503 })
    expect(await call('proxy.start', {})).toMatchObject({ run: 'stopping' })
    end()
    expect((await answer).choices[0]?.message.content).toBe('late')
    expect(await stopping).toMatchObject({ run: 'stopped' })
    await call('proxy.start', {})
  })

  it('break off what has not ended when the time to stop is over', async () => {
    const asked = new Promise<void>(resolve => upstream.answers(() => resolve()))
    const pending = ask('work:gpt-x').catch((error: unknown) => error)
    await asked
    expect(await proxy.app.stop(0)).toMatchObject({ run: 'stopped' })
    expect(await pending).toBeInstanceOf(OpenAI.APIConnectionError)
    await upstream.asked.at(-1)?.hungUp
    await call('proxy.start', {})
  })

  it('test a key before it is stored, guess whose it is, and say what only a desktop can do', async () => {
    const bad = await call('keys.test', { backend: 'work', value: 'sk-not-the-right-one' })
    expect(bad).toMatchObject({
      ok: false,
      steps: [
        { name: 'Connection', ok: true },
        { name: 'Key and model list', ok: false },
      ],
    })
    expect(JSON.stringify(bad)).not.toContain('not-the-right-one')
    expect((await call('keys.test', { backend: 'work' })).ok).toBe(true)
    expect(await call('keys.guess', { value: ' sk-or-v1-0123456789 ' })).toEqual({ backend: 'openrouter' })
    expect(await call('loginItem.get')).toMatchObject({ supported: false, reason: expect.any(String) as string })
    expect(await call('models.list')).toContainEqual({ id: 'gpt-x', backend: 'work', model: 'gpt-x' })
  })
})

describe('a turn from before the program was started', () => {
  it('says why its body is gone, and gives no command in which the body would lack', async () => {
    const before = await startApp('')
    const response = await fetch(`${before.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'demo:demo-fast', messages: [{ role: 'user', content: 'hi' }] }),
    })
    await response.text()
    await before.app.close()
    const after = await startApp('', {}, before.folder)
    const detail = await after.app.handlers['turns.get']({ id: response.headers.get('x-lip-turn') ?? '' })
    expect(detail?.turn.outcome).toBe('ok')
    expect(detail?.bodiesMissing).toContain('started anew')
    expect(detail?.curl).toBeUndefined()
    await after.close()
  })
})
