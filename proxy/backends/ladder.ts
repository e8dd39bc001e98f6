import type { Credential } from '../core/credential.ts'
import { ProxyError, type ErrorKind } from '../core/errors.ts'
import type { StreamEvent } from '../core/events.ts'
import type { FunctionTool, Request } from '../core/request.ts'
import { modelAt, type RemoteBackend } from './backend.ts'
import { call } from './call.ts'
import { createSteps, reach, type TestStep } from './key-test.ts'
import { askForModels } from './models.ts'
import type { Upstream } from './upstream.ts'

export interface Ladder {
  readonly upstream: Upstream
  readonly backend: RemoteBackend
  readonly credential: Credential | undefined
  /** The model to ask; the cheapest by its name, where none is given. */
  readonly model?: string | undefined
  readonly signal: AbortSignal
}

/**
 * Tries a backend as turns use it, rung by rung, and stops at the first that does not hold: it is reached, gives its models
 * to the key, answers with a token, answers as a stream, and calls a tool. Costs some tens of tokens.
 */
export async function climb({ upstream, backend, credential, model, signal }: Ladder): Promise<readonly TestStep[]> {
  const { steps, step } = createSteps(explain)
  let models: readonly string[] = backend.models ?? backend.usualModels ?? []

  if (!(await reach(step, upstream, backend, credential))) return steps
  if (backend.models === undefined && !(await step('Key and model list', listModels))) return steps
  const asked = model === undefined ? (backend.defaultModel ?? cheapest(models)) : modelAt(backend, model)
  if (asked === undefined) {
    await step('One-token answer', () => Promise.reject(new ProxyError('unknown-model', NO_MODEL)))
    return steps
  }
  for (const [name, rung] of rungs) {
    if (!(await step(name, () => rung(request => answerTo({ ...request, model: asked }))))) return steps
  }
  return steps

  async function listModels(): Promise<string> {
    models = await askForModels(upstream, backend, credential)
    return models.length === 1 ? '1 model' : `${models.length} models`
  }

  async function answerTo(request: Request): Promise<Answer> {
    const startedAt = performance.now()
    const events: StreamEvent[] = []
    let firstMs: number | undefined
    const [api] = backend.apis
    const answer = await call({ upstream, backend, api, credential, request, signal, answered: () => undefined })
    for await (const batch of answer) {
      if (batch.some(({ type }) => type === 'part-delta')) firstMs ??= Math.round(performance.now() - startedAt)
      events.push(...batch)
    }
    return { model: request.model, events, firstMs }
  }
}

interface Answer {
  readonly model: string
  readonly events: readonly StreamEvent[]
  /** When its first word came. */
  readonly firstMs: number | undefined
}

type Rung = (ask: (request: Request) => Promise<Answer>) => Promise<string>

const NO_MODEL = 'No model is known to ask for. Name one: lip backends test ID --model NAME'

const rungs: readonly (readonly [string, Rung])[] = [
  [
    'One-token answer',
    async ask => {
      // The least that every vendor takes: Responses refuses fewer.
      const { model, events } = await ask(saying('Say hi.', 16))
      const usage = events.findLast(event => event.type === 'finish')?.usage
      const tokens = usage === undefined ? 'no usage told' : `${usage.input} tokens in, ${usage.output} out`
      return `${model} answers: ${tokens}`
    },
  ],
  [
    'Streaming',
    async ask => {
      const { events, firstMs } = await ask(saying('Count from one to ten, in words.', 400))
      const pieces = events.filter(({ type }) => type === 'part-delta').length
      if (firstMs === undefined) throw new ProxyError('bad-upstream', 'The answer ended well, but said nothing.')
      return `first word after ${firstMs} ms, ${pieces} ${pieces === 1 ? 'piece' : 'pieces'}`
    },
  ],
  [
    'Tool call',
    async ask => {
      const { events } = await ask({
        ...saying('What time is it? Call the tool to find out.', 400),
        tools: [clockTool],
      })
      const called = events.find(event => event.type === 'part-start' && event.part.type === 'tool-call')
      if (called === undefined)
        throw new ProxyError(
          'bad-upstream',
          'It answered without calling the tool it was offered: agents will not work with this model.',
        )
      return 'calls the tool it is offered'
    },
  ],
]

const clockTool: FunctionTool = {
  type: 'function',
  name: 'current_time',
  description: 'Tells the time.',
  parameters: { type: 'object', properties: {}, additionalProperties: false },
}

function saying(text: string, maxTokens: number): Request {
  return {
    model: '',
    stream: true,
    system: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
    tools: [],
    sampling: { maxTokens },
  }
}

/** The model whose name promises the least cost, among those that talk. */
function cheapest(models: readonly string[]): string | undefined {
  const talking = models.filter(
    name => !/embed|whisper|tts|audio|image|moderation|realtime|rerank|guard|ocr/i.test(name),
  )
  return talking.find(name => /nano|mini\b|flash|lite|haiku|small|air|highspeed|\b[1-8]b\b/i.test(name)) ?? talking[0]
}

/** What a failure means, behind the vendor's own words. */
function explain({ kind, message }: ProxyError): string {
  const reading = readings[kind]
  return reading === undefined ? message : `${message} — ${reading}`
}

const readings: Readonly<Partial<Record<ErrorKind, string>>> = {
  unauthenticated: 'the key is not accepted: it is wrong, revoked, or of another service or region.',
  forbidden: 'the key is known, but may not do this.',
  'out-of-credit': 'the account has nothing left to spend.',
  'rate-limited': 'the limit of this key is reached for now.',
  'unknown-model': 'the account does not have this model.',
  'not-found': 'there is no such address: check api_url, with and without /v1.',
  overloaded: 'the service is overloaded; the key may be good.',
  unreachable: 'the service could not be reached.',
  timeout: 'the service did not answer in time.',
}
