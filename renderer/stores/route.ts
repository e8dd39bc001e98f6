import { create } from 'zustand'
import type { Output, Route } from '../../proxy/app/contract.ts'
import { call, on } from '../bridge.ts'
import { usePreferences } from './preferences.ts'
import type { Target } from './target.ts'

interface RouteStore {
  readonly route: Route | undefined
  /** The models that backends list; nothing until they were asked for. */
  readonly models: Output<'models.list'> | undefined
  /** Asks for them once, however many want them meanwhile. */
  readonly loadModels: () => Promise<void>
  /** Makes a target the default for new turns. Says why not where that can't be. */
  readonly setRoute: (target: Target) => Promise<Output<'route.set'>>
}

let asking: Promise<void> | undefined

/** Where turns go that name no backend. */
export const useRoute = create<RouteStore>(set => ({
  route: undefined,
  models: undefined,
  loadModels: () => {
    asking ??= call('models.list')
      .then(models => set({ models }))
      .finally(() => (asking = undefined))
    return asking
  },
  setRoute: async ({ backend, model }) => {
    const done = await call('route.set', model === undefined ? { backend } : { backend, model })
    if (done.ok) {
      set({ route: { backend, model, source: 'config.yaml' } })
      usePreferences.getState().remember({ backend, model })
    }
    return done
  },
}))

on('snapshot', ({ route }) => useRoute.setState({ route }))
on('route', route => useRoute.setState({ route }))
// What backends list may have changed with them: it is asked for again when it is next looked at.
on('backends', () => useRoute.setState({ models: undefined }))
