import { digest } from './digest.ts'
import type { LoginDefinition, LoginSettings } from './login.ts'

/** Whether a login's user has agreed to it, and to which text, when. */
export type Consent =
  | { readonly state: 'given'; readonly text?: string | undefined; readonly at?: string | undefined }
  | { readonly state: 'off'; readonly why: string }

/** What a user agrees to, in paragraphs: what the vendor says, and what we do with the credential. */
export function consentText(definition: LoginDefinition): readonly string[] {
  const { position, ended, owner } = definition
  const writes =
    definition.endpoint?.rotates === true && definition.places(ANYWHERE).some(({ merge }) => merge !== undefined)
  return [
    position.text,
    `More: ${position.link}`,
    ...(ended === undefined ? [] : [`The vendor ended this service on ${ended.on}. ${ended.instead}`]),
    writes
      ? `We read the credential that ${owner.program} keeps on this computer. Where ${owner.program} does not renew it itself, we do, and write it back to its file; \`refresh: command\` or \`refresh: never\` in the config keeps us from that.`
      : `We read the credential that ${owner.program} keeps on this computer, and never write it.`,
  ]
}

const ANYWHERE = { platform: 'linux', env: {}, home: '/' } as const

/** By which the text that was put before the user is known again. */
export function consentVersion(definition: LoginDefinition): string {
  return digest(consentText(definition).join('\n'))
}

/** A login is off until its user has read what its vendor says and has agreed; a text that has changed is put before them again. */
export function consentOf(definition: LoginDefinition, { backend, consent, enabled }: LoginSettings): Consent {
  const how = `Read what its vendor says and switch it on: lip logins enable ${backend}`
  if (enabled === false) return { state: 'off', why: `The config switches it off (enabled: false). ${how}` }
  if (consent === true) return { state: 'given' }
  if (consent === undefined || consent === false) return { state: 'off', why: how }
  if (consent.text === consentVersion(definition)) return { state: 'given', ...consent }
  return {
    state: 'off',
    why: `What its vendor says has changed since you agreed on ${consent.at.slice(0, 10)}. ${how}`,
  }
}
