import { create } from 'zustand'
import type { Counters, Status } from '../../proxy/app/contract.ts'
import { call, on } from '../bridge.ts'

interface StatusStore {
  /** Nothing until the app has told. */
  readonly status: Status | undefined
  readonly counters: Counters | undefined
  /** Starts the proxy, on another port than the configured one if one is given. */
  readonly start: (port?: number) => Promise<void>
  readonly stop: () => Promise<void>
  readonly restart: () => Promise<void>
}

/** How the proxy runs, and the day's figures. */
export const useStatus = create<StatusStore>(set => ({
  status: undefined,
  counters: undefined,
  start: async port => set({ status: await call('proxy.start', port === undefined ? {} : { port }) }),
  stop: async () => set({ status: await call('proxy.stop') }),
  restart: async () => set({ status: await call('proxy.restart') }),
}))

on('snapshot', ({ status, counters }) => useStatus.setState({ status, counters }))
on('status', status => useStatus.setState({ status }))
on('counters', counters => useStatus.setState({ counters }))
