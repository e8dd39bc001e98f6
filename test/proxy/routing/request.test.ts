import { describe, expect, it } from 'vitest'
import { estimateInput } from '../../../proxy/core/estimate.ts'
import { parseSelector } from '../../../proxy/core/parse-selector.ts'
import type { Part, Reasoning, Request } from '../../../proxy/core/request.ts'
import { leavesOf } from '../../../proxy/core/selector.ts'
import { applyParams } from '../../../proxy/routing/apply-params.ts'
import { factsOf } from '../../../proxy/routing/facts.ts'

const request: Request = {
  model: 'm',
  stream: true,
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: { temperature: 1, maxTokens: 10, minP: 0.1 },
}

const paramsIn = (query: string) => leavesOf(parseSelector(`m?${query}`))[0]?.params ?? {}

describe('parameters behind a model’s name', () => {
  it.each<[string, Partial<Request>]>([
    ['temperature=0.2', { sampling: { ...request.sampling, temperature: 0.2 } }],
    ['top_p=0.5&top_k=3', { sampling: { ...request.sampling, topP: 0.5, topK: 3 } }],
    ['max_tokens=99&seed=0', { sampling: { ...request.sampling, maxTokens: 99, seed: 0 } }],
    ['stop=a&stop=b', { sampling: { ...request.sampling, stop: ['a', 'b'] } }],
    ['verbosity=low', { verbosity: 'low' }],
    ['reasoning_effort=high', { reasoning: { effort: 'high' } }],
  ])('%s take the place of the client’s own', (query, changed) => {
    expect(applyParams(request, paramsIn(query))).toEqual({ ...request, ...changed })
  })

  it.each<[Reasoning, string, Reasoning]>([
    [{ budgetTokens: 100, mode: 'on', visible: true }, 'reasoning_effort=low', { effort: 'low', visible: true }],
    [{ effort: 'high', summary: 'auto' }, 'thinking_budget=500', { budgetTokens: 500, summary: 'auto' }],
    [{ mode: 'off' }, 'reasoning_effort=max', { effort: 'max' }],
    [{ effort: 'high' }, 'reasoning_effort=none', { mode: 'off' }],
    [{ mode: 'adaptive', effort: 'high' }, 'thinking_budget=0', { mode: 'off' }],
    [{ effort: 'high' }, 'thinking_budget=-1', { mode: 'auto' }],
    [{}, 'thinking_budget=9&reasoning_effort=low', { budgetTokens: 9, effort: 'low' }],
    [{ effort: 'high' }, 'seed=1', { effort: 'high' }],
  ])('how much to think, %j with %s, is %j', (reasoning, query, result) => {
    expect(applyParams({ ...request, reasoning }, paramsIn(query)).reasoning).toEqual(result)
  })

  it('change nothing where there are none', () => {
    expect(applyParams(request, {})).toBe(request)
  })
})

describe('the facts of a request', () => {
  const image: Part = { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } }
  const result: Part = { type: 'tool-result', callId: '1', parts: [image], isError: false, kind: 'function' }

  it.each<[string, Partial<Request>, object]>([
    ['text', {}, { images: false, tools: false }],
    ['an image', { messages: [{ role: 'user', parts: [image] }] }, { images: true, tools: false }],
    ['an image that a tool gave', { messages: [{ role: 'user', parts: [result] }] }, { images: true, tools: false }],
    ['a tool', { tools: [{ type: 'function', name: 'f' }] }, { images: false, tools: true }],
  ])('tell %s', (_name, over, facts) => {
    const asked = { ...request, ...over }
    expect(factsOf(asked)).toEqual({ ...facts, tokens: estimateInput(asked) })
  })
})
