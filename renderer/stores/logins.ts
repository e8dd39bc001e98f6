import { create } from 'zustand'
import type { LoginRow, Output } from '../../proxy/app/contract.ts'
import { call } from '../bridge.ts'

interface LoginsStore {
  /** Nothing until they were asked for. */
  readonly logins: readonly LoginRow[] | undefined
  /** Why they could not be had. */
  readonly error: string | undefined
  readonly load: () => Promise<void>
  /** As `load`, but the vendors are asked for their quotas, at most every five minutes. */
  readonly askQuotas: () => Promise<void>
  /** Switches one on for a user who has read its terms as they stand there. */
  readonly enable: (login: LoginRow, writeBack: boolean) => Promise<Output<'logins.enable'>>
  readonly allowWriteBack: (id: string, isAllowed: boolean) => Promise<Output<'logins.writeBack'>>
  readonly disable: (id: string) => Promise<Output<'logins.disable'>>
}

/** The sign-ins of other programs on this computer, and which of them are used. */
export const useLogins = create<LoginsStore>((set, get) => ({
  logins: undefined,
  error: undefined,
  load: async () => {
    try {
      set({ logins: await call('logins.list', {}), error: undefined })
    } catch (error) {
      set({ error: (error as Error).message })
    }
  },
  askQuotas: async () => set({ logins: await call('logins.list', { quota: true }), error: undefined }),
  enable: async ({ id, terms: { version } }, writeBack) => {
    const done = await call('logins.enable', { id, version, writeBack })
    await get().load()
    return done
  },
  allowWriteBack: async (id, isAllowed) => {
    const done = await call('logins.writeBack', { id, isAllowed })
    await get().load()
    return done
  },
  disable: async id => {
    const done = await call('logins.disable', { id })
    await get().load()
    return done
  },
}))
