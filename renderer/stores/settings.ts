import { create } from 'zustand'
import type { Input, LoginItem, Logs, Output, Setting } from '../../proxy/app/contract.ts'
import { call, on } from '../bridge.ts'
import { keepFresh } from './fresh.ts'

interface SettingsStore {
  /** Nothing until they were asked for. */
  readonly settings: readonly Setting[] | undefined
  /** The file that changes go to. */
  readonly file: string
  readonly loginItem: LoginItem | undefined
  readonly logs: Logs | undefined
  /** Why they could not be had. */
  readonly error: string | undefined
  readonly load: () => Promise<void>
  readonly change: (key: string, value: Setting['value']) => Promise<Output<'settings.set'>>
  readonly changeLoginItem: (change: Input<'loginItem.set'>) => Promise<void>
}

/** The app's settings, each with where its value comes from. */
export const useSettings = create<SettingsStore>((set, get) => ({
  settings: undefined,
  file: '',
  loginItem: undefined,
  logs: undefined,
  error: undefined,
  load: async () => {
    try {
      const [list, loginItem, logs] = await Promise.all([
        call('settings.list'),
        call('loginItem.get'),
        call('logs.get'),
      ])
      set({ ...list, loginItem, logs, error: undefined })
    } catch (error) {
      set({ error: (error as Error).message })
    }
  },
  change: async (key, value) => {
    const done = await call('settings.set', { key, value })
    if (done.ok) await get().load()
    return done
  },
  changeLoginItem: async change => set({ loginItem: await call('loginItem.set', change) }),
}))

keepFresh(
  on,
  'settings',
  () => useSettings.getState().settings !== undefined,
  () => useSettings.getState().load(),
)
