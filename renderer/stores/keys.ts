import { create } from 'zustand'
import type { Input, KeyRow, KeyStore, Output } from '../../proxy/app/contract.ts'
import { call, on } from '../bridge.ts'
import { keepFresh } from './fresh.ts'

interface KeysStore {
  /** Nothing until they were asked for. */
  readonly keys: readonly KeyRow[] | undefined
  readonly stores: readonly KeyStore[]
  /** Why they could not be had. */
  readonly error: string | undefined
  readonly load: () => Promise<void>
  readonly add: (key: Input<'keys.add'>) => Promise<Output<'keys.add'>>
  readonly unlock: (passphrase: string) => Promise<Output<'keys.unlock'>>
  readonly remove: (name: string) => Promise<Output<'keys.remove'>>
}

/** The keys there are. A key's secret passes through `add` and is held nowhere here. */
export const useKeys = create<KeysStore>((set, get) => ({
  keys: undefined,
  stores: [],
  error: undefined,
  load: async () => {
    try {
      set({ ...(await call('keys.list')), error: undefined })
    } catch (error) {
      set({ error: (error as Error).message })
    }
  },
  add: async key => {
    const done = await call('keys.add', key)
    if (done.ok) await get().load()
    return done
  },
  unlock: async passphrase => {
    const done = await call('keys.unlock', { passphrase })
    if (done.ok && get().keys !== undefined) await get().load()
    return done
  },
  remove: async name => {
    const done = await call('keys.remove', { name })
    if (done.ok) await get().load()
    return done
  },
}))

keepFresh(
  on,
  'keys',
  () => useKeys.getState().keys !== undefined,
  () => useKeys.getState().load(),
)
