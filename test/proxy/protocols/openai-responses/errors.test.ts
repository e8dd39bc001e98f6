import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import {
  decodeError,
  decodeStreamError,
  encodeError,
  errorFields,
} from '../../../../proxy/protocols/openai-responses/errors.ts'

describe('a refusal', () => {
  it.each([
    [429, { error: { type: 'usage_limit_reached', message: 'limit', resets_in_seconds: 90 } }, 'rate-limited', 90_000],
    [429, { error: { code: 'rate_limit_exceeded', message: 'Please try again in 1.2s.' } }, 'rate-limited', 1200],
    [429, { error: { code: 'rate_limit_exceeded', message: 'Please try again in 340ms.' } }, 'rate-limited', 340],
    [429, { error: { code: 'insufficient_quota', message: 'no money' } }, 'out-of-credit', undefined],
    [429, { error: { type: 'usage_not_included', message: 'not in your plan' } }, 'forbidden', undefined],
    [503, { error: { code: 'server_is_overloaded', message: 'busy' } }, 'overloaded', undefined],
    [404, { error: { code: 'previous_response_not_found', message: 'gone' } }, 'not-found', undefined],
    [400, { error: { code: 'invalid_encrypted_content', message: 'whose?' } }, 'invalid-request', undefined],
    [400, { error: { code: 'context_length_exceeded', message: 'too long' } }, 'context-too-long', undefined],
    [
      401,
      { error: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'no' } },
      'unauthenticated',
      undefined,
    ],
    [
      404,
      { error: { type: 'invalid_request_error', code: 'model_not_found', message: 'no' } },
      'unknown-model',
      undefined,
    ],
    [400, { detail: 'Unsupported parameter: temperature' }, 'invalid-request', undefined],
    [403, '<html>no</html>', 'forbidden', undefined],
  ] as const)('%i %j means %s', (status, body, kind, retryAfterMs) => {
    expect(decodeError(status, body)).toMatchObject({ kind, retryAfterMs, status })
  })

  it('tells when a plan’s window opens again', () => {
    const resets_at = Date.now() / 1000 + 3600
    const { retryAfterMs = 0 } = decodeError(429, { error: { type: 'usage_limit_reached', resets_at } })
    expect(retryAfterMs).toBeGreaterThan(3_000_000)
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_001)
  })
})

describe('an error in a stream', () => {
  it('keeps its kind, its words and its field on its way through', () => {
    for (const kind of [
      'invalid-request',
      'overloaded',
      'rate-limited',
      'context-too-long',
      'unknown-model',
    ] as const) {
      const error = new ProxyError(kind, 'words', { param: 'input[0]' })
      expect(decodeStreamError({ type: 'error', ...errorFields(error) })).toMatchObject({
        kind,
        message: 'words',
        param: 'input[0]',
      })
    }
  })

  it('is the client’s fault where its type says so, and more exactly where its code does', () => {
    const told = (code: string | null) =>
      decodeStreamError({ error: { type: 'invalid_request_error', code, message: 'no' } })
    expect(told(null)).toMatchObject({ kind: 'invalid-request' })
    expect(told('context_length_exceeded')).toMatchObject({ kind: 'context-too-long' })
  })

  it('without any words is a failure of the backend', () => {
    expect(decodeStreamError({ type: 'error' })).toMatchObject({ kind: 'bad-upstream' })
  })
})

it('is told to a client as OpenAI does', () => {
  expect(encodeError(new ProxyError('unknown-model', 'which?'))).toEqual({
    status: 404,
    body: { error: { message: 'which?', type: 'invalid_request_error', param: null, code: 'model_not_found' } },
  })
})
