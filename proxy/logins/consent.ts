import { digest } from './digest.ts'
import type { LoginDefinition, LoginSettings } from './login.ts'

/** Whether a login's user has agreed to it, and to which text, when. */
export type Consent =
  | { readonly state: 'given'; readonly position?: string | undefined; readonly at?: string | undefined }
  | { readonly state: 'off'; readonly why: string }

/** By which the text that was put before the user is known again. */
export function positionVersion({ position }: LoginDefinition): string {
  return digest(position.text)
}

/** A login is off until its user has read what its vendor says and has agreed; a text that has changed is put before them again. */
export function consentOf(definition: LoginDefinition, { backend, consent, enabled }: LoginSettings): Consent {
  const how = `Read what its vendor says and switch it on: lip logins enable ${backend}`
  if (enabled === false) return { state: 'off', why: `The config switches it off (enabled: false). ${how}` }
  if (consent === true) return { state: 'given' }
  if (consent === undefined || consent === false) return { state: 'off', why: how }
  if (consent.position === positionVersion(definition)) return { state: 'given', ...consent }
  return {
    state: 'off',
    why: `What its vendor says has changed since you agreed on ${consent.at.slice(0, 10)}. ${how}`,
  }
}
