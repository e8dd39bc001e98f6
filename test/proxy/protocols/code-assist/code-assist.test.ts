import { describe, expect, it } from 'vitest'
import { collect } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { codeAssist } from '../../../../proxy/protocols/code-assist/index.ts'
import { withProject } from '../../../../proxy/protocols/code-assist/request.ts'
import { gemini } from '../../../../proxy/protocols/gemini/index.ts'
import { drain, eventsOf, framesOf } from '../../../support/streams.ts'

const hello = { role: 'user', parts: [{ text: 'hello' }] }
const asked: Request = {
  model: 'gemini-3-pro-preview',
  stream: true,
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: {},
}

describe('the envelope of a request', () => {
  it('holds the model, and later the project; all else is Gemini’s', () => {
    const body = codeAssist.encodeRequest(asked)
    expect(body).toEqual({ model: 'gemini-3-pro-preview', request: { contents: [hello] } })
    expect(withProject(body, 'mine')).toEqual({ ...(body as object), project: 'mine' })
  })

  it('keeps what its own clients say in it, and what they say to Gemini', () => {
    const body = {
      model: 'gemini-3-pro-preview',
      project: 'mine',
      user_prompt_id: 'p1',
      request: { contents: [hello], safetySettings: [], labels: { a: 'b' }, session_id: 's1' },
    }
    const request = codeAssist.decodeRequest(body, { model: '', stream: true })
    expect(request).toMatchObject({ model: 'gemini-3-pro-preview', stream: true })
    expect(codeAssist.encodeRequest(request)).toEqual(body)
    expect(gemini.encodeRequest(request)).toEqual({ contents: [hello], safetySettings: [], labels: { a: 'b' } })
  })

  it.each([
    [{ model: 'm' }, 'request'],
    [{ model: 'm', request: { contents: [{ parts: [{ text: 1 }] }] } }, 'request.contents[0].parts[0].text'],
    [{ model: 5, request: {} }, 'model'],
  ])('refuses %j and names the field', (body, param) => {
    expect(() => codeAssist.decodeRequest(body)).toThrow(
      expect.objectContaining({
        kind: 'invalid-request',
        param,
        message: expect.stringContaining(`'${param}'`) as string,
      }) as Error,
    )
  })

  it('refuses contents kept at Google, which Code Assist has not', () => {
    const cached = gemini.decodeRequest({ contents: [hello], cachedContent: 'cachedContents/x' }, asked)
    expect(() => codeAssist.encodeRequest(cached)).toThrow(expect.objectContaining({ param: 'cachedContent' }) as Error)
  })
})

describe('the envelope of an answer', () => {
  const response = { candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }

  it('is taken off, and gives the answer its id', async () => {
    expect(codeAssist.decodeReply({ response, traceId: 't1' })).toMatchObject({ id: 't1', parts: [{ text: 'Hi' }] })
    const streamed = await collect(codeAssist.decodeStream(framesOf({ response, traceId: 't1' })))
    expect(streamed).toMatchObject({ id: 't1', parts: [{ text: 'Hi' }] })
    expect(() => codeAssist.decodeReply({ traceId: 't1' })).toThrow(
      expect.objectContaining({ kind: 'bad-upstream' }) as Error,
    )
  })

  it('is put around each chunk, but not around an error', async () => {
    const { items } = await drain(
      codeAssist.encodeStream(
        eventsOf([
          { type: 'start', id: 'a', model: 'm' },
          { type: 'finish', reason: 'end' },
        ]),
        asked,
      ),
    )
    expect(JSON.parse(items[0]?.data ?? '')).toMatchObject({ response: { responseId: 'a' } })
    const failed = await drain(codeAssist.encodeStream(eventsOf(), asked))
    expect(JSON.parse(failed.items[0]?.data ?? '')).toMatchObject({ error: { status: 'INTERNAL' } })
  })

  it('is looked through when a relayed answer is watched', () => {
    const frame = `data: ${JSON.stringify({ response: { ...response, usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 1 } } })}\n\n`
    expect(codeAssist.watch.readStream(frame, frame)).toEqual({
      usage: { input: 2, output: 1 },
      rawReason: 'STOP',
      ended: true,
    })
  })
})
