import { create } from 'zustand'
import type { Breaker, Input, Output, Routing } from '../../proxy/app/contract.ts'
import { call, on } from '../bridge.ts'
import { keepFresh } from './fresh.ts'

type Done = Output<'settings.set'>

interface RoutingStore {
  /** Nothing until it was asked for. */
  readonly routing: Routing | undefined
  /** The targets that failed of late. */
  readonly breakers: readonly Breaker[]
  /** Why it could not be had. */
  readonly error: string | undefined
  readonly load: () => Promise<void>
  readonly loadBreakers: () => Promise<void>
  readonly editRules: (edit: Input<'routing.editRules'>) => Promise<Done>
  readonly editRewrites: (edit: Input<'routing.editRewrites'>) => Promise<Done>
  readonly saveRoute: (asked: Input<'routing.saveRoute'>) => Promise<Done>
  readonly removeRoute: (name: string) => Promise<Done>
  /** Writes a setting of the routing; `null` takes it out. */
  readonly change: (key: string, value: string | boolean | null) => Promise<Done>
  readonly resetBreaker: (target: string) => Promise<Done>
}

/** Where turns go by the config, and which targets rest. */
export const useRouting = create<RoutingStore>((set, get) => {
  const changed = async (doing: Promise<Done>) => {
    const done = await doing
    if (done.ok) await get().load()
    return done
  }
  return {
    routing: undefined,
    breakers: [],
    error: undefined,
    load: async () => {
      try {
        const [routing, breakers] = await Promise.all([call('routing.get'), call('breakers.list')])
        set({ routing, breakers, error: undefined })
      } catch (error) {
        set({ error: (error as Error).message })
      }
    },
    loadBreakers: async () => set({ breakers: await call('breakers.list') }),
    editRules: edit => changed(call('routing.editRules', edit)),
    editRewrites: edit => changed(call('routing.editRewrites', edit)),
    saveRoute: asked => changed(call('routing.saveRoute', asked)),
    removeRoute: name => changed(call('routing.removeRoute', { name })),
    change: (key, value) => changed(call('settings.set', { key, value })),
    resetBreaker: target => changed(call('breakers.reset', { target })),
  }
})

const isInUse = () => useRouting.getState().routing !== undefined

keepFresh(on, 'settings', isInUse, () => useRouting.getState().load())
// Told when turns close, which is when targets turn out well or ill. One that can't be asked is asked the next time.
on('counters', () => {
  if (isInUse())
    void useRouting
      .getState()
      .loadBreakers()
      .catch(() => undefined)
})
