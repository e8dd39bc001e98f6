import { describe, expect, it } from 'vitest'
import { identityInBody, identityInHead, identityOfConversation, ownerOf } from '../../../proxy/sessions/identity.ts'
import type { Message, Request } from '../../../proxy/core/request.ts'

const uuid = '01a207b6-9fca-7a71-8d72-b884d05a568a'
const none = ownerOf(undefined)

function user(...texts: readonly string[]): Message {
  return { role: 'user', parts: texts.map(text => ({ type: 'text', text })) }
}

function asked(...messages: readonly Message[]): Request {
  return { model: 'm', stream: false, system: [], messages, tools: [], sampling: {} }
}

const answer: Message = { role: 'assistant', parts: [{ type: 'text', text: 'hi' }] }
const agent = { 'user-agent': 'Agent/1.0 (linux)' }

function key(messages: readonly Message[], headers = agent, owner = none) {
  return identityOfConversation(asked(...messages), headers, owner).key
}

describe('a client tells its conversation', () => {
  it.each([
    'x-session-id',
    'x-claude-code-session-id',
    'session-id',
    'session_id',
    'thread-id',
    'conversation_id',
    'x-session-affinity',
  ])('in the header %s', name => {
    expect(identityInHead({ [name]: uuid }, '/v1/x', none)?.from).toBe(name)
  })

  it('in a cookie or the address', () => {
    expect(identityInHead({ cookie: `a=b; session_id=${uuid}` }, '/', none)?.from).toBe('cookie')
    expect(identityInHead({}, `/v1/x?beta=true&session_id=${uuid}`, none)?.from).toBe('query')
    expect(identityInHead({}, '/v1/x?beta=true', none)).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['body.session_id', { session_id: uuid }],
    ['extra_body.session_id', { extra_body: { session_id: uuid } }],
    ['request.session_id', { request: { session_id: uuid } }],
    ['metadata.session_id', { metadata: { session_id: uuid } }],
    ['client_metadata.session_id', { client_metadata: { session_id: uuid } }],
    ['metadata.user_id', { metadata: { user_id: JSON.stringify({ device_id: 'd', session_id: uuid }) } }],
    ['metadata.user_id', { metadata: { user_id: `user_ab_account__session_${uuid}` } }],
    ['prompt_cache_key', { prompt_cache_key: uuid }],
    ['prompt_cache_key', { prompt_cache_key: 'ses_df97e9a00ffejX42nDIwvZGnBW' }],
  ])('in %s', (from, body) => {
    expect(identityInBody(body, none)?.from).toBe(from)
  })

  it('by an id of one character', () => {
    expect(identityInHead({ 'x-session-id': '7' }, '/', none)?.from).toBe('x-session-id')
    expect(identityInBody({ session_id: '7' }, none)?.from).toBe('body.session_id')
  })

  it('by the same id wherever it stands', () => {
    expect(identityInBody({ session_id: uuid }, none)?.key).toBe(identityInHead({ 'session-id': uuid }, '/', none)?.key)
  })

  it('by nothing that is no id of one conversation', () => {
    const bodies = [
      { prompt_cache_key: 'my-app' },
      { metadata: { user_id: 'me@example.org' } },
      { metadata: { user_id: '{broken' } },
      { session_id: 7 },
      { session_id: '' },
      'text',
      null,
    ]
    for (const body of bodies) expect(identityInBody(body, none)).toBeUndefined()
  })

  it('for its own key alone', () => {
    const mine = ownerOf('key-1')
    expect(mine).not.toBe(ownerOf('key-2'))
    expect(mine).not.toContain('key-1')
    expect(identityInBody({ session_id: uuid }, mine)?.key).not.toBe(identityInBody({ session_id: uuid }, none)?.key)
  })
})

describe('a conversation without an id', () => {
  it('is told by how it began, however long it gets', () => {
    expect(key([user('hello')])).toBe(key([user('hello'), answer, user('more'), answer, user('and more')]))
  })

  it('is never one that began with other words, of another client, or under another key', () => {
    const keys = [
      key([user('hello')]),
      key([user('hello!')]),
      key([user('hel', 'lo')]),
      key([user('context'), user('hello')]),
      key([user('hello')], { 'user-agent': 'Other/1.0' }),
      key([user('hello')], agent, ownerOf('k')),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('stays the same when the client is updated, or takes reminders away', () => {
    const reminder = '<system-reminder>\nToday is Monday\n</system-reminder>'
    expect(key([user(reminder, 'hello')], { 'user-agent': 'Agent/2.0' })).toBe(key([user('hello'), answer]))
  })

  it('says whether it begins', () => {
    expect(identityOfConversation(asked(user('a')), agent, none).isStart).toBe(true)
    expect(identityOfConversation(asked(user('a'), answer, user('b')), agent, none).isStart).toBe(false)
  })
})
