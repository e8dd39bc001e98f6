import type { ProxyError } from '../core/errors.ts'
import type { Credential, Credentials } from '../core/credential.ts'

/**
 * A credential that another program on this computer owns, and all that is particular to it. What they have in common
 * stands in `create-login.ts`. Facts about the owners' files are from their public sources and documents.
 */
export interface LoginDefinition {
  /** The backend of that name is served by it: `openai-codex`. */
  readonly id: string
  readonly title: string
  readonly owner: {
    /** For people: `Codex CLI`. */
    readonly program: string
    /** What its user types to sign in. */
    readonly signIn: string
  }
  /** Where the credential may be, likeliest first. */
  readonly places: (world: LoginWorld) => readonly Place[]
  /** Hosts that may be given the token: a name, or `.name` for everything below it. */
  readonly hosts: readonly string[]
  readonly position: Position
  /** The vendor has ended the service that this login was for. */
  readonly ended?: { readonly on: string; readonly instead: string } | undefined
  /** How long before its expiry a token is renewed, in milliseconds. */
  readonly renewBeforeMs: (token: Token) => number
  /** Environment variables of the owner that point it at another vendor's host: its token is not touched while one is set. */
  readonly elsewhere?: readonly string[] | undefined
  readonly command?: OwnerCommand | undefined
  readonly endpoint?: TokenEndpoint | undefined
  /** Does something while the owner's own lock is held, where it has one. */
  readonly withOwnersLock?:
    ((file: string, world: LoginWorld, work: () => Promise<Token>) => Promise<Token>) | undefined
  /** Quota windows and limits that an answer's headers tell. */
  readonly quotaIn?: ((headers: AnswerHeaders, now: number) => Quota | undefined) | undefined
  /** The vendor's own account of the quota; it may be asked at most every five minutes. */
  readonly askQuota?: ((how: Asking) => Promise<Quota>) | undefined
  /** What has to be learnt of an account before its first turn: its project. Throws a ProxyError in words for people. */
  readonly prepare?: ((how: Asking) => Promise<Prepared>) | undefined
  /** Sets an account up at the vendor's. Only ever because its user asked for it. */
  readonly onboard?: Onboarding | undefined
}

export interface Onboarding {
  /** What will be done, in words, put before the user. */
  readonly does: string
  /** Does it, and tells what came of it. */
  readonly run: (how: Asking) => Promise<string>
}

/** What the vendor says of such use, put before the user, who has to agree to it. */
export interface Position {
  readonly class: 'allowed' | 'unofficial' | 'forbidden'
  readonly text: string
  readonly link: string
}

