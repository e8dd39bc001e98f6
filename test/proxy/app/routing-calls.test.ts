import { readFile, writeFile } from 'node:fs/promises'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoutingRule } from '../../../proxy/app/contract.ts'
import { startFakeOpenai, wholeWords } from '../../support/fake-openai.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

const YAML = `# Ours.
default_backend: work
backends:
  work: { type: custom, protocol: openai-chat, api_url: URL, api_key: env:WORK_KEY, models: [x, m1, m2] }
# Short names.
model_aliases:
  - { pattern: fast$, replacement: 'work:m1' }
failover_routes:
  careful: { elements: ['work:m1', 'work:m2'] }
routing:
  rules:
    # For those who draw.
    - name: pictures
      when: { images: true }
      target: work:m2 # the one with eyes
    - when: { model: 'claude-*' }
      target: careful
`

const env = { WORK_KEY: 'sk-upstream' }

let upstream: Awaited<ReturnType<typeof startFakeOpenai>>
let started: StartedApp
let yaml: string
beforeEach(async () => {
  upstream = await startFakeOpenai({ models: ['x', 'm1', 'm2'] })
  upstream.answers((response, { body }) => wholeWords(response, `I am ${String(body['model'])}`))
  yaml = YAML.replace('URL', upstream.url)
  started = await startApp(yaml, env)
})
afterEach(async () => {
  await started.close()
  await upstream.close()
})

const handlers = () => started.app.handlers
const file = () => readFile(started.paths.configFile, 'utf8')
const ask = async (model: string) => {
  const client = new OpenAI({ baseURL: `${started.url}/v1`, apiKey: 'any', maxRetries: 0 })
  const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] })
  return answer.choices[0]?.message.content
}
const ruleAt = async (at: number) => {
  const { rule } = (await handlers()['routing.get']()).rules[at] ?? {}
  if (rule === undefined) throw new Error(`there is no rule ${at}`)
  return rule
}

const forAll: RoutingRule = { name: 'all', when: {}, target: 'work:m2', on_failure: [], enabled: true }

