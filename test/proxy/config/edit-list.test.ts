import { parse } from 'yaml'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editList, type ListEdit } from '../../../proxy/config/edit-list.ts'
import { ConfigError } from '../../../proxy/config/problems.ts'

const edited = (text: string, edit: ListEdit, path = ['routing', 'rules']) => editList(text, path, edit, 'config.yaml')

const written = `# My proxy.
routing: # where turns go
  # Looked at from the top.
  rules:
    # Pictures need eyes.
    - name: pictures   # by name
      when: { images: true }
      target: openai:eye

    - target: 'a:b'  # the rest
      when:
        client: codex*   # all of them
        tools: true
      on_failure: [c:d]
    # Off for now.
    -
      target: x:y
      enabled: false
  slash_selects_backend: true
`

describe('An item of a list', () => {
  it('is added last, in lines of its own, indented like its neighbours', async () => {
    const item = { name: 'new one', when: { model: 'gpt-*', images: true }, target: 'a:b|c:d', on_failure: ['e:f'] }
    expect(await edited(written, { type: 'add', item })).toBe(
      written.replace(
        '      enabled: false\n',
        `      enabled: false
    - name: "new one"
      when:
        model: "gpt-*"
        images: true
      target: "a:b|c:d"
      on_failure: [e:f]
`,
      ),
    )
  })

  it('changes value by value, so that comments and order stay', async () => {
    const item = { name: 'images', when: { images: true, client: 'x' }, target: 'openai:eye' }
    expect(await edited(written, { type: 'replace', at: 0, item })).toBe(
      written.replace('name: pictures', 'name: images').replace('images: true }', 'images: true, client: x }'),
    )
    const other = { when: { client: 'codex*' }, target: 'a:c', enabled: false }
    expect(await edited(written, { type: 'replace', at: 1, item: other })).toBe(
      written
        .replace("'a:b'", 'a:c')
        .replace('        tools: true\n', '')
        .replace('on_failure: [c:d]', 'enabled: false'),
    )
  })

  it('may lose the value that stands beside its dash', async () => {
    const after = await edited(written, { type: 'replace', at: 0, item: { target: 'openai:eye' } })
    expect(after).toContain('    # Pictures need eyes.\n    - target: openai:eye\n')
  })

  it('takes its comment along when it moves, and when it goes', async () => {
    const pictures = `    # Pictures need eyes.
    - name: pictures   # by name
      when: { images: true }
      target: openai:eye
`
    const off = '    # Off for now.\n    -\n      target: x:y\n      enabled: false\n'
    expect(await edited(written, { type: 'remove', at: 0 })).toBe(written.replace(pictures, ''))
    expect(await edited(written, { type: 'remove', at: 2 })).toBe(written.replace(off, ''))
    expect(await edited(written, { type: 'move', at: 2, to: 0 })).toBe(
      written.replace(off, '').replace(`${pictures}\n`, `${off}\n${pictures}`),
    )
  })

  it.each<[string, string, ListEdit, string]>([
    ['a file without the list', 'port: 1\n', { type: 'add', item: { target: 'a:b' } }, 'port: 1\nrouting:\n  rules:\n    - target: a:b\n'],
    ['an empty list', 'routing:\n  rules: [] # none\n', { type: 'add', item: { target: 'a:b' } }, 'routing:\n  rules:\n    - target: a:b # none\n'],
    ['a list in one line', 'routing: { rules: [{ target: a:b }] }\n', { type: 'add', item: { target: 'c:d' } }, 'routing: { rules: [{ target: a:b }, { target: c:d }] }\n'],
    ['the first of one line', 'routing: { rules: [{ target: a:b }, { target: c:d }] }\n', { type: 'remove', at: 0 }, 'routing: { rules: [{ target: c:d }] }\n'],
    ['the last of one line', 'routing: { rules: [{ target: a:b }, { target: c:d }] }\n', { type: 'remove', at: 1 }, 'routing: { rules: [{ target: a:b }] }\n'],
    ['two of one line', 'routing: { rules: [{ target: a:b }, { target: c:d }] }\n', { type: 'move', at: 0, to: 1 }, 'routing: { rules: [{ target: c:d }, { target: a:b }] }\n'],
    ['the only one', '# head\nport: 1\nrouting:\n  rules:\n    - target: a:b\n', { type: 'remove', at: 0 }, '# head\nport: 1\n'],
    ['dashes below their key', 'routing:\n  rules:\n  - target: a:b\n  - target: c:d', { type: 'move', at: 1, to: 0 }, 'routing:\n  rules:\n  - target: c:d\n  - target: a:b'],
    ['empty conditions', 'routing:\n  rules:\n    - when: {}\n      target: a:b\n', { type: 'replace', at: 0, item: { when: { client: 'x' }, target: 'a:b' } }, 'routing:\n  rules:\n    - when:\n        client: x\n      target: a:b\n'],
    ['lines from Windows', 'routing:\r\n  rules:\r\n    - target: a:b\r\n', { type: 'add', item: { target: 'c:d', enabled: false } }, 'routing:\r\n  rules:\r\n    - target: a:b\r\n    - target: c:d\r\n      enabled: false\r\n'],
  ])('can be edited in %s', async (_, before, edit, after) => {
    expect(await edited(before, edit)).toBe(after)
  }) // prettier-ignore

  it('is left alone in a broken file', async () => {
    await expect(edited('routing: {', { type: 'remove', at: 0 })).rejects.toBeInstanceOf(ConfigError)
  })
})

it('Any edit of any list comes out as asked and loses no comment that does not belong to what goes, or is refused', async () => {
  const item = fc.constantFrom(
    '- { p: a, r: b }', '- p: a # c\n  r: b', '# c\n- p: c\n  r: d\n', '-\n  p: a\n  r: x', '- p: |\n    a\n  r: b', '- r: x\n  # c\n  p: y',
  ) // prettier-ignore
  const list = fc.array(item, { minLength: 1, maxLength: 5 })
  const fresh = fc.constantFrom({ p: 'n', r: 'm' }, { p: 'a b', r: '^x$' }, { p: 'only' }, { r: 'y', q: { z: 1 } })
  const place = fc.nat(4)
  const edit = fc.oneof(
    fc.record({ type: fc.constant('add' as const), item: fresh }),
    fc.record({ type: fc.constant('replace' as const), at: place, item: fresh }),
    fc.record({ type: fc.constant('remove' as const), at: place }),
    fc.record({ type: fc.constant('move' as const), at: place, to: place }),
  )
  const commentsIn = (text: string) => text.match(/# c/g)?.length ?? 0
  await fc.assert(
    fc.asyncProperty(list, edit, fc.constantFrom('', '  '), async (items, edit, indent) => {
      const before = `x: 1\nlist:\n${items.join('\n').replaceAll(/^(?=.)/gm, indent)}\ny: 2 # c\n`
      const data = parse(before) as { list: unknown[] }
      if (('at' in edit && edit.at >= items.length) || ('to' in edit && edit.to >= items.length)) return
      const after = await edited(before, edit, ['list'])
      const [moved] = 'at' in edit ? data.list.splice(edit.at, 1) : []
      if (edit.type === 'move') data.list.splice(edit.to, 0, moved)
      if (edit.type === 'add') data.list.push(edit.item)
      if (edit.type === 'replace') data.list.splice(edit.at, 0, edit.item)
      expect(parse(after)).toEqual({ x: 1, ...(data.list.length > 0 && { list: data.list }), y: 2 })
      if (edit.type === 'add' || edit.type === 'move') expect(commentsIn(after)).toBe(commentsIn(before))
    }),
    { numRuns: 300 },
  )
})
