import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSecrets } from '../../proxy/keys/secrets.ts'
import type { WindowBridge } from '../../renderer/transports/desktop.ts'
import {
  answerDialogs,
  closeWindow,
  endDesktop,
  noteNotifications,
  runningPage,
  startDesktop,
  statusOf,
  trayLines,
  windowState,
} from '../support/desktop-app.ts'
import { startFakeOpenai } from '../support/fake-openai.ts'
import { whyNoApp, type LaunchedApp, type LaunchOptions } from '../support/launch-app.ts'
import { startBus, whyNoBus, type SessionBus } from '../support/session-bus.ts'
import { clickTray, clickTrayItem, readTray } from '../support/tray.ts'

/*
 * The desktop app, driven as its user does: the window by Playwright, the tray by what it was told. On Electron where its
 * program is there, on the stand-in elsewhere.
 */

declare const bridge: WindowBridge

const missing = whyNoApp()
/** How long a thing may take that is a moment on an idle machine. */
const soon = { timeout: 15_000 }

let data: string
let bus: SessionBus | undefined
let running: LaunchedApp[] = []

beforeEach(async ({ skip }) => {
  skip(missing !== undefined, missing)
  data = await mkdtemp(join(tmpdir(), 'desktop-'))
})

afterEach(async () => {
  for (const launched of running) await endDesktop(launched)
  await bus?.[Symbol.asyncDispose]()
  running = []
  bus = undefined
  if (missing === undefined) await rm(data, { recursive: true, force: true })
})

async function start(options?: LaunchOptions): Promise<LaunchedApp> {
  const launched = await startDesktop(data, options)
  running.push(launched)
  return launched
}

/** As `start`, on a desktop that shows tray icons. */
async function startWithTray(): Promise<LaunchedApp> {
  bus = await startBus()
  await bus.own('org.kde.StatusNotifierWatcher')
  return start({ env: { DBUS_SESSION_BUS_ADDRESS: bus.address } })
}

async function clientOf(page: Page): Promise<OpenAI> {
  const { url } = await statusOf(page)
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
}

/** How many streams are open and what they used, as the tray says it. */
const streamsLine = async (launched: LaunchedApp) => (await trayLines(launched))[1]

/** Starts a request whose answer takes half a minute, or seconds with `demo:demo`, and waits for its first word. */
async function openStream(client: OpenAI, model = 'demo:demo-slow') {
  const stream = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'hello' }],
    stream: true,
  })
  const chunks = stream[Symbol.asyncIterator]()
  await chunks.next()
  return { chunks }
}

/** What a new request is refused with; nothing where it is taken. */
async function refusalOf(client: OpenAI): Promise<string | undefined> {
  const response = await fetch(`${client.baseURL}/models`)
  return response.ok ? undefined : `${response.status} ${await response.text()}`
}

async function drain(chunks: AsyncIterator<unknown>) {
  while ((await chunks.next()).done !== true);
}

