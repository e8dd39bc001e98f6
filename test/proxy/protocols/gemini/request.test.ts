import { describe, expect, it } from 'vitest'
import { packThoughts } from '../../../../proxy/core/carried-thoughts.ts'
import type { Message, Part, Reasoning, Request, Tool, ToolChoice } from '../../../../proxy/core/request.ts'
import { encodeRequest as encodeAnthropic } from '../../../../proxy/protocols/anthropic/request.ts'
import {
  decodeCountTokens,
  decodeRequest,
  encodeCountTokens,
  encodeRequest,
} from '../../../../proxy/protocols/gemini/request.ts'
import { encodeRequest as encodeChat } from '../../../../proxy/protocols/openai-chat/request.ts'
import { faultOf } from '../../../support/gemini-rules.ts'

const base: Request = {
  model: 'gemini-3-pro-preview',
  stream: true,
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: {},
}

const hello = { role: 'user', parts: [{ text: 'hello' }] }
const decode = (body: object) =>
  decodeRequest({ contents: [hello], ...body }, { model: 'models/gemini-x', stream: true })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const model = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const text = (said: string): Part => ({ type: 'text', text: said })
const call = (id: string, name = 'f', more: object = {}): Part => ({
  type: 'tool-call',
  id,
  name,
  arguments: '{"a":1}',
  kind: 'function',
  ...more,
})
const result = (callId: string, ...parts: Part[]): Part => ({
  type: 'tool-result',
  callId,
  parts,
  isError: false,
  kind: 'function',
})

interface Body {
  readonly contents: readonly { readonly role: string; readonly parts: readonly Record<string, unknown>[] }[]
  readonly [field: string]: unknown
}

/** What is sent, which Google would take. */
function encoded(request: Partial<Request>): Body {
  const whole = { ...base, ...request }
  const body = JSON.parse(JSON.stringify(encodeRequest(whole))) as Body
  expect(faultOf(body, whole.model)).toBeUndefined()
  return body
}

const contents = (...messages: Message[]) => encoded({ messages }).contents

