import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Credential } from '../core/credential.ts'
import { toProxyError, type ProxyError } from '../core/errors.ts'
import type { RemoteBackend } from './backend.ts'
import { askForModels } from './models.ts'
import type { Upstream } from './upstream.ts'

/** A rung of the ladder: what was tried, whether it held, how long it took. */
export interface TestStep {
  readonly name: string
  readonly ok: boolean
  readonly ms: number
  readonly detail: string
}

const PATIENCE_MS = 10_000

/** Climbs one rung; tells whether it held. */
export type Step = (name: string, attempt: () => Promise<string>) => Promise<boolean>

/**
 * Tries a backend with a key, rung by rung, and stops at the first that does not hold: its name resolves, it takes a
 * connection, and it gives its list of models to the key. Costs no tokens.
 */
export async function testKey(
  upstream: Upstream,
  backend: RemoteBackend,
  credential: Credential | undefined,
): Promise<readonly TestStep[]> {
  const { steps, step } = createSteps(({ message }) => message)
  if (await reach(step, upstream, backend, credential)) {
    await step('Key and model list', () => listModels(upstream, backend, credential))
  }
  return steps
}

/** The rungs climbed so far, and the way to climb the next; `explain` puts a failure in words. */
export function createSteps(explain: (error: ProxyError) => string) {
  const steps: TestStep[] = []
  const step: Step = async (name, attempt) => {
    const startedAt = performance.now()
    const ms = () => Math.round(performance.now() - startedAt)
    try {
      const detail = await attempt()
      steps.push({ name, ok: true, ms: ms(), detail })
      return true
    } catch (thrown) {
      steps.push({ name, ok: false, ms: ms(), detail: explain(toProxyError(thrown)).replace(/^unexpected: /, '') })
      return false
    }
  }
  return { steps, step }
}

/** The first rungs: the name resolves, and the address takes a connection. */
export async function reach(
  step: Step,
  { wayOut }: Upstream,
  backend: RemoteBackend,
  credential: Credential | undefined,
): Promise<boolean> {
  const url = new URL(credential?.baseUrl ?? backend.apis[0].baseUrl)
  const proxy = wayOut(url.origin)
  // Behind a proxy it is the proxy that has to be reached, and names are its to resolve.
  if (proxy !== undefined) return step(`Proxy ${proxy.address}`, () => connectTo(new URL(proxy.address)))
  const isNumber = isIP(url.hostname.replace(/[[\]]/g, '')) !== 0
  return (
    (isNumber || (await step('Address', () => resolveName(url.hostname)))) &&
    (await step(url.protocol === 'https:' ? 'TLS connection' : 'Connection', () => connectTo(url)))
  )
}

async function resolveName(hostname: string): Promise<string> {
  const { address } = await lookup(hostname)
  return `${hostname} is ${address}`
}

function connectTo(url: URL): Promise<string> {
  const secure = url.protocol === 'https:'
  const host = url.hostname.replace(/[[\]]/g, '')
  const port = Number(url.port) || (secure ? 443 : 80)
  return new Promise((resolve, reject) => {
    const socket = secure
      ? connectTls({ host, port, servername: isIP(host) === 0 ? host : '' })
      : connectTcp({ host, port })
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer in ${PATIENCE_MS / 1000} s`)))
    socket.once('error', reject)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      const detail = 'getProtocol' in socket ? `${url.host}, ${socket.getProtocol() ?? 'TLS'}` : url.host
      socket.destroy()
      resolve(detail)
    })
  })
}

async function listModels(
  upstream: Upstream,
  backend: RemoteBackend,
  credential: Credential | undefined,
): Promise<string> {
  const models = await askForModels(upstream, backend, credential)
  return models.length === 1 ? '1 model' : `${models.length} models`
}
