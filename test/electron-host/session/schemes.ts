import { life } from '../life/app.ts'
import type { PartOf } from '../double.ts'

/*
 * Schemes of the app's own. Chromium takes new ones only from the program that embeds it, so `app://bundle/a.js` travels
 * as `http://bundle.app.electron.localhost/a.js` and is answered without a network; the main process sees `app:` throughout.
 */

type Handler = (request: Request) => Response | Promise<Response>

const handlers = new Map<string, Handler>()

export const protocol = {
  registerSchemesAsPrivileged: () => {
    if (life.ready) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
  },
  handle: (scheme, handler) => {
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    handlers.set(scheme, handler)
  },
  unhandle: scheme => void handlers.delete(scheme),
  isProtocolHandled: scheme => handlers.has(scheme),
} satisfies PartOf<Electron.Protocol>

/** What answers a request for this address, where its scheme is one of the app's. */
export function handlerOf(url: string): Handler | undefined {
  return handlers.get(url.slice(0, url.indexOf(':')))
}

/** An address as Chromium is given it. */
export function toWire(url: string): string {
  const [, scheme = '', host, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  return handlers.has(scheme) ? `http://${host || 'host'}.${scheme}.electron.localhost${rest || '/'}` : url
}

/** An address of Chromium's as the app knows it. */
export function fromWire(url: string): string {
  const [, host, scheme = '', rest] = /^http:\/\/([^/?#]+)\.([a-z0-9-]+)\.electron\.localhost(.*)$/i.exec(url) ?? []
  return handlers.has(scheme) ? `${scheme}://${host}${rest}` : url
}