describe('decodeRequest', () => {
  it('takes the model and the wish for a stream from the address', () => {
    expect(decode({ model: 'other' })).toMatchObject({ model: 'gemini-x', stream: true })
    expect(decodeRequest({ contents: [hello], model: 'models/m' })).toMatchObject({ model: 'm', stream: false })
  })

  it('takes the names of fields with underscores, but leaves a client’s own names as they are', () => {
    const request = decodeRequest({
      contents: [
        { role: 'model', parts: [{ function_call: { name: 'my_tool', args: { snake_case: { in_line: 1 } } } }] },
        { role: 'user', parts: [{ function_response: { name: 'my_tool', response: { some_key: 1 } } }] },
        { parts: [{ inline_data: { mime_type: 'image/png', data: 'iVBO-_8=' } }] },
      ],
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      tools: [
        {
          function_declarations: [
            {
              name: 'my_tool',
              parameters: { type: 'OBJECT', properties: { snake_case: { type: 'STRING', min_length: '2' } } },
            },
          ],
        },
        { google_search: {} },
      ],
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['my_tool'] } },
      generation_config: { max_output_tokens: '77', stop_sequences: ['END'], thinking_config: { thinking_budget: 5 } },
      safety_settings: [{ category: 'x' }],
    })
    expect(request).toMatchObject({
      system: [{ text: 'Be brief.', origin: 'system' }],
      messages: [
        { role: 'assistant', parts: [{ name: 'my_tool', arguments: '{"snake_case":{"in_line":1}}' }] },
        { role: 'user', parts: [{ parts: [{ text: '{"some_key":1}' }] }] },
        { role: 'user', parts: [{ type: 'image', source: { mediaType: 'image/png', data: 'iVBO+/8=' } }] },
      ],
      tools: [
        {
          name: 'my_tool',
          parameters: { type: 'object', properties: { snake_case: { type: 'string', minLength: 2 } } },
        },
        { type: 'server', name: 'googleSearch' },
      ],
      toolChoice: { type: 'tool', name: 'my_tool' },
      sampling: { maxTokens: 77, stop: ['END'] },
      reasoning: { mode: 'on', budgetTokens: 5 },
      extras: { gemini: { safetySettings: [{ category: 'x' }] } },
    })
  })

  it('takes one content or part where several are expected, as Google’s own examples have it', () => {
    const request = decodeRequest({
      contents: { parts: { text: 'hi' } },
      systemInstruction: { parts: { text: 'sys' } },
    })
    expect(request).toMatchObject({ system: [{ text: 'sys' }], messages: [{ role: 'user', parts: [{ text: 'hi' }] }] })
  })

  it('pairs results with their calls: by id, else by name and order, whatever the client sends', () => {
    const answer = (name?: string, id?: string) => ({
      functionResponse: { ...(id && { id }), ...(name && { name }), response: {} },
    })
    const { messages } = decode({
      contents: [
        hello,
        {
          role: 'model',
          parts: [
            { functionCall: { name: 'f', args: { n: 1 } } },
            { functionCall: { name: 'f', args: { n: 2 } } },
            { functionCall: { id: 'mine', name: 'g' } },
          ],
        },
        { role: 'function', parts: [answer('f')] },
        { role: 'user', parts: [answer('g', 'mine'), answer('f', 'not-ours')] },
      ],
    })
    const [, said, first, rest] = messages.map(({ parts }) => parts)
    const ids = said?.map(part => (part.type === 'tool-call' ? part.id : ''))
    expect(new Set(ids).size).toBe(3)
    expect(first).toMatchObject([{ callId: ids?.[0], name: 'f' }])
    expect(rest).toMatchObject([
      { callId: 'mine', name: 'g' },
      { callId: ids?.[1], name: 'f' },
    ])
  })

  it('recovers the name of a result that has none from its call (T31)', () => {
    const { messages } = decode({
      contents: [
        hello,
        { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'look' } }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c1', response: { output: 'seen' } } }] },
      ],
    })
    expect(messages[2]?.parts).toEqual([
      { type: 'tool-result', callId: 'c1', name: 'look', kind: 'function', isError: false, parts: [text('seen')] },
    ])
  })

  it('gives a call without an id the same one on every turn, and no two calls the same', () => {
    const turn = [hello, { role: 'model', parts: [{ functionCall: { name: 'f' } }, { functionCall: { name: 'f' } }] }]
    const ids = (body: object) =>
      decode(body).messages.flatMap(({ parts }) => parts.flatMap(part => (part.type === 'tool-call' ? [part.id] : [])))
    expect(ids({ contents: turn })).toEqual(ids({ contents: [...turn, hello] }).slice(0, 2))
    expect(new Set(ids({ contents: turn })).size).toBe(2)
    const same = { functionCall: { id: 'x', name: 'f' } }
    expect(ids({ contents: [hello, { role: 'model', parts: [same, same] }] })).toEqual(['x', 'x_2'])
  })

  it('reads results that failed, that are text in any of the usual fields, and that hold images', () => {
    const read = (response: object, more: object = {}) =>
      decode({ contents: [{ parts: [{ functionResponse: { name: 'f', response, ...more } }] }] }).messages[0]?.parts[0]
    expect(read({ error: 'no' })).toMatchObject({ isError: true, parts: [text('no')] })
    expect(read({ result: 'yes' })).toMatchObject({ isError: false, parts: [text('yes')] })
    expect(read({ name: 'f', content: 'x' })).toMatchObject({ parts: [text('{"name":"f","content":"x"}')] })
    expect(read({}, { parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }] })).toMatchObject({
      parts: [{ type: 'image' }],
    })
  })

  it('puts thoughts that a client brings back on a call in the place of those that it kept without their proof', () => {
    const thought = { type: 'reasoning', text: 'whole', signature: { protocol: 'anthropic', value: 'SIG' } } as const
    const { messages } = decode({
      contents: [
        hello,
        {
          role: 'model',
          parts: [
            { text: 'whole', thought: true },
            { functionCall: { id: 'c', name: 'f' }, thoughtSignature: packThoughts([thought]) },
          ],
        },
      ],
    })
    expect(messages[1]?.parts).toEqual([thought, expect.objectContaining({ type: 'tool-call', id: 'c' })])
    expect(messages[1]?.parts[1]).not.toHaveProperty('signature')
  })

  it('takes the chunks of a stream, which Google’s own SDK sends back as they came, for one message', () => {
    const thought = { type: 'reasoning', text: 'whole', signature: { protocol: 'anthropic', value: 'SIG' } } as const
    const chunk = (part: object) => ({ role: 'model', parts: [part] })
    const { messages } = decode({
      contents: [
        hello,
        chunk({ text: 'who', thought: true }),
        chunk({ text: 'le', thought: true }),
        chunk({ functionCall: { id: 'c', name: 'f' }, thoughtSignature: packThoughts([thought]) }),
        chunk({ text: 'Hel' }),
        chunk({ text: 'lo' }),
        chunk({ text: '', thoughtSignature: 'OWN' }),
        chunk({ text: 'more' }),
        hello,
      ],
    })
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(messages[1]?.parts).toEqual([
      thought,
      expect.objectContaining({ type: 'tool-call', id: 'c' }),
      { ...text('Hello'), signature: { protocol: 'gemini', value: 'OWN' } },
      text('more'),
    ])
  })

  it('knows stand-ins for signatures, and keeps Google’s own', () => {
    const signature = (thoughtSignature: string) =>
      decode({ contents: [{ role: 'model', parts: [{ functionCall: { name: 'f' }, thoughtSignature }] }] }).messages[0]
        ?.parts[0]
    expect(signature('skip_thought_signature_validator')).not.toHaveProperty('signature')
    expect(signature('REAL')).toMatchObject({ signature: { protocol: 'gemini', value: 'REAL' } })
  })

  it.each([
    [{ responseMimeType: 'application/json' }, { type: 'json' }],
    [
      { responseMimeType: 'application/json', responseSchema: { type: 'STRING', nullable: true, enum: ['a'] } },
      { type: 'json-schema', schema: { type: ['string', 'null'], enum: ['a', null] } },
    ],
    [
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'array' } },
      { type: 'json-schema', schema: { type: 'array' } },
    ],
    [
      { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a', 'b'] } },
      { type: 'enum', schema: { type: 'string', enum: ['a', 'b'] } },
    ],
    [{ responseFormat: { text: { mimeType: 'APPLICATION_JSON' } } }, { type: 'json' }],
    [{ responseMimeType: 'text/plain' }, undefined],
  ])('reads the form of the answer in %j', (generationConfig, format) => {
    expect(decode({ generationConfig }).format).toEqual(format)
  })

  it.each([
    [
      { thinkingLevel: 'low', includeThoughts: true },
      { mode: 'on', effort: 'low', visible: true },
    ],
    [{ thinkingBudget: 0 }, { mode: 'off', visible: false }],
    [{ thinkingBudget: -1 }, { mode: 'auto', budgetTokens: -1, visible: false }],
    [
      { thinkingBudget: 8192, includeThoughts: true },
      { mode: 'on', budgetTokens: 8192, visible: true },
    ],
  ])('reads how much to think in %j', (thinkingConfig, reasoning) => {
    expect(decode({ generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning)
  })

  it.each([
    [{ contents: [] }, 'contents'],
    [{ contents: undefined }, 'contents'],
    [{ contents: [{ role: 'wizard', parts: [] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [{ text: 5 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
    [{ contents: [{ parts: [{ inline_data: { data: 'x' } }] }] }, 'contents[0].parts[0].inlineData.mimeType'],
    [{ generationConfig: { maxOutputTokens: 'many' } }, 'generationConfig.maxOutputTokens'],
    [{ toolConfig: { functionCallingConfig: { mode: 'SOME' } } }, 'toolConfig.functionCallingConfig.mode'],
    [{ tools: [{ functionDeclarations: [{ description: 'x' }] }] }, 'tools[0].functionDeclarations[0].name'],
  ])('refuses %j and names the field', (body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ kind: 'invalid-request', param }) as Error)
  })

  it('keeps what other vendors can’t have from being answered without it: contents kept at Google', () => {
    const request = decode({ cachedContent: 'cachedContents/abc' })
    expect(encodeRequest(request)).toMatchObject({ cachedContent: 'cachedContents/abc', contents: [hello] })
    for (const encode of [encodeAnthropic, encodeChat])
      expect(() => encode(request)).toThrow(expect.objectContaining({ kind: 'invalid-request' }) as Error)
  })

  it('brings instructions and tools to Chat Completions, and a whole conversation to Anthropic (T38)', () => {
    const request = decode({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [{ functionDeclarations: [{ name: 'f' }] }, { codeExecution: {} }],
    })
    expect(encodeChat(request)).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
      tools: [{ type: 'function', function: { name: 'f' } }],
    })
    expect(encodeAnthropic(request)).toMatchObject({
      system: [{ type: 'text', text: 'Be brief.' }],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
    })
  })

  it('keeps for Google what it said in its own words', () => {
    const body = {
      contents: [
        { role: 'user', parts: [{ text: 'hello', videoMetadata: { fps: 1 } }] },
        { role: 'model', parts: [{ executableCode: { language: 'PYTHON', code: '1' } }] },
        { role: 'user', parts: [{ fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/film' } }] },
      ],
      tools: [
        { functionDeclarations: [{ name: 'f', behavior: 'BLOCKING' }] },
        { googleSearch: {} },
        { urlContext: {} },
      ],
      toolConfig: {
        functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
        includeServerSideToolInvocations: true,
      },
      generationConfig: {
        temperature: 0.5,
        candidateCount: 2,
        responseLogprobs: true,
        logprobs: 3,
        responseModalities: ['TEXT'],
        responseMimeType: 'text/x.enum',
        responseSchema: { type: 'STRING', enum: ['a'] },
      },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
      labels: { team: 'x' },
      serviceTier: 'flex',
    }
    const request = decodeRequest(body, { model: base.model, stream: true })
    expect(request.sampling).toEqual({ temperature: 0.5, n: 2, logprobs: true, topLogprobs: 3 })
    const { candidateCount: _, ...generationConfig } = body.generationConfig
    expect(encoded(request)).toEqual({ ...body, generationConfig })
  })
})

describe('encodeRequest', () => {
  it('reorders results to the order of their calls, in one content, with their names (T30, T31, T32)', () => {
    expect(
      contents(
        user(text('go')),
        model(call('a', 'f'), call('b', 'g')),
        user(result('b', text('B'))),
        user(result('a', text('A')), text('and?')),
      ).slice(2),
    ).toEqual([
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'f', response: { output: 'A' } } },
          { functionResponse: { id: 'b', name: 'g', response: { output: 'B' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'and?' }] },
    ])
  })

  it('leaves empty texts away (T36), and says so if nothing is left', () => {
    expect(contents(user(text(''), text('x')), model(text('')), user(text('y'))).map(({ parts }) => parts)).toEqual([
      [{ text: 'x' }],
      [{ text: 'y' }],
    ])
    expect(() => encodeRequest({ ...base, messages: [user(text(''))] })).toThrow(
      expect.objectContaining({ kind: 'invalid-request', param: 'contents' }) as Error,
    )
  })

  it('puts Google’s signature back on its call, and a stand-in on the first call of a turn that has none (T40, T41)', () => {
    const signature = { protocol: 'gemini', value: 'SIG' }
    const foreign = { protocol: 'anthropic', value: 'NO' }
    const turns = [
      user(text('go')),
      model(text('first'), call('a', 'f', { signature }), call('b')),
      user(result('a'), result('b')),
      model(call('c', 'f', { signature: foreign }), call('d')),
      user(result('c'), result('d')),
    ]
    const signatures = contents(...turns).map(({ parts }) => parts.map(part => part['thoughtSignature']))
    expect(signatures[1]).toEqual([undefined, 'SIG', undefined])
    expect(signatures[3]).toEqual(['skip_thought_signature_validator', undefined])
    expect(JSON.stringify(encoded({ messages: turns, model: 'gemini-2.5-flash' }))).not.toContain('skip_thought')
  })

  it('keeps calls of one turn together, though another format had them in several messages', () => {
    const [, said, results] = contents(
      user(text('go')),
      model(call('a')),
      model(text('and'), call('b')),
      user(result('b'), result('a')),
    )
    expect(said?.parts).toHaveLength(3)
    expect(results?.parts).toHaveLength(2)
  })

  it('sends back no thoughts but those that Google has signed', () => {
    const signature = { protocol: 'gemini', value: 'SIG' }
    expect(
      contents(
        user(text('go')),
        model({ type: 'reasoning', text: 'mine', signature }, { type: 'reasoning', text: 'foreign' }, text('so')),
        user(text('on')),
      )[1]?.parts,
    ).toEqual([{ text: 'mine', thought: true, thoughtSignature: 'SIG' }, { text: 'so' }])
  })

  it('begins with the user, and tells instructions in mid-conversation as the user’s words', () => {
    expect(contents(model(text('hi')), { role: 'system', parts: [text('Be kind.')] })).toEqual([
      { role: 'user', parts: [{ text: '(The conversation begins.)' }] },
      { role: 'model', parts: [{ text: 'hi' }] },
      { role: 'user', parts: [{ text: '<system>\nBe kind.\n</system>' }] },
    ])
    expect(encoded({ messages: [], system: [{ text: 'sys', origin: 'system' }] })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'sys' }] }],
    })
  })

  it('puts images of a result inside of it where the family takes that, else behind all results', () => {
    const image: Part = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA==' } }
    const messages = [user(text('go')), model(call('a')), user(result('a', text('see'), image))]
    const inlineData = { mimeType: 'image/png', data: 'AA==' }
    expect(encoded({ messages }).contents[2]?.parts).toMatchObject([{ functionResponse: { parts: [{ inlineData }] } }])
    expect(encoded({ messages, model: 'gemini-2.5-pro' }).contents.slice(2)).toMatchObject([
      { parts: [{ functionResponse: { response: { output: 'see' } } }] },
      { parts: [{ inlineData }] },
    ])
  })

  it('keeps the texts of a result apart', () => {
    const messages = [user(text('go')), model(call('a')), user(result('a', text('one'), text('two')))]
    expect(contents(...messages)[2]?.parts).toMatchObject([
      { functionResponse: { response: { output: 'one\n\ntwo' } } },
    ])
  })

  it.each([
    ['image/png', '/9j/4AAQ', 'image/jpeg'],
    ['image/jpg', 'AAAA', 'image/jpeg'],
    ['application/octet-stream', 'JVBERi0xLjQ=', 'application/pdf'],
    ['image/png', 'UklGRiQAAABXRUJQVlA4', 'image/webp'],
    ['audio/wav', 'UklGRiQAAABXQVZFZm10', 'audio/wav'],
    ['image/heic', 'AAAA', 'image/heic'],
  ])('says of %s that begins %s that it is %s', (mediaType, data, mimeType) => {
    const sent = contents(user({ type: 'file', source: { type: 'base64', mediaType, data } }))
    expect(sent[0]?.parts).toEqual([{ inlineData: { mimeType, data } }])
  })

  it('gives results in the form in which they came, unless they were changed', () => {
    const response = { temperature: 20, unit: 'C' }
    const { messages } = decode({
      contents: [
        hello,
        { role: 'model', parts: [{ functionCall: { id: 'a', name: 'f' } }] },
        { role: 'user', parts: [{ functionResponse: { id: 'a', name: 'f', response } }] },
      ],
    })
    expect(contents(...messages)[2]?.parts).toMatchObject([{ functionResponse: { response } }])
    const [first, second, third] = messages
    const changed =
      third?.parts.map(part => (part.type === 'tool-result' ? { ...part, parts: [text('***')] } : part)) ?? []
    expect(contents(...[first, second].filter(one => one !== undefined), user(...changed))[2]?.parts).toMatchObject([
      { functionResponse: { response: { output: '***' } } },
    ])
  })

  it('says where things of the web are, refuses what only another vendor has, and tells failures as such', () => {
    const failed: Part = { type: 'tool-result', callId: 'a', parts: [text('boom')], isError: true, kind: 'function' }
    expect(contents(user(text('go')), model(call('a')), user(failed))[2]?.parts).toMatchObject([
      { functionResponse: { response: { error: 'boom' } } },
    ])
    expect(
      contents(user({ type: 'image', source: { type: 'url', url: 'https://a.example/x.PNG?y' } }))[0]?.parts,
    ).toEqual([{ fileData: { mimeType: 'image/png', fileUri: 'https://a.example/x.PNG?y' } }])
    const foreign: Part = { type: 'file', source: { type: 'file-id', protocol: 'anthropic', id: 'file_1' } }
    expect(() => encodeRequest({ ...base, messages: [user(foreign)] })).toThrow(
      expect.objectContaining({ kind: 'invalid-request' }) as Error,
    )
  })

  const f: Tool = { type: 'function', name: 'f', parameters: { type: 'object', properties: { x: { type: 'string' } } } }

  it.each<[Request['toolChoice'], unknown]>([
    [undefined, undefined],
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', name: 'f' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
    [
      { type: 'allowed', mode: 'required', names: ['f', 'g'] },
      { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
    ],
    [{ type: 'allowed', mode: 'auto', names: ['f'] }, { mode: 'AUTO' }],
  ])('writes the choice %j', (toolChoice, functionCallingConfig) => {
    const body = encoded({ tools: [f, { ...f, name: 'g' }], ...(toolChoice && { toolChoice }) })
    expect(body['toolConfig']).toEqual(functionCallingConfig && { functionCallingConfig })
    const [{ functionDeclarations = [] } = {}] = body['tools'] as { functionDeclarations?: unknown[] }[]
    expect(functionDeclarations).toHaveLength(toolChoice?.type === 'allowed' && toolChoice.mode === 'auto' ? 1 : 2)
  })

  it('offers no own tools beside functions to families that refuse that, and the web search of others where it is alone', () => {
    const own: Tool = { type: 'server', protocol: 'gemini', name: 'googleSearch', raw: { googleSearch: {} } }
    const search: Tool = {
      type: 'server',
      protocol: 'anthropic',
      name: 'web_search',
      raw: { type: 'web_search_20250305' },
    }
    expect(encoded({ tools: [f, own] })['tools']).toHaveLength(2)
    expect(encoded({ tools: [f, own], model: 'gemini-2.5-pro' })['tools']).toHaveLength(1)
    expect(encoded({ tools: [search] })['tools']).toEqual([{ googleSearch: {} }])
    expect(encoded({ tools: [f, search] })['tools']).toHaveLength(1)
  })

  it('chooses by name among the functions alone', () => {
    const search: Tool = {
      type: 'server',
      protocol: 'openai-responses',
      name: 'web_search',
      raw: { type: 'web_search' },
    }
    const chosen = (toolChoice: ToolChoice) => encoded({ tools: [f, search], toolChoice })['toolConfig']
    expect(chosen({ type: 'allowed', mode: 'required', names: ['f', 'web_search'] })).toEqual({
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] },
    })
    expect(chosen({ type: 'tool', name: 'web_search' })).toBeUndefined()
  })

  it('offers arguments that have alternatives as one object', () => {
    const either = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } }, required: [name] })
    const tools: Tool[] = [{ type: 'function', name: 'f', parameters: { anyOf: [either('a'), either('b')] } }]
    const parameters = { type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'STRING' } } }
    expect(encoded({ tools })['tools']).toEqual([{ functionDeclarations: [{ name: 'f', parameters }] }])
  })

  it('makes names fit, in tools, choice and history alike', () => {
    const name = '7.strange/name'
    const tools: Tool[] = [{ type: 'function', name }]
    const body = encoded({
      tools,
      toolChoice: { type: 'tool', name },
      messages: [user(text('go')), model(call('a', name)), user(result('a', text('x')))],
    })
    const [wire] = JSON.stringify(body).match(/_7_strange_name_[0-9a-f]{8}/) ?? []
    expect(wire).toBeDefined()
    expect(JSON.stringify(body).split(wire ?? '')).toHaveLength(5)
  })

  it('offers a tool of free text as a function of one text', () => {
    const tools: Tool[] = [{ type: 'custom', name: 'patch', grammar: { syntax: 'lark', definition: 'start: "x"' } }]
    const custom = call('a', 'patch', { kind: 'custom', arguments: '*** Begin' })
    const body = encoded({ tools, messages: [user(text('go')), model(custom), user(result('a', text('done')))] })
    expect(body['tools']).toMatchObject([
      { functionDeclarations: [{ name: 'patch', parameters: { properties: { input: { type: 'STRING' } } } }] },
    ])
    expect(body.contents[1]?.parts).toMatchObject([{ functionCall: { args: { input: '*** Begin' } } }])
  })

  it.each<[string, Reasoning, unknown]>([
    ['gemini-2.5-pro', { mode: 'off' }, { thinkingBudget: 128 }],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { effort: 'xhigh' }, { includeThoughts: true, thinkingBudget: 24_576 }],
    ['gemini-2.5-flash-lite', { budgetTokens: 100, visible: false }, { includeThoughts: false, thinkingBudget: 512 }],
    ['gemini-2.5-pro', { mode: 'adaptive' }, { includeThoughts: true, thinkingBudget: -1 }],
    ['gemini-2.5-pro', { mode: 'on', budgetTokens: 2000 }, { includeThoughts: true, thinkingBudget: 2000 }],
    ['gemini-2.0-flash', { effort: 'high' }, undefined],
    ['gemini-3-pro-preview', { effort: 'medium' }, { includeThoughts: true, thinkingLevel: 'HIGH' }],
    ['gemini-3.1-pro-preview', { effort: 'medium' }, { includeThoughts: true, thinkingLevel: 'MEDIUM' }],
    ['gemini-3-pro-preview', { mode: 'off' }, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash-preview', { mode: 'off' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.7-flash', { effort: 'minimal' }, { includeThoughts: true, thinkingLevel: 'LOW' }],
    ['gemini-3-flash', { mode: 'on', budgetTokens: 8192 }, { includeThoughts: true, thinkingLevel: 'MEDIUM' }],
    ['gemini-3-flash', { mode: 'adaptive' }, { includeThoughts: true }],
    ['an-alias', { effort: 'max', summary: 'none' }, { includeThoughts: false, thinkingLevel: 'HIGH' }],
  ])('tells %s to think %j', (id, reasoning, thinkingConfig) => {
    expect(encoded({ model: id, reasoning })['generationConfig']).toEqual(thinkingConfig && { thinkingConfig })
  })

  it('asks for JSON in the fields for it, or in words where tools keep older families from it', () => {
    const format = { type: 'json-schema', schema: { type: 'object', properties: { a: { type: 'integer' } } } } as const
    expect(encoded({ format })['generationConfig']).toEqual({
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'INTEGER' } } },
    })
    expect(encoded({ format, tools: [f] })['generationConfig']).toHaveProperty('responseSchema')
    const inWords = encoded({ format, tools: [f], model: 'gemini-2.5-pro' })
    expect(inWords['generationConfig']).toBeUndefined()
    expect(JSON.stringify(inWords['systemInstruction'])).toContain('follows this schema')
    expect(encoded({ format: { type: 'json' } })['generationConfig']).toEqual({ responseMimeType: 'application/json' })
  })

  it('writes sampling, no more stop sequences than are taken, and tiers that mean the same', () => {
    const sampling = { maxTokens: 5, topK: 3, stop: ['1', '2', '3', '4', '5', '6'], topLogprobs: 2, n: 3 }
    const body = encoded({ sampling, serviceTier: 'default' })
    expect(body['generationConfig']).toEqual({ maxOutputTokens: 5, topK: 3, stopSequences: ['1', '2', '3', '4', '5'] })
    expect(body['serviceTier']).toBe('standard')
    expect(encoded({ serviceTier: 'auto' })).not.toHaveProperty('serviceTier')
  })
})

describe('counting tokens', () => {
  it('takes contents alone, or a whole request', () => {
    const address = { model: 'm', stream: false }
    expect(decodeCountTokens({ contents: [hello] }, address).messages).toHaveLength(1)
    const whole = { model: 'models/m', contents: [hello], system_instruction: { parts: [{ text: 'sys' }] } }
    for (const name of ['generateContentRequest', 'generate_content_request'])
      expect(decodeCountTokens({ [name]: whole }, address)).toMatchObject({ model: 'm', system: [{ text: 'sys' }] })
    expect(() => decodeCountTokens('x', address)).toThrow(expect.objectContaining({ kind: 'invalid-request' }) as Error)
  })

  it('asks Google to count a whole request', () => {
    expect(encodeCountTokens(base)).toEqual({
      generateContentRequest: { model: 'models/gemini-3-pro-preview', contents: [hello] },
    })
  })
})
