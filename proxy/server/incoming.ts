import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Fields } from '../protocols/fields.ts'

/** What is asked of a model that is no turn: a count, an embedding. */
export interface SideRequest {
  /** As the client named it. */
  readonly model: string
  readonly body: Fields
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal
}

/** A request's body as it was read: decompressed, whole, perhaps empty. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}

/** Aborts when the client hangs up before its answer is over. */
export function hangUpOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableEnded) controller.abort()
  })
  return controller.signal
}
