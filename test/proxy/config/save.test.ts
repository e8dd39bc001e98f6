import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../proxy/config/load.ts'
import { ConfigError } from '../../../proxy/config/problems.ts'
import { setValues, type Changes } from '../../../proxy/config/save.ts'
import { configFile, knownBackends, temporaryFolder } from './support.ts'

const anything = async () => undefined

/** What becomes of a text when values are changed in it. */
async function edited(content: string, changes: Changes): Promise<string> {
  const file = configFile(content)
  await setValues(file, changes, anything)
  return readFileSync(file, 'utf8')
}

const written = `# My proxy.

default_backend: openai   # for now


# Who answers.
backends:
  openai: { type: openai }         # key from the keychain
  # The team's gateway,
  # since May.
  work:   { type: custom, protocol: openai-chat, api_url: "http://127.0.0.1:9101/v1", models: [gpt-x] }
  other:
      type:    custom    # aligned
      protocol: gemini
      api_url: http://127.0.0.1:2

      headers:
        x-team: 'a'
server:   # where we listen
  port: 8000
# the end
`

describe('changing a value', () => {
  it('leaves every other letter as it was', async () => {
    const changes = { default_backend: 'work', 'server.port': 8001, 'backends.work.api_url': 'https://x.example/v1' }
    expect(await edited(written, changes)).toBe(
      written
        .replace('default_backend: openai', 'default_backend: work')
        .replace('port: 8000', 'port: 8001')
        .replace('"http://127.0.0.1:9101/v1"', 'https://x.example/v1'),
    )
  })

  it.each<[string, string, Changes, string]>([
    ['the only value', 'log_level: info', { log_level: 'warn' }, 'log_level: warn'],
    ['a value in quotes', "log_level: 'info' # x\n", { log_level: 'warn' }, 'log_level: warn # x\n'],
    ['a value that is not there yet', 'server:\n  port: # soon\n', { 'server.port': 1 }, 'server:\n  port: 1 # soon\n'],
    ['a text of several lines', 'log_level: |\n  info\nhost: a\n', { log_level: 'warn' }, 'log_level: warn\nhost: a\n'],
    [
      'a list in lines of its own',
      'server:\n  allowed_hosts:\n    - a\n    - b\n  port: 1\n',
      { 'server.allowed_hosts': ['c'] },
      'server:\n  allowed_hosts: [c]\n  port: 1\n',
    ],
    [
      'a list in one line',
      'server: { allowed_hosts: [a, b], port: 1 }\n',
      { 'server.allowed_hosts': [] },
      'server: { allowed_hosts: [], port: 1 }\n',
    ],
    [
      'a whole backend',
      'backends:\n  a: { type: openai } # a\n  b:\n    type: demo\n',
      { 'backends.a': { type: 'custom', headers: { 'x-a': '1' } }, 'backends.b': { type: 'openai', enabled: false } },
      'backends:\n  a:\n    type: custom\n    headers:\n      x-a: "1" # a\n  b:\n    type: openai\n    enabled: false\n',
    ],
    [
      'a whole backend among braces',
      'backends: { a: { type: openai }, b: { type: demo } }\n',
      { 'backends.a': { type: 'demo', models: ['x'] } },
      'backends: { a: { type: demo, models: [x] }, b: { type: demo } }\n',
    ],
    [
      'JSON',
      '{\n  "log_level": "info",\n  "port": 1\n}\n',
      { log_level: 'warn' },
      '{\n  "log_level": warn,\n  "port": 1\n}\n',
    ],
    ['lines from Windows', 'log_level: info\r\nport: 1\r\n', { log_level: 'warn' }, 'log_level: warn\r\nport: 1\r\n'],
  ])('works for %s', async (_, before, changes, after) => {
    expect(await edited(before, changes)).toBe(after)
  })

  it('puts in quotes what would be read as something other than text', async () => {
    const values = [
      'true',
      'No',
      '1',
      '1e3',
      '0x1F',
      'null',
      '~',
      '',
      ' a',
      'a: b',
      'a #b',
      '- a',
      '[a',
      '*a',
      '@a',
      'é',
      'a\nb',
      '.5',
    ]
    for (const value of values) {
      const after = await edited('log_level: info # x\nport: 1\n', { log_level: value })
      expect(parse(after)).toEqual({ log_level: value, port: 1 })
      expect(after).toMatch(/ # x\nport: 1\n$/)
    }
  })
})

describe('adding a value', () => {
  it('puts it last in its section, indented like its neighbours', async () => {
    const changes = {
      'backends.new': { type: 'custom', protocol: 'gemini', api_url: 'http://x', headers: { 'x-a': 'b' } },
      'backends.work.timeout': 5,
      'backends.other.headers.x-b': '1',
      'server.host': '::1',
      log_level: 'info',
    }
    expect(await edited(written, changes)).toBe(
      written
        .replace(', models: [gpt-x] }', ', models: [gpt-x], timeout: 5 }')
        .replace(
          "        x-team: 'a'\n",
          `        x-team: 'a'
        x-b: "1"
  new:
    type: custom
    protocol: gemini
    api_url: http://x
    headers:
      x-a: b
`,
        )
        .replace('  port: 8000\n', '  port: 8000\n  host: "::1"\nlog_level: info\n'),
    )
  })

  it.each<[string, string, Changes, string]>([
    ['an empty file', '', { 'server.port': 1 }, 'server:\n  port: 1\n'],
    ['a file of comments', '# a\n# b', { log_level: 'info' }, '# a\n# b\nlog_level: info\n'],
    ['a file without a last line end', 'port: 1', { log_level: 'info' }, 'port: 1\nlog_level: info'],
    [
      'a section without values',
      'server:   # s\nport: 1\n',
      { 'server.host': 'a' },
      'server:   # s\n  host: a\nport: 1\n',
    ],
    ['empty braces', 'backends: {}  # b\n', { 'backends.a.type': 'demo' }, 'backends:  # b\n  a:\n    type: demo\n'],
    ['braces within braces', '{ server: {} }\n', { 'server.port': 1 }, '{ server: { port: 1 } }\n'],
    ['a file of empty braces', '{}\n', { 'server.port': 1 }, '\nserver:\n  port: 1\n'],
    [
      'a section of another width',
      'server:\n    port: 1\n',
      { 'server.host': 'a' },
      'server:\n    port: 1\n    host: a\n',
    ],
    [
      'a backend with dots in its name',
      'backends:\n  a: {}\n',
      { 'backends."a.2".type': 'demo' },
      'backends:\n  a: {}\n  a.2:\n    type: demo\n',
    ],
    [
      'lines from Windows',
      'server:\r\n  port: 1\r\n',
      { 'server.host': 'a', log_level: 'info' },
      'server:\r\n  port: 1\r\n  host: a\r\nlog_level: info\r\n',
    ],
  ])('works for %s', async (_, before, changes, after) => {
    expect(await edited(before, changes)).toBe(after)
  })
})

describe('taking a value out', () => {
  it('takes along the comment above it and a section that it leaves empty', async () => {
    const without = (...lines: string[]) => lines.reduce((text, line) => text.replace(line, ''), written)
    expect(await edited(written, { 'backends.work': undefined })).toBe(
      without(
        "  # The team's gateway,\n  # since May.\n",
        '  work:   { type: custom, protocol: openai-chat, api_url: "http://127.0.0.1:9101/v1", models: [gpt-x] }\n',
      ),
    )
    expect(await edited(written, { 'server.port': undefined })).toBe(
      without('server:   # where we listen\n', '  port: 8000\n'),
    )
    expect(await edited(written, { 'backends.work.models': null })).toBe(without(', models: [gpt-x]'))
    expect(await edited(written, { 'backends.other.headers.x-team': null })).toBe(
      without("      headers:\n        x-team: 'a'\n"),
    )
  })

  it.each<[string, string, Changes, string]>([
    ['the only value', 'log_level: info\n', { log_level: undefined }, ''],
    ['a value that is not there', 'port: 1\nserver: {}\n', { 'server.host': undefined }, 'port: 1\nserver: {}\n'],
    ['the first among braces', 'a: { b: 1, c: 2 }\n', { 'a.b': undefined }, 'a: { c: 2 }\n'],
    ['the only one among braces', 'd: 1\na: { b: 1 }\n', { 'a.b': undefined }, 'd: 1\n'],
    ['the last, but not the head of the file', '# head\nlog_level: info\n', { log_level: undefined }, '# head\n'],
    ['the last without a line end', 'a: 1\nb: 2', { b: undefined }, 'a: 1\n'],
  ])('works for %s', async (_, before, changes, after) => {
    expect(await edited(before, changes)).toBe(after)
  })
})

describe("a value in the predecessor's place", () => {
  it('is changed there, and taken out there', async () => {
    const old = 'port: 1\nbackends:\n  default_backend: a\n  a: { type: demo }\n'
    expect(await edited(old, { 'server.port': 2, default_backend: 'b' })).toBe(
      'port: 2\nbackends:\n  default_backend: b\n  a: { type: demo }\n',
    )
    expect(await edited(old, { 'server.port': undefined, default_backend: undefined })).toBe(
      'backends:\n  a: { type: demo }\n',
    )
  })

  it('goes when it stands in ours too', async () => {
    const twice = 'default_backend: a\nbackends:\n  default_backend: a\n  a: { type: demo }\n'
    expect(await edited(twice, { default_backend: 'b' })).toBe('default_backend: b\nbackends:\n  a: { type: demo }\n')
  })
})

describe('the file', () => {
  it('is made, with its folder, for its owner only and with a word on what it is', async () => {
    const file = join(temporaryFolder(), 'a', 'b', 'config.yaml')
    await setValues(file, { 'server.port': 8001 }, anything)
    expect(readFileSync(file, 'utf8')).toMatch(/^# Settings .*\n# .*\n\nserver:\n {2}port: 8001\n$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(file, '..'))).toEqual(['config.yaml'])
  })

  it('is replaced whole, with the previous copy beside it and nothing else left behind', async () => {
    const file = configFile('log_level: info\n')
    const inode = statSync(file).ino
    await setValues(file, { log_level: 'warn' }, anything)
    await setValues(file, { log_level: 'error' }, anything)
    expect(readFileSync(file, 'utf8')).toBe('log_level: error\n')
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe('log_level: warn\n')
    expect(statSync(file).ino).not.toBe(inode)
    expect([statSync(file).mode & 0o777, statSync(`${file}.bak`).mode & 0o777]).toEqual([0o600, 0o600])
    expect(readdirSync(join(file, '..')).sort()).toEqual(['config.yaml', 'config.yaml.bak'])
  })

  it('is not touched when nothing changes', async () => {
    const file = configFile('log_level: info\n')
    const { ino, mtimeMs } = statSync(file)
    await setValues(file, { log_level: 'info', 'server.port': undefined }, anything)
    expect(statSync(file)).toMatchObject({ ino, mtimeMs })
    expect(existsSync(`${file}.bak`)).toBe(false)
  })

  it('is not made when there is nothing to write', async () => {
    const file = join(temporaryFolder(), 'config.yaml')
    await setValues(file, { 'server.port': null }, anything)
    expect(existsSync(file)).toBe(false)
  })

  it('stays a link where it is one', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'dotfiles'))
    const target = join(folder, 'dotfiles', 'lip.yaml')
    const file = join(folder, 'config.yaml')
    writeFileSync(target, 'log_level: info\n')
    symlinkSync(target, file)
    await setValues(file, { log_level: 'warn' }, anything)
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('log_level: warn\n')
  })

  it.each([
    ['is broken', 'server:\n\tport: 1\n', 2],
    ['holds a key twice', 'port: 1\nport: 2\n', 2],
    ['has something else in the place of the section', 'log_level: info\nserver: 5\n', undefined],
    ['is written as hardly anyone does', 'server: { port }\n', 1],
  ])('is left alone when it %s', async (_, content, line) => {
    const file = configFile(content)
    const saving = setValues(file, { 'server.port': 3 }, anything)
    await expect(saving).rejects.toBeInstanceOf(ConfigError)
    await expect(saving).rejects.toMatchObject({ problems: [{ file, ...(line === undefined ? {} : { line }) }] })
    expect(readFileSync(file, 'utf8')).toBe(content)
    expect(readdirSync(join(file, '..'))).toEqual(['config.yaml'])
  })

  it('is left alone when what would be written is no valid config', async () => {
    const file = configFile('log_level: info\n')
    const world = { file, env: {}, flags: {}, knownBackends }
    const check = (text: string) => parseConfig(text, world)
    await expect(setValues(file, { 'server.port': 'x' }, check)).rejects.toMatchObject({
      problems: [{ file, line: 3, key: 'server.port', message: 'server.port must be a whole number' }],
    })
    await expect(
      setValues(file, { 'backends.a': { type: 'openai', api_key: 'sk-hush' } }, check),
    ).rejects.toMatchObject({
      problems: [{ key: 'backends.a.api_key' }],
    })
    expect(readFileSync(file, 'utf8')).toBe('log_level: info\n')
    await setValues(file, { 'server.port': 1 }, check)
    expect(readFileSync(file, 'utf8')).toBe('log_level: info\nserver:\n  port: 1\n')
  })

  it('can not be made where there can be none', async () => {
    const file = join(configFile('a: 1'), 'config.yaml')
    await expect(setValues(file, { log_level: 'info' }, anything)).rejects.toBeInstanceOf(ConfigError)
  })

  it('keeps all that is saved at once, one after the other, even when one of them fails', async () => {
    const file = configFile('log_level: info\n')
    const saves = Array.from({ length: 20 }, (_, i) =>
      setValues(file, { [`backends.b${i}.type`]: 'demo' }, async () => {
        if (i === 7) throw new ConfigError([{ message: 'not this one' }])
      }),
    )
    const outcomes = await Promise.allSettled(saves)
    expect(outcomes.map(({ status }) => status)).toEqual(saves.map((_, i) => (i === 7 ? 'rejected' : 'fulfilled')))
    const ids = Array.from({ length: 20 }, (_, i) => `b${i}`).filter(id => id !== 'b7')
    expect(parse(readFileSync(file, 'utf8'))).toEqual({
      log_level: 'info',
      backends: Object.fromEntries(ids.map(id => [id, { type: 'demo' }])),
    })
  })
})

