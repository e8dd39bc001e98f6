import { demo } from '../backends/demo.ts'
import { loginPresets } from '../backends/login-presets.ts'
import type { ModelMemory } from '../backends/model-memory.ts'
import { presets } from '../backends/presets.ts'
import type { WayOut } from '../backends/way-out.ts'
import type { Env, Flags, KnownBackend } from '../config/layers.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Paths } from '../config/paths.ts'
import type { Secrets } from '../keys/secrets.ts'
import type { Logins } from '../logins/index.ts'
import type { Proxy } from '../proxy.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import type { Journal } from '../traffic/journal.ts'
import type { Store } from '../traffic/store.ts'
import type { Input, Output, Status } from './contract.ts'
import type { Notices } from './notices.ts'

export interface AppOptions {
  readonly paths: Paths
  readonly env: Env
  readonly flags: Flags
  readonly shell: Status['shell']
  /** The built window, served to browsers under `/app`. */
  readonly rendererDir: string
  /** What only a desktop can do; absent elsewhere. */
  readonly desktop?: Desktop | undefined
  /** Where the log goes, as lines of text. */
  readonly logTo: NodeJS.WritableStream
}

/** What only a desktop can do. */
export interface Desktop {
  readonly loginItem: () => Promise<Output<'loginItem.get'>>
  readonly setLoginItem: (choice: Input<'loginItem.set'>) => Promise<Output<'loginItem.set'>>
  readonly openLink: (link: string) => Promise<void>
  /** Shows a folder in the system's file manager. Throws where the system can't. */
  readonly openFolder: (folder: string) => Promise<void>
  /** Decides a quit that waits for open turns: it is cut short or taken back. */
  readonly decideQuit: (choice: Input<'app.decideQuit'>['choice']) => void
}

/** What the parts of the app share. */
export interface AppParts {
  readonly options: AppOptions
  /** When this run of the program began, epoch milliseconds: nothing in memory is older. */
  readonly bornAt: number
  readonly secrets: Secrets
  readonly logins: Logins
  readonly journal: Journal
  readonly store: Store
  readonly sessions: SessionStore
  readonly modelMemory: ModelMemory
  readonly wayOut: WayOut
  readonly notices: Notices
  readonly loaded: () => LoadedConfig
  readonly proxy: () => Proxy | undefined
  readonly status: () => Status
  readonly start: (port?: number) => Promise<Status>
  readonly stop: () => Promise<Status>
  /** Goes by what is stored now. */
  readonly keysChanged: () => Promise<void>
  /** Reads the config again and goes by it. */
  readonly reload: () => Promise<void>
}

/** The backends that need no entry in the config, as the config's checks know them. */
export const knownBackends: readonly KnownBackend[] = [
  ...Object.entries(presets).map(([id, { envPrefixes }]) => ({ id, envPrefixes })),
  ...Object.keys(loginPresets).map(id => ({ id })),
  { id: demo.id },
]
