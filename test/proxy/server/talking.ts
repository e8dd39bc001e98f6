/** A word of a conversation: who said it, and what. */
export type Said = readonly [role: 'user' | 'assistant', text: string]

/** What came back, as its words, its usage and the model that it names, whatever the API. */
export interface Told {
  readonly status: number
  readonly words: string
  readonly usage: readonly unknown[]
  readonly model: unknown
}

type Json = Record<string, unknown>

interface ApiForm {
  readonly path: (model: string, stream: boolean) => string
  readonly body: (said: readonly Said[], model: string, stream: boolean) => Json
  /** From the whole answer, or from the events of a stream. */
  readonly words: (events: readonly Json[]) => string
  readonly usage: (events: readonly Json[]) => readonly unknown[]
  readonly model: (events: readonly Json[]) => unknown
}

/** How each API asks and answers. */
export const apis = {
  chat: {
    path: () => '/v1/chat/completions',
    body: (said, model, stream) => ({
      model,
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
      messages: said.map(([role, content]) => ({ role, content })),
    }),
    words: events =>
      strings(events, 'choices.0.message.content').concat(strings(events, 'choices.0.delta.content')).join(''),
    usage: events => [last(events, 'usage.prompt_tokens'), last(events, 'usage.completion_tokens')],
    model: events => last(events, 'model'),
  },
  responses: {
    path: () => '/v1/responses',
    body: (said, model, stream) => ({ model, stream, input: said.map(([role, content]) => ({ role, content })) }),
    words: events =>
      strings(events, 'output.0.content.0.text').concat(strings(events, 'response.output.0.content.0.text')).join(''),
    usage: events => [
      last(events, 'usage.input_tokens') ?? last(events, 'response.usage.input_tokens'),
      last(events, 'usage.output_tokens') ?? last(events, 'response.usage.output_tokens'),
    ],
    model: events => last(events, 'model') ?? last(events, 'response.model'),
  },
  messages: {
    path: () => '/v1/messages',
    body: (said, model, stream) => ({
      model,
      stream,
      max_tokens: 9,
      messages: said.map(([role, content]) => ({ role, content })),
    }),
    words: events => strings(events, 'content.0.text').concat(strings(events, 'delta.text')).join(''),
    usage: events => [
      last(events, 'usage.input_tokens') ?? last(events, 'message.usage.input_tokens'),
      last(events, 'usage.output_tokens'),
    ],
    model: events => last(events, 'model') ?? last(events, 'message.model'),
  },
  gemini: {
    path: (model, stream) =>
      `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: said => ({
      contents: said.map(([role, text]) => ({ role: role === 'user' ? 'user' : 'model', parts: [{ text }] })),
    }),
    words: events => strings(events, 'candidates.0.content.parts.0.text').join(''),
    usage: events => [
      last(events, 'usageMetadata.promptTokenCount'),
      last(events, 'usageMetadata.candidatesTokenCount') ?? 0,
    ],
    model: events => last(events, 'modelVersion'),
  },
} as const satisfies Record<string, ApiForm>

export type Api = keyof typeof apis

export interface Way {
  readonly api: Api
  readonly stream: boolean
}

/** Asks with a whole conversation, as clients do. */
export async function ask(
  url: string,
  { api, stream }: Way,
  said: readonly Said[],
  { headers = {}, extra = {} }: { readonly headers?: Record<string, string>; readonly extra?: Json } = {},
): Promise<Told> {
  const form: ApiForm = apis[api]
  const model = 'a:gpt-x'
  const answer = await fetch(url + form.path(model, stream), {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...form.body(said, model, stream), ...extra }),
  })
  const text = await answer.text()
  const events = answer.headers.get('content-type')?.startsWith('text/event-stream') === true ? framesOf(text) : [text]
  const parsed = events.map(one => JSON.parse(one) as Json)
  return { status: answer.status, words: form.words(parsed), usage: form.usage(parsed), model: form.model(parsed) }
}

/** A client that sends its whole history with every turn. */
export function conversation(url: string, way: Way, before: readonly string[]) {
  const said: Said[] = before.map((text, at) => [at % 2 === 0 ? 'user' : 'assistant', text])
  return {
    async say(text: string): Promise<Told> {
      said.push(['user', text])
      const told = await ask(url, way, said)
      said.push(['assistant', told.words])
      return told
    },
  }
}

function framesOf(text: string): string[] {
  return [...text.matchAll(/^data: ?(\{.*\})$/gm)].map(([, data = '']) => data)
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, name) => (typeof found === 'object' && found !== null ? (found as Json)[name] : undefined),
      value,
    )
}

function strings(events: readonly Json[], path: string): string[] {
  return events.map(event => at(event, path)).filter(value => typeof value === 'string')
}

function last(events: readonly Json[], path: string): unknown {
  return events.map(event => at(event, path)).findLast(value => value !== undefined && value !== null)
}
