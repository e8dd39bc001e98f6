import { describe, expect, it } from 'vitest'
import { ProxyError } from '../../../../proxy/core/errors.ts'
import { decodeError, decodeStreamError, encodeError } from '../../../../proxy/protocols/gemini/errors.ts'

const failure = (status: string, message = 'no', details: readonly object[] = []) => ({
  error: { status, message, details },
})

describe('decodeError', () => {
  it.each([
    [400, failure('INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'), 'unauthenticated'],
    [400, failure('INVALID_ARGUMENT', 'x', [{ reason: 'API_KEY_INVALID' }]), 'unauthenticated'],
    [
      400,
      failure('INVALID_ARGUMENT', 'The input token count (9) exceeds the maximum number of tokens allowed (8).'),
      'context-too-long',
    ],
    [400, failure('FAILED_PRECONDITION'), 'invalid-request'],
    [401, failure('UNAUTHENTICATED'), 'unauthenticated'],
    [403, failure('PERMISSION_DENIED'), 'forbidden'],
    [404, failure('NOT_FOUND', 'models/x is not found for API version v1beta'), 'unknown-model'],
    [404, failure('NOT_FOUND'), 'not-found'],
    [429, failure('RESOURCE_EXHAUSTED'), 'rate-limited'],
    [429, failure('RESOURCE_EXHAUSTED', 'x', [{ reason: 'QUOTA_EXHAUSTED' }]), 'out-of-credit'],
    [429, failure('RESOURCE_EXHAUSTED', 'x', [{ reason: 'MODEL_CAPACITY_EXHAUSTED' }]), 'overloaded'],
    [500, failure('INTERNAL'), 'bad-upstream'],
    [503, failure('UNAVAILABLE'), 'overloaded'],
    [504, failure('DEADLINE_EXCEEDED'), 'timeout'],
    [502, '<html>Bad Gateway</html>', 'bad-upstream'],
    [400, [failure('INVALID_ARGUMENT')], 'invalid-request'],
  ])('reads %i %j', (status, body, kind) => {
    expect(decodeError(status, body)).toMatchObject({ kind, status })
  })

  it('reads when to come again, and which field is to blame', () => {
    const body = failure('RESOURCE_EXHAUSTED', 'wait', [
      { retryDelay: '34.4s' },
      { fieldViolations: [{ field: 'contents' }] },
    ])
    expect(decodeError(429, body)).toMatchObject({ retryAfterMs: 34_400, param: 'contents' })
  })

  it('takes the status that an error in a stream tells', () => {
    expect(decodeStreamError({ error: { code: 503, message: 'full' } })).toMatchObject({
      kind: 'overloaded',
      message: 'full',
    })
    expect(decodeStreamError({ error: {} })).toMatchObject({ kind: 'bad-upstream' })
  })

  it('shows no key that Google repeats', () => {
    expect(decodeError(400, failure('INVALID_ARGUMENT', 'bad: AIzaSyA1234567890abcdef')).message).toBe('bad: ***')
  })
})

describe('encodeError', () => {
  it('writes a google.rpc.Status with its details', () => {
    expect(encodeError(new ProxyError('invalid-request', 'Wrong.', { param: 'contents[0].parts' }))).toEqual({
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'Wrong.',
          status: 'INVALID_ARGUMENT',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'contents[0].parts', description: 'Wrong.' }],
            },
          ],
        },
      },
    })
  })
})
