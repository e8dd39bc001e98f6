import { digest } from './digest.ts'
import type { LoginDefinition, LoginSettings } from './login.ts'

/** Whether a login's user has agreed to it, and to which text, when. */
export type Consent =
  | { readonly state: 'given'; readonly text?: string | undefined; readonly at?: string | undefined }
  | { readonly state: 'off'; readonly why: string }

/** What a user agrees to, in paragraphs: what the vendor says, and what we do with the credential. */
export function consentText(definition: LoginDefinition): readonly string[] {
  const { position, ended, owner } = definition
  return [
    position.text,
    `More: ${position.link}`,
    ...(ended === undefined ? [] : [`The vendor ended this service on ${ended.on}. ${ended.instead}`]),
    writesBack(definition)
      ? `We read the credential that ${owner.program} keeps on this computer. Its vendor makes a refresh token void after one use, so that renewing it here means to write the new one into the file of ${owner.program}. That is asked apart, and is not done unless you allow it.`
      : `We read the credential that ${owner.program} keeps on this computer, and never write it.`,
  ]
}

/** Whether its token can only be renewed here by writing into its owner's file. */
export function writesBack({ endpoint, places }: LoginDefinition): boolean {
  return endpoint?.rotates === true && places(ANYWHERE).some(({ merge }) => merge !== undefined)
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