describe('the app', () => {
  it('opens its window, runs the proxy, says where, and keeps its things in one folder', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    const { url } = await statusOf(page)
    expect(launched.output()).toContain(`listens on ${url}\n`)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect((await readTray(launched.app))?.toolTip).toContain(`Running on ${url.slice('http://'.length)}`)
    // The browser's own data stay together, out of the way of ours.
    expect(existsSync(join(data, 'browser'))).toBe(true)
    expect(existsSync(join(data, 'Local State'))).toBe(false)
  })

  it('stops and starts the proxy from the tray', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    const { url } = await statusOf(page)
    await clickTrayItem(launched.app, 'Stop proxy')
    await page.getByText('Stopped', { exact: true }).first().waitFor()
    await expect(fetch(`${url}/health`)).rejects.toThrow()
    await expect.poll(() => trayLines(launched), soon).toContain('Start proxy')
    await clickTrayItem(launched.app, 'Start proxy')
    await page.getByText('Running', { exact: true }).waitFor()
    expect((await fetch(`${(await statusOf(page)).url}/health`)).status).toBe(200)
  })

  it('shows a request while it runs, in the window and the tray', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    await page.getByRole('link', { name: /Traffic/ }).click()
    const { chunks } = await openStream(await clientOf(page), 'demo:demo')
    const row = page.getByRole('row').filter({ hasText: 'demo' })
    await row.waitFor()
    await expect.poll(() => streamsLine(launched), soon).toMatch(/^1 stream · /)
    await drain(chunks)
    await row.getByText('ok').waitFor()
    await expect.poll(() => streamsLine(launched), soon).toMatch(/^0 streams · today [1-9]/)
  })

  it('obeys a default backend and model chosen in the tray with the next request', async () => {
    const [one, two] = [await startFakeOpenai({ key: 'k1' }), await startFakeOpenai({ key: 'k2' })]
    const backend = ({ url }: { url: string }, key: string) =>
      `{ type: custom, protocol: openai-chat, api_url: ${url}, api_key: env:${key} }`
    await writeFile(
      join(data, 'config.yaml'),
      `default_backend: one\nbackends:\n  one: ${backend(one, 'KEY_ONE')}\n  two: ${backend(two, 'KEY_TWO')}\n`,
    )
    try {
      const launched = await start({ env: { KEY_ONE: 'k1', KEY_TWO: 'k2' } })
      const page = await runningPage(launched)
      const client = await clientOf(page)
      const ask = (model: string) =>
        client.chat.completions.create({ model, messages: [{ role: 'user', content: 'x' }] })

      await ask('gpt-x')
      expect([one.asked.length, two.asked.length]).toEqual([1, 0])

      await expect.poll(() => trayLines(launched), soon).toContain('Default: one / as asked')
      await expect
        .poll(() => clickTrayItem(launched.app, 'Default: one / as asked', 'two', 'gpt-y'), soon)
        .toBe(undefined)
      await expect.poll(() => trayLines(launched), soon).toContain('Default: two / gpt-y')
      await page.getByText('gpt-y').first().waitFor()

      await ask('gpt-x')
      await ask('')
      expect(one.asked).toHaveLength(1)
      expect(two.asked.map(({ body }) => body['model'])).toEqual(['gpt-x', 'gpt-y'])
      expect(await readFile(join(data, 'config.yaml'), 'utf8')).toContain('default_backend: two:gpt-y')
    } finally {
      await Promise.all([one.close(), two.close()])
    }
  })

  it('says why the proxy can’t run, and runs it on a free port when asked to', async () => {
    const other = createServer((_, response) => response.end('not ours'))
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    try {
      const launched = await start({ args: [`--port=${port}`] })
      const page = await launched.app.firstWindow()
      await page
        .getByText(new RegExp(`Port ${port} is taken`))
        .first()
        .waitFor()
      await expect.poll(() => trayLines(launched), soon).toContain(`▲ Port ${port} is taken`)
      const offer = (await trayLines(launched)).find(label => label.startsWith('Use port')) ?? 'no offer'
      await clickTrayItem(launched.app, offer)
      await page.getByText('Running', { exact: true }).waitFor()
      expect(offer).toBe(`Use port ${(await statusOf(page)).port} this time`)
    } finally {
      other.close()
    }
  })

  it('opens with a broken config, says where it is broken, and goes on when it is mended', async () => {
    await writeFile(join(data, 'config.yaml'), 'server:\n  prot: 1\n')
    const launched = await start()
    const page = await launched.app.firstWindow()
    await page.getByText(/prot/).first().waitFor()
    await expect.poll(() => trayLines(launched), soon).toContain('▲ The config has a problem')
    await writeFile(join(data, 'config.yaml'), 'server: {}\n')
    await expect
      .poll(async () => {
        await clickTrayItem(launched.app, 'Try again').catch(() => undefined)
        return (await statusOf(page)).run
      }, soon)
      .toBe('running')
  })
})

