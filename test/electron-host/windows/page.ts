import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Connection, Session } from '../chromium/connection.ts'
import type { ToMain, ToPreload } from '../page-world/preload.ts'
import { worldScripts } from '../page-world/scripts.ts'

export interface PageOptions {
  readonly width: number
  readonly height: number
  /** The file of the preload script, if there is one. */
  readonly preload: string | undefined
  /** `answer` reaches the very document that sent the message, or nothing. */
  readonly onMessage: (message: ToMain, answer: (answer: ToPreload) => void) => void
}

/** A page of Chromium's, as far as a window needs it. */
export interface Page {
  readonly targetId: string
  readonly cdp: Session
  /** The frame that is the page itself. */
  readonly mainFrame: string
  /** Goes to an address. Resolves when the document and all it shows is there, or with why it cannot be. */
  readonly navigate: (url: string) => Promise<string | undefined>
  readonly evaluate: (code: string) => Promise<unknown>
  /** Sends a message to the preload's world; one that has none to receive it loses it, as in Electron. */
  readonly tell: (message: ToPreload) => void
  readonly resize: (width: number, height: number) => Promise<void>
  readonly close: () => Promise<void>
}

const preloadWorld = 'electron-host preload'

/** Opens an empty page whose every document is given the preload, in a world of its own, before its own scripts run. */
export async function openPage(browser: Connection, options: PageOptions): Promise<Page> {
  const { width, height, preload, onMessage } = options
  const { targetId } = await browser.send('Target.createTarget', {
    url: 'about:blank',
    width,
    height,
    newWindow: true,
    background: true,
  })
  const cdp = await browser.attach(targetId)
  const mainFrame = (await cdp.send('Page.getFrameTree')).frameTree.frame.id

  const secret = `electron-host-${randomBytes(12).toString('hex')}`
  const names = { send: `${secret}-send`, receive: `${secret}-receive` }
  let worldId: number | undefined
  cdp.on('Runtime.executionContextCreated', ({ context }) => {
    const { frameId } = (context.auxData ?? {}) as { readonly frameId?: string }
    if (context.name === preloadWorld && frameId === mainFrame) worldId = context.id
  })
  cdp.on('Runtime.executionContextsCleared', () => {
    worldId = undefined
  })
  cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name === names.send) onMessage(JSON.parse(payload) as ToMain, answer => tell(answer, executionContextId))
  })

  function tell(message: ToPreload, contextId: number) {
    const expression = `globalThis[${JSON.stringify(names.receive)}](${JSON.stringify(message)})`
    cdp.send('Runtime.evaluate', { expression, contextId, silent: true }).catch(ifGone)
  }

  /** By the id of their load, the documents that wait to be seen whole. */
  const loading = new Map<string, () => void>()
  let lastLoaded: string | undefined
  cdp.on('Page.lifecycleEvent', ({ frameId, loaderId, name }) => {
    if (name !== 'load' || frameId !== mainFrame) return
    lastLoaded = loaderId
    loading.get(loaderId)?.()
    loading.delete(loaderId)
  })

  async function navigate(url: string) {
    const { errorText, loaderId } = await cdp.send('Page.navigate', { url })
    if (errorText !== undefined || loaderId === undefined || loaderId === lastLoaded) return errorText
    await new Promise<void>(resolve => loading.set(loaderId, resolve))
    return undefined
  }

  const scripts = worldScripts(
    secret,
    { ...names, process: processOfPage },
    { path: preload ?? '', source: preload === undefined ? '' : readFileSync(preload, 'utf8') },
  )
  await cdp.send('Page.enable')
  await cdp.send('Page.setLifecycleEventsEnabled', { enabled: true })
  await cdp.send('Runtime.enable')
  await cdp.send('Runtime.addBinding', { name: names.send, executionContextName: preloadWorld })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preload, worldName: preloadWorld })

  async function resize(width: number, height: number) {
    // Chromium's window has room for a toolbar, which Electron's has not: it is the content that is given its size.
    const { windowId } = await browser.send('Browser.getWindowForTarget', { targetId })
    await browser.send('Browser.setContentsSize', { windowId, width, height })
  }
  await resize(width, height)

  return {
    targetId,
    cdp,
    mainFrame,
    navigate,
    evaluate: async code => {
      const { result, exceptionDetails: thrown } = await cdp.send('Runtime.evaluate', {
        expression: code,
        awaitPromise: true,
        returnByValue: true,
        userGesture: true,
      })
      if (thrown !== undefined) throw new Error(thrown.exception?.description ?? thrown.text)
      return result.value as unknown
    },
    tell: message => {
      if (worldId !== undefined) tell(message, worldId)
    },
    resize,
    close: async () => {
      await browser.send('Target.closeTarget', { targetId }).catch(ifGone)
    },
  }
}

/** What the `process` of a sandboxed preload tells. */
const processOfPage = {
  platform: process.platform,
  arch: process.arch,
  type: 'renderer',
  sandboxed: true,
  contextIsolated: true,
  versions: { ...process.versions },
  env: {},
  argv: [],
}

/**
 * For what may be overtaken: pages close, documents change and requests are given up at any time, and what was on its way
 * to one is then lost, as in Electron. Any other failure is a fault of ours, and told.
 */
export function ifGone(error: unknown) {
  if (!(error instanceof Error) || !gone.test(error.message)) console.error('electron-host:', error)
}

const gone =
  /Chromium has ended|Invalid InterceptionId|No target with given id|Session with given id not found|Cannot find (default )?(execution )?context|Target (closed|crashed)|Inspected target navigated or closed/