describe('The routing', () => {
  it('is told with where each part of it stands', async () => {
    expect(await handlers()['routing.get']()).toEqual({
      file: started.paths.configFile,
      defaultBackend: { value: 'work', source: 'config.yaml:2' },
      staticRoute: { source: 'default' },
      lockStaticRoute: { value: false, source: 'default' },
      rules: [
        {
          rule: { name: 'pictures', when: { images: true }, target: 'work:m2', on_failure: [], enabled: true },
          source: 'config.yaml:13',
        },
        {
          rule: { when: { model: 'claude-*' }, target: 'careful', on_failure: [], enabled: true },
          source: 'config.yaml:16',
        },
      ],
      rewrites: [{ rewrite: { pattern: 'fast$', replacement: 'work:m1' }, source: 'config.yaml:7' }],
      routes: [{ route: { name: 'careful', policy: 'km', elements: ['work:m1', 'work:m2'] }, source: 'config.yaml:9' }],
    })
  })

  it('takes a new rule, which the next turn obeys, and one that is moved, changed or taken out', async () => {
    expect(await ask('x')).toBe('I am x')
    expect(await handlers()['routing.editRules']({ type: 'add', item: forAll })).toEqual({ ok: true })
    expect(await file()).toBe(`${yaml}    - name: all\n      target: work:m2\n`)
    expect(await ask('x')).toBe('I am m2')

    const was = await ruleAt(2)
    const item = { ...was, target: 'work:m1' }
    expect(await handlers()['routing.editRules']({ type: 'replace', at: 2, was, item })).toEqual({ ok: true })
    expect(await ask('x')).toBe('I am m1')

    expect(await handlers()['routing.editRules']({ type: 'move', at: 2, was: item, to: 0 })).toEqual({ ok: true })
    expect((await handlers()['routing.get']()).rules.map(({ rule }) => rule.target)).toEqual([
      'work:m1',
      'work:m2',
      'careful',
    ])

    expect(await handlers()['routing.editRules']({ type: 'remove', at: 0, was: item })).toEqual({ ok: true })
    expect(await file()).toBe(yaml)
    expect(await ask('x')).toBe('I am x')
  })

  it('leaves comments beside what changes', async () => {
    const was = await ruleAt(0)
    const item = { ...was, when: { ...was.when, client: 'codex*' }, enabled: false }
    expect(await handlers()['routing.editRules']({ type: 'replace', at: 0, was, item })).toEqual({ ok: true })
    expect(await file()).toContain(`    # For those who draw.
    - name: pictures
      when: { images: true, client: "codex*" }
      target: work:m2 # the one with eyes
      enabled: false
`)
  })

  it.each<[string, Partial<RoutingRule>, string]>([
    ['target', { target: 'a|b^c' }, 'routing.rules[2].target is no selector'],
    ['empty target', { target: '' }, 'routing.rules[2].target must not be empty'],
    ['unknown backend', { target: 'nosuch:x' }, 'routing.rules[2].target names "nosuch", and there is no such backend'],
    ['condition', { when: { min_tokens: -1 } }, 'routing.rules[2].when.min_tokens must be more than 0'],
  ])('refuses a rule with a wrong %s, and says where, and changes nothing', async (_, wrong, says) => {
    const done = await handlers()['routing.editRules']({ type: 'add', item: { ...forAll, ...wrong } })
    expect(done).toMatchObject({ ok: false, reason: expect.stringContaining(says) as string })
    expect(await file()).toBe(yaml)
  })

  it('changes nothing where something else stands by now', async () => {
    const was = await ruleAt(0)
    await writeFile(started.paths.configFile, yaml.replace('    # For those who draw.\n', `    - target: work:m1\n`))
    const before = await file()
    expect(await handlers()['routing.editRules']({ type: 'remove', at: 0, was })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('has changed meanwhile') as string,
    })
    expect(await file()).toBe(before)
  })

  it('takes rewrites', async () => {
    const was = { pattern: 'fast$', replacement: 'work:m1' }
    const item = { pattern: '^quick', replacement: 'work:m2' }
    expect(await handlers()['routing.editRewrites']({ type: 'replace', at: 0, was, item })).toEqual({ ok: true })
    expect(await file()).toContain('# Short names.\nmodel_aliases:\n  - { pattern: "^quick", replacement: work:m2 }\n')
    expect(await ask('quick')).toBe('I am m2')
    const wrong = { pattern: '(', replacement: 'x' }
    expect(await handlers()['routing.editRewrites']({ type: 'add', item: wrong })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('model_aliases[1].pattern is no regular expression') as string,
    })
  })

  it('leaves rewrites alone that come from the environment', async () => {
    const alias = { pattern: 'a', replacement: 'work:b' }
    await started.close()
    started = await startApp(yaml, { ...env, MODEL_ALIASES: JSON.stringify([alias]) })
    const { rewrites, rewritesLocked } = await handlers()['routing.get']()
    expect(rewrites).toEqual([{ rewrite: alias, source: 'env MODEL_ALIASES' }])
    expect(rewritesLocked).toContain('MODEL_ALIASES')
    expect(await handlers()['routing.editRewrites']({ type: 'remove', at: 0, was: alias })).toEqual({
      ok: false,
      reason: rewritesLocked,
    })
  })

  it('takes named routes', async () => {
    const call = handlers()
    const route = { name: 'a "b".c', policy: 'mk' as const, elements: ['work:m2'] }
    expect(await call['routing.saveRoute']({ route, isNew: true })).toEqual({ ok: true })
    expect(await ask(route.name)).toBe('I am m2')
    expect(await call['routing.saveRoute']({ route, isNew: true })).toMatchObject({ ok: false })
    expect(await call['routing.saveRoute']({ route: { ...route, elements: ['work:m1'] }, isNew: false })).toEqual({
      ok: true,
    })
    expect(await ask(route.name)).toBe('I am m1')
    expect(await call['routing.saveRoute']({ route: { ...route, elements: [] }, isNew: false })).toMatchObject({
      ok: false,
    })
    expect(await call['routing.removeRoute']({ name: route.name })).toEqual({ ok: true })
    expect(await file()).toBe(yaml)
    expect(await call['routing.removeRoute']({ name: route.name })).toEqual({
      ok: false,
      reason: 'There is no route "a \\"b\\".c".',
    })
    expect(await call['routing.saveRoute']({ route, isNew: false })).toMatchObject({ ok: false })
    expect(await call['routing.saveRoute']({ route: { ...route, name: '' }, isNew: true })).toMatchObject({ ok: false })
  })
})

