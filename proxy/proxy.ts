import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { Backend, RemoteBackend } from './backends/backend.ts'
import { createCredentials } from './backends/credentials.ts'
import { createBackends } from './backends/index.ts'
import { loginBackends } from './backends/login-presets.ts'
import type { ModelMemory } from './backends/model-memory.ts'
import { createModelLists } from './backends/models.ts'
import { createPace } from './backends/pace.ts'
import { createStates } from './backends/states.ts'
import { createUpstream } from './backends/upstream.ts'
import type { WayOut } from './backends/way-out.ts'
import type { Config } from './config/schema.ts'
import type { Secrets } from './keys/secrets.ts'
import type { Logins } from './logins/index.ts'
import type { ResponseStore } from './responses/response-store.ts'
import { createBreakers, type Breakers } from './routing/breakers.ts'
import { createPlan } from './routing/plan.ts'
import { setUpOf } from './routing/set-up.ts'
import { createAccess } from './server/access.ts'
import { describeListenFailure } from './server/address.ts'
import { createPauses } from './server/answering/pauses.ts'
import { createServer, type HttpServer } from './server/server.ts'
import type { ServerState } from './server/state.ts'
import type { SessionStore } from './sessions/session-store.ts'
import type { Journal } from './traffic/journal.ts'

/** The world as the proxy is given it. */
export interface Ports {
  readonly secrets: Secrets
  readonly journal: Journal
  /** The sign-ins of other programs, for the backends that are called with one. */
  readonly logins?: Pick<Logins, 'configure' | 'of'> | undefined
  readonly responses: ResponseStore
  /** What backends listed last. */
  readonly modelMemory: ModelMemory
  readonly sessions: SessionStore
  /** The proxy that a backend is reached through, if it is. */
  readonly wayOut: WayOut
  /** The whole path of a folder that a user means, if there is one. */
  readonly findFolder: (path: string) => string | undefined
  /** Names this run of the program. */
  readonly instance: string
  /** Routes beside the clients', on the same server: the app's. */
  readonly routes?: ((app: HttpServer) => void) | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The proxy: it starts, stops, and takes another config while turns run. */
export interface Proxy {
  /** Listens, on another port than the config's if one is given, and tells the address. Throws an AddressError. */
  start(port?: number): Promise<{ readonly host: string; readonly port: number }>
  /** Stops accepting, lets open turns end for `drainMs`, then breaks off those that are left. */
  stop(drainMs: number): Promise<void>
  /** Takes another config for the turns that begin from now on. Another address counts from the next start. */
  configure(config: Config): Promise<void>
  /** Whether turns are taken at all: a server that goes on listening for its window can still be stopped for clients. */
  accept(turns: boolean): void
  /** The computer slept: nothing that may have died meanwhile is used again. */
  wake(): void
  /** What turns go by at this moment. */
  state(): ServerState
  close(): Promise<void>
}

/** How often connections whose turn has ended are closed while the proxy stops, in milliseconds. */
const SWEEP_MS = 50

/** Builds the proxy from a config and its ports. Nothing listens yet. */
export async function createProxy(config: Config, ports: Ports): Promise<Proxy> {
  const { secrets, journal, instance, routes, now } = ports
  const upstream = createUpstream(ports.wayOut)
  const { credentialsOf, keyStates, hasKey, forget } = createCredentials({
    secrets,
    logins: id => ports.logins?.of(id),
    now,
  })
  const pauses = createPauses()
  const pace = createPace(() => performance.now())
  const ownKey = randomBytes(24).toString('base64url')
  let breakers: { readonly settings: unknown; readonly all: Breakers } | undefined
  let state = await build(config)
  let server: HttpServer | undefined
  let accepting = true

  /** Targets that rest go on resting when something else in the config changes. */
  function breakersFor({ resilience: { circuit_breaker: settings } }: Config): Breakers {
    if (breakers !== undefined && isDeepStrictEqual(settings, breakers.settings)) return breakers.all
    const all = createBreakers({ settings, now: () => performance.now(), random: Math.random })
    breakers = { settings, all }
    return all
  }

  async function build(next: Config): Promise<ServerState> {
    forget()
    ports.logins?.configure(next, loginBackends(next))
    const backends = await withResolvedHeaders(createBackends(next), secrets)
    const { modelsOf, knownModelsOf, answers, factsAt } = createModelLists({
      upstream,
      credentialsOf,
      memory: ports.modelMemory,
      now,
    })
    const setUp = await setUpOf(next, backends, hasKey)
    const plan = createPlan({ backends, config: next, ...setUp, modelsOf: knownModelsOf })
    const { stateOf, isUsable } = createStates({
      keyStates,
      answers,
      loginStatus: async id => ports.logins?.of(id)?.status(),
    })
    return {
      config: next,
      isAccepting: () => accepting,
      ownKey,
      backends,
      defaultBackend: plan.defaultBackend,
      plan,
      pauses,
      pace,
      breakers: breakersFor(next),
      access: createAccess({
        hosts: [next.server.host, ...next.server.allowed_hosts],
        origins: next.server.allowed_origins,
        keys: await clientKeys(next, secrets, ownKey),
      }),
      bodyLimit: next.server.body_limit_mb * 2 ** 20,
      credentialsOf,
      stateOf,
      modelsOf,
      factsAt,
      isUsable,
      upstream,
      journal,
      responses: ports.responses,
      sessions: ports.sessions,
      findFolder: ports.findFolder,
    }
  }

  async function start(otherPort?: number) {
    const { host } = state.config.server
    const port = otherPort ?? state.config.server.port
    const app = createServer({ state: () => state, instance, routes })
    try {
      await app.listen({ host, port })
    } catch (error) {
      await app.close()
      throw await describeListenFailure(error as NodeJS.ErrnoException, host, port)
    }
    server = app
    const { port: actual } = app.server.address() as AddressInfo
    return { host, port: actual }
  }

  async function stop(drainMs: number) {
    const app = server
    if (app === undefined) return
    server = undefined
    // Ends when the last connection does. Those that are kept alive would wait for their client's next request; what runs
    // too long is broken off, and its backend's request with it.
    const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS)
    const patience = setTimeout(() => app.server.closeAllConnections(), drainMs)
    await app.close()
    clearInterval(sweep)
    clearTimeout(patience)
  }