/** The world as logins see it. */
export interface LoginWorld {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** A place where a credential may be, and how it is written there. */
export interface Place {
  readonly source:
    | { readonly type: 'file'; readonly path: string }
    | { readonly type: 'keychain'; readonly service: string; readonly account: string }
    | { readonly type: 'variable'; readonly name: string }
    /** A table `ItemTable(key, value)` in a SQLite file. */
    | { readonly type: 'database'; readonly path: string; readonly key: string }
  /** `content` is parsed JSON, or text where it is none. */
  readonly parse: (content: unknown) => Parsed
  /** The content with a new token in it and all else as it was. Absent where we never write. */
  readonly merge?: ((content: Readonly<Record<string, unknown>>, fresh: Fresh, now: number) => object) | undefined
  /** Why it can't be read even where it is there. */
  readonly sealed?: string | undefined
}

/** What stands in a place: a token, an owner that is signed out, or something that is not understood. */
export type Parsed =
  | { readonly type: 'token'; readonly token: Token }
  | { readonly type: 'signed-out'; readonly why: string }
  | { readonly type: 'foreign'; readonly why: string }

export interface Token {
  readonly access: string
  readonly refresh?: string | undefined
  /** Milliseconds since 1970; unknown where absent. */
  readonly expiresAt?: number | undefined
  /** For people: an e-mail address. */
  readonly account?: string | undefined
  /** By which two sign-ins are told apart, and what an account header carries. */
  readonly accountId?: string | undefined
  readonly plan?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly baseUrl?: string | undefined
  readonly project?: string | undefined
  /** The fields by which this credential gets a token, where they are not its vendor's usual ones. */
  readonly grant?: ((now: number) => Readonly<Record<string, string>>) | undefined
}

/** What a token endpoint gave; what is absent stays as it was. */
export interface Fresh {
  readonly access: string
  readonly refresh?: string | undefined
  readonly idToken?: string | undefined
  readonly expiresAt?: number | undefined
  /** The whole answer. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A program of the owner's that renews its credential when it is run. */
export interface OwnerCommand {
  readonly program: string
  readonly args: readonly string[]
  /** Lines for its standard input, and what its output shows when it is done: otherwise it is done when it ends. */
  readonly talk?: { readonly lines: readonly string[]; readonly until: RegExp } | undefined
}

export interface TokenEndpoint {
  readonly url: string
  /** Whether each use makes the refresh token void: then the new one must be written back, or its owner is signed out. */
  readonly rotates: boolean
  readonly form: 'json' | 'form'
  /** Fields of the request. Nothing if what they need can't be found, with the reason. */
  readonly fields: (
    refresh: string,
    world: LoginWorld,
  ) => Promise<Readonly<Record<string, string>> | { reason: string }>
  readonly read: (body: unknown, now: number) => Fresh | undefined
  readonly headers?: ((world: LoginWorld) => Promise<Readonly<Record<string, string>>>) | undefined
}

/** What a login needs to ask its vendor something. */
export interface Asking {
  readonly token: Token
  readonly ask: Ask
  /** Of the backend, as it is configured. */
  readonly baseUrl: string
  readonly world: LoginWorld
  readonly now: () => number
}

export interface Prepared {
  readonly project?: string | undefined
  readonly plan?: string | undefined
}

/** One request to a vendor beside the turns. Throws a ProxyError if it can't be reached. */
export type Ask = (request: {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}) => Promise<{ readonly status: number; readonly headers: AnswerHeaders; readonly text: string }>

/** Lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface QuotaWindow {
  /** `5 h`, `7 days`, or what the vendor calls it. */
  readonly label: string
  /** 0 to 100. */
  readonly usedPercent: number
  readonly windowMinutes?: number | undefined
  /** Milliseconds since 1970. */
  readonly resetAt?: number | undefined
}

export interface Quota {
  readonly windows: readonly QuotaWindow[]
  readonly plan?: string | undefined
  /** The whole account rests until then, in milliseconds since 1970. */
  readonly limitedUntil?: number | undefined
}

/** What the world gives the logins; tests give their own. */
export interface LoginPorts extends LoginWorld {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly ask: Ask
  /** An item of the system's keychain, nothing if there is none. Throws, in words for people, if it can't be read. */
  readonly keychain: (service: string, account: string) => Promise<string | undefined>
  /** Does something that only one of our processes may do at a time. */
  readonly lock: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>
  /** Told when a login's state may be another one. */
  readonly onChange?: ((id: string) => void) | undefined
}

/** What the config says of a login. */
export interface LoginSettings {
  /** The backend it is for: the login's own id, or the entry of the config that has its type. */
  readonly backend: string
  /** Where turns go: the vendor's, unless the entry says otherwise. */
  readonly baseUrl: string
  readonly isBaseUrlOwn: boolean
  readonly consent?: boolean | { readonly text: string; readonly at: string } | undefined
  readonly enabled?: boolean | undefined
  readonly credentialsPath?: string | undefined
  readonly tokenUrl?: string | undefined
  readonly refresh?: RefreshChoice | undefined
  /** Whether its user lets us write a renewed token back into its owner's file. */
  readonly writeBack?: boolean | undefined
}

/** `auto` takes what spares the owner's file most and can be done here. */
export type RefreshChoice = 'auto' | 'never' | 'command' | 'memory' | 'write-back'

export interface Login extends Credentials {
  readonly id: string
  readonly definition: LoginDefinition
  /** Nothing if the only credential there is was refused in this turn, and not because it is stale. */
  readonly take: (refused: readonly Credential[]) => Promise<Credential | undefined>
  /** Takes what an answer's headers tell of the quota. */
  readonly seen: (headers: AnswerHeaders) => void
  readonly status: () => Promise<LoginStatus>
  /** Asks the vendor for the quota, unless it was asked in the last five minutes. Says what went wrong, if something did. */
  readonly updateQuota: () => Promise<ProxyError | undefined>
  /** Sets the account up at the vendor's, because its user asked for it; tells what came of it. */
  readonly onboard: () => Promise<string>
  /** Tokens seen so far, for masking. */
  readonly secrets: () => readonly string[]
  readonly close: () => void
}

/** How a login is, for people. Nothing in it is secret, but `account` is personal. */
export interface LoginStatus {
  /** The backend's id. */
  readonly id: string
  readonly login: string
  readonly title: string
  readonly owner: string
  readonly signIn: string
  /** In words: `Ready`, `Refreshes on next use`, … */
  readonly state: string
  readonly detail: string
  /** Whether a turn would be sent now. */
  readonly isUsable: boolean
  readonly source?: string | undefined
  readonly account?: string | undefined
  readonly plan?: string | undefined
  readonly project?: string | undefined
  /** Milliseconds since 1970, as all times here. */
  readonly expiresAt?: number | undefined
  readonly limitedUntil?: number | undefined
  /** Who renews it: `Codex CLI`, `this app`, `this app, in memory`, `nobody`. */
  readonly refreshedBy: string
  /** Whether we may write a renewed token into its owner's file; absent where we never would. */
  readonly writeBack?: boolean | undefined
  /** What setting the account up at the vendor's would do; absent where there is nothing to set up. */
  readonly setUp?: string | undefined
  readonly lastRefreshAt?: number | undefined
  readonly lastError?: string | undefined
  /** Tells tokens apart without showing them. */
  readonly fingerprint?: string | undefined
  readonly quota?:
    | {
        readonly windows: readonly QuotaWindow[]
        readonly source: 'header' | 'endpoint'
        readonly at: number
      }
    | undefined
  /** Hosts that the config puts in the vendor's place. */
  readonly overridden: readonly string[]
  /** To which version of the text its user agreed, and when; absent where the login is off. */
  readonly consent?: { readonly text?: string | undefined; readonly at?: string | undefined } | undefined
  readonly position: Position['class']
  /** What its user agrees to, in paragraphs. */
  readonly terms: { readonly text: readonly string[]; readonly link: string; readonly version: string }
  readonly ended?: { readonly on: string; readonly instead: string } | undefined
}
