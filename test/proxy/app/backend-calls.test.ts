import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CustomBackend } from '../../../proxy/app/contract.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

const YAML = `# Ours.
backends:
  # The gateway at work.
  work:
    type: custom
    protocol: openai-chat # as it says
    api_url: http://127.0.0.1:9/v1
    api_key: env:WORK_KEY
    timeout: 20
`

let started: StartedApp
beforeEach(async () => {
  started = await startApp(YAML, { LAB_TEAM: 'a' })
})
afterEach(() => started.close())

const file = () => readFile(started.paths.configFile, 'utf8')
const rowOf = async (id: string) =>
  (await started.app.handlers['app.snapshot']()).backends.find(backend => backend.id === id)

const lab: CustomBackend = {
  id: 'lab',
  protocol: 'anthropic',
  url: 'http://127.0.0.1:9/lab',
  auth: { header: 'x-lab-key' },
  key: 'env:LAB_KEY',
  models: ['lab-1', 'vendor/lab-2'],
  defaultModel: 'lab-1',
  headers: { 'x-team': 'env:LAB_TEAM' },
  timeout: 30,
  requestsPerMinute: 20,
}

it('adds a backend to the file, beside what stands there, and goes by it', async () => {
  const { handlers } = started.app
  expect(await handlers['backends.save']({ backend: lab, isNew: true })).toEqual({ ok: true })
  expect((await file()).startsWith(YAML)).toBe(true)
  expect(await handlers['backends.get']({ id: 'lab' })).toEqual(lab)
  expect(await rowOf('lab')).toMatchObject({ kind: 'custom', protocol: 'anthropic', url: lab.url })
})

it('changes one and leaves its comments and its other values', async () => {
  const { handlers } = started.app
  const work = await handlers['backends.get']({ id: 'work' })
  expect(work).toMatchObject({ id: 'work', protocol: 'openai-chat', key: 'env:WORK_KEY' })
  const backend = { ...(work as CustomBackend), url: 'http://127.0.0.1:9/v2', key: undefined, auth: 'none' as const }
  expect(await handlers['backends.save']({ backend, isNew: false })).toEqual({ ok: true })
  const after = await file()
  expect(after).toContain('  # The gateway at work.\n')
  expect(after).toContain('protocol: openai-chat # as it says\n    api_url: http://127.0.0.1:9/v2\n    timeout: 20\n')
  expect(after).not.toContain('WORK_KEY')
  expect(await rowOf('work')).toMatchObject({ url: 'http://127.0.0.1:9/v2', state: 'ready' })
})

it('never tells a header that may be a secret, and keeps it where it is not typed anew', async () => {
  const { handlers } = started.app
  const headers = { 'x-gateway': 's3cret', 'x-team': 'env:LAB_TEAM' }
  await handlers['backends.save']({ backend: { ...lab, headers }, isNew: true })
  const told = (await handlers['backends.get']({ id: 'lab' })) as CustomBackend
  expect(told.headers).toEqual({ 'x-gateway': '(hidden)', 'x-team': 'env:LAB_TEAM' })
  await handlers['backends.save']({ backend: { ...told, timeout: 31 }, isNew: false })
  expect(await file()).toContain('x-gateway: s3cret')
  expect(await file()).toContain('timeout: 31')
})

