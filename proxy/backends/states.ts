import type { LoginStatus } from '../logins/login.ts'
import type { Backend, RemoteBackend } from './backend.ts'
import type { KeyState } from './credentials.ts'

/** How a backend is. */
export interface BackendState {
  /** Whether it can be used, and if not, whether a key or sign-in is what it wants. */
  readonly state: 'ready' | 'needs-key' | 'off'
  /** In a word or two: `Ready`, `Rate limited until 14:05`, `Needs a key`. */
  readonly status: string
  /** In a sentence, with what to do. */
  readonly detail: string
  readonly keys: readonly KeyState[]
}

export interface StatesOptions {
  readonly keyStates: (backend: RemoteBackend) => Promise<readonly KeyState[]>
  /** Whether a server on this computer runs. */
  readonly answers: (backend: RemoteBackend) => Promise<boolean>
  readonly loginStatus: (id: string) => Promise<LoginStatus | undefined>
}

/** Tells of every backend how it is, without asking any vendor. */
export function createStates({ keyStates, answers, loginStatus }: StatesOptions) {
  async function stateOf(backend: Backend): Promise<BackendState> {
    if (backend.kind === 'local') return ready('Answers by itself; needs no key and no network.')
    if (backend.missing !== undefined)
      return {
        ...off,
        status: `Needs ${backend.missing.what === 'address' ? 'an address' : 'a header'}`,
        detail: backend.missing.detail,
      }
    if (backend.isLocalServer && !(await answers(backend))) return notRunning(backend)
    if (backend.login !== undefined) return ofLogin(await loginStatus(backend.id))
    return ofKeys(await keyStates(backend))
  }

  async function isUsable(backend: RemoteBackend): Promise<boolean> {
    return (await stateOf(backend)).state === 'ready'
  }

  return { stateOf, isUsable }
}

const off = { state: 'off', keys: [] } as const

function ready(detail: string): BackendState {
  return { state: 'ready', status: 'Ready', detail, keys: [] }
}

function notRunning({ title, apis: [api] }: RemoteBackend): BackendState {
  const detail = `Nothing answers at ${api.baseUrl}. Start ${title} to use it, or set its api_url.`
  return { ...off, status: 'Not running', detail }
}

function ofLogin(status: LoginStatus | undefined): BackendState {
  if (status === undefined) return { ...off, status: 'Off', detail: 'Off.' }
  const state = status.isUsable ? 'ready' : status.state === 'Off' ? 'off' : 'needs-key'
  return { state, status: status.state, detail: status.detail, keys: [] }
}

/** The best of its keys speaks for a backend. */
function ofKeys(keys: readonly KeyState[]): BackendState {
  const [first] = keys
  if (first === undefined) return ready('Needs no key.')
  const good = keys.filter(({ state }) => state === 'ready')
  if (good.length > 0) {
    const names = good.map(({ name }) => name).join(', ')
    const has = keys.length === 1 ? 'Has a key' : `${good.length} of ${keys.length} keys are ready`
    return { state: 'ready', status: 'Ready', detail: `${has} (${names}).`, keys }
  }
  const best = order.flatMap(state => keys.filter(key => key.state === state))[0] ?? first
  const state = best.state === 'not-found' || best.state === 'unreadable' ? 'needs-key' : 'ready'
  return { state, status: wordsOf(best), detail: best.detail, keys }
}

/** What gives most hope comes first. */
const order = ['rate-limited', 'refused', 'out-of-credit', 'unreadable', 'not-found'] as const

function wordsOf({ state, until }: KeyState): string {
  switch (state) {
    case 'ready':
      return 'Ready'
    case 'rate-limited':
      return until === undefined ? 'Rate limited' : `Rate limited until ${clock(until)}`
    case 'out-of-credit':
      return 'Out of credit'
    case 'refused':
      return 'Key refused'
    case 'unreadable':
      return 'Unreadable'
    case 'not-found':
      return 'Needs a key'
  }
}

/** Hours and minutes of the day. */
function clock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}
