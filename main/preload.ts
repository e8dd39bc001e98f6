import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import type { Call, Input, Output, SentNotice } from '../proxy/app/contract.ts'

/** How an answer travels: a value, or what went wrong in words for people. */
type Tagged<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly kind: string; readonly message: string } }

/** A notice, or word that the missed ones are gone and a snapshot has to be asked for again. */
type Frame = SentNotice | { readonly type: 'resync' }

let subscriptions = 0

/** All that the page gets: the app contract. What it sends is checked in the main process. */
const bridge = {
  call: <C extends Call>(name: C, input: Input<C>) =>
    ipcRenderer.invoke('call', name, input === undefined ? '' : JSON.stringify(input)) as Promise<Tagged<Output<C>>>,

  subscribe: (after: number, listener: (frame: Frame) => void) => {
    const id = ++subscriptions
    const hear = (_event: IpcRendererEvent, subscription: number, frame: Frame) => {
      if (subscription === id) listener(frame)
    }
    ipcRenderer.on('notice', hear)
    ipcRenderer.send('subscribe', id, after)
    return () => {
      ipcRenderer.off('notice', hear)
      ipcRenderer.send('unsubscribe', id)
    }
  },
}

contextBridge.exposeInMainWorld('bridge', bridge)
