import { create } from 'zustand'
import { type Connection, on } from '../bridge.ts'

/** Whether what the window shows is still so. */
export const useConnection = create<{ readonly state: Connection }>(() => ({ state: 'connecting' }))

on('connection', state => useConnection.setState({ state }))
