import type { Backend } from '../backends/backend.ts'
import type { BackendState } from '../backends/states.ts'
import type { Config } from '../config/schema.ts'
import type { ResponseStore } from '../responses/response-store.ts'
import type { createAccess } from './access.ts'
import type { ModelsDeps } from './models.ts'
import type { TurnDeps } from './turn.ts'

/** What the server goes by; a changed config gives new ones to the turns that begin after it. */
export interface ServerState extends TurnDeps, ModelsDeps {
  readonly config: Config
  readonly access: ReturnType<typeof createAccess>
  /** How a backend is, and its keys. */
  readonly stateOf: (backend: Backend) => Promise<BackendState>
  readonly bodyLimit: number
  readonly responses: ResponseStore
  readonly isAccepting: () => boolean
  /** What the app itself sends as a client's key, where clients need one. */
  readonly ownKey: string
}
