import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ProxyError } from '../core/errors.ts'
import { record } from '../protocols/fields.ts'
import { gemini } from '../protocols/gemini/index.ts'
import { parseJson } from '../wire/json.ts'
import { countGemini } from './count-tokens.ts'
import { embedGemini } from './embeddings/index.ts'
import { bodyOf, hangUpOf } from './incoming.ts'
import type { ServerState } from './state.ts'
import { runTurn } from './turn.ts'

/**
 * Gemini's API: the model and what is wanted of it stand in the path, `models/MODEL:METHOD`. A model's name may hold colons and
 * slashes, encoded or not, so that the last colon is the one that counts. Newer SDKs say `v1` where older ones say `v1beta`.
 */
export function serveGemini(app: FastifyInstance, state: () => ServerState) {
  for (const version of ['v1beta', 'v1']) {
    app.post<Called>(`/${version}/models/*`, (request, reply) => {
      const [model, method] = takenApart(request.params['*'])
      const stream = method === 'streamGenerateContent'
      if (!stream && method !== 'generateContent') return answerBeside(state(), { model, method }, request, reply)
      reply.hijack()
      return runTurn(state(), {
        protocol: gemini,
        relays: true,
        address: { model, stream },
        framing: stream && !/[?&]alt=sse(&|$)/.test(request.url) ? 'json-array' : 'sse',
        request: request.raw,
        response: reply.raw,
        body: bodyOf(request),
      })
    })
  }
}

interface Called {
  Params: { '*': string }
}

function takenApart(path: string): readonly [model: string, method: string] {
  const colon = path.lastIndexOf(':')
  return colon === -1 ? [path, ''] : [path.slice(0, colon), path.slice(colon + 1)]
}

/** What is asked of a model beside its answers. */
function answerBeside(
  state: ServerState,
  { model, method }: { readonly model: string; readonly method: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const asked = { model, body: record(parseJson(bodyOf(request))), signal: hangUpOf(reply.raw) }
  switch (method) {
    case 'countTokens':
      return countGemini(state, asked)
    case 'embedContent':
    case 'batchEmbedContents':
      return embedGemini(state, method, asked)
    default:
      throw new ProxyError(
        'not-found',
        `There is no method ${JSON.stringify(method)} of models here. There are: generateContent, streamGenerateContent, countTokens, embedContent, batchEmbedContents.`,
      )
  }
}
