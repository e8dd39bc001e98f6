import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprint, guessBackend, maskHeaders, maskText } from '../../../proxy/keys/mask.ts'

describe('a masked text', () => {
  test('shows of a secret that it was there, and its last four characters', () => {
    expect(maskText('key=<my-own-secret-7F3A>', ['my-own-secret-7F3A'])).toBe('key=<[masked …7F3A]>')
    expect(maskText('Incorrect API key: sk-proj-abcdefghijklmnop7F3A.')).toBe('Incorrect API key: [masked …7F3A].')
  })

  test('shows nothing of a short secret', () => {
    expect(maskText('the hunter22 key', ['hunter22'])).toBe('the [masked …] key')
  })

  test.each([
    'sk-abcdefghijklmnopqrstuvwx7F3A',
    'sk-proj-ab_cd-efghijklmnopqrstuvwx7F3A',
    'sk-ant-api03-abcdefghijklmnopqrstuv-7F3A',
    'sk-or-v1-0123456789abcdef0123456789abcdef7F3A',
    'AIzaSyA-0123456789abcdefghijklmnopq7F3A',
    'gsk_abcdefghijklmnopqrstuvwx7F3A',
    'xai-abcdefghijklmnopqrstuvwx7F3A',
    'nvapi-abcdefghijkl-mnopqrst_uvwx7F3A',
    'ghp_abcdefghijklmnopqrstuvwxyz01237F3A',
    'github_pat_11ABCDEFG0abcdefghij_klmnop7F3A',
    'ya29.a0AfB_byAbcdefghijkl-mnopqrst7F3A',
    '1//0gAbcdefghijklmnopqrstuvwx-7F3A',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0TH7F3A',
  ])('does not have %s in it, wherever it stands', key => {
    for (const [before, after] of [
      ['', ''],
      ['"', '"'],
      ['{"line":"a\\n', '\\nb"}'],
      ['\\u003d', '\\u0026'],
      ['https://example.com/?a=%20', '&b=c'],
      ['token: ', ', and so on'],
      ['(', ').'],
    ] as const) {
      expect(maskText(`${before}${key}${after}`)).toBe(`${before}[masked …7F3A]${after}`)
    }
  })

  test('has no bearer token and no key of a URL in it, whatever they look like', () => {
    expect(maskText('curl -H "Authorization: Bearer workos:0123456789abcdef7F3A"')).toBe(
      'curl -H "Authorization: Bearer [masked …7F3A]"',
    )
    expect(maskText('POST /v1beta/models/x:generateContent?alt=sse&key=0123456789abcdef HTTP/1.1')).toBe(
      'POST /v1beta/models/x:generateContent?alt=sse&key=[masked …cdef] HTTP/1.1',
    )
  })

  test.each([
    'a task-management-system-for-everybody and a disk-defragmentation-utility-name',
    'The bearer of this letter; Bearer tokens are sent in headers.',
    'sk-123 is too short for a key, and so is AIza.',
    '{"max_tokens":100,"model":"gpt-5","key":"value"}',
    'https://example.com/?q=key&monkey=0123456789abcdef',
  ])('is the text itself where there is no secret: %s', text => {
    expect(maskText(text, ['a-secret-elsewhere'])).toBe(text)
  })

  test('has a known secret masked in all the ways it can be spelled', () => {
    const secret = 'p"ss/w\\rd?&7F3A'
    for (const spelled of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
      encodeURIComponent(secret),
    ]) {
      expect(maskText(`<${spelled}>`, [secret])).toBe('<[masked …7F3A]>')
    }
  })

  test('masks the longer of two known secrets that begin alike', () => {
    expect(maskText('abcdefgh-and-more', ['abcdefgh', 'abcdefgh-and-more'])).toBe('[masked …more]')
  })

  test('learns when there is one more known secret', () => {
    expect(maskText('first-secret second-secret', ['first-secret'])).toBe('[masked …cret] second-secret')
    expect(maskText('first-secret second-secret', ['first-secret', 'second-secret'])).toBe(
      '[masked …cret] [masked …cret]',
    )
  })

  test('never has a known secret of 8 characters or more in it', () => {
    const secret = fc.string({ minLength: 8, maxLength: 80, unit: charactersOf('abcAB01-_./+="\\ $?*') })
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string()),
        fc.nat(),
        (secrets, texts, seed) => {
          const text = woven(texts, secrets, seed)
          const masked = maskText(text, secrets)
          for (const each of secrets) expect(masked).not.toContain(each)
          const json = JSON.stringify({ text })
          for (const each of secrets) expect(maskText(json, secrets)).not.toContain(JSON.stringify(each).slice(1, -1))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('never has a key of a known shape in it, in text, in JSON, or in JSON within JSON', () => {
    const shape = fc.constantFrom(
      'sk-',
      'sk-ant-api03-',
      'sk-or-v1-',
      'AIza',
      'gsk_',
      'xai-',
      'nvapi-',
      'ghp_',
      'ya29.',
    )
    const tail = fc.string({ minLength: 24, maxLength: 60, unit: charactersOf('abcdefABCDEF0123456789') })
    const key = fc.tuple(shape, tail).map(([prefix, rest]) => prefix + rest)
    const between = fc.string({ unit: charactersOf(' \n\t"\\{}:,é/=&') })
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.array(between), (keys, texts) => {
        const text = keys.map((each, i) => ` ${texts[i] ?? ''}\n${each}\n`).join('')
        for (const form of [text, JSON.stringify({ text }), JSON.stringify({ text: JSON.stringify({ text }) })]) {
          const masked = maskText(form)
          for (const each of keys) expect(masked).not.toContain(each)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('stays as it is when it is masked again', () => {
    const key = fc.stringMatching(/^(sk-|AIza|Bearer |\?key=)[\w-]{0,40}$/)
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.string())), texts => {
        const once = maskText(texts.join(' '), ['a-known-secret'])
        expect(maskText(once, ['a-known-secret'])).toBe(once)
      }),
    )
  })
})

test.each(['eyJ', 'eyJaaaaaaaa', 'eyJaaaaaaaa.', 'sk-', 'sk-aaaa ', 'Bearer ', '?key=', '\\neyJ'])(
  'a long row of beginnings of keys (%j) is masked in no time worth waiting for',
  beginning => {
    const text = beginning.repeat(200_000)
    expect(maskText(text, ['a-known-secret']).length).toBeLessThanOrEqual(text.length)
  },
)

describe('masked headers', () => {
  test('keep what is no secret', () => {
    const headers = {
      'content-type': 'application/json',
      'x-ratelimit-remaining-tokens': '149984',
      'anthropic-ratelimit-tokens-reset': '2026-11-23T10:00:00Z',
      'idempotency-key': '4f1c',
      'user-agent': 'OpenAI/JS 7.57.0',
      'x-many': ['a', 'b'],
    }
    expect(maskHeaders(headers)).toEqual(headers)
  })

  test('keep of a key its scheme and its last four characters', () => {
    expect(
      maskHeaders({
        Authorization: 'Bearer sk-abcdefghijklmnop7F3A',
        'x-api-key': 'sk-ant-api03-abcdefghijklmnop7F3A',
        'x-goog-api-key': 'AIzaSyAbcdefghijklmnop7F3A',
        'api-key': '0123456789abcdef7F3A',
        'Ocp-Apim-Subscription-Key': '0123456789abcdef7F3A',
        'x-amz-security-token': '0123456789abcdef7F3A',
        'X-Auth-Token': 'short',
      }),
    ).toEqual({
      Authorization: 'Bearer …7F3A',
      'x-api-key': '…7F3A',
      'x-goog-api-key': '…7F3A',
      'api-key': '…7F3A',
      'Ocp-Apim-Subscription-Key': '…7F3A',
      'x-amz-security-token': '…7F3A',
      'X-Auth-Token': '…',
    })
  })

  test('keep nothing of a password, since the end of a Basic value is the end of one', () => {
    const basic = `Basic ${Buffer.from('user:a-long-password').toString('base64')}`
    expect(
      maskHeaders({ authorization: basic, 'proxy-authorization': 'Digest username="u", response="0123456789ab"' }),
    ).toEqual({ authorization: 'Basic …', 'proxy-authorization': 'Digest …' })
  })

  test('keep of cookies their names', () => {
    expect(
      maskHeaders({ cookie: 'session=abc; theme=dark', 'set-cookie': ['session=abc=def; Path=/; HttpOnly', 'secret'] }),
    ).toEqual({
      cookie: 'session=…; theme=…',
      'set-cookie': ['session=…; Path=…;…', '…'],
    })
  })

  test('are masked as texts are where their name does not tell', () => {
    expect(
      maskHeaders({ 'x-team': 'my-own-secret-7F3A', referer: '/?key=0123456789abcdef' }, ['my-own-secret-7F3A']),
    ).toEqual({
      'x-team': '[masked …7F3A]',
      referer: '/?key=[masked …cdef]',
    })
  })

  test('never have a key in them, under any name it is sent by', () => {
    const name = fc.constantFrom(
      'authorization',
      'Authorization',
      'x-api-key',
      'x-goog-api-key',
      'api-key',
      'cookie',
      'set-cookie',
    )
    const secret = fc.string({ minLength: 8, unit: charactersOf('abcdef0123456789-_.') })
    fc.assert(
      fc.property(name, secret, fc.constantFrom('', 'Bearer ', 'Basic ', 'a=', 'Token '), (header, key, before) => {
        expect(maskHeaders({ [header]: before + key })[header]).not.toContain(key)
      }),
    )
  })
})

test('a fingerprint is the last four characters of a long key, and nothing of a short one', () => {
  expect(fingerprint('0123456789ab')).toBe('89ab')
  expect(fingerprint('0123456789a')).toBeUndefined()
})

test.each([
  ['sk-ant-api03-x', 'anthropic'],
  ['sk-or-v1-x', 'openrouter'],
  ['AIzaSyx', 'gemini'],
  ['nvapi-x', 'nvidia'],
  ['gsk_x', 'groq'],
  ['xai-x', 'xai'],
  ['sk-proj-x', 'openai'],
  [' sk-x\n', 'openai'],
  ['something else', undefined],
  ['', undefined],
])('the key %j is of %s', (key, backend) => {
  expect(guessBackend(key)).toBe(backend)
})

/** Texts with the secrets strewn between them. */
function woven(texts: readonly string[], secrets: readonly string[], seed: number): string {
  const pieces = [...texts]
  for (const [i, secret] of secrets.entries()) pieces.splice((seed + i * 7) % (pieces.length + 1), 0, secret)
  return pieces.join('')
}

function charactersOf(text: string) {
  return fc.constantFrom(...Array.from(text))
}
