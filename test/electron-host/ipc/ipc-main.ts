import { emitterWith, type PartOf } from '../double.ts'

type Handler = Parameters<Electron.IpcMain['handle']>[1]

export type Ipc = ReturnType<typeof createIpc>

/** Where messages of pages arrive: `ipcMain` for all of them, `webContents.ipc` for those of one. */
export function createIpc() {
  const handlers = new Map<string, Handler>()

  function handle(channel: string, handler: Handler) {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    if (typeof handler !== 'function') {
      throw new TypeError(`Expected handler to be a function, but found type '${typeof handler}'`)
    }
    handlers.set(channel, handler)
  }

  return {
    handlerOf: (channel: string) => handlers.get(channel),
    api: emitterWith({
      handle,
      handleOnce: (channel, handler) => {
        handle(channel, (...args) => {
          handlers.delete(channel)
          return handler(...args) as unknown
        })
      },
      removeHandler: channel => void handlers.delete(channel),
    } satisfies PartOf<Electron.IpcMain>),
  }
}

export const ipcMain = createIpc()
