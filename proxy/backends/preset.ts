import type { Api } from './backend.ts'

/** What is known of a service without any configuration. A row states only what is particular to it. */
export interface Preset extends Service {
  /** Prefixes of its environment variables, first wins: `OPENAI` for `OPENAI_API_KEY`, `OPENAI_API_BASE_URL`, `OPENAI_TIMEOUT`. */
  readonly envPrefixes: readonly [string, ...string[]]
}

/** A service that is called with the sign-in of another program. No variable can send its token elsewhere. */
export interface LoginPreset extends Service {
  readonly login: string
  /** Its account is billed for tokens, rather than by a subscription that covers them. */
  readonly isMetered?: boolean | undefined
}

interface Service {
  readonly title: string
  /** The protocols it serves; the first is the one that others are translated to. */
  readonly apis: readonly [Api, ...Api[]]
  /** A server on this computer, at its usual port: needs no key, and is there only while it runs. */
  readonly isLocalServer?: boolean | undefined
  /** What it serves where it can't be asked. */
  readonly models?: readonly string[] | undefined
  /** Whether it can be asked for its models. */
  readonly listsModels?: boolean | undefined
  /** Names of vendors that may stand before its models: `zhipu/glm-4.6`. */
  readonly prefixes?: readonly string[] | undefined
  /** Each customer has an address of their own, so that one must be set; this is what it looks like. */
  readonly address?: string | undefined
  /** The path of an address that is given without one. */
  readonly path?: string | undefined
  /** The backend whose stored key is used, too. */
  readonly keyName?: string | undefined
  /** Whether the numbers of its keys' variables end at the first gap. */
  readonly keysEndAtGap?: boolean | undefined
  /** For what it is, where that matters to who uses it. */
  readonly note?: string | undefined
}
