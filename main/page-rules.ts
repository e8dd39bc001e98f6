import type { App, Session } from 'electron'
import { isOurs } from './protocol.ts'

/** The one thing that our page may ask of the browser: to put text on the clipboard at a click. */
const COPY = 'clipboard-sanitized-write'

/** What a page may not do, whatever it is: have permissions, download, reach for devices. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_, permission, answer, { requestingUrl }) => {
    answer(permission === COPY && isOurs(requestingUrl))
  })
  session.setPermissionCheckHandler((_, permission, origin) => permission === COPY && isOurs(origin))
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler(null)
  session.on('will-download', event => event.preventDefault())
}

/** What a page may not do to its window: go elsewhere, open another, hold a foreign page. For every page of the app. */
export function lockPages(app: App): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', event => event.preventDefault())
    contents.on('will-frame-navigate', event => event.preventDefault())
    contents.on('will-redirect', event => event.preventDefault())
    contents.on('will-attach-webview', event => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}
