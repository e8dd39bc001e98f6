import type { Connection } from '../chromium/connection.ts'
import { toWire } from '../session/schemes.ts'
import { rulesOf } from '../session/session.ts'
import type { WebContents } from './web-contents.ts'

/** Permissions by Electron's name and by Chromium's. */
const permissions = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['midi', 'midi'],
] as const

/**
 * Gives a page, before it loads, the permissions that the session's check would allow it: all, where the app has set no
 * check, as in Electron. Chromium has no way to ask later.
 */
export async function grantPermissions(browser: Connection, contents: WebContents, url: string) {
  const { origin, protocol, hostname } = new URL(toWire(url))
  // An insecure origin has none, and Chromium refuses to give it any.
  if (protocol !== 'https:' && !/^(127\.0\.0\.1|(.*\.)?localhost)$/.test(hostname)) return

  const check = rulesOf(contents.session).permissionCheck
  const asking = contents as unknown as Electron.WebContents
  const asker = `${url.split('/', 3).join('/')}/`
  for (const [name, chromiumName] of permissions) {
    const granted = check?.(asking, name, asker, { isMainFrame: true, requestingUrl: url }) ?? true
    const setting = granted ? 'granted' : 'denied'
    await browser.send('Browser.setPermission', { permission: { name: chromiumName }, setting, origin })
  }
}
