import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCall } from '../../../proxy/commands/parse-command.ts'

function argsOf(text: string) {
  return parseCall(text, 0)?.args.map(({ key, value }) => (key === undefined ? value : [key, value]))
}

describe('a call', () => {
  it.each<[string, unknown]>([
    ['help', []],
    ['help()', []],
    ['help( )', []],
    ['backend(anthropic)', ['anthropic']],
    ['backend (anthropic)', ['anthropic']],
    ['backend( anthropic )', ['anthropic']],
    ['model(openrouter:qwen/qwen3-coder)', ['openrouter:qwen/qwen3-coder']],
    ['model(name=gpt-5)', [['name', 'gpt-5']]],
    ['model(gpt-5?temperature=0.2&top_p=1)', ['gpt-5?temperature=0.2&top_p=1']],
    [
      'set(model = gpt-5 , temperature=0.2)',
      [
        ['model', 'gpt-5'],
        ['temperature', '0.2'],
      ],
    ],
    ['set(Project_Dir=x)', [['project-dir', 'x']]],
    ['set(project dir=x)', [['project-dir', 'x']]],
    ['project("a, b)")', ['a, b)']],
    ["project(name='a, b')", [['name', 'a, b']]],
    ["project(Tom's app)", ["Tom's app"]],
    ['project(a\\, b)', ['a, b']],
    ['project-dir(C:\\Users\\me)', ['C:\\Users\\me']],
    ['oneoff(hybrid:[a:b,c:d])', ['hybrid:[a:b,c:d]']],
    ['oneoff([weight=2]a:b^[weight=1]c:d)', ['[weight=2]a:b^[weight=1]c:d']],
    [
      'set(gemini-generation-config={"a": [1, 2], "b": "x)"})',
      [['gemini-generation-config', '{"a": [1, 2], "b": "x)"}']],
    ],
    ['route-append(fast, a:b, c:d)', ['fast', 'a:b', 'c:d']],
    ['set(a=)', [['a', '']]],
  ])('%s', (text, args) => {
    expect(argsOf(text)).toEqual(args)
    expect(parseCall(text, 0)?.end).toBe(text.length)
  })

  it('ends behind its bracket, or behind its name', () => {
    expect(parseCall('model(a) b)', 0)?.end).toBe(8)
    expect(parseCall('help me', 0)?.end).toBe(4)
  })

  it('whose bracket is never closed ends with its line, and says so', () => {
    expect(parseCall('model(a\nb', 0)).toEqual({ name: 'model', args: [], hasBrackets: true, isClosed: false, end: 7 })
  })

  it('begins with a letter', () => {
    expect(parseCall('/usr', 0)).toBeUndefined()
    expect(parseCall('', 0)).toBeUndefined()
  })

  it('never throws, and ends within the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(30), (text, at) => {
        const call = parseCall(`m${text}`, Math.min(at, text.length))
        expect(call === undefined || (call.end > 0 && call.end <= text.length + 1)).toBe(true)
      }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('(', ')', ',', '"', "'", '\\', '=', '[', ']', '{', 'a', ' ', '\n')),
        signs => {
          const text = `m(${signs.join('')}`
          expect((parseCall(text, 0)?.end ?? 0) <= text.length).toBe(true)
        },
      ),
    )
  })
})
