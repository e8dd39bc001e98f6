import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { body } from './bodies.mjs'

/** A question as one line of chat sends it, and as a coding agent does on every turn, with its 30 tools. */
export const small = { name: '1 KB', bytes: 1024, tools: 0 }
export const large = { name: '200 KB', bytes: 204_800, tools: 30 }

/**
 * A request as the load generators send it: raw HTTP/1.1 in a file.
 *
 * @param {{ route: string, size: typeof small, stream: boolean }} request
 * @returns {string} The file.
 */
export function requestFile(target, { route, size, stream }, work) {
  const file = path.join(work, `${target.id}-${route}-${size.bytes}-${stream ? 'stream' : 'whole'}.http`)
  if (existsSync(file)) return file

  const { path: url, format, model } = target.routes[route]
  const content = Buffer.from(body(format, { ...size, model, stream }))
  const head = [
    `POST ${url} HTTP/1.1`,
    `Host: 127.0.0.1:${target.program.port}`,
    'Content-Type: application/json',
    `Accept: ${stream ? 'text/event-stream' : 'application/json'}`,
    'Authorization: Bearer sk-bench',
    'User-Agent: bench/1',
    ...(format === 'messages' ? ['anthropic-version: 2023-06-01', 'x-api-key: sk-bench'] : []),
    `Content-Length: ${content.length}`,
  ]
  writeFileSync(file, Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), content]))
  return file
}
