import type { Protocol } from 'electron'
import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { contentSecurityPolicy, contentTypes } from '../proxy/index.ts'

/** Where the window's page is: a private scheme that holds the packaged files and nothing else. */
export const PAGE = 'app://bundle/index.html'

/** Makes the scheme known; before the app is ready, as Electron demands. */
export function registerScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } },
  ])
}

/** Serves the scheme from the built window's folder. */
export function serveBundle(protocol: Protocol, folder: string): void {
  protocol.handle('app', request => bundleResponse(folder, request))
}

/** Whether an address is a page of ours. */
export function isOurs(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host } = new URL(address)
  return protocol === 'app:' && host === 'bundle'
}

/** A file of the bundle; 404 for what is not there, 403 for what is not in it. */
export async function bundleResponse(folder: string, request: { method: string; url: string }): Promise<Response> {
  if (!isOurs(request.url) || request.method !== 'GET') return new Response('Not ours', { status: 403 })
  const path = pathIn(folder, new URL(request.url).pathname)
  if (path === undefined) return new Response('Not in the bundle', { status: 403 })
  const type = contentTypes[extname(path)]
  const content = type === undefined ? undefined : await readFile(path).catch(() => undefined)
  if (content === undefined) return new Response('Not there', { status: 404 })
  return new Response(content, { headers: { ...headers, 'content-type': type ?? '' } })
}

/** The file that a path names, if it is below the folder. */
function pathIn(folder: string, pathname: string): string | undefined {
  try {
    const path = resolve(join(folder, decodeURIComponent(pathname)))
    return path.startsWith(resolve(folder) + sep) && !path.includes('\0') ? path : undefined
  } catch {
    return undefined
  }
}

const headers = {
  // The page speaks to the app over IPC alone, so it connects to nothing.
  'content-security-policy': contentSecurityPolicy.replace("connect-src 'self'", "connect-src 'none'"),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}
