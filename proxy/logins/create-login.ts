import type { Credential } from '../core/credential.ts'
import { ProxyError, toProxyError } from '../core/errors.ts'
import { watchFile } from '../config/watch.ts'
import { consentOf } from './consent.ts'
import { digest } from './digest.ts'
import { isOn } from './hosts.ts'
import type {
  AnswerHeaders,
  Asking,
  Login,
  LoginDefinition,
  LoginPorts,
  LoginSettings,
  Place,
  Prepared,
  Quota,
  Token,
} from './login.ts'
import { isThere, nameOf, placesOf, readLogin, type Found } from './read.ts'
import { RefreshError } from './redeem.ts'
import { createRenewal, markOf } from './renewal.ts'
import { clock, statusOf } from './status.ts'

/** An endpoint that tells the quota is asked this often at most; a limit is tried again after this long at the latest. */
const QUOTA_MS = 5 * 60_000
const LONGEST_REST_MS = 5 * 60_000
/** Where the system can't tell of changes, a file counts as read for this long. */
const UNWATCHED_MS = 5000
/** How long an item of the keychain counts as read, and how soon it is looked for again. */
const KEYCHAIN_MS = 5 * 60_000
const KEYCHAIN_RETRY_MS = 30_000

/**
 * One account of one login: reads the owner's credential, keeps it current, and gives it to turns. However many turns wait,
 * it is read once and renewed once. Nothing is read before its user has agreed.
 */
