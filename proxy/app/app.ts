import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { createModelMemory } from '../backends/model-memory.ts'
import { createUpstream } from '../backends/upstream.ts'
import { wayOutOf, type WayOut } from '../backends/way-out.ts'
import { createFindFolder } from '../commands/find-folder.ts'
import { loadConfig, type LoadedConfig } from '../config/load.ts'
import { ConfigError, formatProblem } from '../config/problems.ts'
import { configSchema } from '../config/schema.ts'
import { watchFile } from '../config/watch.ts'
import { toProxyError } from '../core/errors.ts'
import { createSecrets } from '../keys/secrets.ts'
import { createLogins } from '../logins/index.ts'
import { createResponseStore } from '../responses/response-store.ts'
import { createProxy, type Proxy } from '../proxy.ts'
import { AddressError } from '../server/address.ts'
import { createSessionStore } from '../sessions/session-store.ts'
import { createJournal, storeLimits } from '../traffic/journal.ts'
import { createStore } from '../traffic/store.ts'
import { turnLine } from '../traffic/turn-line.ts'
import { VERSION } from '../version.ts'
import type { Handlers, Status } from './contract.ts'
import { backendRows, routeOf } from './backend-rows.ts'
import { compileSooner } from './compile-sooner.ts'
import { countersOf } from './figures.ts'
import { createHandlers } from './handlers.ts'
import { mountApp } from './http.ts'
import { answers, removeInstance, writeInstance } from './instance-file.ts'
import { areKeysLocked } from './key-calls.ts'
import { createLiveTurns } from './live-turns.ts'
import { createLog } from './log.ts'
import { loginPorts } from './login-ports.ts'
import { createNotices, type Notices } from './notices.ts'
import { paced } from './paced.ts'
import { knownBackends, type AppOptions, type AppParts } from './parts.ts'

/** The program around the proxy, the same in the desktop app and in the headless server. */
export interface App {
  readonly handlers: Handlers
  readonly notices: Notices
  readonly status: () => Status
  /** Why the config can't be used, if it can't. */
  readonly configError: () => ConfigError | undefined
  /** Listens and takes turns. What hinders it stands in the status. */
  readonly start: () => Promise<Status>
  /** Takes no more turns, and lets the open ones end for so long, in milliseconds; as long as the config says where that is left out. */
  readonly stop: (drainMs?: number) => Promise<Status>
  /** Takes no more turns because the program ends, at this time at the latest (epoch milliseconds); `undefined` takes that back. */
  readonly leave: (at: number | undefined) => void
  readonly openTurns: () => number
  /** The computer slept: whatever may have died meanwhile is made anew. What was stopped stays stopped. */
  readonly wake: () => Promise<void>
  /** The address of the window for browsers, with its token. */
  readonly dashboard: () => string
  readonly close: () => Promise<void>
}

