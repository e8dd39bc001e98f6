import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { timingSafeEqual } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { once } from '../core/once.ts'
import { encodeSse } from '../wire/sse.ts'
import { answerCall } from './call.ts'
import type { Handlers, SentNotice } from './contract.ts'
import type { Notices } from './notices.ts'

export interface AppOverHttp {
  readonly handlers: Handlers
  readonly notices: Notices
  /** Made at start, handed over once in the dashboard's address; clients' keys do not count here. */
  readonly token: string
  /** The built window. */
  readonly rendererDir: string
}

/** Between two signs of life on an idle stream of notices, so that a dead connection is noticed. */
const HEARTBEAT_MS = 25_000

/**
 * The app contract over HTTP, and the window that speaks it: `POST /app/api/call/NAME`, `GET /app/api/notices?after=SEQ`
 * as server-sent events, and the window's files under `/app`. Origin and host are checked by the server before this.
 */
export function mountApp(server: FastifyInstance, { handlers, notices, token, rendererDir }: AppOverHttp): void {
  const isOurs = tokenCheck(token)
  const files = once(() => listFiles(rendererDir))

  server.post<{ Params: { name: string } }>('/app/api/call/:name', async (request, reply) => {
    if (!isOurs(request)) return refuse(reply)
    const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
    return answerCall(handlers, request.params.name, body)
  })

  server.get<{ Querystring: { after?: string } }>('/app/api/notices', (request, reply) => {
    if (!isOurs(request)) {
      void refuse(reply)
      return
    }
    streamNotices(request, reply, Number(request.query.after ?? 0))
  })

  function streamNotices(request: FastifyRequest, reply: FastifyReply, after: number) {
    reply.hijack()
    const response = reply.raw
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const send = (notice: SentNotice | { type: 'resync' }) =>
      response.write(encodeSse([{ data: JSON.stringify(notice) }]))
    const leave = notices.listen(after, send)
    if (leave === undefined) {
      send({ type: 'resync' })
      response.end()
      return
    }
    response.write(': listening\n\n')
    const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS)
    heartbeat.unref()
    request.raw.socket.once('close', () => {
      clearInterval(heartbeat)
      leave()
    })
  }

  // The window names its files relative to its own folder, so its address has to end in a slash; a fragment survives this.
  server.get('/app', (request, reply) =>
    request.url.split('?', 1)[0] === '/app' ? reply.redirect('/app/') : sendFile(reply, 'index.html'),
  )
  server.get<{ Params: { '*': string } }>('/app/*', (request, reply) =>
    sendFile(reply, request.params['*'] || 'index.html'),
  )
  server.get('/', (_, reply) => reply.redirect('/app'))

  async function sendFile(reply: FastifyReply, name: string) {
    const file = (await files()).get(name)
    if (file === undefined)
      return reply.code(404).type('text/plain').send('There is no such file. The window is at /app.')
    return reply
      .headers({
        ...pageHeaders,
        'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      })
      .type(contentTypes[extname(name)] ?? 'application/octet-stream')
      .send(await readFile(file))
  }
}

/** What a page of ours may do: what it brings itself, and nothing else. */
export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const pageHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const

/** The content types of the window's files, by their ending. */
export const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

function tokenCheck(token: string): (request: FastifyRequest) => boolean {
  const expected = Buffer.from(`Bearer ${token}`)
  return ({ headers }) => {
    const sent = Buffer.from(headers.authorization ?? '')
    return sent.length === expected.length && timingSafeEqual(sent, expected)
  }
}

function refuse(reply: FastifyReply) {
  return reply.code(401).send({
    ok: false,
    error: {
      kind: 'unauthenticated',
      message: 'This needs the token of the dashboard’s address, which is printed when the proxy starts.',
    },
  })
}

/** The window's files by their path below its folder. Only what is listed is ever read: no path of a request reaches the disk. */
async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(files.map(file => [relative(folder, file).split(sep).join('/'), file]))
}
