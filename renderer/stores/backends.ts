import { create } from 'zustand'
import type { BackendRow } from '../../proxy/app/contract.ts'
import { on } from '../bridge.ts'

/** The backends there are, in the config's order. */
export const useBackends = create<{ readonly backends: readonly BackendRow[] | undefined }>(() => ({
  backends: undefined,
}))

on('snapshot', ({ backends }) => useBackends.setState({ backends }))
on('backends', backends => useBackends.setState({ backends }))
