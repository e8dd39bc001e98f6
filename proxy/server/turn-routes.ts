import type { FastifyInstance } from 'fastify'
import { frontends } from './frontends.ts'
import { bodyOf } from './incoming.ts'
import type { ServerState } from './state.ts'
import { runTurn } from './turn.ts'

/** The paths that take turns. */
export function serveTurns(app: FastifyInstance, state: () => ServerState) {
  for (const { path, protocol, relays } of frontends) {
    app.post(path, { config: { turns: protocol } }, (request, reply) => {
      reply.hijack()
      void runTurn(state(), { protocol, relays, request: request.raw, response: reply.raw, body: bodyOf(request) })
    })
  }
}
