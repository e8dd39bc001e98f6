import type { Bridge } from './bridge.ts'
import type { Codec, Crossing } from './codec.ts'

/** The names by which the preload's world and the main process reach each other, and what the preload is told of its process. */
export interface PreloadWorld {
  /** A function of the world that takes a message to the main process, as JSON. */
  readonly send: string
  /** A function of the world that the main process calls with a message. */
  readonly receive: string
  readonly process: Readonly<Record<string, unknown>>
}

/** From the preload's world to the main process. `args` is encoded. */
export type ToMain =
  | { readonly kind: 'send'; readonly channel: string; readonly args: unknown }
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly args: unknown }

/** From the main process to the preload's world. `args` and `value` are encoded. */
export type ToPreload =
  | { readonly kind: 'send'; readonly channel: string; readonly args: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: string }

type Listener = (event: unknown, ...args: unknown[]) => void

/**
 * What a sandboxed preload may use: `require` for the few modules that Electron gives it, and a small `process`. The page
 * gets this function's source, so it refers to nothing outside itself.
 */
export function preloadGlobals(names: PreloadWorld, bridge: Bridge, makeCodec: (crossing?: Crossing) => Codec) {
  const world = globalThis as unknown as Record<string, unknown>
  const codec = makeCodec()
  const listeners = new Map<string, { readonly listener: Listener; readonly once: boolean }[]>()
  const invoked = new Map<
    number,
    { channel: string; resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()
  let lastId = 0

  const post = (message: ToMain) => {
    ;(world[names.send] as (json: string) => void)(JSON.stringify(message))
  }

  function listen(channel: string, listener: Listener, once: boolean) {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }])
    return ipcRenderer
  }

  function unlisten(channel: string, listener: Listener) {
    const rest = [...(listeners.get(channel) ?? [])]
    const at = rest.findIndex(entry => entry.listener === listener)
    if (at !== -1) rest.splice(at, 1)
    listeners.set(channel, rest)
    return ipcRenderer
  }

  const ipcRenderer = {
    on: (channel: string, listener: Listener) => listen(channel, listener, false),
    addListener: (channel: string, listener: Listener) => listen(channel, listener, false),
    once: (channel: string, listener: Listener) => listen(channel, listener, true),
    off: unlisten,
    removeListener: unlisten,
    removeAllListeners: (channel?: string) => {
      if (channel === undefined) listeners.clear()
      else listeners.delete(channel)
      return ipcRenderer
    },
    listenerCount: (channel: string) => listeners.get(channel)?.length ?? 0,
    send: (channel: string, ...args: unknown[]) => post({ kind: 'send', channel, args: codec.encode(args) }),
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        post({ kind: 'invoke', id, channel, args: codec.encode(args) })
        invoked.set(id, { channel, resolve, reject })
      }),
  }

  world[names.receive] = (message: ToPreload) => {
    if (message.kind === 'send') {
      for (const { listener, once } of listeners.get(message.channel) ?? []) {
        if (once) unlisten(message.channel, listener)
        listener({ sender: ipcRenderer, ports: [] }, ...(codec.decode(message.args) as unknown[]))
      }
      return
    }
    const call = invoked.get(message.id)
    invoked.delete(message.id)
    if (message.kind === 'result') call?.resolve(codec.decode(message.value))
    else call?.reject(new Error(`Error invoking remote method '${call.channel}': ${message.error}`))
  }

  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: bridge.expose },
    webUtils: { getPathForFile: () => '' },
    webFrame: { setZoomFactor: () => undefined, getZoomFactor: () => 1 },
  }
  const modules: Readonly<Record<string, unknown>> = {
    electron,
    'electron/renderer': electron,
    'electron/common': electron,
    timers: { setTimeout, clearTimeout, setInterval, clearInterval },
    url: { URL, URLSearchParams },
  }
  const require = (id: string) => {
    const found = modules[id.replace(/^node:/, '')]
    if (found === undefined) throw new Error(`module not found: ${id}`)
    return found
  }
  return { require, process: names.process }
}
