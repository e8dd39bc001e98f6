/** Where keys can be kept: the keychain of the operating system, or a file encrypted with a passphrase. */
export type StoreId = 'keychain' | 'file'

/** A place that keeps secret values under names. Every function throws a StoreError if the place cannot be used. */
export interface KeyStore {
  /** The value kept under a name, or nothing if there is none. */
  readonly get: (name: string) => Promise<string | undefined>
  readonly set: (name: string, value: string) => Promise<void>
  /** Whether there was a value to remove. */
  readonly remove: (name: string) => Promise<boolean>
  /** Settles if the place can be used, without asking its owner to unlock anything. */
  readonly check: () => Promise<void>
}

/**
 * Why a store could not be used. `unavailable`: it does not exist here. `locked`: its owner has not unlocked it, or
 * refused to. `unanswered`: it stays silent, perhaps because a prompt is open. `failed`: anything else it says.
 * The others are of the passphrase file alone.
 */
export type StoreErrorKind =
  | 'unavailable'
  | 'locked'
  | 'unanswered'
  | 'failed'
  | 'no-passphrase'
  | 'weak-passphrase'
  | 'wrong-passphrase'
  | 'damaged'

/** A store's refusal. The message is a whole sentence for people; what to do about it is in `remedies.ts`. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly kind: StoreErrorKind

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}
