import { emitterWith, loud, type PartOf } from '../double.ts'
import { fetchAlsoFiles } from './fetch.ts'
import { protocol } from './schemes.ts'

type BeforeRequest = Parameters<Electron.WebRequest['onBeforeRequest']>[0]
type HeadersReceived = Parameters<Electron.WebRequest['onHeadersReceived']>[0]
type PermissionCheck = Parameters<Electron.Session['setPermissionCheckHandler']>[0]

/** What the app has set on a session, for the windows that use it. */
export interface SessionRules {
  beforeRequest: BeforeRequest
  headersReceived: HeadersReceived
  permissionCheck: PermissionCheck
}

export type Session = ReturnType<typeof createSession>

const sessions = new Map<string, Session>()
const rulesOfSessions = new WeakMap<Session, SessionRules>()

/** The double of Electron's `session`. All partitions share one storage, because one Chromium profile stands behind them. */
export const session = {
  fromPartition,
  get defaultSession() {
    return fromPartition('')
  },
}

export function fromPartition(partition: string): Session {
  const found = sessions.get(partition) ?? createSession()
  sessions.set(partition, found)
  return found
}

export function rulesOf(session: Session): SessionRules {
  const rules = rulesOfSessions.get(session)
  if (rules === undefined) throw new Error('electron-host: this is no session')
  return rules
}

function createSession() {
  const rules: SessionRules = { beforeRequest: null, headersReceived: null, permissionCheck: null }
  const members = {
    protocol: loud('protocol', protocol),
    webRequest: loud('session.webRequest', {
      onBeforeRequest: (...args: readonly unknown[]) => {
        rules.beforeRequest = args.at(-1) as BeforeRequest
      },
      onHeadersReceived: (...args: readonly unknown[]) => {
        rules.headersReceived = args.at(-1) as HeadersReceived
      },
    } satisfies PartOf<Electron.WebRequest>),
    // Nobody asks: a page here has a permission from the start or never, by the check.
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: (handler: PermissionCheck) => {
      rules.permissionCheck = handler
    },
    setDevicePermissionHandler: () => undefined,
    setDisplayMediaRequestHandler: () => undefined,
    setCertificateVerifyProc: () => undefined,
    setSpellCheckerEnabled: () => undefined,
    setProxy: () => Promise.resolve(),
    resolveProxy: () => Promise.resolve('DIRECT'),
    clearCache: () => Promise.resolve(),
    clearStorageData: () => Promise.resolve(),
    flushStorageData: () => undefined,
    isPersistent: () => true,
    fetch: fetchAlsoFiles,
  } satisfies PartOf<Electron.Session, 'protocol' | 'webRequest'>
  const session = loud('session', emitterWith(members))
  rulesOfSessions.set(session, rules)
  return session
}
