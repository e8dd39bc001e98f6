import type { ElectronApplication, Page } from 'playwright-core'
import type { WindowBridge } from '../../renderer/transports/desktop.ts'
import { launchApp, type LaunchedApp, type LaunchOptions } from './launch-app.ts'
import { readTray } from './tray.ts'

/* How tests start the product's desktop app and see what it shows. */

declare const bridge: WindowBridge

/** Starts the app on a free port, with its data in this folder. */
export function startDesktop(data: string, { args = [], env }: LaunchOptions = {}): Promise<LaunchedApp> {
  return launchApp({ args: [`--data-dir=${data}`, '--port=0', ...args], ...(env && { env }) })
}

/** Ends the app, also where it asks about requests that still stream: nobody is there to answer. */
export async function endDesktop(launched: LaunchedApp): Promise<void> {
  await answerDialogs(launched, 1).catch(() => undefined)
  await launched.end()
}

/** The window's page, once it shows that the proxy runs. */
export async function runningPage({ app }: LaunchedApp): Promise<Page> {
  const page = await app.firstWindow()
  await page.getByText('Running', { exact: true }).waitFor()
  return page
}

/** The proxy's status, as the page is told it. */
export function statusOf(page: Page) {
  return page.evaluate(async () => {
    const answer = await bridge.call('app.snapshot', undefined)
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value.status
  })
}

/** The labels of the tray's menu, from its top. */
export async function trayLines({ app }: LaunchedApp): Promise<readonly string[]> {
  return (await readTray(app))?.menu.map(({ label }) => label) ?? []
}

/** Every window there is. */
export function windowState({ app }: LaunchedApp) {
  return app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(window => ({ visible: window.isVisible(), minimized: window.isMinimized() })),
  )
}

/** Closes the window by the button of its frame. */
export function closeWindow({ app }: LaunchedApp): Promise<void> {
  return app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.close()
  })
}

/** Answers every question of the app from now on with this button, and gives how to read what was asked. */
export async function answerDialogs({ app }: LaunchedApp, button: number) {
  await app.evaluate(({ dialog }, response) => {
    const asked: string[] = []
    Object.assign(globalThis, { noted: asked })
    dialog.showMessageBox = async (...args: unknown[]) => {
      asked.push((args.at(-1) as Electron.MessageBoxOptions).message)
      return { response, checkboxChecked: false }
    }
  }, button)
  return () => noted(app)
}

/** Notes the titles of the notifications that are shown from now on, and gives how to read them. */
export async function noteNotifications({ app }: LaunchedApp) {
  await app.evaluate(({ Notification }) => {
    const titles: string[] = []
    Object.assign(globalThis, { noted: titles })
    Notification.prototype.show = function (this: Electron.Notification) {
      titles.push(this.title)
    }
  })
  return () => noted(app)
}

/** Notes the addresses that are opened outside from now on, instead of opening them, and gives how to read them. */
export async function noteOpened({ app }: LaunchedApp) {
  await app.evaluate(({ shell }) => {
    const addresses: string[] = []
    Object.assign(globalThis, { noted: addresses })
    shell.openExternal = async address => void addresses.push(address)
  })
  return () => noted(app)
}

function noted(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => (globalThis as unknown as { readonly noted: string[] }).noted)
}