/** Builds the app. A config that can't be used does not hinder it: the app says so, and starts when the file is mended. */
export async function createApp(options: AppOptions): Promise<App> {
  compileSooner()
  const { paths, env, flags, shell } = options
  const log = createLog(options.logTo)
  const { warn } = log
  const bornAt = Date.now()
  const instance = randomBytes(8).toString('hex')
  const token = randomBytes(24).toString('base64url')

  let configError: ConfigError | undefined
  let loaded: LoadedConfig = { config: configSchema.parse({}), sources: {}, warnings: [] }
  let proxy: Proxy | undefined
  let run: Status['run'] = 'stopped'
  let trouble: Status['trouble']
  let address: { readonly host: string; readonly port: number } | undefined
  let startedAt: number | undefined
  let endsAt: number | undefined
  let keysLocked = false
  let stopLoggingTurns: (() => void) | undefined

  // Before the file is read, so that no change is missed.
  const watcher = watchFile(paths.configFile, {
    onChange: () => void reload(),
    onError: error =>
      warn(`Changes of ${paths.configFile} are seen only after a restart: ${toProxyError(error).message}.`),
  })
  await load()
  log.setLevel(loaded.config.log_level)
  for (const warning of loaded.warnings) warn(formatProblem(warning))

  const secrets = createSecrets({ env, dataDir: dirname(paths.keysFile), onChange: () => void keysChanged(), warn })
  const wayOut: WayOut = origin => wayOutOf(loaded.config.server, env)(origin)
  const upstream = createUpstream(wayOut)
  const figuresSoon = paced(tellFigures)
  const logins = createLogins(loginPorts({ env, dataDir: dirname(paths.keysFile), upstream }, figuresSoon))
  const knownSecrets = () => [...secrets.known(), ...logins.known()]
  const store = createStore({
    file: paths.trafficFile,
    limits: storeLimits(loaded.config.traffic),
    knownSecrets,
    say: logChanged,
  })
  const journal = createJournal({ store, config: loaded.config.traffic, knownSecrets })
  const responses = createResponseStore({
    file: paths.responsesFile,
    limits: {
      maxAgeMs: loaded.config.responses.retention_days * 24 * 3600 * 1000,
      maxBytes: loaded.config.responses.max_mb * 2 ** 20,
    },
    now: Date.now,
    failed: ({ message }) =>
      warn(`Stored responses are kept in memory only: ${paths.responsesFile} failed (${message}).`),
  })
  const sessions = createSessionStore({
    file: paths.sessionsFile,
    limits: () => ({
      most: loaded.config.sessions.max,
      maxAgeMs: loaded.config.sessions.expire_days * 24 * 3600 * 1000,
    }),
    now: Date.now,
    failed: ({ message }) => warn(`Sessions are kept in memory only: ${paths.sessionsFile} failed (${message}).`),
    changed: () => {
      if (notices.isHeard()) sessionsSoon()
    },
  })
  const modelMemory = createModelMemory({ file: paths.modelsFile, now: Date.now, warn })
  const notices = createNotices(heard => live.listen(heard))
  const sessionsSoon = paced(async () => notices.tell('sessions', {}))
  const live = createLiveTurns(journal, {
    turns: turns => notices.tell('turns', turns),
    rush: isRush => notices.tell('rush', isRush),
    // They are sums over the log, and turns close by the thousand.
    closed: figuresSoon,
  })
  const parts: AppParts = {
    options,
    bornAt,
    secrets,
    logins,
    journal,
    store,
    sessions,
    modelMemory,
    wayOut,
    notices,
    loaded: () => loaded,
    proxy: () => proxy,
    status,
    start,
    stop,
    keysChanged,
    reload,
  }
  const handlers = createHandlers(parts, live)
  logTurns()
  void lookWhetherLocked()

  /** Turns are in the log of lines only at level `info` and below; otherwise nobody listens, and nothing is spent on it. */
  function logTurns() {
    stopLoggingTurns?.()
    stopLoggingTurns = log.isInfo()
      ? journal.subscribe(({ type, turn }) => {
          if (type === 'closed') log.info(turnLine(turn))
        })
      : undefined
  }

  async function load() {
    try {
      loaded = await loadConfig({ file: paths.configFile, required: paths.configRequired, env, flags, knownBackends })
      configError = undefined
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      configError = error
    }
  }

  /** Turns go on by the last good config while the file is broken. */
  async function reload() {
    const { host, port } = loaded.config.server
    await load()
    if (configError === undefined) {
      const { server } = loaded.config
      if (address !== undefined && (server.host !== host || server.port !== port))
        warn(`server.host and server.port count after a restart: until then it listens on ${status().url}.`)
      try {
        await proxy?.configure(loaded.config)
        journal.reconfigure(loaded.config.traffic)
        log.setLevel(loaded.config.log_level)
        logTurns()
      } catch (error) {
        configError = new ConfigError([
          { file: paths.configFile, message: error instanceof Error ? error.message : String(error) },
        ])
      }
    }
    if (configError !== undefined) warn(`The config was not taken up; the last good one stays. ${configError.message}`)
    tellAll()
  }

  async function keysChanged() {
    await proxy?.configure(loaded.config)
    await lookWhetherLocked()
    notices.tell('keys', {})
    tellAll()
  }

  async function lookWhetherLocked() {
    const now = await areKeysLocked({ secrets })
    if (now === keysLocked) return
    keysLocked = now
    notices.tell('status', status())
  }

  function tellAll() {
    notices.tell('settings', {})
    notices.tell('status', status())
    notices.tell('route', routeOf(parts))
    void tellFigures()
  }

  async function tellFigures() {
    if (!notices.isHeard()) return
    notices.tell('counters', await countersOf(journal, store, new Date()))
    notices.tell('backends', await backendRows(parts))
  }

  function logChanged(message: string) {
    warn(message)
    notices.tell('status', status())
  }

  function status(): Status {
    const { host, port } = address ?? loaded.config.server
    const health = store.health()
    return {
      run,
      host,
      port,
      url: urlOf(host, port),
      trouble,
      version: VERSION,
      instance,
      startedAt,
      endsAt,
      shell,
      platform: process.platform,
      keysLocked,
      configProblems: configError?.problems.map(formatProblem) ?? [],
      log: {
        state: health.state,
        reason: health.state === 'ok' ? undefined : health.reason,
        dropped: health.droppedRecords,
      },
    }
  }

  function become(next: Status['run'], why?: Status['trouble']): Status {
    run = next
    trouble = why
    const now = status()
    notices.tell('status', now)
    return now
  }

  async function start(port?: number): Promise<Status> {
    if (run === 'running' || run === 'starting' || run === 'stopping') return status()
    if (proxy !== undefined && address !== undefined) {
      proxy.accept(true)
      return become('running')
    }
    if (configError !== undefined) return become('failed', { kind: 'config', message: configError.message })
    become('starting')
    try {
      proxy ??= await createProxy(loaded.config, {
        secrets,
        logins,
        journal,
        responses,
        sessions,
        modelMemory,
        wayOut,
        findFolder: createFindFolder(env, homedir()),
        instance,
        now: Date.now,
        routes: server => mountApp(server, { handlers, notices, token, rendererDir: options.rendererDir }),
      })
      address = await proxy.start(port)
      startedAt = Date.now()
      await tellInstance()
      return become('running')
    } catch (error) {
      return become('failed', troubleOf(error))
    }
  }

  /** The headless server goes on listening, since the window is served by it; it only refuses turns. */
  async function stop(drainMs = loaded.config.server.drain_seconds * 1000): Promise<Status> {
    if (run !== 'running') return status()
    become('stopping')
    if (shell === 'headless') {
      proxy?.accept(false)
      await drain(drainMs)
    } else {
      await proxy?.stop(drainMs)
      address = undefined
    }
    return become('stopped')
  }

  /** Lets the open turns end for so long, in milliseconds, then breaks off those that are left. */
  function drain(forMs: number): Promise<void> {
    return new Promise(resolve => {
      const stopListening = journal.subscribe(() => {
        if (journal.counters().open === 0) over()
      })
      const patience = setTimeout(() => {
        for (const { id } of journal.live()) journal.breakOff(id)
        over()
      }, forMs)
      if (journal.counters().open === 0) over()

      function over() {
        clearTimeout(patience)
        stopListening()
        resolve()
      }
    })
  }

  function leave(at: number | undefined) {
    endsAt = at
    proxy?.accept(at === undefined)
    notices.tell('status', status())
  }

  async function wake() {
    proxy?.wake()
    if (run === 'running' && address !== undefined && !(await answers(status()))) {
      const { port } = address
      await stop(0)
      await start(port)
    }
    await tellFigures()
  }

  /** Tells `lip status` where this run is and how to ask it. */
  async function tellInstance() {
    const { url } = status()
    const mine = { pid: process.pid, version: VERSION, instance, url, token, startedAt: startedAt ?? Date.now() }
    try {
      const other = await writeInstance(paths.instanceFile, mine)
      if (other === undefined) return
      const { pid, url } = other
      warn(
        `lip status tells of ${url} (pid ${pid}), which uses the same data, and not of this run. Give this one its own: --data-dir FOLDER.`,
      )
    } catch (error) {
      warn(`lip status will not find this run: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async function close() {
    watcher.close()
    await proxy?.stop(loaded.config.server.drain_seconds * 1000)
    await proxy?.close()
    await removeInstance(paths.instanceFile, instance).catch(() => undefined)
    await journal.stop()
    responses.close()
    sessions.close()
    logins.close()
    await modelMemory.close()
    await upstream.close()
    await secrets.close()
  }

  return {
    handlers,
    notices,
    status,
    configError: () => configError,
    start,
    stop,
    leave,
    wake,
    openTurns: () => journal.counters().open,
    dashboard: () => `${status().url}/app#token=${token}`,
    close,
  }
}

/** The address by which a client on this computer reaches a listener. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function troubleOf(error: unknown): NonNullable<Status['trouble']> {
  if (!(error instanceof AddressError))
    return { kind: 'unknown', message: error instanceof Error ? error.message : String(error) }
  const kinds = { taken: 'address-taken', denied: 'address-denied', unknown: 'unknown' } as const
  return { kind: kinds[error.reason], message: error.message, holder: error.holder.process, freePort: error.freePort }
}
