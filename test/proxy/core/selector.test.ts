import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSelector, SelectorError, type SelectorProblem } from '../../../proxy/core/parse-selector.ts'
import { printSelector, type Selector } from '../../../proxy/core/selector.ts'

const leaf = (model: string, more: object = {}) => ({ kind: 'leaf', model, params: {}, ...more })
const branch = (model: string, more: object = {}) => leaf(model, { marks: {}, ...more })

function refusal(text: string): string {
  try {
    parseSelector(text)
  } catch (error) {
    if (error instanceof SelectorError) return error.message
    throw error
  }
  throw new Error(`${text} was not refused`)
}

describe('a selector', () => {
  it.each<[string, object]>([
    ['gpt-5', branch('gpt-5')],
    ['openai:gpt-5', branch('gpt-5', { backend: 'openai' })],
    ['openai.2:gpt-5', branch('gpt-5', { backend: 'openai.2' })],
    ['vendor/model:free', branch('vendor/model:free')],
    ['openrouter:vendor/model:free', branch('vendor/model:free', { backend: 'openrouter' })],
    ['llama3:8b', branch('8b', { backend: 'llama3' })],
    ['claude-opus[1m]', branch('claude-opus[1m]')],
    ['m?temperature=0.2', branch('m', { params: { temperature: 0.2 } })],
    ['a/b?stop=x:y', branch('a/b', { params: { stop: ['x:y'] } })],
    ['m?', branch('m')],
    ['m?temperature=&top_p=.5&&top_p=1', branch('m', { params: { top_p: 1 } })],
    ['m?stop=a&stop=%7C%21', branch('m', { params: { stop: ['a', '|!'] } })],
    [
      'm?reasoning_effort=max&verbosity=low&thinking_budget=-1&seed=-7&top_k=40&max_tokens=100',
      branch('m', {
        params: {
          reasoning_effort: 'max',
          verbosity: 'low',
          thinking_budget: -1,
          seed: -7,
          top_k: 40,
          max_tokens: 100,
        },
      }),
    ],
    ['[max_context=8000]m', branch('m', { marks: { max_context: 8000 } })],
    [' a:x | y ', { kind: 'failover', branches: [branch('x', { backend: 'a' }), branch('y')] }],
    [
      '[weight=3,first]a:x^[max_context=9][weight=1]y',
      {
        kind: 'weighted',
        branches: [
          branch('x', { backend: 'a', marks: { weight: 3, first: true } }),
          branch('y', { marks: { max_context: 9, weight: 1 } }),
        ],
      },
    ],
    [
      '[handicap=1.5]a:x![ttft_timeout=10]b:y?seed=1',
      {
        kind: 'race',
        branches: [
          branch('x', { backend: 'a', marks: { handicap: 1.5 } }),
          branch('y', { backend: 'b', marks: { ttft_timeout: 10 }, params: { seed: 1 } }),
        ],
      },
    ],
    [
      'hybrid:[a:x?top_p=1, b:y[1m]]',
      {
        kind: 'hybrid',
        reasoner: leaf('x', { backend: 'a', params: { top_p: 1 } }),
        actor: leaf('y[1m]', { backend: 'b' }),
      },
    ],
  ])('%s is read', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector)
  })

  it.each([
    ['', 'a selector names at least a model (at character 1)'],
    ['   ', 'a selector names at least a model (at character 1)'],
    [':m', 'no backend stands before the colon (at character 1)'],
    ['openai:', 'no model stands behind the colon (at character 8)'],
    ['a|', 'a model is missing here (at character 3)'],
    ['a||b', 'a model is missing here (at character 3)'],
    ['?seed=1', 'a model is missing here (at character 1)'],
    ['a|b^c', 'one selector has one kind of sign between its branches: |, ^ or ! (at character 4)'],
    ['[weight=1a^b', 'this bracket is never closed (at character 1)'],
    ['[]a', '[] is not known: there are weight, first, handicap, ttft_timeout, max_context (at character 2)'],
    [
      'a^[thinker]b',
      '[thinker] is not known: hybrid:[a:x,b:y] lets one model think for another, and hybrid.probability says in how many of the turns (at character 4)',
    ],
    ['[weight=0]a^b', '[weight] must be a whole number, 1 or more (at character 2)'],
    ['[weight=2]a|b', '[weight] stands only between branches divided by ^ (at character 2)'],
    ['[weight=2]a', '[weight] stands only between branches divided by ^ (at character 2)'],
    ['a|[handicap=1]b', '[handicap] stands only between branches divided by ! (at character 4)'],
    ['[handicap=x]a!b', '[handicap] must be a number of seconds (at character 2)'],
    ['[ttft_timeout=0]a!b', '[ttft_timeout] must be a number of seconds (at character 2)'],
    ['[weight=1,weight=2]a^b', '[weight] stands here twice (at character 11)'],
    ['[weight=1] a^b', 'no space stands between a bracket and its model (at character 11)'],
    ['[first]a^[first]b', 'only one branch can be [first] (at character 1)'],
    ['hybrid:[a:x]', 'hybrid takes two models: hybrid:[backend:thinks,backend:answers] (at character 9)'],
    ['hybrid:[a:x,b:y,c:z]', 'hybrid takes two models: hybrid:[backend:thinks,backend:answers] (at character 9)'],
    ['hybrid:[a:x,y]', 'each model of a hybrid names its backend (at character 13)'],
    ['hybrid:[a:x,b:y', 'this bracket is not closed at the end (at character 8)'],
    ['hybrid:[a:x|b:y,c:z]', 'hybrid:[…] stands alone, and holds two single models (at character 12)'],
    ['a|hybrid:[b]', 'hybrid:[…] stands alone (at character 3)'],
    ['m?temperature=3', 'temperature must be a number from 0 to 2 (at character 3)'],
    ['m?top_k=1.5', 'top_k must be a whole number from 1 to 100000 (at character 3)'],
    ['m?verbosity=loud', 'verbosity must be one of low, medium, high (at character 3)'],
    [
      'm?reasoning_effort=huge',
      'reasoning_effort must be one of none, minimal, low, medium, high, xhigh, max (at character 3)',
    ],
    ['m?stop=%zz', 'stop must be text (at character 3)'],
    [
      'm?temprature=1&top_p=7',
      'there is no parameter "temprature": there are temperature, top_p, top_k, max_tokens, reasoning_effort, ' +
        'verbosity, thinking_budget, seed, stop (at character 3); top_p must be a number from 0 to 1 (at character 16)',
    ],
  ])('%s is refused, with the place', (text, message) => {
    expect(refusal(text)).toBe(message)
  })

  it('has bounds', () => {
    expect(refusal('x'.repeat(4001))).toBe('a selector has at most 4000 characters (at character 4001)')
    expect(refusal(Array(40).fill('m').join('|'))).toBe('a selector has at most 32 branches (at character 1)')
  })

  it('is read without its bad parameters where they are only to be told', () => {
    const told: SelectorProblem[] = []
    const selector = parseSelector('m?x=1&temperature=9&seed=4', problem => told.push(problem))
    expect(selector).toEqual(branch('m', { params: { seed: 4 } }))
    expect(told.map(({ at }) => at)).toEqual([2, 6])
  })
})

