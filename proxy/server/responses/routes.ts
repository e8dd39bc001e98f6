import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProxyError } from '../../core/errors.ts'
import type { Fields } from '../../protocols/fields.ts'
import { openaiResponses } from '../../protocols/openai-responses/index.ts'
import { itemsUpTo, ownerOf, type ResponseStore, type StoredResponse } from '../../responses/response-store.ts'
import { sentKeys } from '../access.ts'
import { bodyOf } from '../incoming.ts'
import { inputItems, type Conversation } from './conversation.ts'
import { runCompaction, runResponsesTurn } from './turn.ts'
import type { ServerState } from '../state.ts'

/** The Responses API: its turns, and what was stored of them, for every backend. */
export function serveResponses(app: FastifyInstance, state: () => ServerState) {
  app.post('/v1/responses', { config: { turns: openaiResponses } }, (request, reply) => {
    reply.hijack()
    const conversation = storedConversation(state().responses, ownerIn(request))
    void runResponsesTurn(state(), { request: request.raw, response: reply.raw, body: bodyOf(request) }, conversation)
  })
  app.post('/v1/responses/compact', { config: { turns: openaiResponses } }, (request, reply) => {
    reply.hijack()
    const conversation = storedConversation(state().responses, ownerIn(request))
    void runCompaction(state(), { request: request.raw, response: reply.raw, body: bodyOf(request) }, conversation)
  })
  app.get<ById>('/v1/responses/:id', request => found(state(), request).response)
  app.delete<ById>('/v1/responses/:id', request => {
    const { id, owner } = found(state(), request)
    state().responses.remove(id, owner)
    return { id, object: 'response', deleted: true }
  })
  app.post<ById>('/v1/responses/:id/cancel', request => {
    const { id } = found(state(), request)
    throw new ProxyError(
      'invalid-request',
      `Response ${id} is over. Only a response that runs in the background can be cancelled, and none does here.`,
    )
  })
  app.get<ById & Query>('/v1/responses/:id/input_items', request =>
    page(itemsOf(state().responses, found(state(), request)), request.query),
  )
}

interface ById {
  Params: { id: string }
}

interface Query {
  Querystring: Readonly<Record<string, string | undefined>>
}

/** A conversation of requests, each of which may name a stored response. */
function storedConversation(store: ResponseStore, owner: string): Conversation {
  return {
    before(id) {
      const items = itemsUpTo(store, id, owner)
      return items && { items, backend: store.get(id, owner)?.backend }
    },
    answered(response, sent, backend) {
      const { id } = response
      const { store: wanted, input, previous_response_id: previous } = sent
      if (wanted === false || typeof id !== 'string') return
      store.put({
        id,
        owner,
        response,
        input: inputItems(input),
        ...(typeof previous === 'string' && { previous }),
        ...(backend !== undefined && { backend }),
      })
    },
  }
}

function ownerIn(request: FastifyRequest): string {
  return ownerOf(sentKeys(request.raw)[0])
}

function found({ responses }: ServerState, request: FastifyRequest<ById>): StoredResponse {
  const { id } = request.params
  const stored = responses.get(id, ownerIn(request))
  if (stored !== undefined) return stored
  throw new ProxyError('not-found', `Response with id '${id}' not found.`, { param: 'id' })
}

/** What a response was asked with, the items of the responses before among them. Every item has an id there. */
function itemsOf(store: ResponseStore, { id, previous, owner, input }: StoredResponse): readonly Fields[] {
  const before = previous === undefined ? [] : (itemsUpTo(store, previous, owner) ?? [])
  return [...before, ...input].map((item, place) => ({ id: `item_${id}_${place}`, ...(item as Fields) }))
}

/** A page of a list, newest first unless asked otherwise (OpenAI's reference of input items). */
function page(items: readonly Fields[], { limit = '20', order = 'desc', after }: Query['Querystring']) {
  const most = Math.min(100, Math.max(1, Number.parseInt(limit, 10) || 20))
  const ordered = order === 'asc' ? items : items.toReversed()
  const from = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1
  const data = ordered.slice(from, from + most)
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: from + most < ordered.length,
  }
}
