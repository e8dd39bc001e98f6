import { isLoopback } from '../config/check.ts'
import type { Env } from '../config/layers.ts'
import type { Config } from '../config/schema.ts'
import { ProxyError } from '../core/errors.ts'

/** An HTTP proxy that requests go through. */
export interface ProxyOut {
  /** Without user and password, for people: `http://proxy.example:3128`. */
  readonly address: string
  /** What it is shown, if it wants to know who asks. */
  readonly token?: string | undefined
}

/** The proxy that an origin is reached through; nothing where it is reached without one. */
export type WayOut = (origin: string) => ProxyOut | undefined

const known = new WeakMap<Config['server'], WayOut>()

/**
 * The way out by `server.upstream_proxy`, else by HTTPS_PROXY and HTTP_PROXY, past what NO_PROXY and `server.no_proxy` name. This
 * computer is never reached through one. Throws `invalid-request` where what is set is no address.
 */
export function wayOutOf(server: Config['server'], env: Env): WayOut {
  const remembered = known.get(server)
  if (remembered !== undefined) return remembered
  const wayOut = made(server, env)
  known.set(server, wayOut)
  return wayOut
}

function made({ upstream_proxy, no_proxy }: Config['server'], env: Env): WayOut {
  const byConfig = configured(upstream_proxy, env)
  if (byConfig === 'off') return straight
  const forHttps = byConfig ?? addressIn(env, 'HTTPS_PROXY')
  const forHttp = byConfig ?? addressIn(env, 'HTTP_PROXY')
  if (forHttps === undefined && forHttp === undefined) return straight
  const past = [...no_proxy, ...(valueIn(env, 'NO_PROXY') ?? '').split(/[\s,]+/)].filter(entry => entry !== '')
  const byOrigin = new Map<string, ProxyOut | undefined>()
  return origin => {
    if (byOrigin.has(origin)) return byOrigin.get(origin)
    const { protocol, hostname, port } = new URL(origin)
    const isPast = isLoopback(hostname.replace(/[[\]]/g, '')) || past.some(entry => covers(entry, hostname, port))
    const proxy = isPast ? undefined : protocol === 'https:' ? forHttps : forHttp
    byOrigin.set(origin, proxy)
    return proxy
  }
}

const straight: WayOut = () => undefined

function configured(setting: string | undefined, env: Env): ProxyOut | 'off' | undefined {
  if (setting === undefined || setting === 'off') return setting
  if (!setting.startsWith('env:')) return proxyAt(setting, 'server.upstream_proxy')
  const name = setting.slice('env:'.length)
  const found = addressIn(env, name)
  if (found !== undefined) return found
  throw new ProxyError('invalid-request', `server.upstream_proxy names the variable ${name}, which is not set.`)
}

function addressIn(env: Env, name: string): ProxyOut | undefined {
  const value = valueIn(env, name)
  return value === undefined ? undefined : proxyAt(value, name)
}

/** Variables of proxies are set in capitals or not; the latter come first, as in other programs. */
function valueIn(env: Env, name: string): string | undefined {
  const value = (env[name.toLowerCase()] ?? env[name])?.trim()
  return value === '' ? undefined : value
}

/** What stands there may hold a password, so that it is not repeated. */
function proxyAt(text: string, name: string): ProxyOut {
  const url = URL.parse(/^\w+:\/\//.test(text) ? text : `http://${text}`)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ProxyError('invalid-request', `${name} is no address of an HTTP proxy: write http://HOST:PORT.`)
  const { origin, username, password } = url
  if (username === '') return { address: origin }
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { address: origin, token: `Basic ${Buffer.from(user).toString('base64')}` }
}

/** `*` is every host; `example.com` and `.example.com` are that name and those below it; a port may stand behind. */
function covers(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true
  const [, name = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? []
  if (only !== undefined && only !== port) return false
  const suffix = name.toLowerCase().replace(/^\*?\./, '')
  return hostname === suffix || hostname.endsWith(`.${suffix}`)
}
