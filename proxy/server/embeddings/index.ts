import type { FastifyInstance } from 'fastify'
import { ask } from '../../backends/ask.ts'
import { endpointsOf } from '../../backends/endpoints.ts'
import { ProxyError } from '../../core/errors.ts'
import { record, type Fields } from '../../protocols/fields.ts'
import type { ProtocolId } from '../../protocols/protocol.ts'
import { parseJson } from '../../wire/json.ts'
import { bodyOf, hangUpOf, type SideRequest } from '../incoming.ts'
import type { ServerState } from '../state.ts'
import type { Form } from './form.ts'
import { firstEmbedding, geminiEmbeddings } from './gemini.ts'
import { openaiEmbeddings } from './openai.ts'

/**
 * Embeddings: no turn, since nothing is said. A backend of the client's own form is asked as the client asked, one of another
 * form in its own.
 */
export function serveEmbeddings(app: FastifyInstance, state: () => ServerState) {
  app.post('/v1/embeddings', (request, reply) => {
    const body = record(parseJson(bodyOf(request)))
    const { model } = body
    const asked = { model: typeof model === 'string' ? model : '', body, signal: hangUpOf(reply.raw) }
    return embed(state(), openaiEmbeddings, asked)
  })
}

/** The same for Gemini, whose model and method stand in the path. */
export async function embedGemini(
  state: ServerState,
  method: 'embedContent' | 'batchEmbedContents',
  asked: SideRequest,
): Promise<unknown> {
  const answer = await embed(state, geminiEmbeddings, asked)
  return method === 'embedContent' ? firstEmbedding(answer) : answer
}

/** The form in which a protocol's backends are asked; the others have no embeddings. */
const forms: Readonly<Partial<Record<ProtocolId, Form>>> = {
  'openai-chat': openaiEmbeddings,
  'openai-responses': openaiEmbeddings,
  gemini: geminiEmbeddings,
}

async function embed(state: ServerState, client: Form, { model, body, signal }: SideRequest): Promise<Fields> {
  const { upstream, credentialsOf } = state
  const { backend, model: served } = state.plan.target(model)
  const api = backend.kind === 'remote' ? backend.apis.find(({ protocol }) => forms[protocol] !== undefined) : undefined
  const form = api && forms[api.protocol]
  if (backend.kind !== 'remote' || api === undefined || form === undefined) throw hasNone(backend.id)

  const asked = client.decodeAsk(body, served)
  const credential = await credentialsOf(backend).take([])
  const endpoint = endpointsOf(api, credential).embeddings?.(served, false)
  if (endpoint === undefined) throw hasNone(backend.id)
  const question = { upstream, backend, api, credential, endpoint, body: form.encodeAsk(asked), signal }
  const answer = record(await ask(question))
  return form === client ? answer : client.encodeAnswer(form.decodeAnswer(answer), asked)
}

function hasNone(backend: string): ProxyError {
  return new ProxyError(
    'invalid-request',
    `Backend ${backend} has no embeddings. Name one that has, for instance openai:text-embedding-3-small.`,
    { param: 'model', code: 'unsupported_value' },
  )
}