it('any change of any file either comes out as asked, or is refused with the file left alone', async () => {
  const lines = [
    'log_level: info', 'log_level: "info" # c', 'port: 1', 'server:', 'server: {}', 'server: { port: 1, host: a }', '  port: 2 # p', '  host: b',
    '  allowed_hosts:', '    - a', '    - b', '  allowed_hosts: [a, b]', 'backends:', '  a: { type: demo }', '  b:', '    type: demo', '    models: [x,',
    '      y]', '# c', '  # d', '', '    headers: { x: "1" }', '  drain_seconds: |', '    5', '  c: {}',
  ] // prettier-ignore
  const content = fc
    .tuple(fc.array(fc.constantFrom(...lines), { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([chosen, newline, ended]) => chosen.join(newline) + (ended ? newline : ''))
  const key = fc.constantFrom(
    'log_level', 'server', 'server.port', 'server.host', 'server.allowed_hosts', 'backends.a', 'backends.b.type', 'backends.b.headers.y',
    'backends."n.1"', 'default_backend', 'server.drain_seconds',
  ) // prettier-ignore
  const value = fc.oneof(
    fc.constantFrom('x', 'true', 'a: b', 'a #b', "it's", 'a, b', '{', 'env:X'),
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(undefined),
    fc.array(fc.constantFrom('x', 'a, b', ']')),
    fc.constantFrom({ type: 'demo' }, { type: 'demo', models: ['a'], headers: { 'x-y': 'z w' } }, {}),
  )
  const commentsIn = (text: string) => text.match(/# \w/g)?.length ?? 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(content, key, value, async (before, key, value) => {
      const file = configFile(before)
      const read = () => parse(readFileSync(file, 'utf8')) as unknown
      try {
        await setValues(file, { [key]: value }, anything)
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        refused++
        expect(readFileSync(file, 'utf8')).toBe(before)
        return
      }
      const path = key.split('.').flatMap(step => (step === '"n' ? ['n.1'] : step === '1"' ? [] : [step]))
      const found = path.reduce<unknown>((tree, step) => (tree as Record<string, unknown> | undefined)?.[step], read())
      // Host and port may stand in the predecessor's places, whose comments go with them.
      if (!['server.host', 'server.port'].includes(key)) expect(found ?? undefined).toEqual(value)
      if (['log_level', 'default_backend', 'backends.b.headers.y'].includes(key) && value !== undefined) {
        expect(commentsIn(readFileSync(file, 'utf8'))).toBe(commentsIn(before))
      }
    }),
    { numRuns: 200 },
  )
  expect(refused).toBeGreaterThan(0)
})
