import { describe, expect, it } from 'vitest'
import type { Message, Part, ToolCallPart, ToolResultPart } from '../../../proxy/core/request.ts'
import { pairToolResults } from '../../../proxy/core/tool-results.ts'

const call = (id: string): ToolCallPart => ({
  type: 'tool-call',
  id,
  name: `tool_${id}`,
  arguments: '{}',
  kind: 'function',
})
const text = (said: string): Part => ({ type: 'text', text: said })
const result = (callId: string, said: string): ToolResultPart => ({
  type: 'tool-result',
  callId,
  name: `tool_${callId}`,
  kind: 'function',
  isError: false,
  parts: [text(said)],
})
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })

describe('pairToolResults', () => {
  it('leaves a conversation alone in which every call is answered at once', () => {
    const messages = [user(text('hi')), assistant(call('a'), call('b')), user(result('a', '1'), result('b', '2'))]
    expect(pairToolResults(messages)).toEqual(messages)
  })

  it('puts results in the order of their calls', () => {
    expect(pairToolResults([assistant(call('a'), call('b')), user(result('b', '2'), result('a', '1'))])).toEqual([
      assistant(call('a'), call('b')),
      user(result('a', '1'), result('b', '2')),
    ])
  })

  it('gathers results that are split over messages, and lets what stood between follow them', () => {
    const instruction: Message = { role: 'system', parts: [text('mind the gap')] }
    expect(
      pairToolResults([
        assistant(call('a'), call('b')),
        user(result('a', '1'), text('first')),
        instruction,
        user(result('b', '2')),
        user(text('go on')),
      ]),
    ).toEqual([
      assistant(call('a'), call('b')),
      user(result('a', '1'), result('b', '2')),
      user(text('first')),
      instruction,
      user(text('go on')),
    ])
  })

  it('keeps the last of several results of one call', () => {
    expect(pairToolResults([assistant(call('a')), user(result('a', 'old')), user(result('a', 'new'))])).toEqual([
      assistant(call('a')),
      user(result('a', 'new')),
    ])
  })

  it('answers a call whose result is missing', () => {
    expect(pairToolResults([assistant(call('a'), call('b')), user(result('b', '2'))])).toEqual([
      assistant(call('a'), call('b')),
      user(result('a', '(no result)'), result('b', '2')),
    ])
  })

  it('makes a result whose call was compacted away the words of the user', () => {
    expect(pairToolResults([user(result('gone', 'still useful'), text('go on'))])).toEqual([
      user(
        text('[result of tool_gone, whose call is no longer in the conversation]'),
        text('still useful'),
        text('go on'),
      ),
    ])
  })

  it('gives each use of an id that is used twice its own result', () => {
    const messages = [assistant(call('a')), user(result('a', '1')), assistant(call('a')), user(result('a', '2'))]
    expect(pairToolResults(messages)).toEqual(messages)
  })

  it.each(['d', ''])('gives calls of one message that share the id "%s" ids of their own, and results in order', id => {
    const own = id + '_2'
    const [first, second] = [call(id), { ...call(id), name: 'other' }]
    expect(pairToolResults([assistant(first, second), user(result(id, 'one')), user(result(id, 'two'))])).toEqual([
      assistant(first, { ...second, id: own }),
      user(result(id, 'one'), { ...result(id, 'two'), callId: own }),
    ])
  })

  it('joins the calls of assistant messages that follow each other, so that their results can follow all of them', () => {
    expect(
      pairToolResults([
        assistant(call('a')),
        assistant(text('and another')),
        assistant(call('b')),
        user(result('a', '1'), result('b', '2')),
      ]),
    ).toEqual([assistant(call('a'), text('and another'), call('b')), user(result('a', '1'), result('b', '2'))])
  })

  it('does not join assistant messages that call nothing', () => {
    const messages = [assistant(text('one')), assistant(text('two'))]
    expect(pairToolResults(messages)).toEqual(messages)
  })
})
