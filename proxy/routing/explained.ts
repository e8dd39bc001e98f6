import type { Asking } from './look.ts'
import type { Explanation } from './plan.ts'
import { nameOfTarget, targetsOf, textOfTarget } from './route.ts'

/** What is supposed of a turn that is only asked about. */
export interface Supposed {
  readonly client?: string | undefined
  /** The protocol that the client speaks. */
  readonly frontend?: string | undefined
  readonly images?: boolean | undefined
  readonly tools?: boolean | undefined
  /** Of the input. */
  readonly tokens?: number | undefined
  /** What commands of its session said: for this turn alone, or for all. */
  readonly oneOff?: string | undefined
  readonly sessionBackend?: string | undefined
  readonly sessionModel?: string | undefined
}

/** A turn that is only asked about, as the plan looks at turns. */
export function askingOf(supposed: Supposed): Asking {
  const { client, frontend, images = false, tools = false, tokens = 0, ...session } = supposed
  return {
    client,
    protocol: frontend,
    facts: () => ({ images, tools, tokens }),
    session: { oneOff: session.oneOff, backend: session.sessionBackend, model: session.sessionModel },
  }
}

/** An explanation as plain data. */
export function explained({ asked, steps, route, error }: Explanation) {
  const targets = route === undefined ? undefined : targetsOf(route)
  return {
    asked,
    /** In the words of the precedence table. */
    decidedBy: route?.by,
    kind: route?.kind,
    keys: route?.kind === 'chain' ? route.keys : undefined,
    targets: targets?.map(textOfTarget),
    /** The same targets by the names that breakers know them by. */
    breakers: targets?.map(nameOfTarget),
    steps,
    warnings: route?.warnings,
    error,
  }
}
