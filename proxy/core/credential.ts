import type { ProxyError } from './errors.ts'

/** What a request to a backend proves itself with: an API key, or the token of a login. */
export interface Credential {
  /** For people and for the log, never the secret: `OPENAI_API_KEY_2`, `keychain:openai`, a login's account. */
  readonly name: string
  readonly secret: string
  /** Sent beside what carries the secret: an account's id, a beta that a login needs. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Where this account is served, if that is not where its backend is. */
  readonly baseUrl?: string | undefined
  /** The Google Cloud project that Code Assist bills. */
  readonly project?: string | undefined
}

/** The credentials of one backend, of which a turn may try several. */
export interface Credentials {
  /**
   * The next one to try, other than those that were refused in this turn; nothing if the backend has none and needs none.
   * Throws `unauthenticated` where none is set up, `rate-limited` with the time of the earliest where all rest.
   */
  readonly take: (refused: readonly Credential[]) => Credential | undefined | Promise<Credential | undefined>
  /** Tells that the backend refused it, so that it rests, or is read or refreshed anew; or that it was taken, without an error. */
  readonly report: (credential: Credential, error?: ProxyError) => void
  /** Told the headers of every answer, for what they say of an account's quota. */
  readonly seen?: ((headers: Readonly<Record<string, string | string[] | undefined>>) => void) | undefined
}
