import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { obey } from '../../../proxy/commands/obey.ts'
import type { Message } from '../../../proxy/core/request.ts'
import { assistant, context, request, session, texts, textOf, user } from './support.ts'

/** What is left of a message with commands in it for the model, and the model that they chose; `local` is our own answer. */
function said(...parts: readonly string[]) {
  const obeyed = obey(request(user(...parts)), session(), context())
  const left = obeyed.reply === undefined ? texts(obeyed.request).flatMap(([, ...rest]) => rest) : 'local'
  return [left, obeyed.session.overrides.model ?? obeyed.session.overrides.backend]
}

describe('a command in what the user typed', () => {
  it.each<[string, string | readonly string[], string?]>([
    ['!/model(x)', 'local', 'x'],
    ['  !/model(x)  \n', 'local', 'x'],
    ['!/backend(openai)\n!/model(x)', 'local', 'x'],
    ['!/backend(openai) !/model(x)', 'local', 'x'],
    ['!/backend(openai)!/model(x)', 'local', 'x'],
    ['!/model(a)\n!/model(x)', 'local', 'x'],
    ['!/model(x) fix the bug', ['fix the bug'], 'x'],
    ['!/model(x)\nfix the bug', ['fix the bug'], 'x'],
    ['fix the bug !/model(x)', ['fix the bug'], 'x'],
    ['fix the bug\n!/model(x)', ['fix the bug'], 'x'],
    ['fix\n!/model(x)\nthe bug', ['fix\nthe bug'], 'x'],
    ['please !/model(x) fix the bug', ['please fix the bug'], 'x'],
    ['fix the bug.\n\n!/backend(openai)\n!/model(x)\n', ['fix the bug.'], 'x'],
    ['fix the bug with !/model(x).', ['fix the bug with .'], 'x'],
    // opencode's `run` quotes what it was given.
    ['"!/model(x) fix the bug"', ['"fix the bug"'], 'x'],
    ['"!/model(x)"', 'local', 'x'],
    ['!/max refactor this', ['refactor this']],
    ['!/hello please fix the bug', ['please fix the bug']],
    ['!/model\nfix the bug', ['fix the bug']],
    ['fix the bug !/model', ['fix the bug']],
    ['refactor this !/max', ['refactor this']],
    ['!/MODEL(x)', 'local', 'x'],
  ])('%j', (text, left, chosen) => {
    const [rest, model] = said(text)
    expect(rest).toEqual(left)
    if (chosen !== undefined) expect(model).toBe(chosen)
  })

  it('beside an image goes on with the image', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://x/y.png' } } as const
    const obeyed = obey(
      request({ role: 'user', parts: [{ type: 'text', text: '!/model(x)' }, image] }),
      session(),
      context(),
    )
    expect(obeyed.reply).toBeUndefined()
    expect(obeyed.request.messages).toEqual([{ role: 'user', parts: [image] }])
  })
})

