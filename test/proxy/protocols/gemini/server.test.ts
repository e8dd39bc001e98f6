import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, type Reply } from '../../../../proxy/core/reply.ts'
import type { Request } from '../../../../proxy/core/request.ts'
import { withProject } from '../../../../proxy/protocols/code-assist/request.ts'
import { encodeCountTokens as countCodeAssist } from '../../../../proxy/protocols/code-assist/request.ts'
import { codeAssist } from '../../../../proxy/protocols/code-assist/index.ts'
import { gemini } from '../../../../proxy/protocols/gemini/index.ts'
import { encodeCountTokens } from '../../../../proxy/protocols/gemini/request.ts'
import { decodeJsonArray } from '../../../../proxy/wire/json-array.ts'
import { decodeSse } from '../../../../proxy/wire/sse.ts'
import {
  answerGemini,
  geminiChunk,
  refuseGemini,
  startFakeCodeAssist,
  startFakeGemini,
} from '../../../support/fake-gemini.ts'

/** The format over real connections, to servers that refuse what Google's refuse. */

const request: Request = {
  model: 'gemini-3-pro-preview',
  stream: true,
  system: [{ text: 'Be brief.', origin: 'system' }],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is the weather?' }] }],
  tools: [
    {
      type: 'function',
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false },
    },
  ],
  sampling: {},
}

let google: Awaited<ReturnType<typeof startFakeGemini>>
beforeEach(async () => {
  google = await startFakeGemini()
})
afterEach(() => google.close())

async function ask(method: string, asked: Request, key = google.key) {
  return fetch(`${google.url}/v1beta/models/${asked.model}:${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
    body: JSON.stringify(gemini.encodeRequest(asked)),
  })
}

function bytesOf(response: Response): AsyncIterable<Uint8Array> {
  if (response.body === null) throw new Error('there is no body')
  return response.body
}

const saying = (reply: Reply) => reply.parts.map(part => ('text' in part ? part.text : part.type)).join('')

describe('a server of Google’s', () => {
  it.each([
    ['streamGenerateContent?alt=sse', decodeSse],
    ['streamGenerateContent', decodeJsonArray],
  ] as const)('answers %s', async (method, decode) => {
    const response = await ask(method, request)
    expect(saying(await collect(gemini.decodeStream(decode(bytesOf(response)))))).toBe('Hello there')
  })

  it('answers whole', async () => {
    const response = await ask('generateContent', request)
    expect(saying(gemini.decodeReply(await response.json()))).toBe('Hello there')
  })

  it('takes the call that it made back with its result, signature and all', async () => {
    const calls = [
      { functionCall: { name: 'weather', args: { city: 'A' } }, thoughtSignature: 'U0lH' },
      { functionCall: { name: 'weather', args: { city: 'B' } } },
    ]
    google.answers((response, asked) => {
      answerGemini(response, asked, [geminiChunk(calls), geminiChunk([{ text: '' }], 'STOP')])
    })
    const made = await collect(
      gemini.decodeStream(decodeSse(bytesOf(await ask('streamGenerateContent?alt=sse', request)))),
    )
    const results = made.parts.flatMap(part =>
      part.type === 'tool-call'
        ? [{ type: 'tool-result', callId: part.id, parts: [], isError: false, kind: 'function' } as const]
        : [],
    )
    const response = await ask('generateContent', {
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', parts: made.parts },
        { role: 'user', parts: results.reverse() },
      ],
    })
    expect(response.status).toBe(200)
    expect(google.asked.at(-1)?.body).toMatchObject({
      contents: [{}, { parts: [{ thoughtSignature: 'U0lH' }, { functionCall: { args: { city: 'B' } } }] }, {}],
    })
  })

  it('refuses a key, a model, and more than it can bear, each understood for what it is', async () => {
    const refused = async (response: Response) => gemini.decodeError(response.status, await response.json())
    expect(await refused(await ask('generateContent', request, 'wrong'))).toMatchObject({ kind: 'unauthenticated' })
    expect(await refused(await ask('generateContent', { ...request, model: 'gone' }))).toMatchObject({
      kind: 'unknown-model',
    })
    google.answers(response => {
      refuseGemini(
        response,
        400,
        'INVALID_ARGUMENT',
        'The input token count (2000000) exceeds the maximum number of tokens allowed (1048575).',
      )
    })
    expect(await refused(await ask('generateContent', request))).toMatchObject({ kind: 'context-too-long' })
  })

  it('counts tokens and lists models', async () => {
    const headers = { 'x-goog-api-key': google.key }
    const counted = await fetch(`${google.url}/v1/models/${request.model}:countTokens`, {
      method: 'POST',
      headers,
      body: JSON.stringify(encodeCountTokens(request)),
    })
    expect(await counted.json()).toEqual({ totalTokens: expect.any(Number) as number })
    const models = await fetch(`${google.url}/v1beta/models?key=${google.key}`)
    expect(await models.json()).toMatchObject({ models: [{ name: 'models/gemini-2.5-flash' }, {}] })
  })
})

describe('Code Assist', () => {
  let assist: Awaited<ReturnType<typeof startFakeCodeAssist>>
  beforeEach(async () => {
    assist = await startFakeCodeAssist()
  })
  afterEach(() => assist.close())

  const post = (method: string, body: unknown) =>
    fetch(`${assist.url}/v1internal:${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${assist.key}` },
      body: JSON.stringify(body),
    })

  it('answers in its envelope, to the project that pays', async () => {
    const body = withProject(codeAssist.encodeRequest(request), 'fake-project')
    const stream = await post('streamGenerateContent?alt=sse', body)
    expect(saying(await collect(codeAssist.decodeStream(decodeSse(bytesOf(stream)))))).toBe('Hello there')
    const whole = await post('generateContent', body)
    expect(saying(codeAssist.decodeReply(await whole.json()))).toBe('Hello there')
    expect(assist.asked[0]).toMatchObject({ sent: { model: request.model, project: 'fake-project' } })
  })

  it('refuses another project', async () => {
    const response = await post('generateContent', withProject(codeAssist.encodeRequest(request), 'other'))
    expect(codeAssist.decodeError(response.status, await response.json())).toMatchObject({ kind: 'forbidden' })
  })

  it('counts contents without thoughts', async () => {
    const thought = { type: 'reasoning', text: 'hm', signature: { protocol: 'gemini', value: 'SIG' } } as const
    const said = { role: 'assistant', parts: [thought, { type: 'text', text: 'so' }] } as const
    const body = countCodeAssist({ ...request, messages: [...request.messages, said] })
    expect(JSON.stringify(body)).not.toContain('hm')
    expect(await (await post('countTokens', body)).json()).toEqual({ totalTokens: expect.any(Number) as number })
  })
})
