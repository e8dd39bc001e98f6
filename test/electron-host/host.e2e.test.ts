import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Outside } from './outside.ts'
import { launchApp, whyNoApp, type LaunchedApp } from '../support/launch-app.ts'
import { clickTray, clickTrayItem, readTray } from '../support/tray.ts'

/*
 * Drives the fixture, a small app that uses of Electron what the product uses. All of it is to hold on a real Electron too.
 */

/** What the fixture's preload exposes to its page. */
interface Bridge {
  readonly platform: string
  readonly filesystem: string
  readonly echo: (value: unknown) => Promise<unknown>
  readonly whoami: () => Promise<string>
  readonly fail: () => Promise<void>
  readonly nobody: () => Promise<void>
  readonly rename: (title: string) => void
  readonly twice: (work: (value: number) => number) => number
  readonly refuse: () => void
}
declare const bridge: Bridge

/** How long a thing may take that is only a moment on an idle machine. */
const soon = { timeout: 15_000 }

const missing = whyNoApp()
beforeEach(({ skip }) => {
  skip(missing !== undefined, missing)
})

const folder = join(import.meta.dirname, 'fixture')
const launch = () => launchApp({ folder })

/** The stand-in tells of its own faults where nobody else would notice. */
async function endWell(launched: LaunchedApp) {
  await launched.end()
  expect(launched.output()).not.toMatch(/^electron-host:/m)
}

async function readyPage(app: ElectronApplication) {
  const page = await app.firstWindow()
  await page.getByRole('heading').waitFor()
  return page
}

/** The message that a piece of code in the page fails with. */
function failure(page: Page, work: () => unknown) {
  return page.evaluate(
    `(async () => { try { await (${String(work)})(); return 'nothing' } catch (e) { return e.name + ': ' + e.message } })()`,
  )
}