  return {
    start,
    stop,
    async configure(next) {
      state = await build(next)
    },
    accept(turns) {
      accepting = turns
    },
    wake: () => upstream.wake(),
    state: () => state,
    async close() {
      await stop(0)
      await upstream.close()
    },
  }
}

/** The keys that clients must send, the app's own among them. A reference that leads nowhere must not leave the door open. */
async function clientKeys({ server }: Config, secrets: Secrets, ownKey: string): Promise<readonly string[]> {
  const found = await Promise.all(server.api_keys.map(reference => secrets.resolve(reference)))
  const keys = found
    .flatMap(secret => (secret.found ? secret.value.split(',').map(key => key.trim()) : []))
    .filter(key => key !== '')
  const missing = found.find(secret => !secret.found)
  if (missing !== undefined) throw new Error(`server.api_keys: ${missing.reason} ${missing.remedy}`)
  return keys.length === 0 ? [] : [...keys, ownKey]
}

async function withResolvedHeaders(
  backends: ReadonlyMap<string, Backend>,
  secrets: Secrets,
): Promise<ReadonlyMap<string, Backend>> {
  const resolved = new Map<string, Backend>()
  for (const [id, backend] of backends) {
    if (backend.kind === 'local') resolved.set(id, backend)
    else resolved.set(id, await withHeaders(backend, secrets))
  }
  return resolved
}

/** A backend that lacks a header can't be called, and says so; all others can. */
async function withHeaders(backend: RemoteBackend, secrets: Secrets): Promise<RemoteBackend> {
  const headers: Record<string, string> = {}
  let { missing } = backend
  for (const [name, value] of Object.entries(backend.headers)) {
    const secret = value.startsWith('env:') ? await secrets.resolve(value) : undefined
    if (secret?.found === false)
      missing = {
        what: 'header',
        detail: `backends.${backend.id}.headers.${name} has no value. ${secret.reason} ${secret.remedy}`,
      }
    else headers[name.toLowerCase()] = secret?.value ?? value
  }
  return { ...backend, headers, missing }
}
