import { createServer } from 'node:http'
import { forward } from './forward.mjs'

// The bare Node pipe, the measure of the relay: node:http in, undici out, the body streamed through.
createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  forward(request, response, request, request.headers['content-length'])
}).listen(Number(process.env.PORT), '127.0.0.1')
