import { toProxyError } from '../core/errors.ts'
import { consentVersion } from '../logins/consent.ts'
import type { Input, Output } from './contract.ts'
import type { AppParts } from './parts.ts'
import { writeSettings } from './setting-calls.ts'

/** Every login with its state; with the vendors' own account of the quotas, which is asked at most every five minutes. */
export async function listLogins(
  { logins }: AppParts,
  { quota }: Input<'logins.list'>,
): Promise<Output<'logins.list'>> {
  const before = await logins.list()
  if (quota !== true) return before.map(plain)
  await Promise.all(before.map(async ({ id }) => logins.of(id)?.updateQuota()))
  return (await logins.list()).map(plain)
}

/** Switches a login on for a user who has agreed to the text of that version, and to no other. */
export async function enableLogin(
  parts: AppParts,
  { id, version, writeBack }: Input<'logins.enable'>,
): Promise<Output<'logins.enable'>> {
  const login = parts.logins.of(id)
  if (login === undefined) return noSuchLogin(id)
  if (version !== consentVersion(login.definition))
    return { ok: false, reason: 'The text has changed meanwhile: read it again.' }
  const consent = { text: version, at: new Date().toISOString() }
  return writeSettings(parts, {
    ...(parts.loaded().config.backends[id]?.enabled === false && { [`backends.${id}.enabled`]: undefined }),
    [`backends.${id}.consent`]: consent,
    [`backends.${id}.write_back`]: writeBack === true ? true : undefined,
  })
}

/** Lets a renewed token be written into its owner's file, or takes that back. */
export async function allowWriteBack(
  parts: AppParts,
  { id, isAllowed }: Input<'logins.writeBack'>,
): Promise<Output<'logins.writeBack'>> {
  if (parts.logins.of(id) === undefined) return noSuchLogin(id)
  return writeSettings(parts, { [`backends.${id}.write_back`]: isAllowed ? true : undefined })
}

/** Switches a login off: its credential is not read any more. */
export async function disableLogin(
  parts: AppParts,
  { id }: Input<'logins.disable'>,
): Promise<Output<'logins.disable'>> {
  if (parts.logins.of(id) === undefined) return noSuchLogin(id)
  return writeSettings(parts, { [`backends.${id}.consent`]: undefined, [`backends.${id}.write_back`]: undefined })
}

/** Sets an account up at its vendor's, because its user asked for it. */
export async function onboardLogin(
  { logins }: AppParts,
  { id }: Input<'logins.onboard'>,
): Promise<Output<'logins.onboard'>> {
  const login = logins.of(id)
  if (login === undefined) return noSuchLogin(id)
  try {
    return { ok: true, outcome: await login.onboard() }
  } catch (error) {
    return { ok: false, reason: toProxyError(error).message }
  }
}

function noSuchLogin(id: string) {
  return { ok: false, reason: `There is no login ${JSON.stringify(id)}.` } as const
}

/** Lists that a window may keep are copies. */
function plain(status: Awaited<ReturnType<AppParts['logins']['list']>>[number]): Output<'logins.list'>[number] {
  const { quota, overridden, terms } = status
  return {
    ...status,
    overridden: [...overridden],
    terms: { ...terms, text: [...terms.text] },
    quota: quota === undefined ? undefined : { ...quota, windows: [...quota.windows] },
  }
}
