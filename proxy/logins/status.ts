import type { Consent } from './consent.ts'
import { consentText, consentVersion, writesBack } from './consent.ts'
import { digest } from './digest.ts'
import type { LoginDefinition, LoginSettings, LoginStatus, Prepared, Quota } from './login.ts'
import { nameOf, type Found } from './read.ts'

/** What is known of a login at a moment. */
export interface Known {
  readonly definition: LoginDefinition
  readonly settings: LoginSettings
  readonly consent: Consent
  readonly now: number
  /** What was read; absent while the login is off. */
  readonly found: Found | undefined
  /** Where something stands that could be read, while the login is off. */
  readonly there: string | undefined
  readonly isStale: boolean
  readonly renewedBy: string | undefined
  /** Whether we could renew it if its user let us write it back. */
  readonly wantsLeave: boolean
  readonly hopeless: string | undefined
  readonly limitedUntil: number
  readonly hasWorked: boolean
  readonly prepared: Prepared
  readonly lastError: string | undefined
  readonly lastRefreshAt: number | undefined
  readonly quota: (Quota & { readonly source: 'header' | 'endpoint'; readonly at: number }) | undefined
}

/** How a login is, in words. */
export function statusOf(known: Known): LoginStatus {
  const { definition, settings, consent, found, quota, prepared, renewedBy } = known
  const { owner, position, ended } = definition
  const token = found?.type === 'token' ? found.token : undefined
  const overridden = hostsOf(settings)
  const { state, detail, isUsable } = stateOf(known)
  return {
    id: settings.backend,
    login: definition.id,
    title: definition.title,
    owner: owner.program,
    signIn: owner.signIn,
    state,
    detail: overridden.length === 0 ? detail : `${detail} The config sends it to ${overridden.join(' and ')}.`,
    isUsable,
    source: found === undefined ? known.there : found.type === 'absent' ? undefined : nameOf(found.place),
    account: token?.account,
    plan: quota?.plan ?? prepared.plan ?? token?.plan,
    project: prepared.project ?? token?.project,
    expiresAt: token?.expiresAt,
    limitedUntil: known.limitedUntil > known.now ? known.limitedUntil : undefined,
    refreshedBy: renewedBy ?? 'nobody here',
    writeBack: writesBack(definition) ? settings.writeBack === true : undefined,
    setUp: definition.onboard?.does,
    lastRefreshAt: known.lastRefreshAt,
    lastError: known.lastError,
    fingerprint: token === undefined ? undefined : digest(token.access),
    quota: quota === undefined ? undefined : { windows: quota.windows, source: quota.source, at: quota.at },
    overridden,
    consent: consent.state === 'given' ? { text: consent.text, at: consent.at } : undefined,
    position: position.class,
    terms: { text: consentText(definition), link: position.link, version: consentVersion(definition) },
    ended,
  }
}

interface State {
  readonly state: string
  readonly detail: string
  readonly isUsable: boolean
}

function stateOf(known: Known): State {
  const { definition, settings, consent, found, now, limitedUntil } = known
  const { owner, ended } = definition
  if (consent.state === 'off') {
    const there = known.there === undefined ? '' : ` A sign-in of ${owner.program} was found (${known.there}).`
    return unusable('Off', consent.why + there)
  }
  const signIn = `Sign in with ${owner.program}: ${owner.signIn}`
  if (found === undefined || found.type === 'absent')
    return unusable('Not found', `Nothing at ${(found?.places ?? []).map(nameOf).join(', ')}. ${signIn}`)
  if (found.type === 'unreadable') return unusable('Unreadable', `${nameOf(found.place)}: ${found.why}. ${signIn}`)
  if (found.type === 'signed-out') return unusable('Needs sign-in', `${found.why}. ${signIn}`)
  if (known.hopeless !== undefined) return unusable('Needs sign-in', `${known.hopeless} ${signIn}`)
  if (limitedUntil > now)
    return unusable(
      `Rate limited until ${clock(limitedUntil, now)}`,
      'Its vendor has said so; a turn is tried now and then.',
    )
  const leave = `lets this app renew it and write it back: lip logins enable ${settings.backend} --write-back`
  if (known.isStale && known.wantsLeave && known.renewedBy === undefined)
    return unusable('Expired', `${owner.program} renews its token when it is used. This ${leave}`)
  if (known.isStale && known.renewedBy === undefined)
    return unusable('Needs sign-in', `Its token has expired, and nobody here can renew it. ${signIn}`)
  if (ended !== undefined && !known.hasWorked && !settings.isBaseUrlOwn)
    return {
      state: 'Discontinued by provider',
      detail: `Its vendor ended this service on ${ended.on}. ${ended.instead} Turns are still sent, for accounts that are served.`,
      isUsable: true,
    }
  if (known.isStale) return { state: 'Refreshes on next use', detail: `By ${known.renewedBy ?? ''}.`, isUsable: true }
  const isOwnersAlone = known.wantsLeave && known.renewedBy === undefined
  const renewal = isOwnersAlone ? ` Only ${owner.program} renews it. This ${leave}` : ''
  return { state: 'Ready', detail: `Signed in by ${owner.program}.${renewal}`, isUsable: true }
}

function unusable(state: string, detail: string): State {
  return { state, detail, isUsable: false }
}

/** A time of day for people, with its date where that is not today's. */
export function clock(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)]
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`
  if (then.toDateString() === today.toDateString()) return time
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** The hosts that the config puts in the vendor's place. */
function hostsOf({ baseUrl, isBaseUrlOwn, tokenUrl }: LoginSettings): readonly string[] {
  const urls = [...(isBaseUrlOwn ? [baseUrl] : []), ...(tokenUrl === undefined ? [] : [tokenUrl])]
  return [...new Set(urls.map(url => new URL(url).host))]
}