describe('The routing as text', () => {
  const textNow = async () => {
    const read = await handlers()['routing.text']()
    if (!read.ok) throw new Error(read.reason)
    return read.text
  }

  it('is its part of the file, and is written back there', async () => {
    const was = await textNow()
    expect(was).toMatch(/^default_backend: work\n# Short names.\nmodel_aliases:\n/)
    expect(was).not.toContain('api_url')
    const text = was.replace('target: careful', 'target: work:m1 # soon')
    expect(await handlers()['routing.checkText']({ was, text })).toEqual([])
    expect(await file()).toBe(yaml)
    expect(await handlers()['routing.saveText']({ was, text })).toEqual([])
    expect(await textNow()).toBe(text)
    expect(await file()).toContain('# Ours.\n')
    expect(await file()).toContain(upstream.url)
    expect(await ask('claude-x')).toBe('I am m1')
  })

  it.each<[string, (was: string) => string, { line?: number; message: string }]>([
    [
      'a selector',
      was => was.replace('target: careful', "target: 'a|b^c'"),
      { line: 14, message: 'routing.rules[1].target' },
    ],
    [
      'an unknown key',
      was => was.replace("m1' }", "m1', colour: red }"),
      { line: 4, message: 'colour is not a known key' },
    ],
    ['YAML', was => `${was}hybrid: [\n`, { line: 15, message: 'not valid YAML' }],
    ['another section', was => `${was}server: { port: 1 }\n`, { line: 15, message: 'server is not of the routing' }],
    ['a list', () => '- a\n', { line: 1, message: 'must be a block' }],
  ])('tells the line of a fault in %s, and writes nothing', async (_, change, { line, message }) => {
    const was = await textNow()
    const problems = [{ line, message: expect.stringContaining(message) as string }]
    expect(await handlers()['routing.checkText']({ was, text: change(was) })).toMatchObject(problems)
    expect(await handlers()['routing.saveText']({ was, text: change(was) })).toMatchObject(problems)
    expect(await file()).toBe(yaml)
  })

  it('is not written over what has changed meanwhile', async () => {
    const was = await textNow()
    await handlers()['routing.editRules']({ type: 'add', item: forAll })
    const before = await file()
    expect(await handlers()['routing.saveText']({ was, text: '' })).toMatchObject([
      { message: expect.stringContaining('has changed meanwhile') as string },
    ])
    expect(await file()).toBe(before)
  })

  it('is not to be had of a file in braces', async () => {
    await writeFile(started.paths.configFile, '{ "log_level": "warn" }\n')
    expect(await handlers()['routing.text']()).toMatchObject({
      ok: false,
      reason: expect.stringContaining('edit the file by hand') as string,
    })
  })
})

describe('A turn that is only asked about', () => {
  it('is explained by its client, its front end and what it holds', async () => {
    const explain = handlers()['routing.explain']
    expect(await explain({ model: 'x', images: true })).toMatchObject({
      ok: true,
      explanation: { decidedBy: 'rule "pictures"', kind: 'chain', targets: ['work:m2'], breakers: ['work:m2'] },
    })
    expect(await explain({ model: 'fast' })).toMatchObject({
      explanation: { decidedBy: 'rewrite', targets: ['work:m1'] },
    })
    expect(await explain({ model: 'nosuch:x' })).toMatchObject({
      explanation: { error: expect.stringContaining('There is no backend "nosuch"') as string },
    })
    expect(upstream.asked).toEqual([])
  })
})

describe('A target that fails', () => {
  it('is told to rest, and forgiven when that is asked for', async () => {
    upstream.answers(response => void response.writeHead(500).end())
    for (let turn = 0; turn < 3; turn++) await ask('work:m1').catch(() => undefined)
    const [breaker, ...others] = await handlers()['breakers.list']()
    expect(others).toEqual([])
    expect(breaker).toMatchObject({ target: 'work:m1', state: 'open' })
    expect(breaker?.restsUntil).toBeGreaterThan(Date.now())
    expect(await handlers()['breakers.reset']({ target: 'work:m1' })).toEqual({ ok: true })
    expect(await handlers()['breakers.list']()).toEqual([])
    expect(await handlers()['breakers.reset']({ target: 'work:m1' })).toMatchObject({ ok: false })
  })
})