describe('a window of the app', () => {
  let launched: LaunchedApp
  let app: ElectronApplication
  let page: Page
  beforeAll(async () => {
    if (missing !== undefined) return
    launched = await launch()
    app = launched.app
    page = await readyPage(app)
  })
  afterAll(() => (missing === undefined ? endWell(launched) : undefined))

  it('belongs to an app that knows its name, version and runtime', async () => {
    const told = await app.evaluate(({ app }) => ({
      name: app.getName(),
      version: app.getVersion(),
      electron: process.versions.electron.split('.')[0],
      node: process.versions.node.split('.')[0],
      type: process.type,
    }))
    expect(told).toEqual({ name: 'Host Fixture', version: '1.2.3', electron: '45', node: '24', type: 'browser' })
  })

  it('shows the page of a scheme that the app handles, in the size it was given', async () => {
    expect(await page.title()).toBe('Fixture')
    expect(await page.evaluate('[innerWidth, innerHeight]')).toEqual([640, 480])
    expect(await page.evaluate(() => bridge.whoami())).toBe('app://bundle/index.html#/start')
    expect(await page.evaluate("fetch('/method', { method: 'POST', body: 'grüße' }).then(r => r.text())")).toBe(
      'POST grüße',
    )
  })

  it('passes values both ways as the structured clone algorithm does', async () => {
    const same = await page.evaluate(`(async () => {
      const sent = {
        nothing: undefined, none: null, minusZero: -0, notANumber: NaN, big: 12345678901234567890n, text: 'ü',
        date: new Date(86400000), pattern: /a+/gi, map: new Map([['key', new Set([1, 'two'])]]), list: [[], [{}]],
        bytes: new Uint8Array([1, 2, 255]), floats: new Float64Array([0.1]), buffer: new Uint8Array([7]).buffer,
        error: new RangeError('out'),
      }
      const got = await bridge.echo(sent)
      return {
        keys: Object.keys(got).join() === Object.keys(sent).join(),
        undefined: 'nothing' in got && got.nothing === undefined && got.none === null,
        numbers: Object.is(got.minusZero, -0) && Number.isNaN(got.notANumber) && got.big === sent.big,
        date: got.date instanceof Date && +got.date === 86400000,
        pattern: got.pattern instanceof RegExp && String(got.pattern) === '/a+/gi',
        map: got.map instanceof Map && [...got.map.get('key')].join() === '1,two',
        list: JSON.stringify(got.list) === '[[],[{}]]',
        bytes: got.bytes instanceof Uint8Array && got.bytes.join() === '1,2,255',
        floats: got.floats instanceof Float64Array && got.floats[0] === 0.1,
        buffer: got.buffer instanceof ArrayBuffer && new Uint8Array(got.buffer)[0] === 7,
        error: got.error instanceof Error && got.error.message === 'out',
      }
    })()`)
    expect(Object.entries(same as object).filter(([, ok]) => ok !== true)).toEqual([])
    expect(await failure(page, () => bridge.echo({ work: () => 1 }))).toMatch(/could not be cloned/)
  })

  it('is told of a handler that fails, and of one that is not there', async () => {
    expect(await failure(page, () => bridge.fail())).toBe(
      "Error: Error invoking remote method 'fail': TypeError: on purpose",
    )
    expect(await failure(page, () => bridge.nobody())).toBe(
      "Error: Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    )
  })

  it('sends and gets messages that nobody answers', async () => {
    await page.evaluate(() => bridge.rename('renamed by the page'))
    await expect
      .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle()), soon)
      .toBe('renamed by the page')
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.send('told', 'by main'))
    await page.getByRole('status').getByText('by main').waitFor()
  })

  it('keeps the worlds apart: of the preload the page sees what was exposed, frozen, and nothing else', async () => {
    const seen = await page.evaluate(`({
      names: ['require', 'process', 'module', 'Buffer', 'secret'].filter(name => name in globalThis),
      ours: Object.getOwnPropertyNames(globalThis).filter(name => /electron|ipc/i.test(name)),
      frozen: Object.isFrozen(bridge),
      kept: (globalThis.bridge = 1, bridge.platform),
    })`)
    expect(seen).toEqual({ names: [], ours: [], frozen: true, kept: process.platform })
    expect(await page.evaluate(() => bridge.filesystem)).toMatch(/module not found: node:fs/)
  })

  it('calls over the bridge at once, with functions as arguments, and gets what was thrown', async () => {
    expect(await page.evaluate(() => bridge.twice(value => value + 20))).toBe(41)
    expect(await failure(page, () => bridge.refuse())).toMatch(/refused$/)
  })

  it('runs no script that the policy in the response forbids', async () => {
    expect(await page.evaluate('globalThis.inlineRan')).toBeUndefined()
    const violated = await page.evaluate(`new Promise(resolve => {
      addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'globalThis.inlineRan = true'
      document.head.append(script)
    })`)
    expect(violated).toBe('script-src-elem')
  })

  it('goes nowhere else, and opens links outside without a window of its own', async () => {
    await app.evaluate(({ shell }) => {
      const opened: string[] = []
      Object.assign(globalThis, { opened })
      shell.openExternal = async url => void opened.push(url)
    })
    const opened = () => app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)

    await page.getByRole('link', { name: 'leave' }).click()
    await page.getByRole('link', { name: 'docs' }).click()
    await expect.poll(opened, soon).toEqual(['https://example.org/docs'])
    await page.evaluate("void window.open('https://example.org/popup')")
    await expect.poll(opened, soon).toEqual(['https://example.org/docs', 'https://example.org/popup'])

    expect(await page.title()).toBe('Fixture')
    expect(await page.evaluate(() => bridge.whoami())).toBe('app://bundle/index.html#/start')
    await expect.poll(() => app.windows().length, soon).toBe(1)
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })

  it('has no permission that the app denies', async () => {
    const states = await page.evaluate(`Promise.all(['geolocation', 'notifications', 'clipboard-read'].map(
      async name => (await navigator.permissions.query({ name })).state))`)
    expect(states).toEqual(['denied', 'denied', 'denied'])
  })

  it("follows the app's theme", async () => {
    const dark = () => page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for (const theme of ['dark', 'light'] as const) {
      await app.evaluate(({ nativeTheme }, source) => {
        nativeTheme.themeSource = source
      }, theme)
      await expect.poll(dark, soon).toBe(theme === 'dark')
    }
  })

  it('tells of a page that crashed, and shows it again', async () => {
    const reason = await app.evaluate(
      ({ BrowserWindow }) =>
        new Promise<string>((resolve, reject) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents
          if (contents === undefined) {
            reject(new Error('there is no window'))
            return
          }
          contents.once('render-process-gone', (_, details) => {
            contents.once('did-finish-load', () => resolve(details.reason))
            contents.reload()
          })
          contents.forcefullyCrashRenderer()
        }),
    )
    expect(reason).toMatch(/crashed|killed/)
    const whoami = app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('bridge.whoami()'),
    )
    expect(await whoami).toBe('app://bundle/index.html#/start')
  })
})