it('says of one whose header has no value what to do, and goes on with all others', async () => {
  const { handlers } = started.app
  const headers = { 'x-team': 'env:NOBODY_SET_THIS' }
  expect(await handlers['backends.save']({ backend: { ...lab, headers }, isNew: true })).toEqual({ ok: true })
  expect(await rowOf('lab')).toMatchObject({
    status: 'Needs a header',
    detail: expect.stringContaining('NOBODY_SET_THIS') as string,
  })
  const ask = async (model: string) => {
    const answer = await fetch(`${started.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    })
    return { status: answer.status, text: await answer.text() }
  }
  expect(await ask('lab:lab-1')).toMatchObject({ status: 400, text: expect.stringContaining('x-team') as string })
  expect((await ask('demo:demo')).status).toBe(200)
})

it('says what is wrong with what it does not take', async () => {
  const { handlers } = started.app
  const backend = { ...lab, headers: { 'no name': 'x' } }
  expect(await handlers['backends.save']({ backend, isNew: true })).toMatchObject({
    ok: false,
    reason: expect.stringContaining('header') as string,
  })
  expect(await file()).toBe(YAML)
})

it('takes one out with its comment', async () => {
  expect(await started.app.handlers['backends.remove']({ id: 'work' })).toEqual({ ok: true })
  expect(await file()).not.toContain('work')
  expect(await rowOf('work')).toBeUndefined()
})

it('keeps one that is the default, and says so', async () => {
  const { handlers } = started.app
  await handlers['route.set']({ backend: 'work' })
  const before = await file()
  expect(await handlers['backends.remove']({ id: 'work' })).toMatchObject({
    ok: false,
    reason: expect.stringContaining('work') as string,
  })
  expect(await file()).toBe(before)
})

it('tells what of the config names one, and so keeps it from being removed', async () => {
  const used = await startApp(`${YAML}default_backend: work
failover_routes:
  careful: { elements: [demo:demo, work:a, work:b] }
routing:
  rules:
    - { target: demo:demo }
    - { name: pictures, target: demo:demo, on_failure: [work:a] }
`)
  expect(await used.app.handlers['backends.uses']({ id: 'work' })).toEqual([
    { kind: 'default' },
    { kind: 'route', name: 'careful' },
    { kind: 'rule', at: 1, name: 'pictures' },
  ])
  await used.close()
})

it('takes no key in place of a reference, and does not repeat it', async () => {
  const secret = 'sk-0123456789abcdef'
  const outcome = await started.app.handlers['backends.save']({ backend: { ...lab, key: secret }, isNew: true })
  expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('env:NAME') as string })
  expect(JSON.stringify(outcome)).not.toContain(secret)
  expect(await file()).toBe(YAML)
})

it.each([
  ['openai', 'one of the list'],
  ['work', 'one of the file'],
  ['a b', 'no id'],
])('refuses a new one that is called %s: %s', async id => {
  expect(await started.app.handlers['backends.save']({ backend: { ...lab, id }, isNew: true })).toMatchObject({
    ok: false,
  })
  expect(await file()).toBe(YAML)
})

it('neither shows nor changes what is not a custom backend of the file', async () => {
  const { handlers } = started.app
  expect(await handlers['backends.get']({ id: 'openai' })).toBeNull()
  expect(await handlers['backends.save']({ backend: { ...lab, id: 'openai' }, isNew: false })).toMatchObject({
    ok: false,
  })
  expect(await handlers['backends.remove']({ id: 'demo' })).toMatchObject({ ok: false })
})

it('keeps the order of keys in the file, and goes by it, with the same default as before', async () => {
  const several = await startApp('# Ours.\n', {
    ANTHROPIC_API_KEY: 'sk-ant-0123456789',
    GROQ_API_KEY: 'gsk_0123456789-a',
    GROQ_API_KEY_2: 'gsk_0123456789-b',
  })
  const { handlers } = several.app
  const groq = async () => (await handlers['app.snapshot']()).backends.find(({ id }) => id === 'groq')
  const order = ['groq.2', 'groq']
  expect(await handlers['backends.useKeys']({ id: 'groq', rotation: 'fill-first', order })).toEqual({ ok: true })
  expect(await groq()).toMatchObject({
    rotation: 'fill-first',
    keys: [{ name: 'GROQ_API_KEY_2', instance: '2' }, { name: 'GROQ_API_KEY' }],
  })
  expect((await handlers['app.snapshot']()).route.backend).toBe('anthropic')
  expect(await handlers['backends.useKeys']({ id: 'groq', rotation: 'round-robin' })).toEqual({ ok: true })
  expect(await groq()).toMatchObject({ rotation: 'round-robin', keys: [{ name: 'GROQ_API_KEY' }, { instance: '2' }] })
  expect(await readFile(several.paths.configFile, 'utf8')).not.toContain('groq')
  await several.close()
})
