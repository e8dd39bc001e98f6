import { createServer } from 'node:http'
import { Pool } from 'undici'
import { createFrames } from './frames.mjs'
import { chatToMessages, messagesToChat } from './translations.mjs'

// The measure of translated turns: Messages clients before a Chat Completions upstream and the other way round, text and
// tools, streams event by event, with no more than that takes.
const pool = new Pool(process.env.UPSTREAM, {
  connections: 1024,
  pipelining: 1,
  keepAliveTimeout: 60_000,
  headersTimeout: 0,
  bodyTimeout: 0,
})

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const parts = []
  request.on('data', part => parts.push(part))
  request.on('end', () => {
    const translation = request.url.startsWith('/v1/messages') ? messagesToChat : chatToMessages
    const body = Buffer.from(JSON.stringify(translation.request(JSON.parse(Buffer.concat(parts)))))
    const headers = ['content-type', 'application/json', 'authorization', 'Bearer sk-upstream']
    headers.push('content-length', String(body.length))
    pool.dispatch({ path: translation.path, method: 'POST', headers, body }, answer(translation, response))
  })
}).listen(Number(process.env.PORT), '127.0.0.1')

function answer(translation, response) {
  let status
  let frames // of a streamed answer
  const parts = [] // of a whole one

  return {
    onRequestStart(controller) {
      response.on('close', () => {
        if (!response.writableFinished) controller.abort(new Error('the client has gone'))
      })
    },
    onResponseStart(_controller, code, headers) {
      status = code
      if (!String(headers['content-type']).startsWith('text/event-stream')) return
      frames = createFrames(translation.stream())
      response.writeHead(code, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    },
    onResponseData(controller, chunk) {
      if (frames === undefined) {
        parts.push(chunk)
        return
      }
      // One write for all the events of a chunk.
      const translated = frames(chunk)
      if (translated === '' || response.write(translated)) return
      controller.pause()
      response.once('drain', () => controller.resume())
    },
    onResponseEnd() {
      if (frames !== undefined) {
        response.end()
        return
      }
      const reply = Buffer.from(JSON.stringify(translation.reply(JSON.parse(Buffer.concat(parts)))))
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': reply.length })
      response.end(reply)
    },
    onResponseError() {
      if (!response.headersSent) response.writeHead(502)
      response.end()
    },
  }
}