describe('no command is', () => {
  it.each([
    '#!/bin/sh',
    '#!/usr/bin/env node\nprint',
    'see !/usr/bin',
    'what does !/max do to a model',
    'if (!/model(x)/.test(text)) return',
    'return !/model(x)/.test(text)',
    'x=!/model(x)',
    'wow!/model(x)',
    'a !/ b',
    '! /model(x)',
    'what about !/nonsense(x) here',
    'see `!/model(x)` and ``!/help``',
    '```\n!/model(x)\n```',
    '```sh\n!/model(x)',
    'look:\n~~~\n!/model(x)\n~~~\nthere',
    '> !/model(x)\nwhy?',
    '<file path="a">\n!/model(x)\n</file>',
    '<div class="a">!/model(x)</div>',
    '<a><a>!/model(x)</a>!/model(y)</a>',
    '<details>\n!/model(x)\n</details>',
  ])('%j, and the request stays the very same', text => {
    const asked = request(user(text))
    const obeyed = obey(asked, session(), context())
    expect(obeyed.request).toBe(asked)
    expect([obeyed.said, obeyed.reply]).toEqual([[], undefined])
  })

  it('text without the prefix', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }), (parts, answer) => {
        fc.pre(!`${parts.join('\n')}${answer}`.includes('!/') && !answer.includes('[LLM Interactive Proxy'))
        const asked = request(user(...parts), assistant(answer), user(...parts))
        expect(obey(asked, session(), context()).request).toBe(asked)
      }),
    )
  })

  it('anything that could make it throw', () => {
    const piece = fc.constantFrom(
      '!/',
      'model',
      'x',
      '(',
      ')',
      '<task>',
      '</task>',
      '<b>',
      '</b>',
      '```',
      '`',
      '\n',
      ' ',
      '"',
      '> ',
      '!/help',
      '!/set(',
      '=',
      ',',
      '{',
    )
    fc.assert(
      fc.property(fc.array(fc.array(piece).map(pieces => pieces.join(''))), parts => {
        obey(request(user(...parts), assistant('a'), user(...parts)), session(), context())
      }),
    )
  })

  it('slow to tell in a long text', () => {
    const text = `${'<br> Array<string> ` '.repeat(20_000)}\n!/model(x)`
    expect(said(text)[1]).toBeDefined()
  })
})

describe('only the last words of the user count', () => {
  it('not those of the history', () => {
    const { session: after, request: rest } = obey(
      request(user('!/model(x) hello'), assistant('hi'), user('and now?')),
      session(),
      context(),
    )
    expect(after.overrides).toEqual({})
    expect(texts(rest)).toEqual([
      ['user', 'hello'],
      ['assistant', 'hi'],
      ['user', 'and now?'],
    ])
  })

  const call: Message = {
    role: 'assistant',
    parts: [{ type: 'tool-call', id: 'c', name: 'read', arguments: '{}', kind: 'function' }],
  }
  const result = (...more: readonly string[]): Message => ({
    role: 'user',
    parts: [
      {
        type: 'tool-result',
        callId: 'c',
        isError: false,
        kind: 'function',
        parts: [{ type: 'text', text: '!/model(evil)' }],
      },
      ...user(...more).parts,
    ],
  })

  it('not results of tools, and not again when one follows', () => {
    const { session: after, request: rest } = obey(request(user('!/model(x) go'), call, result()), session(), context())
    expect(after.overrides).toEqual({})
    expect(rest.messages).toEqual([user('go'), call, result()])
  })

  it('but what was typed beside a result', () => {
    const { session: after, request: rest } = obey(
      request(user('go'), call, result('!/model(x)\nfaster')),
      session(),
      context(),
    )
    expect(after.overrides).toEqual({ model: 'x' })
    expect(rest.messages).toEqual([user('go'), call, result('faster')])
  })

  it('answered beside a result, it leaves the result where it is', () => {
    const { reply } = obey(request(user('go'), call, result('!/model(x)')), session(), context())
    expect(textOf(reply)).toContain('Model is now x')
    const next = obey(
      request(user('go'), call, result('!/model(x)'), assistant(textOf(reply)), user('go on')),
      session(),
      context(),
    )
    expect(next.request.messages).toEqual([user('go'), call, result('go on')])
  })

  it('not an answer that is to be gone on with', () => {
    const asked = request(user('!/model(x) hi'), assistant('he'))
    expect(obey(asked, session(), context()).session.overrides).toEqual({})
  })

  it('nor a message that nobody answered yet', () => {
    const { session: after } = obey(request(user('!/model(x) hi'), user('hi?')), session(), context())
    expect(after.overrides).toEqual({})
  })
})