export function createLogin(definition: LoginDefinition, settings: LoginSettings, ports: LoginPorts): Login {
  const { now } = ports
  const consent = consentOf(definition, settings)
  const renewal = createRenewal(definition, settings, ports, readAgain)

  let found: Found | undefined
  let readAt = 0
  let reading: Promise<Found> | undefined
  let renewing: Promise<Found> | undefined
  let preparing: { readonly for: string; readonly done: Promise<Prepared> } | undefined
  let prepared: Prepared = {}
  /** Tokens that the vendor refused, by digest. */
  const refused = new Set<string>()
  /** A token that was renewed, and refused before it was ever taken, means that renewing does not help. */
  let renewedTo: string | undefined
  /** Why only a new sign-in helps, and for which credential that was found. */
  let hopeless: { readonly for: string; readonly why: string; readonly until: number } | undefined
  let waitUntil = 0
  let lastError: string | undefined
  let lastRefreshAt: number | undefined
  let limitedUntil = 0
  let limitTriedAt = 0
  let hasWorked = false
  let quota: (Quota & { readonly source: 'header' | 'endpoint'; readonly at: number }) | undefined
  let quotaAskedAt = 0
  let secrets: readonly string[] = []
  let watchers: readonly { close: () => void }[] | undefined
  let isUnwatched = false

  async function take(before: readonly Credential[]): Promise<Credential | undefined> {
    if (consent.state !== 'given') throw unauthenticated(`${definition.title} is off. ${consent.why}`)
    refuseWhileLimited()
    if (before.length > 1) throw signIn('the vendor refused its token, and a new one too')
    const { token, project } = await preparedToken()
    const { access, account, headers, baseUrl } = token
    if (before.some(({ secret }) => secret === access)) return undefined
    return {
      name: account ?? `${settings.backend} (${digest(access)})`,
      secret: access,
      headers,
      baseUrl: settings.isBaseUrlOwn ? undefined : vendorsOnly(baseUrl),
      project,
    }
  }

  /** A token that the vendor refuses while it is asked about the account is renewed once. */
  async function preparedToken() {
    const { token } = await usable()
    try {
      return { token, project: (await prepare(token)).project ?? token.project }
    } catch (error) {
      if (toProxyError(error).kind !== 'unauthenticated') throw error
      refused.add(digest(token.access))
      const { token: next } = await usable()
      return { token: next, project: (await prepare(next)).project ?? next.project }
    }
  }

  /** The token as it is, as the owner has renewed it meanwhile, or renewed now. */
  async function usable(): Promise<Extract<Found, { type: 'token' }>> {
    let current = await look()
    if (needsRenewal(current)) current = await readAgain()
    if (needsRenewal(current)) current = await renew()
    if (current.type === 'token') return current
    throw missing(current)
  }

  function needsRenewal(current: Found): boolean {
    return current.type === 'token' && (isStale(current.token) || refused.has(digest(current.token.access)))
  }

  function isStale(token: Token): boolean {
    return token.expiresAt !== undefined && token.expiresAt - definition.renewBeforeMs(token) <= now()
  }

  function look(): Found | Promise<Found> {
    return found === undefined || now() - readAt >= goodForMs(found) ? readAgain() : found
  }

  /** No file tells of a change of the keychain, whose owner may be asked each time that it is read. */
  function goodForMs(current: Found): number {
    if (isUnwatched) return UNWATCHED_MS
    if (current.type === 'token') return current.place.source.type === 'keychain' ? KEYCHAIN_MS : Infinity
    return KEYCHAIN_RETRY_MS
  }

  function readAgain(): Promise<Found> {
    reading ??= read().finally(() => (reading = undefined))
    return reading
  }

  async function read(): Promise<Found> {
    const places = await placesOf(definition, ports, settings.credentialsPath)
    watch(places)
    const next = renewal.withMemory(await readLogin(places, ports))
    keep(next)
    return next
  }

  function keep(next: Found) {
    found = next
    readAt = now()
    if (next.type !== 'token') return
    // Google's credentials for programs hold no token yet.
    const tokens = [next.token.access, next.token.refresh ?? ''].filter(token => token !== '')
    const unknown = tokens.filter(token => !secrets.includes(token))
    if (unknown.length > 0) secrets = [...secrets, ...unknown]
  }

  function renew(): Promise<Found> {
    renewing ??= renewNow().finally(() => {
      renewing = undefined
      tell()
    })
    return renewing
  }

  async function renewNow(): Promise<Found> {
    const current = await look()
    if (current.type !== 'token' || !needsRenewal(current)) return current
    const mark = markOf(current.token)
    const why = whyHopeless(current.token)
    if (why !== undefined) throw signIn(why)
    const isRefused = refused.has(digest(current.token.access))
    const isAlive = !isRefused && (current.token.expiresAt ?? Infinity) > now()
    try {
      if (waitUntil > now()) throw new RefreshError(lastError ?? 'its vendor asked to wait')
      const next = await renewal.renew(current.token, current.place)
      keep(next)
      lastRefreshAt = now()
      lastError = undefined
      hopeless = undefined
      renewedTo = next.type === 'token' ? digest(next.token.access) : undefined
      return next
    } catch (error) {
      const failure = error instanceof RefreshError ? error : new RefreshError(toProxyError(error).message)
      lastError = failure.message
      if (failure.retryAfterMs !== undefined) waitUntil = now() + failure.retryAfterMs
      if (failure.isFinal) hopeless = { for: mark, why: failure.message, until: Infinity }
      // Renewed early so that nobody waits; while it still holds, a failure is no reason to stop.
      if (isAlive) return current
      throw failure.isFinal ? signIn(failure.message) : notRenewed(failure.message)
    }
  }

  function whyHopeless(token: Token): string | undefined {
    return hopeless?.for === markOf(token) && now() < hopeless.until ? hopeless.why : undefined
  }

  /** What the vendor must be asked of an account before its first turn; asked once for each. */
  function prepare(token: Token): Promise<Prepared> | Prepared {
    if (definition.prepare === undefined) return {}
    const mark = markOf(token)
    if (preparing?.for !== mark) {
      const done = definition.prepare(asking(token))
      preparing = { for: mark, done }
      done.then(
        learnt => {
          prepared = learnt
          tell()
        },
        (error: unknown) => {
          lastError = toProxyError(error).message
          if (preparing?.done === done) preparing = undefined
        },
      )
    }
    return preparing.done
  }

  function asking(token: Token): Asking {
    return { token, ask: ports.ask, baseUrl: settings.baseUrl, world: ports, now }
  }

  function report({ secret }: Credential, error?: ProxyError) {
    if (error === undefined) {
      hasWorked = true
      renewedTo = undefined
      limitedUntil = 0
      return
    }
    if (error.kind === 'unauthenticated') {
      const mark = digest(secret)
      refused.add(mark)
      if (mark === renewedTo && found?.type === 'token')
        hopeless = {
          for: markOf(found.token),
          why: 'the vendor refuses its token although it is new',
          until: now() + LONGEST_REST_MS,
        }
    }
    if (error.kind === 'rate-limited' && error.retryAfterMs !== undefined && !hasRoom())
      limit(now() + error.retryAfterMs)
    tell()
  }

  function limit(until: number) {
    limitedUntil = until
    limitTriedAt = now()
  }

  /** Whether this answer's headers said that the account's windows are not used up: then the limit is of a model alone. */
  function hasRoom(): boolean {
    return quota?.source === 'header' && now() - quota.at < 1000 && quota.limitedUntil === undefined
  }

  /** A limit may be lifted early, by the vendor or by paying: a turn is let through now and then to see. */
  function refuseWhileLimited() {
    if (limitedUntil <= now()) return
    if (now() - limitTriedAt >= LONGEST_REST_MS) {
      limitTriedAt = now()
      return
    }
    const retryAfterMs = limitedUntil - now()
    throw new ProxyError('rate-limited', `${definition.title} is rate limited until ${clock(limitedUntil, now())}.`, {
      retryAfterMs,
      code: 'rate_limit_exceeded',
    })
  }

  function seen(headers: AnswerHeaders) {
    const told = definition.quotaIn?.(headers, now())
    if (told !== undefined) noteQuota(told, 'header')
  }

  function noteQuota(told: Quota, source: 'header' | 'endpoint') {
    quota = { ...told, source, at: now() }
    if (told.limitedUntil !== undefined && told.limitedUntil > now()) limit(told.limitedUntil)
    tell()
  }

  async function updateQuota(): Promise<ProxyError | undefined> {
    if (definition.askQuota === undefined || consent.state !== 'given') return undefined
    if (quotaAskedAt !== 0 && now() - quotaAskedAt < QUOTA_MS) return undefined
    quotaAskedAt = now()
    try {
      const { token, project } = await preparedToken()
      noteQuota(await definition.askQuota(asking({ ...token, project })), 'endpoint')
      return undefined
    } catch (error) {
      return toProxyError(error)
    }
  }

  async function onboard(): Promise<string> {
    if (definition.onboard === undefined) return `${definition.title} needs no setting up here.`
    if (consent.state !== 'given') throw unauthenticated(`${definition.title} is off. ${consent.why}`)
    const { token } = await usable()
    const outcome = await definition.onboard.run(asking(token))
    preparing = undefined
    return outcome
  }

  async function status() {
    const isOn = consent.state === 'given'
    const places = await placesOf(definition, ports, settings.credentialsPath)
    const current = isOn ? await look() : undefined
    return statusOf({
      definition,
      settings,
      consent,
      now: now(),
      found: current,
      there: isOn ? undefined : await isThere(places, ports),
      isStale: current !== undefined && needsRenewal(current),
      renewedBy: await renewal.renewedBy(current),
      wantsLeave: await renewal.wantsLeave(current),
      hopeless: current?.type === 'token' ? whyHopeless(current.token) : undefined,
      limitedUntil,
      hasWorked,
      prepared,
      lastError: renewal.trouble() ?? lastError,
      lastRefreshAt,
      quota,
    })
  }

  function watch(places: readonly Place[]) {
    watchers ??= places.flatMap(({ source }) =>
      source.type !== 'file' && source.type !== 'database'
        ? []
        : [
            watchFile(source.path, {
              onChange: () => void changed(),
              onError: () => (isUnwatched = true),
              quietMs: 50,
            }),
          ],
    )
  }

  async function changed() {
    await readAgain()
    tell()
  }

  function tell() {
    ports.onChange?.(settings.backend)
  }

  /** Only the vendor's own hosts may be named by a file that we only read. */
  function vendorsOnly(baseUrl: string | undefined): string | undefined {
    if (baseUrl === undefined || isOn(baseUrl, definition.hosts)) return baseUrl
    throw new ProxyError(
      'forbidden',
      `The credential of ${definition.title} names ${baseUrl} as its service, which is not its vendor's. Nothing was sent. If it is right, set api_url of the backend ${settings.backend}.`,
    )
  }

  function signIn(why: string): ProxyError {
    return unauthenticated(`${definition.title} needs a new sign-in: ${trimmed(why)}. Type: ${definition.owner.signIn}`)
  }

  function notRenewed(why: string): ProxyError {
    return unauthenticated(`The token of ${definition.title} has expired and could not be renewed: ${trimmed(why)}.`)
  }

  function missing(current: Exclude<Found, { type: 'token' }>): ProxyError {
    switch (current.type) {
      case 'absent':
        return unauthenticated(
          `${definition.title} has no credential: ${current.places.map(nameOf).join(', ')} ${current.places.length === 1 ? 'is' : 'are'} not there. Sign in with ${definition.owner.program}: ${definition.owner.signIn}`,
        )
      case 'signed-out':
        return signIn(current.why)
      case 'unreadable':
        return unauthenticated(
          `The credential of ${definition.title} can't be read from ${nameOf(current.place)}: ${trimmed(current.why)}.`,
        )
    }
  }

  return {
    id: settings.backend,
    definition,
    take,
    report,
    seen,
    status,
    updateQuota,
    onboard,
    secrets: () => secrets,
    close() {
      for (const watcher of watchers ?? []) watcher.close()
      watchers = []
    },
  }
}

function unauthenticated(message: string): ProxyError {
  return new ProxyError('unauthenticated', message, { code: 'login_unavailable' })
}

function trimmed(sentence: string): string {
  return sentence.replace(/[.\s]+$/, '')
}
