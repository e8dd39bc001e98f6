import type { Call, Input, Output, SentNotice } from '../../proxy/app/contract.ts'

/** How an answer travels: a value, or what went wrong in words for people. */
export type Tagged<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly kind: string; readonly message: string } }

/** What comes over a subscription: a notice, or word that the missed ones are gone and all has to be asked for again. */
export type Frame = SentNotice | { readonly type: 'resync' }

/** What a subscription tells. After `ended` nothing more comes. */
export interface Follower {
  readonly opened: () => void
  readonly frame: (frame: Frame) => void
  readonly ended: (error: CallError) => void
}

/** A way to the app. `call` throws a `CallError` where the app can't be reached or refuses. */
export interface Transport {
  readonly call: <C extends Call>(name: C, input: Input<C>) => Promise<Output<C>>
  /** Follows the notices after number `after`; gives back how to leave off. */
  readonly follow: (after: number, follower: Follower) => () => void
}

/** A call that failed. `unreachable`: no answer came; `refused`: the app does not take us; others are the app's own. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly kind: string

  constructor(kind: string, message: string) {
    super(message)
    this.kind = kind
  }
}

/** The value of a tagged answer, or its error thrown. */
export function untag<T>(answer: Tagged<T>): T {
  if (answer.ok) return answer.value
  throw new CallError(answer.error.kind, answer.error.message)
}
