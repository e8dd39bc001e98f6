import type { Credentials } from '../../core/credential.ts'
import type { ProxyError } from '../../core/errors.ts'
import type { CredentialsOf } from '../../backends/credentials.ts'
import type { Pace } from '../../backends/pace.ts'
import type { Upstream } from '../../backends/upstream.ts'
import type { Config } from '../../config/schema.ts'
import type { Breakers } from '../../routing/breakers.ts'
import type { Journal } from '../../traffic/journal.ts'
import type { Ended, OpenTurn } from '../../traffic/open-turn.ts'
import type { Asked } from './asked.ts'
import type { Exchange } from './exchange.ts'
import type { CostDeps } from './cost.ts'
import type { Pauses } from './pauses.ts'

/** What answering needs of the program. */
export interface AnswerDeps extends Pick<CostDeps, 'factsAt'> {
  readonly config: Config
  readonly credentialsOf: CredentialsOf
  readonly upstream: Upstream
  readonly breakers: Breakers
  /** How fast each backend may be asked. */
  readonly pace: Pace
  /** Conversations in which a hybrid does not think for some turns. */
  readonly pauses: Pauses
  readonly journal: Pick<Journal, 'changed'>
}

/** A turn that knows what is asked and waits to be answered. */
export interface Asking extends Exchange {
  readonly asked: Asked
  readonly turn: OpenTurn
}

/** An attempt that failed before the client heard anything of it. */
export interface Refused {
  readonly refused: ProxyError
  /** Tells the client, as the last word of this turn. Throws what is to be told where the backend has no words of its own. */
  readonly tell: () => Ended | Promise<Ended>
}

/** Told the headers of an answer: limits of an account stand there. */
export type Seen = Credentials['seen']
