import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `net.fetch` and `session.fetch`: Node's own, which Electron's extend by `file:`. */
export async function fetchAlsoFiles(input: string | Request, init?: RequestInit): Promise<Response> {
  const url = typeof input === 'string' ? input : input.url
  if (!url.startsWith('file:')) return fetch(input, init)
  const path = fileURLToPath(url)
  try {
    const type = contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream'
    return new Response(await readFile(path), { headers: { 'content-type': type } })
  } catch (cause) {
    throw new Error('net::ERR_FILE_NOT_FOUND', { cause })
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}