describe('an app that lives in the tray', () => {
  let launched: LaunchedApp
  let app: ElectronApplication
  let page: Page
  beforeEach(async () => {
    launched = await launch()
    app = launched.app
    page = await readyPage(app)
  })
  afterEach(() => endWell(launched))

  const isVisible = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())

  it('shows its state there, and obeys its menu', async () => {
    const line = { checked: false, enabled: true, submenu: [], type: 'normal' } as const
    expect(await readTray(app)).toEqual({
      toolTip: 'running',
      menu: [
        { ...line, label: 'Running', type: 'checkbox', checked: true },
        { ...line, label: '', type: 'separator' },
        {
          ...{ ...line, label: 'Model', type: 'submenu' },
          submenu: ['small', 'large'].map(label => ({ ...line, label, type: 'radio' })),
        },
        { ...line, label: 'Not yet', enabled: false },
        { ...line, label: 'Quit' },
      ],
    })
    await clickTrayItem(app, 'Running')
    await page.getByRole('status').getByText('stopped').waitFor()
    const tray = await readTray(app)
    expect(tray?.toolTip).toBe('stopped')
    expect(tray?.menu[0]?.checked).toBe(false)
    await clickTrayItem(app, 'Model', 'large')
    await expect(clickTrayItem(app, 'Not yet')).rejects.toThrow(/no Not yet to click/)
    await expect(clickTrayItem(app, 'Model', 'huge')).rejects.toThrow(/no Model > huge to click/)
  })

  it('hides its window when that is closed, and shows it on a click', async () => {
    await expect.poll(isVisible, soon).toBe(true)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    expect(await isVisible()).toBe(false)
    await clickTray(app)
    expect(await isVisible()).toBe(true)
  })

  it('is one app however often it is started', async () => {
    await expect.poll(isVisible, soon).toBe(true)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
    expect(await launched.startAgain('hello')).toBe(0)
    await expect.poll(isVisible, soon).toBe(true)
    await page.getByRole('status').getByText('second hello').waitFor()
  })

  it('quits from its menu and leaves nothing behind but what it keeps at home', async () => {
    const main = app.process()
    const ended = once(main, 'exit')
    await clickTrayItem(app, 'Quit')
    expect(await ended).toEqual([0, null])
    // Chromium's helpers end a moment after it.
    await expect.poll(() => processesOf(launched.home), soon).toEqual([])
    expect(readdirSync(launched.home).sort()).toEqual(['cache', 'config', 'data', 'state', 'user-data'])
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('electron-host'))).toEqual([])
  })

  it('takes its browser with it when it is killed, and starts anew', async () => {
    const main = app.process()
    expect(processesOf(launched.home).length).toBeGreaterThan(1)
    main.kill('SIGKILL')
    await expect.poll(() => processesOf(launched.home), soon).toEqual([])

    const again = await launchApp({ folder, home: launched.home })
    await readyPage(again.app)
    await again.end()
  })
})

describe('the stand-in', () => {
  let launched: LaunchedApp
  let app: ElectronApplication
  beforeEach(async ({ skip }) => {
    launched = await launch()
    app = launched.app
    await readyPage(app)
    skip(launched.kind === 'electron', 'a real Electron is installed')
  })
  afterEach(() => endWell(launched))

  it('writes down what would reach the desktop, and answers as if nobody were there', async () => {
    const answers = await app.evaluate(async ({ clipboard, dialog, Notification, safeStorage, shell }) => {
      await clipboard.writeText('copied')
      await shell.openExternal('https://example.org/')
      new Notification({ title: 'Hidden', body: 'in the tray' }).show()
      const { response } = await dialog.showMessageBox({ message: 'Quit?', buttons: ['Yes', 'No'], cancelId: 1 })
      const { result } = await safeStorage.decryptStringAsync(await safeStorage.encryptStringAsync('grüße'))
      const { opened, notifications, dialogs } = (globalThis as unknown as { electronHost: Outside }).electronHost
      const shown = notifications.map(({ title, body }) => ({ title, body }))
      return { copied: await clipboard.readText(), response, result, opened, shown, asked: dialogs.length }
    })
    expect(answers).toEqual({
      ...{ copied: 'copied', response: 1, result: 'grüße', asked: 1 },
      opened: ['https://example.org/'],
      shown: [{ title: 'Hidden', body: 'in the tray' }],
    })
  })

  it('has no network but loopback, whose answers pass the rules of the session', async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<title>local</title><script>document.title = "script ran"</script>')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo

    const outcome = await app.evaluate(async ({ BrowserWindow, session }, local) => {
      session.defaultSession.webRequest.onHeadersReceived((details, decide) => {
        decide({ responseHeaders: { ...details.responseHeaders, 'content-security-policy': ["default-src 'none'"] } })
      })
      const window = new BrowserWindow({ show: false })
      const far = await window.loadURL('http://example.org/far').catch((error: unknown) => String(error))
      await window.loadURL(local)
      const title = (await window.webContents.executeJavaScript('document.title')) as string
      return { far, title, blocked: (globalThis as unknown as { electronHost: Outside }).electronHost.blocked }
    }, `http://127.0.0.1:${port}/`)
    server.close()
    expect(outcome).toEqual({
      far: "Error: ERR_INTERNET_DISCONNECTED (-2) loading 'http://example.org/far'",
      title: 'local',
      blocked: ['http://example.org/far'],
    })
  })
})

/** The processes whose command line names this folder, on Linux. */
function processesOf(folder: string) {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        // It has ended since.
        return ''
      }
    })
    .filter(command => command.includes(folder))
}
