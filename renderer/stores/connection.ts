import { create } from 'zustand'
import { type Connection, on } from '../bridge.ts'

/** Whether what the window shows is still so. */
export const useConnection = create<{ readonly state: Connection }>(() => ({ state: 'connecting' }))

/** Whether the app is out of reach, which the window says in one place. */
export function isAway({ state }: { readonly state: Connection }): boolean {
  return state === 'lost' || state === 'refused'
}

on('connection', state => useConnection.setState({ state }))
