import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { isLoopback } from '../config/check.ts'
import { ProxyError } from '../core/errors.ts'
import { remembered } from '../core/remembered.ts'

/** Who may call us, so that no web page can drive the proxy, by DNS rebinding or across origins, and no stranger without a key. */
export interface Access {
  /** Host names besides loopback by which we may be called. */
  readonly hosts: readonly string[]
  /** Web origins besides our own that may call. */
  readonly origins: readonly string[]
  /** If there are any, every client must send one of them. */
  readonly keys: readonly string[]
}

/** The checks for one setting of access, each giving the refusal or nothing. */
export function createAccess(access: Access) {
  const hosts = new Set(access.hosts.map(host => host.toLowerCase()))
  const origins = new Set(access.origins)
  const digests = access.keys.map(digest)

  /** A page of a hostile name that resolves to us carries that name; a page of another origin carries its origin. */
  function refuseStrangers(request: IncomingMessage): ProxyError | undefined {
    const host = request.headers.host
    const name = hostName(host ?? '')
    if (name === undefined || !(hosts.has(name) || isOurAddress(name, request))) {
      return new ProxyError(
        'forbidden',
        `The host name ${JSON.stringify(host ?? '')} is not one of ours. Call 127.0.0.1 or localhost, or add it to server.allowed_hosts.`,
      )
    }
    const origin = request.headers.origin
    if (origin === undefined) {
      // Some cross-site requests carry no Origin (images, no-cors fetches); browsers mark those. A link to us is fine.
      const site = request.headers['sec-fetch-site']
      const foreign = site === 'cross-site' || site === 'same-site'
      return foreign && request.headers['sec-fetch-mode'] !== 'navigate' ? foreignPage('unknown') : undefined
    }
    return origin === `http://${host ?? ''}` || origins.has(origin) ? undefined : foreignPage(origin)
  }

  /** Clients send their key where their API has its place for it. */
  function refuseWithoutKey(request: IncomingMessage): ProxyError | undefined {
    if (digests.length === 0) return undefined
    const sent = sentKeys(request)
    if (sent.some(key => isKnown(key))) return undefined
    return new ProxyError(
      'unauthenticated',
      sent.length === 0
        ? 'This proxy wants a key of its own (server.api_keys): send it as `Authorization: Bearer …`, `x-api-key` or `x-goog-api-key`.'
        : 'The key you sent is not one of this proxy’s own (server.api_keys). Keys of vendors do not count here.',
      { code: 'invalid_api_key' },
    )
  }

  /** The key that a client sent, where keys count at all. */
  function localKey(request: IncomingMessage): string | undefined {
    return digests.length === 0 ? undefined : sentKeys(request).find(isKnown)
  }

  function isKnown(key: string): boolean {
    const sent = digest(key)
    return digests.some(known => timingSafeEqual(known, sent))
  }

  return { refuseStrangers, refuseWithoutKey, localKey, allowsOrigin: (origin: string) => origins.has(origin) }
}

function foreignPage(origin: string): ProxyError {
  return new ProxyError(
    'forbidden',
    `Web pages of other origins may not use this proxy (origin ${JSON.stringify(origin)}). Add it to server.allowed_origins if you trust it.`,
  )
}

/** A numeric name can't be rebound to us by a stranger's DNS, so any numeric address we were really reached at is ours. */
function isOurAddress(name: string, request: IncomingMessage): boolean {
  return isLoopback(name) || (isIP(name) !== 0 && request.socket.localAddress?.replace(/^::ffff:/, '') === name)
}

/** The name in a Host header, without port and brackets, in lower case. */
const hostName = remembered(host => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]+))(?::\d+)?$/i.exec(host)
  return (match?.[1] ?? match?.[2])?.toLowerCase()
}, 100)

/** What a client sent as a key, in any place where an API has it. */
export function sentKeys(request: IncomingMessage): string[] {
  const { authorization, 'x-api-key': anthropic, 'x-goog-api-key': gemini } = request.headers
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  const query = /[?&]key=([^&]+)/.exec(request.url ?? '')?.[1]
  return [bearer, anthropic, gemini, query === undefined ? undefined : decodeQuery(query)].filter(
    key => typeof key === 'string',
  )
}

function decodeQuery(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
