import { create } from 'zustand'
import type { TextProblem } from '../../proxy/app/contract.ts'
import { call, on } from '../bridge.ts'
import { keepFresh } from './fresh.ts'

interface RoutingTextStore {
  /** As it stands in the file; nothing until it was asked for. */
  readonly was: string | undefined
  /** As it was typed. It stays when the screen is left. */
  readonly text: string
  /** What is wrong with what was typed. */
  readonly problems: readonly TextProblem[]
  /** Why there is no text to be had. */
  readonly error: string | undefined
  readonly load: () => Promise<void>
  readonly type: (text: string) => Promise<void>
  readonly discard: () => Promise<void>
  /** Writes it, and says whether that was done. */
  readonly save: () => Promise<boolean>
}

/** The part of the config file that says where turns go, while it is edited as text. */
export const useRoutingText = create<RoutingTextStore>((set, get) => {
  const read = async () => {
    try {
      const found = await call('routing.text')
      if (found.ok) set({ was: found.text, text: found.text, problems: [], error: undefined })
      else set({ error: found.reason })
    } catch (error) {
      set({ error: (error as Error).message })
    }
  }
  return {
    was: undefined,
    text: '',
    problems: [],
    error: undefined,
    load: async () => {
      const { was, text } = get()
      if (was === undefined || text === was) await read()
    },
    type: async text => {
      set({ text })
      const problems = await call('routing.checkText', { was: get().was ?? '', text })
      if (get().text === text) set({ problems })
    },
    discard: read,
    save: async () => {
      const { was = '', text } = get()
      const problems = await call('routing.saveText', { was, text })
      set({ problems })
      if (problems.length === 0) await read()
      return problems.length === 0
    },
  }
})

keepFresh(
  on,
  'settings',
  () => useRoutingText.getState().was !== undefined,
  () => useRoutingText.getState().load(),
)
