import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayHoldCommand } from '../../../proxy/commands/may-hold.ts'
import { obey } from '../../../proxy/commands/obey.ts'
import { context, request, session, user } from './support.ts'

function holds(body: string, ...prefixes: string[]) {
  return mayHoldCommand(Buffer.from(body), prefixes.length === 0 ? ['!/'] : prefixes)
}

describe('a body may hold a command', () => {
  it.each([
    '{"content":"!/model(x)"}',
    '{"content":"hello !/model(x)"}',
    String.raw`{"content":"hello\n!/model(x)"}`,
    String.raw`{"content":"hello\t!/help"}`,
    String.raw`{"content":"!\/model(x)"}`,
    String.raw`{"content":"a\u2028!/model(x)"}`,
    String.raw`{"content":"\"!/model(x) hi\""}`,
    '{"content":"<task>!/model(x)</task>"}',
    '{"content":"!/a(x)!/b(y)"}',
    '{"content":"\u00a0!/model(x)"}',
    '{"content":"[LLM Interactive Proxy 0123456789ab] Model is now x."}',
  ])('%s', body => {
    expect(holds(body)).toBe(true)
  })

  it('in whatever way its prefix is written', () => {
    expect(holds('{"content":"§$model(x)"}', '§$')).toBe(true)
    expect(holds(String.raw`{"content":"\u00a7$model(x)"}`, '§$')).toBe(true)
    expect(holds(String.raw`{"content":"\u00A7$model(x)"}`, '§$')).toBe(true)
    expect(holds(String.raw`{"content":"\u0026\/model(x)"}`, '&/')).toBe(true)
    expect(holds('{"content":"%/model(x)"}', '!/', '%/')).toBe(true)
  })
})

describe('a body holds none', () => {
  it.each([
    '{"content":"hello"}',
    String.raw`{"content":"#!/bin/sh\n#!/usr/bin/env node"}`,
    '{"content":"a !/ b"}',
    '{"content":"if(!/x/.test(y))"}',
    '',
    '!/',
  ])('%s', body => {
    expect(holds(body)).toBe(false)
  })
})

it('never says no where a command is found', () => {
  const piece = fc.constantFrom(
    '!/',
    '!/model(x)',
    '!/help',
    'a',
    ' ',
    '\n',
    '"',
    '\\',
    '<task>',
    '</task>',
    '<b>',
    '\u2003',
    'ä',
    '`',
    '>',
    '(',
    ')',
    '#',
  )
  fc.assert(
    fc.property(fc.array(piece), fc.boolean(), (pieces, escapesSlash) => {
      const asked = request(user(pieces.join('')))
      const { said } = obey(asked, session(), context())
      const body = JSON.stringify(asked)
      if (said.length > 0) expect(holds(escapesSlash ? body.replaceAll('/', '\\/') : body)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
