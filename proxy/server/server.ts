import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { ProxyError, toProxyError } from '../core/errors.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { VERSION } from '../version.ts'
import { apiOf } from './api-of.ts'
import { readBody } from './body.ts'
import { serveCounts } from './count-tokens.ts'
import { serveEmbeddings } from './embeddings/index.ts'
import { serveGemini } from './gemini-routes.ts'
import { serveModels } from './model-routes.ts'
import { retryAfter } from './answering/send.ts'
import { serveResponses } from './responses/routes.ts'
import { serveResponsesSocket } from './responses/socket.ts'
import type { ServerState } from './state.ts'
import { serveTurns } from './turn-routes.ts'

/** The server as its routes are given it. */
export type HttpServer = FastifyInstance

export interface ServerDeps {
  readonly state: () => ServerState
  /** Names this run of the program. */
  readonly instance: string
  /** Further routes that are not a client's: the app's. */
  readonly routes?: ((app: FastifyInstance) => void) | undefined
}

/** The HTTP server that clients talk to. Listening and closing are the caller's. */
export function createServer({ state, instance, routes }: ServerDeps): FastifyInstance {
  const app = fastify({
    logger: false,
    // Turns run for many minutes; a connection that sends nothing at all is closed after this long.
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
  })
  const startedAt = performance.now()

  app.removeAllContentTypeParsers()
  // Fastify remembers which parser a type has if the type is named.
  app.addContentTypeParser(['application/json', '*'], (request, payload, done) => {
    readBody(request.raw, state().bodyLimit, done)
  })

  app.addHook('onRequest', (request, reply, done) => {
    const { access } = state()
    const refusal = access.refuseStrangers(request.raw)
    if (refusal !== undefined) {
      done(refusal)
      return
    }
    if (answersPreflight(request, reply, access.allowsOrigin)) return
    done(isForClients(request) ? (access.refuseWithoutKey(request.raw) ?? refuseWhenStopped()) : undefined)
  })

  function refuseWhenStopped(): ProxyError | undefined {
    return state().isAccepting()
      ? undefined
      : new ProxyError(
          'overloaded',
          'The proxy takes no requests: it was stopped, or is about to quit. Start it in its window.',
        )
  }

  const served: { readonly method: string; readonly path: string }[] = []
  app.addHook('onRoute', ({ method, url: path }) => {
    served.push(...[method].flat().map(one => ({ method: one, path })))
  })

  app.get('/health', () => ({
    status: 'ok',
    version: VERSION,
    instance,
    uptime_s: Math.round((performance.now() - startedAt) / 100) / 10,
  }))

  serveTurns(app, state)
  serveCounts(app, state)
  serveEmbeddings(app, state)
  serveModels(app, state)
  serveGemini(app, state)
  serveResponses(app, state)
  serveResponsesSocket(app.server, state)
  const forClients = [...served]
  routes?.(app)

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const asked = `${request.method} ${path}`
    const allow = forClients.filter(route => isAt(path, route.path)).map(({ method }) => method)
    if (allow.length > 0) {
      const says = `${path} takes ${allow.join(' and ')}, not ${request.method}.`
      const { body } = apiOf(request).encodeError(new ProxyError('invalid-request', says))
      void reply.code(405).header('allow', allow.join(', ')).send(body)
      return
    }
    const all = forClients.map(({ method, path }) => `${method} ${path}`).join(', ')
    fail(
      request,
      reply,
      new ProxyError('not-found', `There is nothing at ${asked}.${baseUrlHint(path)} Served here: ${all}.`),
    )
  })
  app.setErrorHandler((thrown, request, reply) => {
    fail(request, reply, toProxyError(thrown))
  })

  /** A request that never became a turn, answered in the shape of the API it was meant for, and noted if it was to be a turn. */
  function fail(request: FastifyRequest, reply: FastifyReply, error: ProxyError) {
    const { turns } = request.routeOptions.config
    const { status, body } = (turns ?? apiOf(request)).encodeError(error)
    if (turns !== undefined) {
      const { journal } = state()
      const turn = journal.open({ protocol: turns.id, request: request.raw, body: Buffer.alloc(0) })
      turn.status = status
      journal.close(turn, { error, interrupted: false })
    }
    // What is left of a body that was refused unread ends with the connection.
    if (!request.raw.complete) void reply.header('connection', 'close')
    void reply.code(status).headers(retryAfter(error)).send(body)
  }

  return app
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The protocol of a path that takes turns. */
    readonly turns?: Protocol
  }
}

/** Whether a path is one of a route's: `:id` stands for one step, `*` for all that follow. */
function isAt(path: string, route: string): boolean {
  const steps = route.split('/').map(step => (step === '*' ? '.+' : step.startsWith(':') ? '[^/]+' : step))
  return new RegExp(`^${steps.join('/')}/?$`).test(path)
}

/** What to set in a client whose base URL has a part too many, or lacks one; with a space before it. */
function baseUrlHint(path: string): string {
  if (/^\/+v1\/+v1\//.test(path)) return ' The client adds /v1 itself: leave it out of its base URL.'
  if (path.startsWith('//')) return ' The client’s base URL must not end with a slash.'
  if (/^\/(chat\/completions|completions|responses|embeddings|models)\b/.test(path))
    return ' The client’s base URL must end with /v1.'
  return ''
}

/** Routes of clients want a local key where there is one; health and the app's own routes have their own rules. */
function isForClients(request: FastifyRequest): boolean {
  return request.url.startsWith('/v1') || request.url.startsWith('/anthropic')
}

/** Lets the pages of an allowed origin read our answers, and answers what their browsers ask beforehand (WHATWG fetch, CORS). */
function answersPreflight(request: FastifyRequest, reply: FastifyReply, allows: (origin: string) => boolean): boolean {
  const { origin } = request.headers
  if (origin === undefined || !allows(origin)) return false
  reply.raw.setHeader('access-control-allow-origin', origin)
  reply.raw.setHeader('vary', 'origin')
  if (request.method !== 'OPTIONS') return false
  reply.raw.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
  reply.raw.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
  reply.hijack()
  reply.raw.writeHead(204).end()
  return true
}