const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/).filter(id => id !== 'hybrid')
/** Models as vendors and their clients write them: with slashes, and colons behind those. */
const model = fc.oneof(
  fc.stringMatching(/^[\w.@(){}'"$%&=+~*,;<>-]{1,12}$/),
  fc.tuple(name, fc.stringMatching(/^[\w.:/[\]-]{1,12}$/)).map(([vendor, rest]) => `${vendor}/${rest}`),
)
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })
const paramValues = fc.record(
  {
    temperature: fc.double({ min: 0, max: 2, noNaN: true }).map(value => value + 0),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }).map(value => value + 0),
    top_k: fc.integer({ min: 1, max: 100_000 }),
    max_tokens: fc.integer({ min: 1, max: 10_000_000 }),
    reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    verbosity: fc.constantFrom('low', 'medium', 'high'),
    thinking_budget: fc.integer({ min: -1, max: 1_000_000 }),
    seed: fc.integer({ min: -(2 ** 31), max: 2 ** 53 - 1 }),
    stop: fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
)
const anyLeaf = (backend: fc.Arbitrary<string | undefined>) =>
  fc.tuple(backend, model, paramValues).map(([backend, model, params]) => ({
    kind: 'leaf' as const,
    ...(backend !== undefined && { backend }),
    model,
    params,
  }))
const positive = fc.integer({ min: 1, max: 999_999_999 })
const seconds = fc.integer({ min: 1, max: 36_000 }).map(tenths => tenths / 10)
const branches = (marks: Record<string, fc.Arbitrary<unknown>>) =>
  fc.array(
    fc
      .tuple(anyLeaf(optional(name)), fc.record({ max_context: positive, ...marks }, { requiredKeys: [] }))
      .map(([leaf, marks]) => ({ ...leaf, marks })),
    { minLength: 2, maxLength: 5 },
  )
const selector = fc.oneof(
  branches({}).map(([one]) => one),
  branches({}).map(branches => ({ kind: 'failover', branches })),
  branches({ weight: positive }).map(branches => ({ kind: 'weighted', branches })),
  branches({ handicap: seconds, ttft_timeout: seconds }).map(branches => ({ kind: 'race', branches })),
  fc
    .tuple(anyLeaf(name), anyLeaf(name))
    // A comma divides the two.
    .filter(leaves => !leaves.some(({ model }) => model.includes(',')))
    .map(([reasoner, actor]) => ({ kind: 'hybrid', reasoner, actor })),
) as fc.Arbitrary<Selector>

describe('printing a selector', () => {
  it('gives text that is read as the same selector', () => {
    fc.assert(
      fc.property(selector, selector => {
        fc.pre(printSelector(selector).length <= 4000)
        expect(parseSelector(printSelector(selector))).toEqual(selector)
      }),
      { numRuns: 2000 },
    )
  })

  it('gives the same text again when that is read and printed', () => {
    const pieces = fc.constantFrom(
      'a',
      'b:',
      'c/',
      '|',
      '^',
      '!',
      '[',
      ']',
      ',',
      '?',
      '&',
      '=',
      'weight=2',
      'first',
      'max_context=9',
      'handicap=1',
      'temperature=1',
      'stop=%20x',
      'hybrid:[',
      'hybrid',
      ' ',
      '%',
      '\ud800',
      'é',
      '.1',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 14 }).map(list => list.join('')),
          fc.string(),
        ),
        text => {
          let selector: Selector
          try {
            selector = parseSelector(text)
          } catch (error) {
            expect(error).toBeInstanceOf(SelectorError)
            for (const { at } of (error as SelectorError).problems) {
              expect(at >= 0 && at <= text.length).toBe(true)
            }
            return
          }
          expect(parseSelector(printSelector(selector))).toEqual(selector)
        },
      ),
      { numRuns: 20_000 },
    )
  })
})
