import { create } from 'zustand'
import type { SessionRow } from '../../proxy/app/contract.ts'
import { call } from '../bridge.ts'

/** How many are asked for at a time. */
const PAGE = 200

interface SessionsStore {
  /** Those that match, the last seen first; nothing until they were asked for. */
  readonly sessions: readonly SessionRow[] | undefined
  /** How many match, and how many there are. */
  readonly matching: number
  readonly known: number
  /** Why they could not be had. */
  readonly error: string | undefined
  /** What is searched for, and how many are wanted. */
  readonly text: string
  readonly limit: number
  readonly load: () => Promise<void>
  readonly search: (text: string) => Promise<void>
  readonly loadMore: () => Promise<void>
}

/** The conversations that the proxy knows. */
export const useSessions = create<SessionsStore>((set, get) => ({
  sessions: undefined,
  matching: 0,
  known: 0,
  error: undefined,
  text: '',
  limit: PAGE,
  load: async () => {
    const { text, limit } = get()
    const isCurrent = () => get().text === text && get().limit === limit
    try {
      const list = await call('sessions.list', { limit, ...(text === '' ? {} : { text }) })
      // What was asked for since then answers better.
      if (isCurrent()) set({ ...list, error: undefined })
    } catch (error) {
      if (isCurrent()) set({ error: (error as Error).message })
    }
  },
  search: text => {
    set({ text, limit: PAGE })
    return get().load()
  },
  loadMore: () => {
    set({ limit: get().limit + PAGE })
    return get().load()
  },
}))
