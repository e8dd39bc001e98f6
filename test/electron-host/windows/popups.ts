import type { Connection } from '../chromium/connection.ts'
import { fromWire } from '../session/schemes.ts'
import { ifGone, type Page } from './page.ts'

/**
 * Tells of the windows that a page asks for, by `window.open` or by a link, and closes those that Chromium makes for them:
 * what the app allows becomes a window of its own.
 */
export function watchPopups(browser: Connection, page: Page, onWanted: (url: string, frameName: string) => void) {
  page.cdp.on('Page.windowOpen', ({ url, windowName }) => {
    onWanted(fromWire(url), windowName)
  })
  browser.on('Target.targetCreated', ({ targetInfo }) => {
    if (targetInfo.openerId === page.targetId) closePopup(browser, targetInfo.targetId).catch(ifGone)
  })
}

async function closePopup(browser: Connection, targetId: string) {
  const popup = await browser.attach(targetId)
  // A debugger may hold the popup at its start, and its opener with it, which would hang for ever if that were closed.
  await popup.send('Runtime.runIfWaitingForDebugger')
  await browser.send('Target.closeTarget', { targetId })
}
