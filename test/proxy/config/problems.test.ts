import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../proxy/config/load.ts'
import { configFile, knownBackends, load, problemsOf } from './support.ts'

describe('an unknown key', () => {
  it.each([
    ['default_bakend: openai\n', 'default_bakend', 1, 1, 'did you mean default_backend?'],
    ['defaultBackend: openai\n', 'defaultBackend', 1, 1, 'did you mean default_backend?'],
    ['backend: openai\n', 'backend', 1, 1, 'did you mean backends?'],
    ['server:\n  prot: 1\n', 'server.prot', 2, 3, 'did you mean server.port?'],
    ['\n\nserver: { host: localhost, prto: 1 }\n', 'server.prto', 3, 28, 'did you mean server.port?'],
    ['traffic:\n  retention_day: 1\n', 'traffic.retention_day', 2, 3, 'did you mean traffic.retention_days?'],
    ['drain_seconds: 1\n', 'drain_seconds', 1, 1, 'did you mean server.drain_seconds?'],
    ['api_key: env:X\n', 'api_key', 1, 1, 'did you mean backends.<id>.api_key?'],
    ['openrouter:\n  timeout: 1\n', 'openrouter', 1, 1, 'did you mean backends.openrouter?'],
    ['loglevel: info\n', 'loglevel', 1, 1, 'did you mean log_level?'],
    [
      'backends:\n  openai:\n    apikey: env:X\n',
      'backends.openai.apikey',
      3,
      5,
      'did you mean backends.openai.api_key?',
    ],
    [
      'backends:\n  openai:\n    base_url: http://x\n',
      'backends.openai.base_url',
      3,
      5,
      'did you mean backends.openai.api_url?',
    ],
    ['backends:\n  openai:\n    kind: openai\n', 'backends.openai.kind', 3, 5, 'did you mean backends.openai.type?'],
    [
      'backends:\n  a.b:\n    type: openai\n    tpye: x\n',
      'backends."a.b".tpye',
      4,
      5,
      'did you mean backends."a.b".type?',
    ],
  ])(
    'is told with its place and the key that was probably meant: %j',
    async (content, key, line, column, suggestion) => {
      expect(await problemsOf(content)).toEqual([
        { line, column, key, message: `${key} is not a known key`, suggestion },
      ])
    },
  )

  it.each(['notifications', 'command_prefix', 'sso', 'identity', '<<', '""'])(
    'that nothing is like is told without a guess: %s',
    async key => {
      const problems = await problemsOf(`log_level: info\n${key}: { enabled: true }\n`)
      expect(problems).toEqual([{ line: 2, column: 1, key, message: `${key} is not a known key` }])
    },
  )

  it('is told even when it has no value', async () => {
    expect(await problemsOf('sso:\n')).toMatchObject([{ line: 1, key: 'sso', message: 'sso is not a known key' }])
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'may have a name that JavaScript knows: %s',
    async key => {
      expect(await problemsOf(`${key}: { a: 1 }\n`)).toMatchObject([{ line: 1, key }])
      expect(await problemsOf(`server:\n  ${key}: 1\n`)).toMatchObject([{ line: 2, key: `server.${key}` }])
      expect(await problemsOf(`backends:\n  ${key}: { type: nothing }\n`)).not.toEqual([])
      expect(await problemsOf(`backends:\n  openai:\n    ${key}: 1\n`)).toMatchObject([{ line: 3 }])
    },
  )
})

describe('a wrong value', () => {
  it.each([
    ['server:\n  port: "8000"\n', 2, 9, 'server.port must be a whole number', 'write 8000 without quotes'],
    ['server:\n  port: eighty\n', 2, 9, 'server.port must be a whole number', undefined],
    ['server:\n  port: 80.5\n', 2, 9, 'server.port must be a whole number', undefined],
    ['server:\n  port: 70000\n', 2, 9, 'server.port must be at most 65535', undefined],
    ['server:\n  port: -1\n', 2, 9, 'server.port must be at least 0', undefined],
    ['server:\n  port:\n    - 1\n', 3, 5, 'server.port must be a whole number', undefined],
    ['server: { body_limit_mb: 0 }\n', 1, 26, 'server.body_limit_mb must be more than 0', undefined],
    ['server: { body_limit_mb: .nan }\n', 1, 26, 'server.body_limit_mb must be a number', undefined],
    ['server: { drain_seconds: .inf }\n', 1, 26, 'server.drain_seconds must be a number', undefined],
    ['server: 8000\n', 1, 9, 'server must be a block of "key: value" entries', undefined],
    ['backends: [openai]\n', 1, 11, 'backends must be a block of "key: value" entries', undefined],
    ['backends:\n  openai: openai\n', 2, 11, 'backends.openai must be a block of "key: value" entries', undefined],
    [
      'backends: { openai: { models: a } }\n',
      1,
      31,
      'backends.openai.models must be a list',
      'put it in brackets: [ ]',
    ],
    ['backends: { openai: { models: [4.1] } }\n', 1, 32, 'backends.openai.models[0] must be text', 'put it in quotes'],
    ['backends: { openai: { models: [""] } }\n', 1, 32, 'backends.openai.models[0] must not be empty', undefined],
    ['backends: { openai: { enabled: yes } }\n', 1, 32, 'backends.openai.enabled must be true or false', 'write true'],
    ['backends: { openai: { enabled: Off } }\n', 1, 32, 'backends.openai.enabled must be true or false', 'write false'],
    ['backends: { openai: { enabled: 1 } }\n', 1, 32, 'backends.openai.enabled must be true or false', undefined],
    ['backends: { openai: { timeout: 2m } }\n', 1, 32, 'backends.openai.timeout must be a number', undefined],
    [
      'backends: { openai: { headers: { x-v: 2 } } }\n',
      1,
      39,
      'backends.openai.headers.x-v must be text',
      'put it in quotes',
    ],
    [
      'backends: { openai: { headers: { "x v": a } } }\n',
      1,
      34,
      'backends.openai.headers."x v" is not a header name',
      undefined,
    ],
    [
      'backends: { openai: { headers: { x: "a\\nb" } } }\n',
      1,
      37,
      'backends.openai.headers.x holds a character that no header may hold',
      undefined,
    ],
    [
      'backends: { openai: { headers: { x: "Bearer ${KEY}" } } }\n',
      1,
      37,
      'backends.openai.headers.x must be text, or env:NAME',
      undefined,
    ],
    [
      'backends: { openai: { api_url: openai.com } }\n',
      1,
      32,
      'backends.openai.api_url must be an address that begins with http:// or https://',
      undefined,
    ],
    [
      'backends: { openai: { api_url: "ftp://a" } }\n',
      1,
      32,
      'backends.openai.api_url must be an address that begins with http:// or https://',
      undefined,
    ],
    ['backends: { "a b": { type: openai } }\n', 1, 13, 'backends."a b" is not a backend id', undefined],
    ['backends: { -x: { type: openai } }\n', 1, 13, 'backends.-x is not a backend id', undefined],
    ['default_backend: ""\n', 1, 18, 'default_backend must not be empty', undefined],
    ['default_backend: { type: openai }\n', 1, 18, 'default_backend must be text', undefined],
    ['backends:\n  default_backend: { type: openai }\n', 2, 20, 'default_backend must be text', undefined],
    [
      'server: { allowed_origins: [example.com] }\n',
      1,
      29,
      'server.allowed_origins[0] must be an address that begins with http:// or https://',
      undefined,
    ],
    [
      'server: { host: "http://localhost" }\n',
      1,
      17,
      'server.host must be a host name or an IP address, without a port',
      undefined,
    ],
    [
      'server: { host: "[::1]" }\n',
      1,
      17,
      'server.host must be a host name or an IP address, without a port',
      undefined,
    ],
    [
      'log_level: verbose\n',
      1,
      12,
      'log_level must be one of fatal, error, warn, info, debug, trace, silent',
      undefined,
    ],
    [
      'log_level: warm\n',
      1,
      12,
      'log_level must be one of fatal, error, warn, info, debug, trace, silent',
      'did you mean warn?',
    ],
    [
      'traffic: { capture: disc }\n',
      1,
      21,
      'traffic.capture must be one of metadata, memory, disk',
      'did you mean disk?',
    ],
  ])('is told with its place and what to write: %j', async (content, line, column, message, suggestion) => {
    const problems = await problemsOf(content)
    expect(problems).toMatchObject([{ line, column, message, ...(suggestion === undefined ? {} : { suggestion }) }])
    expect(problems[0]?.suggestion).toBe(suggestion)
    expect(message).toContain(problems[0]?.key)
  })

  it('is told with every other', async () => {
    const problems = await problemsOf('log_level: 1\nserver:\n  port: x\n  hots: y\nbackends:\n  openai: 5\n')
    expect(problems.map(({ line, key }) => [line, key])).toEqual([
      [1, 'log_level'],
      [3, 'server.port'],
      [4, 'server.hots'],
      [6, 'backends.openai'],
    ])
  })

  it.each(['text\n', '- a\n- b\n', '5\n', '[]\n'])(
    'stands at the top when there are no entries at all: %j',
    async content => {
      expect(await problemsOf(content)).toEqual([
        { line: 1, column: 1, message: 'must be a block of "key: value" entries' },
      ])
    },
  )
})

describe('a file that is not YAML', () => {
  it.each([
    ['server:\n\tport: 1\n', 2, 1, 'a tab indents this line', 'indent with spaces'],
    ['server:\n  host: a\n\tport: 1\n', 3, 1, 'a tab indents this line', 'indent with spaces'],
    [
      'server:\n  port: 1\n host: a\n',
      3,
      1,
      'this line is not indented like its neighbours',
      'indent entries of a block alike',
    ],
    [
      'log_level: "info\nserver:\n  port: 1\n',
      1,
      12,
      'the quote or bracket that opens here is never closed',
      undefined,
    ],
    ["log_level: 'info\nserver:\n", 1, 12, 'the quote or bracket that opens here is never closed', undefined],
    ['server: { port: 1\nlog_level: info\n', 1, 9, 'the quote or bracket that opens here is never closed', undefined],
    ['server: { allowed_hosts: [a, b }\n', 1, 26, 'the quote or bracket that opens here is never closed', undefined],
    ['{ server: { port: 1 }', 1, 1, 'the quote or bracket that opens here is never closed', undefined],
    ['log_level: @info\n', 1, 12, "text can't begin with this character", 'put it in quotes'],
    [
      'log_level: "C:\\logs"\n',
      1,
      15,
      'unknown escape in double quotes',
      'write backslashes twice, or use single quotes',
    ],
    ['log_level: info\n---\nlog_level: warn\n', 2, 1, 'a second document begins here', 'remove the line --- or ...'],
    ['? [a]\n: b\n', 1, 3, 'a key must be a name', 'put a key that begins with [ or { in quotes'],
  ])('is told with the line: %j', async (content, line, column, says, suggestion) => {
    expect(await problemsOf(content)).toEqual([
      { line, column, message: `not valid YAML: ${says}`, ...(suggestion === undefined ? {} : { suggestion }) },
    ])
  })

  it.each([
    'log_level: a: b\n',
    'server:\n  port: 1\n   host: a\n',
    'log_level\nserver:\n',
    'log_level:info\nserver:\n',
  ])('is told where entries are not entries: %j', async content => {
    expect(await problemsOf(content)).toMatchObject([
      {
        message: expect.stringMatching('^not valid YAML: ') as string,
        suggestion: expect.stringMatching('colon') as string,
      },
    ])
  })

  it('is told where a key stands twice, with both lines', async () => {
    expect(await problemsOf('server:\n  port: 1\n  host: a\n  port: 2\nserver: {}\n')).toEqual([
      {
        line: 4,
        column: 3,
        key: 'server.port',
        message: 'server.port stands twice, first in line 2',
        suggestion: 'keep one',
      },
      { line: 5, column: 1, key: 'server', message: 'server stands twice, first in line 1', suggestion: 'keep one' },
    ])
  })

  it.each([
    'log_level: *level\n',
    'log_level: &level info\n',
    'log_level: !!str info\n',
    'server: &s\n  port: 1\n',
    'log_level: !x info\n',
  ])('or uses more of YAML than a config needs, is told: %j', async content => {
    expect(await problemsOf(content)).toMatchObject([
      {
        line: 1,
        message: expect.stringContaining('anchor') as string,
        suggestion: expect.stringContaining('quotes') as string,
      },
    ])
  })

  it('is refused in good time however deep it goes', async () => {
    const deep = { message: 'not valid YAML: it is nested too deep' }
    expect(await problemsOf('['.repeat(20_000))).toMatchObject([deep])
    expect(await problemsOf(`${'a: {'.repeat(40)}${'}'.repeat(40)}`)).toMatchObject([{ line: 1 }])
    expect(await problemsOf(`${'{a: '.repeat(40)}${'}'.repeat(40)}`)).toMatchObject([
      { line: 1, message: expect.stringMatching(/ is nested too deep$/) as string },
    ])
  })
})

describe('a key in the file', () => {
  const hush = 'sk-hush-0123456789'
  const inBackend = (written: string) => `backends:\n  work:\n    type: openai\n    api_key: ${written}\n`
  const howToStore = 'run "lip keys set work" and remove this line, or write env:NAME for an environment variable'
  const literal =
    'backends.work.api_key holds something other than a reference, perhaps the key itself, which does not belong in this file'

  it.each([hush, `"${hush}"`, '1234', `[${hush}]`, `{ value: ${hush} }`, `$${hush}`, `"\${${hush}}"`, 'true', '""'])(
    'is refused as api_key with the command that stores it: %s',
    async written => {
      expect(await problemsOf(inBackend(written))).toEqual([
        { line: 4, column: 14, key: 'backends.work.api_key', message: literal, suggestion: howToStore },
      ])
    },
  )

  it.each(['env:', `env:${hush}`, 'keychain:', `keychain:${hush} x`])(
    'may be referred to in two ways only, which this is not: %s',
    async written => {
      expect(await problemsOf(inBackend(`"${written}"`))).toEqual([
        {
          line: 4,
          column: 14,
          key: 'backends.work.api_key',
          message: 'backends.work.api_key must be a reference: env:NAME or keychain:NAME',
          suggestion: howToStore,
        },
      ])
    },
  )

  it('was perhaps meant to be in that variable', async () => {
    expect(await problemsOf(inBackend('OPENAI_API_KEY'))).toMatchObject([
      { message: literal, suggestion: 'did you mean env:OPENAI_API_KEY?' },
    ])
  })

  it('is refused in server.api_keys too', async () => {
    const message =
      'server.api_keys[1] holds something other than a reference, perhaps the key itself, which does not belong in this file'
    const suggestion =
      'run "lip keys set server" and write [keychain:server], or write [env:NAME] for an environment variable'
    expect(await problemsOf(`server:\n  api_keys:\n    - env:ONE\n    - ${hush}\n`)).toEqual([
      { line: 4, column: 7, key: 'server.api_keys[1]', message, suggestion },
    ])
    expect(await problemsOf(`server: { api_keys: ${hush} }\n`)).toMatchObject([
      { line: 1, column: 21, key: 'server.api_keys', suggestion },
    ])
  })

  it.each([
    inBackend(hush),
    inBackend(`env: ${hush}`),
    inBackend(`"${hush}`),
    inBackend(`*${hush}`),
    inBackend(`!${hush} a`),
    inBackend(`@${hush}`),
    inBackend(`"\\q${hush}"`),
    `server: { api_keys: [env:A, ${hush}] }`,
    `server: { api_keys: ${hush} }`,
    `backends: { work: ${hush} }`,
    `backends: { work: { type: openai, api_url: ${hush} } }`,
    `backends: { work: { type: openai, api_url: "http://user:${hush}@host" } }`,
    `backends: { work: { type: openai, headers: { a: "\${X} ${hush}" } } }`,
    `backends: ${hush}`,
    hush,
  ])('is never shown: %j', async content => {
    const problems = await problemsOf(content)
    expect(problems).not.toEqual([])
    expect(JSON.stringify(problems)).not.toContain('hush')
  })
})

describe('a backend', () => {
  it('must be of a known type', async () => {
    expect(await problemsOf('backends:\n  work: { type: opnai }\n  other: { type: ollama }\n')).toEqual([
      {
        line: 2,
        column: 17,
        key: 'backends.work.type',
        message: 'backends.work.type must be custom or one of openai, openrouter, demo',
        suggestion: 'did you mean openai?',
      },
      {
        line: 3,
        column: 18,
        key: 'backends.other.type',
        message: 'backends.other.type must be custom or one of openai, openrouter, demo',
        suggestion: 'for any other service write type: custom, with protocol and api_url',
      },
    ])
  })

  it('must say its type unless its name does', async () => {
    const suggestion = 'say type: custom, or one of openai, openrouter, demo'
    expect(await problemsOf('backends:\n  work: { timeout: 1 }\n  other:\n')).toEqual([
      { line: 2, column: 3, key: 'backends.work.type', message: 'backends.work.type is missing', suggestion },
      { line: 3, column: 3, key: 'backends.other.type', message: 'backends.other.type is missing', suggestion },
    ])
  })

  it('of the type custom must say what it speaks and where it is', async () => {
    expect(await problemsOf('backends:\n  work:\n    type: custom\n')).toEqual([
      {
        line: 2,
        column: 3,
        key: 'backends.work.protocol',
        message: 'backends.work.protocol is missing, which a custom backend needs',
        suggestion: 'say what it speaks: openai-chat, anthropic, …',
      },
      {
        line: 2,
        column: 3,
        key: 'backends.work.api_url',
        message: 'backends.work.api_url is missing, which a custom backend needs',
        suggestion: 'say where it is: https://…',
      },
    ])
  })

  it.each(['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'code-assist'])('may speak %s', async protocol => {
    const { config } = await load(`backends: { work: { type: custom, protocol: ${protocol}, api_url: "http://x" } }`)
    expect(config.backends['work']?.protocol).toBe(protocol)
  })

  it('must speak a protocol that is known', async () => {
    const content = 'backends: { work: { type: custom, protocol: openai-chta, api_url: "http://x" } }'
    expect(await problemsOf(content)).toMatchObject([
      {
        key: 'backends.work.protocol',
        message: 'backends.work.protocol must be one of openai-chat, openai-responses, anthropic, gemini, code-assist',
        suggestion: 'did you mean openai-chat?',
      },
    ])
  })

  it('that is the default must be there', async () => {
    const message = (name: string) => `default_backend names "${name}", and there is no such backend`
    const backends = 'backends:\n  work: { type: openai }\n'
    expect(await problemsOf(`default_backend: wrok:gpt\n${backends}`)).toEqual([
      { line: 1, column: 18, key: 'default_backend', message: message('wrok'), suggestion: 'did you mean work?' },
    ])
    expect(await problemsOf(`${backends}  default_backend: nobody\n`)).toEqual([
      { line: 3, column: 20, key: 'default_backend', message: message('nobody') },
    ])
    expect((await load('default_backend: openrouter:vendor/model:free\n')).config.default_backend).toBe(
      'openrouter:vendor/model:free',
    )
  })
})

describe('the error', () => {
  it('is one line for each problem, each with its file, line and column', async () => {
    const file = configFile('log_level: inof\nserver:\n  prot: 1\n')
    const loading = loadConfig({ file, required: false, env: { APP_PORT: 'x' }, flags: {}, knownBackends })
    await expect(loading).rejects.toThrow(
      [
        'APP_PORT must be a whole number',
        `${file}:1:12: log_level must be one of fatal, error, warn, info, debug, trace, silent (did you mean info?)`,
        `${file}:3:3: server.prot is not a known key (did you mean server.port?)`,
      ].join('\n'),
    )
  })

  it('lists the first twenty of very many', async () => {
    const content = Array.from({ length: 100 }, (_, i) => `unknown_${i}: 1\n`).join('')
    await expect(load(content)).rejects.toThrow(/20:1: unknown_19 is not a known key\nand 80 more$/)
  })
})

describe('an order of keys', () => {
  it('names keys of its own backend', async () => {
    const yaml = 'backends:\n  openai: { rotation: fill-first, key_order: [openai, openai.2, groq.1, openai.x] }\n'
    expect((await problemsOf(yaml)).map(({ message }) => message)).toEqual([
      'backends.openai.key_order[2] must be openai, or openai. with the number of a key',
      'backends.openai.key_order[3] must be openai, or openai. with the number of a key',
    ])
  })

  it('is remarked where keys take turns and so have none', async () => {
    const { warnings } = await load('backends: { openai: { key_order: [openai.2] } }\n')
    expect(warnings.map(({ message }) => message)).toEqual([
      'backends.openai.key_order has no effect unless rotation is fill-first',
    ])
  })
})
