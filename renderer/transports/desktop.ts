import type { Call, Input, Output } from '../../proxy/app/contract.ts'
import { type Frame, type Tagged, type Transport, untag } from './transport.ts'

/** What the preload script puts on `window.bridge`, and tests put there in its place. */
export interface WindowBridge {
  readonly call: <C extends Call>(name: C, input: Input<C>) => Promise<Tagged<Output<C>>>
  readonly subscribe: (after: number, listener: (frame: Frame) => void) => () => void
}

declare global {
  interface Window {
    readonly bridge?: WindowBridge
  }
}

/** The way to the app in the desktop window: over IPC, which stands as long as the window does. */
export function desktopTransport(bridge: WindowBridge): Transport {
  return {
    call: async (name, input) => untag(await bridge.call(name, input)),
    follow: (after, follower) => {
      const leave = bridge.subscribe(after, follower.frame)
      follower.opened()
      return leave
    },
  }
}
