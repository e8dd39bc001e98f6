import { Pool } from 'undici'

const pool = new Pool(process.env.UPSTREAM, {
  connections: 1024,
  pipelining: 1,
  keepAliveTimeout: 60_000,
  headersTimeout: 0,
  bodyTimeout: 0,
})

/** Headers that belong to one connection and are not passed on. */
const ofConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade'])
const ofRequest = new Set([...ofConnection, 'host', 'content-length', 'expect'])

/** Sends a request on and its answer back, chunk for chunk, with back-pressure: as little as a proxy in Node can do. */
export function forward(request, response, body, contentLength) {
  const headers = requestHeaders(request)
  if (contentLength !== undefined) headers.push('content-length', String(contentLength))
  pool.dispatch(
    { path: request.url, method: request.method, headers, body },
    {
      onRequestStart(controller) {
        response.on('close', () => {
          if (!response.writableFinished) controller.abort(new Error('the client has gone'))
        })
      },
      onResponseStart(_controller, status, received) {
        const headers = {}
        for (const name in received) if (!ofConnection.has(name)) headers[name] = received[name]
        response.writeHead(status, headers)
      },
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return
        controller.pause()
        response.once('drain', () => controller.resume())
      },
      onResponseEnd() {
        response.end()
      },
      onResponseError() {
        if (!response.headersSent) response.writeHead(502)
        response.end()
      },
    },
  )
}

function requestHeaders({ rawHeaders }) {
  const headers = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!ofRequest.has(rawHeaders[i].toLowerCase())) headers.push(rawHeaders[i], rawHeaders[i + 1])
  }
  return headers
}
