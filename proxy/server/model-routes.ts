import type { FastifyInstance } from 'fastify'
import type { ProtocolId } from '../protocols/protocol.ts'
import { apiOf } from './api-of.ts'
import { anthropicModels, geminiModels, openaiModels, type ModelShape } from './model-shapes.ts'
import { refuseLoops } from './loops.ts'
import { findModel, listModels } from './models.ts'
import type { ServerState } from './state.ts'

/** The lists of models, in the shape of the API that asks. */
export function serveModels(app: FastifyInstance, state: () => ServerState) {
  for (const prefix of ['/v1', '/v1beta', '/anthropic/v1']) {
    app.get(`${prefix}/models`, async request => {
      refuseLoops(request)
      return shapes[apiOf(request).id].list(await listModels(state()))
    })
    app.get<{ Params: { '*': string } }>(`${prefix}/models/*`, async request =>
      shapes[apiOf(request).id].one(await findModel(state(), request.params['*'])),
    )
  }
}

const shapes: Readonly<Record<ProtocolId, ModelShape>> = {
  'openai-chat': openaiModels,
  'openai-responses': openaiModels,
  anthropic: anthropicModels,
  gemini: geminiModels,
  'code-assist': geminiModels,
}
