import { describe, expect, test } from 'vitest'
import type { ErrorKind } from '../../../proxy/core/errors.ts'
import { isFailure, outcomeOf, outcomes } from '../../../proxy/traffic/outcome.ts'

const unbroken = { clientGone: false, interrupted: false }

describe('the outcome', () => {
  test('is ok where nothing went wrong', () => {
    expect(outcomeOf({ ...unbroken, status: 200 })).toBe('ok')
  })

  test('says what it took where the first attempt failed', () => {
    expect(outcomeOf({ ...unbroken, status: 200, recovered: 'retry' })).toBe('ok after retry')
    expect(outcomeOf({ ...unbroken, status: 200, recovered: 'fallback' })).toBe('ok via fallback')
  })

  test.each<[ErrorKind, string]>([
    ['invalid-request', 'rejected'],
    ['too-large', 'rejected'],
    ['unknown-model', 'rejected'],
    ['unauthenticated', 'auth failed'],
    ['forbidden', 'auth failed'],
    ['rate-limited', 'rate limited'],
    ['overloaded', 'upstream error'],
    ['bad-upstream', 'upstream error'],
    ['unreachable', 'network'],
    ['timeout', 'timeout'],
    ['loop', 'blocked'],
    ['cancelled', 'client cancelled'],
  ])('of the error %s is %s, whatever the status', (error, outcome) => {
    expect(outcomeOf({ ...unbroken, error, status: 200 })).toBe(outcome)
  })

  test.each([
    [400, 'rejected'],
    [401, 'auth failed'],
    [403, 'auth failed'],
    [404, 'rejected'],
    [422, 'rejected'],
    [429, 'rate limited'],
    [500, 'upstream error'],
    [503, 'upstream error'],
    [504, 'timeout'],
  ])('of status %i without a known error is %s', (status, outcome) => {
    expect(outcomeOf({ ...unbroken, status })).toBe(outcome)
  })

  test('of a stream that broke is interrupted, although its status was 200', () => {
    expect(outcomeOf({ clientGone: false, interrupted: true, status: 200, error: 'unreachable' })).toBe('interrupted')
  })

  test('is the client’s doing when it hung up, whatever broke after that', () => {
    expect(outcomeOf({ clientGone: true, interrupted: true, error: 'unreachable' })).toBe('client cancelled')
    expect(outcomeOf({ clientGone: false, interrupted: true, error: 'cancelled' })).toBe('client cancelled')
  })

  test('counts as a failure unless it is ok or the client’s own wish', () => {
    expect(outcomes.filter(outcome => !isFailure(outcome))).toEqual([
      'ok',
      'ok after retry',
      'ok via fallback',
      'client cancelled',
    ])
  })
})
