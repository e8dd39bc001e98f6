import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ask } from '../backends/ask.ts'
import { endpointsOf } from '../backends/endpoints.ts'
import { ProxyError } from '../core/errors.ts'
import { record, type Fields } from '../protocols/fields.ts'
import { parseBody } from '../protocols/parse-body.ts'
import type { ProtocolId } from '../protocols/protocol.ts'
import { parseJson } from '../wire/json.ts'
import { bodyOf, hangUpOf } from './incoming.ts'
import type { ServerState } from './state.ts'

/**
 * Embeddings (`POST /v1/embeddings`): no turn, since nothing is said. A backend of OpenAI's form is asked as the client asked,
 * Gemini in its own (`batchEmbedContents`). Facts: OpenAI's and Google's references of embeddings.
 */
export function serveEmbeddings(app: FastifyInstance, state: () => ServerState) {
  app.post('/v1/embeddings', (request, reply) => embed(state(), bodyOf(request), hangUpOf(reply.raw)))
}

async function embed(state: ServerState, body: Buffer, signal: AbortSignal): Promise<unknown> {
  const { upstream, credentialsOf } = state
  const sent = record(parseJson(body))
  const asked = parseBody(embeddingRequest, sent)
  const { backend, model } = state.plan.target(asked.model ?? '')
  const api = backend.kind === 'remote' ? backend.apis.find(({ protocol }) => forms[protocol] !== undefined) : undefined
  const form = api && forms[api.protocol]
  if (backend.kind !== 'remote' || api === undefined || form === undefined) throw hasNone(backend.id)

  const credential = await credentialsOf(backend).take([])
  const endpoint = endpointsOf(api, credential).embeddings?.(model, false)
  if (endpoint === undefined) throw hasNone(backend.id)
  const question = { upstream, backend, api, credential, endpoint, signal }
  return form.answer(record(await ask({ ...question, body: form.ask({ ...asked, model }, sent) })), asked)
}

function hasNone(backend: string): ProxyError {
  return new ProxyError(
    'invalid-request',
    `Backend ${backend} has no embeddings. Name one that has, for instance openai:text-embedding-3-small.`,
    { param: 'model', code: 'unsupported_value' },
  )
}

const embeddingRequest = z.looseObject({
  model: z.string().nullish(),
  input: z.union([
    z.string(),
    z.array(z.string()).min(1),
    z.array(z.int()).min(1),
    z.array(z.array(z.int()).min(1)).min(1),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().positive().nullish(),
})

type EmbeddingRequest = z.output<typeof embeddingRequest>

/** How a protocol asks for embeddings, and what its answer is in OpenAI's form. */
interface Form {
  readonly ask: (asked: EmbeddingRequest, sent: Fields) => Fields
  readonly answer: (answer: Fields, asked: EmbeddingRequest) => Fields
}

const openai: Form = { ask: ({ model }, sent) => ({ ...sent, model }), answer: answer => answer }

const gemini: Form = {
  ask: ({ model, input, dimensions }) => ({
    requests: textsIn(input).map(text => ({
      model: `models/${model ?? ''}`,
      content: { parts: [{ text }] },
      ...(dimensions != null && { outputDimensionality: dimensions }),
    })),
  }),
  answer({ embeddings }, { model, encoding_format }) {
    const vectors = (Array.isArray(embeddings) ? embeddings : []).map(embedding => vectorIn(record(embedding)))
    return {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: encoding_format === 'base64' ? base64Of(vector) : vector,
      })),
      model,
      // Google does not tell it.
      usage: { prompt_tokens: 0, total_tokens: 0 },
    }
  },
}

const forms: Readonly<Partial<Record<ProtocolId, Form>>> = {
  'openai-chat': openai,
  'openai-responses': openai,
  gemini,
}

/** Tokens mean something only to the vendor whose they are. */
function textsIn(input: EmbeddingRequest['input']): string[] {
  const texts = typeof input === 'string' ? [input] : input
  return texts.map((text, index) => {
    if (typeof text === 'string') return text
    throw new ProxyError('invalid-request', 'This backend takes texts, not tokens.', { param: `input[${index}]` })
  })
}

function vectorIn({ values }: Fields): number[] {
  return Array.isArray(values) ? values.filter(value => typeof value === 'number') : []
}

/** Little-endian 32-bit floats, as OpenAI's SDKs ask for them. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4))
  return bytes.toString('base64')
}