describe('the log of the app', () => {
  it('is a file in its folder, which the settings show and the tray opens', async () => {
    await writeFile(join(data, 'config.yaml'), 'log_level: info\n')
    const launched = await start()
    const page = await runningPage(launched)
    await launched.app.evaluate(({ shell }) => {
      Object.assign(globalThis, { folders: [] })
      shell.openPath = async folder => {
        ;(globalThis as unknown as { folders: string[] }).folders.push(folder)
        return ''
      }
    })
    const { chunks } = await openStream(await clientOf(page), 'demo:demo-fast')
    await drain(chunks)
    const logs = join(data, 'logs')
    await expect.poll(() => readFile(join(logs, 'app.log'), 'utf8').catch(() => ''), soon).toMatch(/INFO.*demo-fast/)

    await page.getByRole('link', { name: /Settings/ }).click()
    await page.getByText(logs, { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Show folder' }).click()
    await clickTrayItem(launched.app, 'Show logs folder')
    await expect
      .poll(() => launched.app.evaluate(() => (globalThis as unknown as { folders: string[] }).folders), soon)
      .toEqual([logs, logs])
  })
})

describe('keys in a file with a passphrase', () => {
  it('are unlocked in the window for this run', async () => {
    const backend = await startFakeOpenai({ key: 'sk-in-the-file' })
    const secrets = createSecrets({ env: {}, dataDir: data })
    await secrets.set('openai', 'sk-in-the-file', { store: 'file', passphrase: 'correct horse battery' })
    await secrets.close()
    await writeFile(
      join(data, 'config.yaml'),
      `default_backend: openai\nbackends:\n  openai: { api_url: ${backend.url} }\n`,
    )
    try {
      const launched = await start()
      const page = await runningPage(launched)
      const client = await clientOf(page)
      const ask = () => client.chat.completions.create({ model: 'gpt-x', messages: [{ role: 'user', content: 'x' }] })
      await expect(ask()).rejects.toThrow(/Give the passphrase in the window/)
      await expect.poll(() => trayLines(launched), soon).toContain('Needs attention: see the window')

      await page.getByRole('button', { name: 'Unlock…' }).click()
      await page.getByLabel('Passphrase').fill('correct horse battery')
      await page.getByRole('button', { name: 'Unlock', exact: true }).click()
      await page.getByText('The stored keys are locked.').waitFor({ state: 'detached' })
      await ask()
      await expect.poll(() => trayLines(launched), soon).not.toContain('Needs attention: see the window')
    } finally {
      await backend.close()
    }
  })
})

describe('the window', () => {
  it('goes to the tray when it is closed, which is told once, and comes back at a click or a second start', async ({
    skip,
  }) => {
    skip(whyNoBus() !== undefined, whyNoBus())
    const launched = await startWithTray()
    const notifications = await noteNotifications(launched)
    const page = await runningPage(launched)
    await closeWindow(launched)
    await expect.poll(() => windowState(launched), soon).toEqual([{ visible: false, minimized: false }])
    expect((await fetch(`${(await statusOf(page)).url}/health`)).status).toBe(200)

    await clickTray(launched.app)
    await expect.poll(() => windowState(launched), soon).toEqual([{ visible: true, minimized: false }])
    await closeWindow(launched)
    await expect.poll(() => windowState(launched), soon).toEqual([{ visible: false, minimized: false }])
    expect(await notifications()).toEqual(['Still running'])

    expect(await launched.startAgain()).toBe(0)
    await expect.poll(() => windowState(launched), soon).toEqual([{ visible: true, minimized: false }])
  })

  it('goes to the taskbar when it is closed on a desktop without a tray', async () => {
    const launched = await start({ env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(data, 'no-bus')}` } })
    await runningPage(launched)
    await closeWindow(launched)
    await expect.poll(async () => (await windowState(launched))[0]?.minimized, soon).toBe(true)
    expect(await launched.startAgain()).toBe(0)
    await expect.poll(() => windowState(launched), soon).toEqual([{ visible: true, minimized: false }])
  })

  it('opens where it was', async () => {
    const first = await start()
    await runningPage(first)
    const bounds = { x: 40, y: 30, width: 1000, height: 640 }
    await first.app.evaluate(({ BrowserWindow }, to) => {
      for (const window of BrowserWindow.getAllWindows()) window.setBounds(to)
    }, bounds)
    await first.end()
    const second = await start()
    await runningPage(second)
    expect(await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toEqual(
      bounds,
    )
  })

  it('is loaded again when its page dies, and the proxy goes on', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    const asked = await answerDialogs(launched, 0)
    const { url } = await statusOf(page)
    await launched.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer()
    })
    await expect.poll(asked, soon).toEqual(['The window stopped working and was loaded again.'])
    expect((await fetch(`${url}/health`)).status).toBe(200)
    await expect
      .poll(
        () =>
          launched.app.evaluate(({ BrowserWindow }) =>
            BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText'),
          ),
        soon,
      )
      .toContain('Running')
  })

  it('stays closed at a start at login, until it is wanted', async () => {
    const launched = await start({ args: ['--hidden'] })
    await expect.poll(() => trayLines(launched), soon).toContain('Stop proxy')
    expect(await windowState(launched)).toEqual([])
    await clickTrayItem(launched.app, 'Open LLM Interactive Proxy')
    await runningPage(launched)
  })

  it('opens at login where the user wants that, and the proxy waits where the user wants that', async () => {
    await writeFile(join(data, 'desktop.json'), '{"startHidden":false,"startProxyAtLaunch":false}')
    const launched = await start({ args: ['--hidden'] })
    const page = await launched.app.firstWindow()
    await page.getByText('Stopped', { exact: true }).first().waitFor()
  })
})

describe('launch at login', () => {
  it.runIf(process.platform === 'linux')(
    'is a file that the desktop understands, and what it makes of it is shown',
    async () => {
      const launched = await start()
      const page = await runningPage(launched)
      const file = join(launched.home, 'config', 'autostart', 'llm-interactive-proxy.desktop')
      const loginItem = () => page.evaluate(async () => bridge.call('loginItem.get', undefined))

      await clickTrayItem(launched.app, 'Launch at login')
      await expect.poll(() => existsSync(file), soon).toBe(true)
      await expect
        .poll(
          async () => (await readTray(launched.app))?.menu.find(({ label }) => label === 'Launch at login')?.checked,
          soon,
        )
        .toBe(true)
      expect(await loginItem()).toMatchObject({ value: { launchAtLogin: true, changedOutside: false } })
      const content = await readFile(file, 'utf8')
      expect(content).toMatch(new RegExp(`^Exec=.* --data-dir=${data} --hidden$`, 'm'))
      const checked = spawnSync('desktop-file-validate', [file], { encoding: 'utf8' })
      if (checked.error === undefined) expect(checked.stdout).toBe('')

      await writeFile(file, `${content}Hidden=true\n`)
      expect(await loginItem()).toMatchObject({ value: { launchAtLogin: false, changedOutside: true } })

      const off = await page.evaluate(async () => bridge.call('loginItem.set', { launchAtLogin: false }))
      expect(off).toMatchObject({ value: { launchAtLogin: false, changedOutside: false } })
      expect(existsSync(file)).toBe(false)
      await expect
        .poll(
          async () => (await readTray(launched.app))?.menu.find(({ label }) => label === 'Launch at login')?.checked,
          soon,
        )
        .toBe(false)
    },
  )
})

describe('a sleep of the computer', () => {
  const wakeUp = ({ app }: LaunchedApp) => app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))

  it('fails no request after it, though connections to the backend died meanwhile', async () => {
    const backend = await startForgetfulBackend()
    try {
      await writeFile(
        join(data, 'config.yaml'),
        `backends:\n  one: { type: custom, protocol: openai-chat, api_url: ${backend.url}, api_key: env:KEY_ONE }\n`,
      )
      const launched = await start({ env: { KEY_ONE: 'k1' } })
      const client = await clientOf(await runningPage(launched))
      const ask = () => client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] })
      await ask()
      await wakeUp(launched)
      expect((await ask()).choices[0]?.message.content).toBe('answer 2')
    } finally {
      backend.close()
    }
  })

  it('starts no proxy that was stopped, and leaves one that runs alone', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    const { url, startedAt } = await statusOf(page)
    await wakeUp(launched)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect((await statusOf(page)).startedAt).toBe(startedAt)
    await clickTrayItem(launched.app, 'Stop proxy')
    await page.getByText('Stopped', { exact: true }).first().waitFor()
    await wakeUp(launched)
    expect((await statusOf(page)).run).toBe('stopped')
  })
})

/** A backend that answers one turn on each connection, and nothing more after it: to its client the connection is as good as dead. */
async function startForgetfulBackend() {
  const dead = new Set<Socket>()
  const server = createServer((request, response) => {
    request.resume()
    if (dead.has(request.socket)) return
    if (request.method === 'GET') {
      response.end('{"data":[]}')
      return
    }
    dead.add(request.socket)
    const message = { role: 'assistant', content: `answer ${dead.size}` }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('quitting', () => {
  it('asks nothing while nothing streams', async () => {
    const launched = await start()
    await runningPage(launched)
    const exited = once(launched.app.process(), 'exit')
    await clickTrayItem(launched.app, 'Quit LLM Interactive Proxy')
    expect(await exited).toEqual([0, null])
  })

  it('asks while a request streams, and stays if it is cancelled', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    const { chunks } = await openStream(await clientOf(page))
    await expect.poll(() => streamsLine(launched), soon).toMatch(/^1 stream · /)
    const asked = await answerDialogs(launched, 2)
    await clickTrayItem(launched.app, 'Quit LLM Interactive Proxy')
    await expect.poll(asked, soon).toEqual(['One request is still streaming.'])
    expect((await chunks.next()).done).toBe(false)
    expect((await fetch(`${(await statusOf(page)).url}/health`)).status).toBe(200)
  })

  it('waits for the request if that is the answer, and takes no more', async () => {
    const launched = await start()
    const client = await clientOf(await runningPage(launched))
    const { chunks } = await openStream(client, 'demo:demo')
    await expect.poll(() => streamsLine(launched), soon).toMatch(/^1 stream · /)
    await answerDialogs(launched, 0)
    const exited = once(launched.app.process(), 'exit')
    await clickTrayItem(launched.app, 'Quit LLM Interactive Proxy')
    await expect.poll(async () => refusalOf(client), soon).toMatch(/^503 .*about to quit/)
    await drain(chunks)
    expect(await exited).toEqual([0, null])
  })

  it('shows the wait in the window and the tray, and takes it back when told to', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    const client = await clientOf(page)
    const { chunks } = await openStream(client)
    await expect.poll(() => streamsLine(launched), soon).toMatch(/^1 stream · /)
    await answerDialogs(launched, 0)
    await clickTrayItem(launched.app, 'Quit LLM Interactive Proxy')
    await page.getByText(/^1 stream open, (30|2\d) s at the most/).waitFor()
    await page.getByText(/^1 stream open, (2[0-8]|1\d) s at the most/).waitFor()
    await expect.poll(async () => (await trayLines(launched))[0], soon).toMatch(/^○ Quitting in \d+ s · 1 stream open$/)

    await page.getByRole('button', { name: 'Don’t quit' }).click()
    await page.getByText(/at the most/).waitFor({ state: 'detached' })
    await expect.poll(async () => (await trayLines(launched))[0], soon).toMatch(/^● Running/)
    expect((await chunks.next()).done).toBe(false)
    expect(await refusalOf(client)).toBe(undefined)
  })

  it('cuts the wait short from the tray', async () => {
    const launched = await start()
    const { chunks } = await openStream(await clientOf(await runningPage(launched)))
    await expect.poll(() => streamsLine(launched), soon).toMatch(/^1 stream · /)
    await answerDialogs(launched, 0)
    await clickTrayItem(launched.app, 'Quit LLM Interactive Proxy')
    await expect.poll(() => trayLines(launched), soon).toContain('Quit now')
    const exited = once(launched.app.process(), 'exit')
    await clickTrayItem(launched.app, 'Quit now')
    expect(await exited).toEqual([0, null])
    await expect(drain(chunks)).rejects.toThrow()
  })

  it('breaks the request off if the user will not wait', async () => {
    const launched = await start()
    const page = await runningPage(launched)
    const { chunks } = await openStream(await clientOf(page))
    await expect.poll(() => streamsLine(launched), soon).toMatch(/^1 stream · /)
    await answerDialogs(launched, 1)
    const exited = once(launched.app.process(), 'exit')
    await clickTrayItem(launched.app, 'Quit LLM Interactive Proxy')
    await exited
    await expect(drain(chunks)).rejects.toThrow()
  })
})
