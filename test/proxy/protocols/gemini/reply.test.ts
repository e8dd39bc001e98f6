import { describe, expect, it } from 'vitest'
import { unpackThoughts } from '../../../../proxy/core/carried-thoughts.ts'
import type { Reply } from '../../../../proxy/core/reply.ts'
import type { Part, Request } from '../../../../proxy/core/request.ts'
import { decodeReply, encodeReply } from '../../../../proxy/protocols/gemini/reply.ts'
import { decodeRequest } from '../../../../proxy/protocols/gemini/request.ts'

const asked: Request = {
  model: 'm',
  stream: false,
  system: [],
  messages: [],
  tools: [],
  sampling: {},
  reasoning: { visible: true },
}
const reply = (...parts: Part[]): Reply => ({
  id: 'r',
  model: 'm',
  parts,
  reason: 'end',
  usage: { input: 5, output: 3 },
})

interface Written {
  readonly candidates: readonly { readonly content: { readonly parts: readonly Record<string, unknown>[] } }[]
}
const partsOf = (it: Reply) => (encodeReply(it, asked) as unknown as Written).candidates[0]?.content.parts ?? []

describe('decodeReply', () => {
  it('throws what is told instead of an answer', () => {
    expect(() => decodeReply({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'slow' } })).toThrow(
      expect.objectContaining({ kind: 'rate-limited' }) as Error,
    )
    for (const body of [{}, { candidates: [] }, { promptFeedback: {} }, 'text', null])
      expect(() => decodeReply(body)).toThrow(expect.objectContaining({ kind: 'bad-upstream' }) as Error)
  })

  it('reads a list of chunks as the answer that was cut into them', () => {
    const chunk = (text: string, more: object = {}) => ({ candidates: [{ content: { parts: [{ text }] }, ...more }] })
    expect(decodeReply([chunk('a'), chunk('b', { finishReason: 'STOP' })]).parts).toEqual([
      { type: 'text', text: 'ab' },
    ])
  })

  it.each([
    { promptFeedback: { blockReason: 'OTHER' } },
    { promptFeedback: { blockReason: 'SAFETY' } },
    ...['IMAGE_OTHER', 'NO_IMAGE', 'LANGUAGE'].map(finishReason => ({ candidates: [{ content: {}, finishReason }] })),
  ])('takes %j for a filter’s doing, not for an empty answer (T65)', body => {
    expect(decodeReply(body)).toMatchObject({ parts: [], reason: 'content-filter' })
  })

  it('counts what Google’s own tools cost as input, and thoughts as output', () => {
    const usageMetadata = {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 2,
      cachedContentTokenCount: 4,
      totalTokenCount: 20,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 10 }],
    }
    const { usage, ...rest } = decodeReply({ candidates: [{ finishReason: 'STOP' }], usageMetadata })
    expect(usage).toMatchObject({ input: 15, output: 5, reasoning: 2, cacheRead: 4 })
    expect(encodeReply({ ...rest, usage }, asked)['usageMetadata']).toEqual(usageMetadata)
  })
})

describe('encodeReply', () => {
  it('writes the whole form', () => {
    expect(encodeReply(reply({ type: 'text', text: 'Hi' }), asked)).toEqual({
      candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, index: 0, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3, totalTokenCount: 8 },
      modelVersion: 'm',
      responseId: 'r',
    })
    expect(partsOf(reply())).toEqual([{ text: '' }])
  })

  it('brings another vendor’s thoughts to the client and back, though the client keeps only its calls', () => {
    const thoughts: Part[] = [
      { type: 'reasoning', text: 'first', signature: { protocol: 'anthropic', value: 'A' } },
      { type: 'reasoning', text: '', redacted: 'R' },
    ]
    const call: Part = { type: 'tool-call', id: 'c', name: 'f', arguments: '{}', kind: 'function' }
    const kept = partsOf(reply(...thoughts, call)).filter(part => part['thought'] !== true)
    expect(kept).toHaveLength(1)
    const { messages } = decodeRequest({ contents: [{ role: 'model', parts: kept }] })
    expect(messages[0]?.parts).toEqual([...thoughts, call])
  })

  it('brings thoughts that nothing follows on one of their own, and thoughts without proof only to calls', () => {
    const proved: Part = { type: 'reasoning', text: 'x', encrypted: { protocol: 'openai-responses', value: 'E' } }
    const [shown, carrier] = partsOf(reply(proved))
    expect(shown).toEqual({ text: 'x', thought: true })
    expect(unpackThoughts(String(carrier?.['thoughtSignature']))).toEqual([proved])
    const bare: Part = { type: 'reasoning', text: 'y' }
    expect(partsOf(reply(bare, { type: 'text', text: 'z' }))).toEqual([{ text: 'y', thought: true }, { text: 'z' }])
  })

  it.each([undefined, { visible: false }])(
    'shows no thoughts to who asks with %j, and brings what proves them',
    reasoning => {
      const thoughts: Part[] = [
        { type: 'reasoning', text: 'mine', signature: { protocol: 'gemini', value: 'G' } },
        { type: 'reasoning', text: 'secret', signature: { protocol: 'anthropic', value: 'A' } },
      ]
      const { candidates } = encodeReply(reply(...thoughts, { type: 'text', text: 'z' }), { ...asked, reasoning })
      const [own, said, ...others] = (candidates as Written['candidates'])[0]?.content.parts ?? []
      expect(own).toEqual({ text: '', thought: true, thoughtSignature: 'G' })
      expect(said).toMatchObject({ text: 'z' })
      expect(unpackThoughts(String(said?.['thoughtSignature']))).toEqual(thoughts.slice(1))
      expect(others).toEqual([])
    },
  )

  it('says in Google’s words why it stopped', () => {
    const reason = (it: Partial<Reply>) =>
      (encodeReply({ ...reply(), ...it }, asked)['candidates'] as { finishReason: string }[])[0]?.finishReason
    expect(reason({ reason: 'refusal' })).toBe('SAFETY')
    expect(reason({ reason: 'tool-calls' })).toBe('STOP')
    expect(reason({ reason: 'content-filter', rawReason: 'BLOCKLIST' })).toBe('BLOCKLIST')
    expect(reason({ reason: 'content-filter', rawReason: 'content_filter' })).toBe('SAFETY')
    expect(reason({ reason: 'malformed-tool-call' })).toBe('MALFORMED_FUNCTION_CALL')
  })

  it('tells log probabilities in two lists', () => {
    const logprobs = [
      { token: 'a', logprob: -1, bytes: [97], top_logprobs: [{ token: 'b', logprob: -2, bytes: [98] }] },
    ]
    const body = encodeReply(reply({ type: 'text', text: 'a', logprobs }), asked)
    expect(body).toMatchObject({
      candidates: [
        {
          logprobsResult: {
            chosenCandidates: [{ token: 'a', logProbability: -1 }],
            topCandidates: [{ candidates: [{ token: 'b', logProbability: -2 }] }],
          },
        },
      ],
    })
    expect(decodeReply(body).parts).toEqual([{ type: 'text', text: 'a', logprobs }])
  })
})
