import type { Notification } from 'electron'
import { text } from './text.ts'

export interface Notify {
  /** Tells where the closed window went. */
  readonly putAway: (where: 'tray' | 'taskbar') => void
  /** Tells why the proxy is not there, to a user who does not see the window. */
  readonly couldNotStart: (reason: string) => void
}

/** The few things that the user is told of outside the window. A click on one opens the window. */
export function createNotify(
  Notification_: typeof Notification,
  { open, quit }: { readonly open: () => void; readonly quit: () => void },
): Notify {
  function tell(options: Electron.NotificationConstructorOptions) {
    if (!Notification_.isSupported()) return
    const notification = new Notification_(options)
    notification.on('click', open)
    notification.on('action', quit)
    notification.show()
  }

  return {
    putAway: where =>
      tell({
        title: text.closed.title,
        body: where === 'tray' ? text.closed.toTray : text.closed.toTaskbar,
        actions: [{ type: 'button', text: text.closed.quitInstead }],
      }),
    couldNotStart: reason => tell({ title: text.couldNotStart.title, body: reason }),
  }
}
