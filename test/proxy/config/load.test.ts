import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dotted, leavesOf } from '../../../proxy/config/key.ts'
import { loadConfig } from '../../../proxy/config/load.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { knownBackends, load, problemsOf, temporaryFolder } from './support.ts'

const defaults = configSchema.parse({})

describe('a config file', () => {
  it('is read in the form of the documents', async () => {
    const { config, warnings } = await load(`
default_backend: work
backends:
  openai: { type: openai }
  work:
    type: custom
    protocol: openai-chat
    api_url: http://127.0.0.1:9101/v1
    api_key: env:WORK_KEY
    models: [gpt-x]
    headers: { x-team: a, authorization: env:GATEWAY }
    timeout: 30
server: { port: 8080 }
log_level: info
`)
    expect(config).toEqual({
      ...defaults,
      default_backend: 'work',
      backends: {
        openai: { type: 'openai' },
        work: {
          type: 'custom',
          protocol: 'openai-chat',
          api_url: 'http://127.0.0.1:9101/v1',
          api_key: 'env:WORK_KEY',
          models: ['gpt-x'],
          headers: { 'x-team': 'a', authorization: 'env:GATEWAY' },
          timeout: 30,
        },
      },
      server: { ...defaults.server, port: 8080 },
      log_level: 'info',
    })
    expect(warnings).toEqual([])
  })

  it('may be missing, unless it was asked for by name', async () => {
    const file = join(temporaryFolder(), 'config.yaml')
    const options = { file, required: false, env: {}, flags: {}, knownBackends }
    expect(await loadConfig(options)).toMatchObject({ config: defaults, warnings: [] })
    await expect(loadConfig({ ...options, required: true })).rejects.toMatchObject({
      name: 'ConfigError',
      message: `${file}: there is no such file`,
      problems: [{ file, message: 'there is no such file' }],
    })
  })

  it.each([
    ['nothing', ''],
    ['empty lines', '\n \r\n\n'],
    ['comments', '# nothing yet\n# but soon\n'],
    ['a byte order mark', '\uFEFF'],
    ['a document without content', '---\n'],
    ['sections without entries', 'backends:\nserver:\ntraffic:\n'],
    ['keys without values', 'log_level:\nserver:\n  port:\n  host: ~\n'],
  ])('that holds only %s says nothing', async (_, content) => {
    const { config, sources } = await load(content)
    expect(config).toEqual(defaults)
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']))
  })

  it('may come from Windows, with a byte order mark and its line ends', async () => {
    const content = '\uFEFFdefault_backend: openai\r\nserver:\r\n  port: 9000\r\n'
    const { config, sources } = await load(content)
    expect(config).toEqual({ ...defaults, default_backend: 'openai', server: { ...defaults.server, port: 9000 } })
    expect(sources).toMatchObject({ default_backend: 'file:1', 'server.port': 'file:3' })
  })

  it('may be JSON', async () => {
    const { config } = await load(
      '{\n  "server": {\n    "port": 9000,\n    "allowed_hosts": [\n      "a"\n    ]\n  }\n}\n',
    )
    expect(config.server).toEqual({ ...defaults.server, port: 9000, allowed_hosts: ['a'] })
  })

  it('is refused when it is a folder', async () => {
    const file = join(temporaryFolder(), 'config.yaml')
    mkdirSync(file)
    await expect(loadConfig({ file, required: false, env: {}, flags: {}, knownBackends })).rejects.toMatchObject({
      problems: [{ file, message: 'is a folder', suggestion: 'name the file in it' }],
    })
  })

  it('is refused when it can not be reached or is no file at all', async () => {
    const options = { required: false, env: {}, flags: {}, knownBackends }
    await expect(loadConfig({ ...options, file: '/dev/null' })).rejects.toMatchObject({
      problems: [{ file: '/dev/null', message: 'is not a regular file' }],
    })
    await expect(loadConfig({ ...options, file: `${import.meta.filename}/config.yaml` })).rejects.toMatchObject({
      problems: [{ message: "can't be read: a part of its path is not a folder" }],
    })
    await expect(loadConfig({ ...options, file: 'a\0b' })).rejects.toMatchObject({
      problems: [{ message: "can't be read: its name holds a zero byte" }],
    })
  })

  it('is refused when it is over 1 MB, without being read', async () => {
    expect(await problemsOf('#'.repeat(1_000_001))).toEqual([
      { message: 'is over 1 MB, which no config file needs to be' },
    ])
    expect(await problemsOf('#'.repeat(1_000_000))).toEqual([])
  })

  it('is refused when it is not in UTF-8', async () => {
    expect(await problemsOf(Buffer.from('\uFEFFport: 1', 'utf16le'))).toEqual([
      { message: 'is in UTF-16', suggestion: 'save it as UTF-8' },
    ])
    expect(await problemsOf(Buffer.from('# caf\xe9', 'latin1'))).toEqual([
      { message: 'is not text in UTF-8', suggestion: 'save it as UTF-8' },
    ])
  })
})

