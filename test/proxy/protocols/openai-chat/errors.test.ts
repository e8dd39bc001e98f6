import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import { decodeError, decodeStreamError, encodeError } from '../../../../proxy/protocols/openai-chat/errors.ts'

const openAi = (fields: object) => ({
  error: { message: 'said', type: 'invalid_request_error', param: null, code: null, ...fields },
})

describe('decodeError', () => {
  it.each([
    [400, { code: 'context_length_exceeded', param: 'messages' }, 'context-too-long'],
    [429, { code: 'insufficient_quota', type: 'insufficient_quota' }, 'out-of-credit'],
    [429, { code: 'rate_limit_exceeded', type: 'tokens' }, 'rate-limited'],
    // Groq refuses what is over the limit of a minute with 413.
    [413, { code: 'rate_limit_exceeded', type: 'tokens' }, 'rate-limited'],
    [404, { code: 'model_not_found' }, 'unknown-model'],
    [401, { code: 'invalid_api_key' }, 'unauthenticated'],
    [400, { code: 'unsupported_parameter', param: 'max_tokens' }, 'invalid-request'],
    [400, {}, 'invalid-request'],
    [403, { type: 'permission_error' }, 'forbidden'],
    [404, {}, 'not-found'],
    [409, {}, 'conflict'],
    [413, {}, 'too-large'],
    [422, {}, 'invalid-request'],
    [500, { type: 'server_error' }, 'bad-upstream'],
    [503, { code: 'slow_down' }, 'overloaded'],
    [500, { code: 'constructor', type: 'toString' }, 'bad-upstream'],
  ])('takes %i %j for %s', (status, fields, kind) => {
    const error = decodeError(status, openAi(fields))
    expect(error).toMatchObject({ kind, message: 'said', status, ...('code' in fields && { code: fields.code }) })
  })

  it.each([
    [
      400,
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000.",
      'context-too-long',
    ],
    [400, 'Please reduce the length of the messages or completion.', 'context-too-long'],
    [400, 'API key not valid. Please pass a valid API key.', 'unauthenticated'],
    [400, 'Incorrect API key provided', 'unauthenticated'],
    [402, 'Insufficient Balance', 'out-of-credit'],
    [400, 'Insufficient credits', 'out-of-credit'],
    [404, 'The model `gpt-9` does not exist or you do not have access to it.', 'unknown-model'],
    [404, "model 'llama9' not found, try pulling it first", 'unknown-model'],
    [400, 'gpt-9 is not a valid model ID', 'unknown-model'],
    [400, 'This model does not support tools', 'invalid-request'],
    [500, 'model not found', 'bad-upstream'],
  ])('takes %i with the words "%s" for %s', (status, message, kind) => {
    expect(decodeError(status, { error: { message } })).toMatchObject({ kind, message })
  })

  it.each([
    ['text', 'upstream is down', 'upstream is down'],
    ['nothing', '', 'The backend answered with status 502 and no message.'],
    ['no JSON', undefined, 'The backend answered with status 502 and no message.'],
    ['Ollama’s form', { error: 'out of memory' }, 'out of memory'],
    ['xAI’s form', { code: 'Some code', error: 'bad thing' }, 'bad thing'],
    ['Mistral’s form', { object: 'error', message: 'bad thing', type: 'x', code: '1' }, 'bad thing'],
    [
      'FastAPI’s form',
      { detail: [{ loc: ['body'], msg: 'field required' }] },
      '[{"loc":["body"],"msg":"field required"}]',
    ],
    ['a list, as Gemini gives it', [{ error: { code: 400, message: 'bad thing' } }], 'bad thing'],
    [
      'what the provider behind OpenRouter said',
      { error: { message: 'Provider returned error', code: 502, metadata: { raw: 'it burns' } } },
      'Provider returned error: it burns',
    ],
    ['an object of no known form', { novel: true }, '{"novel":true}'],
  ])('finds the message in %s', (_, body, message) => {
    expect(decodeError(502, body).message).toBe(message)
  })

  it('quotes the beginning of a page of HTML', () => {
    const page = `<html>${'x'.repeat(2000)}</html>`
    expect(decodeError(502, page).message).toBe(page.slice(0, 500))
  })

  it('reads how long Google asks to wait', () => {
    const error = {
      code: 429,
      message: 'You exceeded your current quota, please check your plan.',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
    }
    expect(decodeError(429, { error })).toMatchObject({ kind: 'rate-limited', retryAfterMs: 34_400 })
  })

  it('repeats no key', () => {
    const said =
      'Incorrect API key provided: sk-proj-abcdef123456. GET https://example.com/v1?key=AIzaSyA1234567890abc&x=1'
    expect(decodeError(401, openAi({ message: said })).message).toBe(
      'Incorrect API key provided: ***. GET https://example.com/v1?key=***&x=1',
    )
  })
})

describe('decodeStreamError', () => {
  it('goes by the status that it tells, else by that of a server that failed', () => {
    expect(decodeStreamError({ error: { code: 429, message: 'slower' } })).toMatchObject({
      kind: 'rate-limited',
      status: undefined,
    })
    expect(decodeStreamError({ error: { message: 'broken' } })).toMatchObject({
      kind: 'bad-upstream',
      message: 'broken',
    })
    expect(decodeStreamError({ error: { code: 'insufficient_quota', message: 'poor' } })).toMatchObject({
      kind: 'out-of-credit',
    })
  })
})

describe('encodeError', () => {
  it('writes OpenAI’s shape', () => {
    expect(
      encodeError(new ProxyError('invalid-request', 'no', { param: 'messages[0].content', code: 'invalid_value' })),
    ).toEqual({
      status: 400,
      body: {
        error: { message: 'no', type: 'invalid_request_error', param: 'messages[0].content', code: 'invalid_value' },
      },
    })
    expect(encodeError(new ProxyError('unknown-model', 'no such model'))).toEqual({
      status: 404,
      body: {
        error: { message: 'no such model', type: 'invalid_request_error', param: null, code: 'model_not_found' },
      },
    })
  })

  it.each([
    'context-too-long',
    'unauthenticated',
    'out-of-credit',
    'forbidden',
    'unknown-model',
    'rate-limited',
    'overloaded',
  ] as const)('is understood by its own reader: %s', kind => {
    const { status, body } = encodeError(new ProxyError(kind, 'said'))
    expect(decodeError(status, body).kind).toBe(kind)
  })
})
