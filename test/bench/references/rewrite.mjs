import { createServer } from 'node:http'
import { forward } from './forward.mjs'
import { withModel } from './with-model.mjs'

// The bare pipe, but with the body read whole and its model replaced without parsing it.
createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const parts = []
  request.on('data', part => parts.push(part))
  request.on('end', () => {
    const body = withModel(parts.length === 1 ? parts[0] : Buffer.concat(parts), 'bench-model-up')
    forward(request, response, body, body.length)
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