describe("the predecessor's spelling", () => {
  it('puts default_backend among the backends, where it is not one of them', async () => {
    const { config, sources, warnings } = await load(
      'backends:\n  openai:\n    type: openai\n  default_backend: openai\n',
    )
    expect(config).toEqual({ ...defaults, default_backend: 'openai', backends: { openai: { type: 'openai' } } })
    expect(sources).toMatchObject({ default_backend: 'file:4' })
    expect(warnings).toEqual([])
  })

  it('may say the same thing twice, but not two things', async () => {
    const twice = 'default_backend: openai\nbackends:\n  default_backend: openai\n'
    expect((await load(twice)).config.default_backend).toBe('openai')
    expect(await problemsOf('default_backend: demo\nbackends:\n  default_backend: openai\n')).toEqual([
      {
        line: 3,
        column: 20,
        key: 'backends.default_backend',
        message: 'backends.default_backend and default_backend say different things',
        suggestion: 'keep default_backend',
      },
    ])
    expect(await problemsOf('port: 1\nserver: { port: 2 }\n')).toMatchObject([
      { line: 1, key: 'port', message: 'port and server.port say different things' },
    ])
  })

  it('has host and port at the top, which is remarked on', async () => {
    const { config, sources, warnings } = await load('host: localhost\nport: 9000\n')
    expect(config.server).toEqual({ ...defaults.server, host: 'localhost', port: 9000 })
    expect(sources).toMatchObject({ 'server.host': 'file:1', 'server.port': 'file:2' })
    expect(warnings).toMatchObject([
      { line: 1, column: 1, key: 'host', message: 'host is the old place of server.host' },
      { line: 2, column: 1, key: 'port', message: 'port is the old place of server.port' },
    ])
  })

  it('names environment variables with ${NAME}', async () => {
    const { config, sources } = await load(`
backends:
  openai: { type: openai, api_key: "\${MY_KEY}", headers: { x-gateway: "\${GATEWAY}" } }
server: { api_keys: ["\${LOCAL_KEY}"] }
`)
    expect(config.backends).toEqual({
      openai: { type: 'openai', api_key: 'env:MY_KEY', headers: { 'x-gateway': 'env:GATEWAY' } },
    })
    expect(config.server.api_keys).toEqual(['env:LOCAL_KEY'])
    expect(sources).toMatchObject({ 'backends.openai.api_key': 'file:3' })
  })

  it('leaves out the type of a backend whose name says it', async () => {
    const { config, sources } = await load('backends:\n  openai:\n    timeout: 60\n  openrouter:\n')
    expect(config.backends).toEqual({ openai: { type: 'openai', timeout: 60 }, openrouter: { type: 'openrouter' } })
    expect(sources).toMatchObject({ 'backends.openai.type': 'default', 'backends.openai.timeout': 'file:3' })
  })

  it('writes log levels in capitals, and has other names for two of them', async () => {
    const levels = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']
    const loaded = await Promise.all(levels.map(level => load(`log_level: ${level}`)))
    expect(loaded.map(({ config }) => config.log_level)).toEqual(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
  })
})

describe('the layers', () => {
  const content = 'default_backend: demo\nserver:\n  host: localhost\n  port: 1000\nlog_level: error\n'

  it('are the file, over it the environment, over that the flags, and every value knows its own', async () => {
    const env = { APP_HOST: '127.0.0.2', APP_PORT: '2000', LLM_BACKEND: 'openrouter:x/y' }
    const flags = { port: '3000', 'default-backend': 'openai:gpt' }
    const { config, sources } = await load(content, { env, flags })
    expect(config).toEqual({
      ...defaults,
      default_backend: 'openai:gpt',
      server: { ...defaults.server, host: '127.0.0.2', port: 3000 },
      log_level: 'error',
    })
    expect(sources).toEqual({
      ...Object.fromEntries(leavesOf(defaults).map(([path]) => [dotted(path), 'default'])),
      default_backend: 'flag:--default-backend',
      'server.host': 'env:APP_HOST',
      'server.port': 'flag:--port',
      log_level: 'file:5',
    })
  })

  it('take all four settings from either', async () => {
    const env = { LLM_BACKEND: 'openai', APP_HOST: 'localhost', APP_PORT: '0', LOG_LEVEL: 'DEBUG' }
    const flags = { 'default-backend': 'openai', host: 'localhost', port: '0', 'log-level': 'debug' }
    const expected = {
      ...defaults,
      default_backend: 'openai',
      server: { ...defaults.server, host: 'localhost', port: 0 },
      log_level: 'debug',
    }
    expect((await load(content, { env })).config).toEqual(expected)
    expect((await load(content, { flags })).config).toEqual(expected)
  })

  it('pass over variables that are set but empty', async () => {
    const env = { LLM_BACKEND: '', APP_HOST: ' ', APP_PORT: '', LOG_LEVEL: '', OPENAI_API_BASE_URL: '', API_KEYS: '' }
    expect(await load(content, { env })).toEqual(await load(content))
  })

  it('do not let the environment stand in for a section that is something else', async () => {
    expect(await problemsOf('server: 5\n', { env: { APP_PORT: '1' } })).toMatchObject([
      { line: 1, key: 'server', message: 'server must be a block of "key: value" entries' },
    ])
  })

  it.each([
    [{ APP_PORT: '80x' }, 'server.port', 'APP_PORT must be a whole number'],
    [{ APP_PORT: '70000' }, 'server.port', 'APP_PORT must be at most 65535'],
    [{ APP_PORT: '-1' }, 'server.port', 'APP_PORT must be a whole number'],
    [{ APP_PORT: '8000.5' }, 'server.port', 'APP_PORT must be a whole number'],
    [{ APP_HOST: 'a b' }, 'server.host', 'APP_HOST must be a host name or an IP address, without a port'],
    [{ APP_HOST: '127.0.0.1:8000' }, 'server.host', 'APP_HOST must be a host name or an IP address, without a port'],
    [{ LLM_BACKEND: 'nobody' }, 'default_backend', 'LLM_BACKEND names "nobody", and there is no such backend'],
    [{ OPENAI_TIMEOUT: '1m' }, 'backends.openai.timeout', 'OPENAI_TIMEOUT must be a number'],
    [{ OPENAI_TIMEOUT: '0' }, 'backends.openai.timeout', 'OPENAI_TIMEOUT must be more than 0'],
    [
      { OPENROUTER_API_BASE_URL: 'here' },
      'backends.openrouter.api_url',
      'OPENROUTER_API_BASE_URL must be an address that begins with http:// or https://',
    ],
  ])('tell which variable is malformed: %o', async (env, key, message) => {
    expect(await problemsOf('', { env })).toEqual([{ key, message }])
  })

  it('tell which flag is malformed, and what was probably meant', async () => {
    const flags = { port: 'x', 'log-level': 'inf' }
    expect(await problemsOf('', { flags })).toEqual([
      { key: 'server.port', message: '--port must be a whole number' },
      {
        key: 'log_level',
        message: '--log-level must be one of fatal, error, warn, info, debug, trace, silent',
        suggestion: 'did you mean info?',
      },
    ])
    expect(await problemsOf('', { flags: { 'default-backend': 'opnai' } })).toEqual([
      {
        key: 'default_backend',
        message: '--default-backend names "opnai", and there is no such backend',
        suggestion: 'did you mean openai?',
      },
    ])
  })
})

describe("a backend's variables", () => {
  const env = { OPENAI_API_BASE_URL: 'http://127.0.0.1:9/v1', OPENAI_TIMEOUT: '7.5' }

  it('make an entry where the file has none', async () => {
    const { config, sources } = await load('', { env })
    expect(config.backends).toEqual({ openai: { type: 'openai', api_url: 'http://127.0.0.1:9/v1', timeout: 7.5 } })
    expect(sources).toMatchObject({
      'backends.openai.type': 'env:OPENAI_API_BASE_URL',
      'backends.openai.api_url': 'env:OPENAI_API_BASE_URL',
      'backends.openai.timeout': 'env:OPENAI_TIMEOUT',
    })
  })

  it('win over the entry of that name', async () => {
    const { config } = await load('backends:\n  openai: { type: openai, api_url: http://file/v1, models: [a] }\n', {
      env,
    })
    expect(config.backends).toEqual({
      openai: { type: 'openai', api_url: 'http://127.0.0.1:9/v1', timeout: 7.5, models: ['a'] },
    })
  })

  it('stand in where another entry of that type says nothing', async () => {
    const { config } = await load('backends:\n  second: { type: openai, timeout: 1 }\n  openai:\n', { env })
    expect(config.backends['second']).toEqual({ type: 'openai', api_url: 'http://127.0.0.1:9/v1', timeout: 1 })
  })

  it('leave alone an entry of that name that is something else', async () => {
    const custom = '{ type: custom, protocol: gemini, api_url: http://file }'
    const { config } = await load(`backends:\n  openai: ${custom}\n`, { env })
    expect(config.backends).toEqual({ openai: { type: 'custom', protocol: 'gemini', api_url: 'http://file' } })
  })
})

describe('keys of clients', () => {
  it('come from the environment by name only', async () => {
    const env = { LLM_INTERACTIVE_PROXY_API_KEY: 'hush-1', API_KEYS: 'hush-2, hush-3' }
    const loaded = await load('server: { api_keys: [keychain:local] }\n', { env })
    expect(loaded.config.server.api_keys).toEqual(['env:LLM_INTERACTIVE_PROXY_API_KEY', 'env:API_KEYS'])
    expect(loaded.sources).toMatchObject({ 'server.api_keys': 'env:LLM_INTERACTIVE_PROXY_API_KEY,API_KEYS' })
    expect(JSON.stringify(loaded)).not.toContain('hush')
  })

  it('must be there when their variable is set', async () => {
    expect(await problemsOf('', { env: { API_KEYS: ' , ,' } })).toEqual([
      { key: 'server.api_keys', message: 'API_KEYS holds no key', suggestion: 'unset it, or set it to a key' },
    ])
  })

  it.each(['0.0.0.0', '::', '192.168.1.5', 'my-laptop', '127.evil.example'])(
    'are needed to listen on %s',
    async host => {
      const content = `server:\n  host: "${host}"\n`
      expect(await problemsOf(content)).toEqual([
        {
          line: 2,
          column: 9,
          key: 'server.host',
          message: 'server.host lets other computers in, and no key is asked of them',
          suggestion:
            'set LLM_INTERACTIVE_PROXY_API_KEY to a key of your choice, list references in server.api_keys, or use 127.0.0.1',
        },
      ])
      expect(await problemsOf(content, { env: { API_KEYS: 'k' } })).toEqual([])
      expect(await problemsOf(`${content}  api_keys: [env:K]\n`)).toEqual([])
    },
  )

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('are not needed to listen on %s', async host => {
    expect((await load(`server: { host: "${host}" }`)).config.server.host).toBe(host)
  })
})

describe('what can be worked with', () => {
  it("is remarked on when the predecessor's general timeout is set", async () => {
    expect((await load('', { env: { PROXY_TIMEOUT: '120' } })).warnings).toEqual([
      {
        message: 'PROXY_TIMEOUT is not read',
        suggestion: 'set timeout of a backend, or <PREFIX>_TIMEOUT: OPENAI_TIMEOUT',
      },
    ])
  })

  it('is remarked on when the default backend is switched off', async () => {
    const { warnings } = await load('default_backend: openai:gpt\nbackends: { openai: { enabled: false } }\n')
    expect(warnings).toMatchObject([
      {
        line: 1,
        column: 18,
        key: 'default_backend',
        message: 'default_backend names a backend that is switched off (enabled: false)',
      },
    ])
  })

  it('is remarked on when the address of a backend is a whole endpoint', async () => {
    const { warnings } = await load('backends: { openai: { api_url: http://localhost:1/v1/chat/completions } }\n')
    expect(warnings).toMatchObject([
      { message: 'backends.openai.api_url ends with /chat/completions, which is put behind it once more' },
    ])
  })

  it('is remarked on when a header seems to hold a secret', async () => {
    const { warnings } = await load(`backends:
  openai:
    headers:
      Authorization: Bearer hush
      x-team: a
      api-key: env:GATEWAY_KEY
`)
    expect(warnings).toMatchObject([
      {
        line: 4,
        key: 'backends.openai.headers.Authorization',
        message: 'backends.openai.headers.Authorization seems to hold a secret in clear',
        suggestion: 'put it into an environment variable and write env:NAME',
      },
    ])
    expect(JSON.stringify(warnings)).not.toContain('hush')
  })
})
