import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../../proxy/cli/args.ts'
import { route } from '../../../proxy/cli/route.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lip-route-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function run(config: string, args: readonly string[], env: Record<string, string> = {}) {
  await writeFile(join(folder, 'config.yaml'), config)
  const out = new PassThrough()
  const err = new PassThrough()
  const code = await route([...args, '--data-dir', folder], { env, out, err })
  out.end()
  err.end()
  return { code, out: await text(out), err: await text(err) }
}

const config = `
default_backend: openai:gpt-5
backends: { openai: {}, openrouter: {} }
model_aliases: [{ pattern: 'fast', replacement: 'openrouter:x/y' }]
routing:
  rules:
    - { name: pictures, when: { images: true, client: 'codex*' }, target: 'openai:eye', on_failure: ['openrouter:a/b'] }
    - { name: long, when: { frontend: anthropic, tools: true, min_tokens: 5000 }, target: 'openrouter:long' }
`

describe('lip route explain', () => {
  it('tells each step in words, and the decision last', async () => {
    const { code, out } = await run(config, ['explain', 'fast'], { OPENROUTER_API_KEY: 'k' })
    expect(code).toBe(0)
    expect(out).toBe(`A request for fast:
  1  locked static route: no decision
  2  one-off command: no decision
  3  command of the session: no decision
  4  backend or route in the request: no decision
  5  rule "pictures": not for this turn (client)
  6  rule "long": not for this turn (frontend)
  7  rule: no decision
  8  rewrite "fast": "fast" becomes "openrouter:x/y"
  9  rewrite: goes to openrouter:x/y
`)
  })

  it('says which of the backends on the way has no key', async () => {
    const said = await run(config, ['explain', 'openai:x|openrouter:y'], { OPENROUTER_API_KEY: 'k' })
    expect(said.out).toContain('openai has no key, neither stored nor in this environment')
    expect(said.out).not.toContain('openrouter has no key')
  })

  it('takes no frontend that there is not, and lists those there are', async () => {
    await expect(run(config, ['explain', 'x', '--frontend', 'foo'])).rejects.toThrow(
      /--frontend is one of openai-chat, /,
    )
  })

  it.each<[string[], string, string[]]>([
    [['gpt-5'], 'default backend', ['openai:gpt-5']],
    [[], 'default backend', ['openai:gpt-5']],
    [['x', '--images', '--client', 'codex-tui'], 'rule "pictures"', ['openai:eye', 'openrouter:a/b']],
    [['x', '--frontend', 'anthropic', '--tools', '--tokens', '5000'], 'rule "long"', ['openrouter:long']],
    [['openai:x', '--session-backend', 'openrouter'], 'command of the session', ['openrouter:x']],
    [['x', '--session-model', 'openrouter:y'], 'command of the session', ['openrouter:y']],
    [['x', '--session-model', 'openrouter:y', '--one-off', 'openai:z'], 'one-off command', ['openai:z']],
    [['openai:a|openrouter:b'], 'backend or route in the request', ['openai:a', 'openrouter:b']],
  ])('%j is decided by the %s', async (args, decidedBy, targets) => {
    const { code, out } = await run(config, ['explain', ...args, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      asked: args[0]?.startsWith('--') === false ? args[0] : '',
      decidedBy,
      targets,
    })
  })

  it('tells a refusal, with exit code 1', async () => {
    const { code, out } = await run(config, ['explain', 'opnai:x'])
    expect(code).toBe(1)
    expect(out).toContain(
      'refused: There is no backend "opnai". Did you mean "openai"? Set up are: openai, openrouter, demo.',
    )
  })

  it('takes the first backend with a key where the config names none', async () => {
    const { out } = await run('', ['explain', 'm', '--json'], { ANTHROPIC_API_KEY: 'sk-test' })
    expect(JSON.parse(out)).toMatchObject({ targets: ['anthropic:m'] })
    expect(JSON.parse((await run('', ['explain', 'm', '--json'])).out)).toMatchObject({ targets: ['demo:m'] })
  })

  it('tells a broken config, with exit code 2', async () => {
    const { code, err } = await run('static_route: gpt\n', ['explain', 'm'])
    expect(code).toBe(2)
    expect(err).toContain('static_route must name a backend and a model')
  })

  it('is the only thing there is to say', async () => {
    await expect(run('', ['explan'])).rejects.toThrow(UsageError)
    await expect(run('', ['explain', 'm', '--tokens', 'many'])).rejects.toThrow('--tokens is a number of tokens.')
  })
})
