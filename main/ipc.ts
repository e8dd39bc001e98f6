import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron'
import { answerCall, type App, type CallResult } from '../proxy/index.ts'
import { isOurs } from './protocol.ts'

type FromPage = Pick<IpcMainEvent | IpcMainInvokeEvent, 'senderFrame'>

/** The app contract over IPC: calls are answered, and pages that subscribe are told the notices. Only our own page is heard. */
export function serveIpc(ipcMain: IpcMain, { handlers, notices }: Pick<App, 'handlers' | 'notices'>): void {
  /** How to leave off telling each subscription of each page. */
  const subscribed = new WeakMap<WebContents, Map<number, () => void>>()

  ipcMain.handle('call', async (event, name: unknown, json: unknown): Promise<CallResult> => {
    if (!isFromOurPage(event)) return refused('Only the app’s own window may ask.')
    if (typeof name !== 'string' || typeof json !== 'string') return refused('A call is a name and JSON.')
    return answerCall(handlers, name, json)
  })

  ipcMain.on('subscribe', (event, id: unknown, after: unknown) => {
    if (!isFromOurPage(event) || typeof id !== 'number' || typeof after !== 'number') return
    const { sender } = event
    const send = (frame: unknown) => {
      if (!sender.isDestroyed()) sender.send('notice', id, frame)
    }
    const leave = notices.listen(after, send)
    if (leave === undefined) send({ type: 'resync' })
    else subscriptionsOf(sender).set(id, leave)
  })

  ipcMain.on('unsubscribe', (event, id: unknown) => {
    if (!isFromOurPage(event) || typeof id !== 'number') return
    subscribed.get(event.sender)?.get(id)?.()
    subscribed.get(event.sender)?.delete(id)
  })

  function subscriptionsOf(page: WebContents): Map<number, () => void> {
    const known = subscribed.get(page)
    if (known !== undefined) return known
    const leaves = new Map<number, () => void>()
    subscribed.set(page, leaves)
    const leaveAll = () => {
      for (const leave of leaves.values()) leave()
      leaves.clear()
    }
    // A page that is loaded again starts from nothing, and one that is gone needs nothing.
    page.on('did-navigate', leaveAll)
    page.on('render-process-gone', leaveAll)
    page.on('destroyed', leaveAll)
    return leaves
  }
}

/** Whether a message comes from a window that shows our page, and from no frame within it. */
function isFromOurPage({ senderFrame }: FromPage): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url)
}

function refused(message: string): CallResult {
  return { ok: false, error: { kind: 'refused', message } }
}
