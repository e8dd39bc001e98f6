import type { EventEmitter } from 'node:events'
import { preventable } from '../double.ts'
import { makeCodec } from '../page-world/codec.ts'
import type { ToMain, ToPreload } from '../page-world/preload.ts'
import { ipcMain, type Ipc } from './ipc-main.ts'

/** Whose message it is, as its receivers are told. */
export interface Sender {
  readonly contents: EventEmitter
  readonly frame: object
  /** The contents' own listeners and handlers, which go before those of `ipcMain`. */
  readonly ipc: Ipc
  readonly reply: (channel: string, ...args: unknown[]) => void
}

const codec = makeCodec()

/** Takes a message of a page to whoever listens for it or handles it; what was invoked is answered. */
export function receive(sender: Sender, message: ToMain, answer: (answer: ToPreload) => void) {
  const { contents, frame, ipc, reply } = sender
  const { channel } = message
  const args = codec.decode(message.args) as unknown[]
  const event = preventable({ sender: contents, senderFrame: frame, frameId: 1, processId: 1, ports: [], reply })
  if (message.kind === 'send') {
    contents.emit('ipc-message', event, channel, ...args)
    ipc.api.emit(channel, event, ...args)
    ipcMain.api.emit(channel, event, ...args)
    return
  }
  invoke(ipc, channel, event, args).then(
    value => answer({ kind: 'result', id: message.id, value }),
    (error: unknown) => {
      console.error(`Error occurred in handler for '${channel}':`, error)
      answer({ kind: 'failure', id: message.id, error: String(error) })
    },
  )
}

async function invoke(ipc: Ipc, channel: string, event: object, args: readonly unknown[]) {
  const handler = ipc.handlerOf(channel) ?? ipcMain.handlerOf(channel)
  if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
  return codec.encode(await handler(event as Electron.IpcMainInvokeEvent, ...args))
}