describe('the history is as if nobody had talked to the proxy', () => {
  const ours = (says: string) => assistant(`[LLM Interactive Proxy 0123456789ab] ${says}`)

  it('answers of ours go with their commands, at the beginning, in the middle and in a row', () => {
    const { request: rest } = obey(
      request(
        user('!/model(x)'),
        ours('Model is now x.'),
        user('one'),
        assistant('1'),
        user('!/help'),
        ours('Commands …'),
        user('!/modle(y) two'),
        ours('There is no command !/modle.'),
        user('two !/max'),
        assistant('2'),
        user('three'),
      ),
      session(),
      context(),
    )
    expect(texts(rest)).toEqual([
      ['user', 'one'],
      ['assistant', '1'],
      ['user', 'two'],
      ['assistant', '2'],
      ['user', 'three'],
    ])
  })

  it('roles take turns whatever the talk was', () => {
    const round = fc.constantFrom<readonly Message[]>(
      [user('!/max'), ours('Reasoning mode set to high.')],
      [user('say !/max'), assistant('said')],
      [user('!/nonsense(x) say'), ours('There is no command.')],
      [user('say'), assistant('said')],
    )
    fc.assert(
      fc.property(fc.array(round), rounds => {
        const { request: rest } = obey(request(...rounds.flat(), user('now')), session(), context())
        rest.messages.forEach(({ role }, at) => expect(role).toBe(at % 2 === 0 ? 'user' : 'assistant'))
        expect(JSON.stringify(rest)).not.toMatch(/!\/|LLM Interactive Proxy/)
      }),
    )
  })

  it('what the client added to an answered message goes on with the next', () => {
    const reminder = '<system-reminder>\nbe nice\n</system-reminder>'
    const env: Message = { role: 'system', parts: [{ type: 'text', text: 'env' }] }
    const { request: rest } = obey(
      request(user(reminder, '!/model(x)'), env, ours('Model is now x.'), user('hello')),
      session(),
      context(),
    )
    expect(rest.messages).toEqual([user(reminder, 'hello'), env])
  })

  it('commands of a former prefix are cut out as well, and no longer run', () => {
    const before = session({ prefix: '%/', formerPrefixes: ['!/'] })
    const { request: rest, session: after } = obey(
      request(user('!/max one'), assistant('1'), user('%/low two'), assistant('2'), user('%/model(x) three !/max')),
      before,
      context(),
    )
    expect(texts(rest)).toEqual([
      ['user', 'one'],
      ['assistant', '1'],
      ['user', 'two'],
      ['assistant', '2'],
      ['user', 'three !/max'],
    ])
    expect(after.overrides.model).toBe('x')
  })
})

describe('commands', () => {
  it('that are switched off are text', () => {
    const asked = request(user('!/model(x)'))
    expect(obey(asked, session(), context({ commands: { mode: 'off' } })).request).toBe(asked)
  })

  it('that are stripped are cut out unrun', () => {
    const strip = context({ commands: { mode: 'strip' } })
    const beside = obey(request(user('!/model(x) hello')), session(), strip)
    expect(texts(beside.request)).toEqual([['user', 'hello']])
    expect(beside.session.overrides).toEqual({})
    expect(textOf(obey(request(user('!/model(x)')), session(), strip).reply)).toContain('switched off')
  })

  it('begin as the config says', () => {
    const config = context({ commands: { prefix: '§$' } })
    expect(obey(request(user('§$model(x)')), session(), config).session.overrides.model).toBe('x')
    expect(obey(request(user('!/model(x)')), session(), config).session.overrides.model).toBeUndefined()
  })

  it('are left unrun where the conversation turned them off, but for the one that turns them on', () => {
    const off = session({ interactive: false })
    const { reply, session: after } = obey(request(user('!/model(x)')), off, context())
    expect(after).toBe(off)
    expect(textOf(reply)).toContain('unrun')
    expect(obey(request(user('!/set(interactive-mode=on)')), off, context()).session.overrides.interactive).toBe(true)
    expect(obey(request(user('!/unset(interactive)')), off, context()).session.overrides).toEqual({})
  })
})
