import type { RoutingConfig } from '../config/schema.ts'
import type { RequestFacts } from './facts.ts'

/** Where a turn comes from, and what its session says. */
export interface Asking {
  /** The client's short name: `claude-code`. */
  readonly client?: string | undefined
  /** The protocol that the client speaks. */
  readonly protocol?: string | undefined
  /** What the request holds; called only where a rule or a mark asks for it. */
  readonly facts?: (() => RequestFacts) | undefined
  readonly session?: SessionRouting | undefined
}

/** What commands in a chat have said about where its turns go. */
export interface SessionRouting {
  /** For this turn alone. */
  readonly oneOff?: string | undefined
  /** A backend's id; the client's model is asked of it. */
  readonly backend?: string | undefined
  /** A model, or any selector, in place of the client's model. */
  readonly model?: string | undefined
  /** Routes of the session's own, before those of the config. */
  readonly routes?: RoutingConfig['failover_routes'] | undefined
  /** Whether this is the session's first turn, which `[first]` is for. */
  readonly isFirst?: boolean | undefined
}

/** One look for a route: what it is for, what it came by, and whether another turn that asks the same would get the same. */
export interface Look {
  readonly asked: string
  readonly asking: Asking
  readonly warnings: string[]
  readonly note: (step: string) => void
  isFixed: boolean
}

/** What the request holds, for a decision that another request may turn out otherwise. */
export function factsFor(look: Look): RequestFacts | undefined {
  look.isFixed = false
  return look.asking.facts?.()
}
