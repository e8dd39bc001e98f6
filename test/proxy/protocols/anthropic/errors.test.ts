import { describe, expect, it } from 'vitest'
import { ProxyError, type ErrorKind } from '../../../../proxy/core/errors.ts'
import { decodeError, decodeStreamError, encodeError } from '../../../../proxy/protocols/anthropic/errors.ts'

const wire = (type: string, message: string) => ({ type: 'error', error: { type, message } })

describe('decodeError', () => {
  it.each<[number, object | string, ErrorKind]>([
    [400, wire('invalid_request_error', 'messages: at least one'), 'invalid-request'],
    [400, wire('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'), 'context-too-long'],
    [400, wire('invalid_request_error', 'Your credit balance is too low to access the API.'), 'out-of-credit'],
    [401, wire('authentication_error', 'invalid x-api-key'), 'unauthenticated'],
    [402, wire('billing_error', 'pay'), 'out-of-credit'],
    [403, wire('permission_error', 'no'), 'forbidden'],
    [404, wire('not_found_error', 'model: claude-9'), 'unknown-model'],
    [404, wire('not_found_error', 'no such thing'), 'not-found'],
    [409, wire('conflict_error', 'x'), 'conflict'],
    [413, wire('request_too_large', 'x'), 'too-large'],
    [429, wire('rate_limit_error', 'prompt is too long for your tier'), 'rate-limited'],
    [500, wire('api_error', 'Internal server error'), 'bad-upstream'],
    [504, wire('timeout_error', 'x'), 'timeout'],
    [529, wire('overloaded_error', 'Overloaded'), 'overloaded'],
    [529, '', 'overloaded'],
    [502, '<html>prompt is too long</html>', 'bad-upstream'],
    [401, { error: 'no key' }, 'unauthenticated'],
    [422, { detail: 'field required' }, 'invalid-request'],
  ])('reads %i %j as %s', (status, body, kind) => {
    expect(decodeError(status, body)).toMatchObject({ kind, status })
    expect(decodeError(status, body).message).not.toBe('')
  })

  it('repeats no key', () => {
    expect(decodeError(401, wire('authentication_error', 'bad key sk-ant-api03-abcdef')).message).toBe('bad key ***')
  })

  it('reads errors in mid-stream by their type, and has no status for them', () => {
    expect(decodeStreamError(wire('overloaded_error', 'Overloaded'))).toMatchObject({
      kind: 'overloaded',
      status: undefined,
    })
    expect(decodeStreamError(wire('invalid_request_error', 'prompt is too long'))).toMatchObject({
      kind: 'context-too-long',
    })
  })
})

describe('encodeError', () => {
  it('is in Anthropic’s shape, with its status', () => {
    expect(encodeError(new ProxyError('overloaded', 'no room'))).toEqual({
      status: 529,
      body: { type: 'error', error: { type: 'overloaded_error', message: 'no room' }, request_id: null },
    })
  })

  it.each([
    ['prompt is too long: 5 tokens > 4 maximum', 'prompt is too long: 5 tokens > 4 maximum'],
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130,512 tokens.",
      'prompt is too long: 130512 tokens > 128000 maximum',
    ],
    [
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      'prompt is too long: 1200000 tokens > 1048576 maximum',
    ],
    ['Too much.', 'prompt is too long: Too much.'],
  ])('says in the words that Claude Code compacts at that %s', (said, words) => {
    expect(encodeError(new ProxyError('context-too-long', said))).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', message: words } },
    })
  })
})
