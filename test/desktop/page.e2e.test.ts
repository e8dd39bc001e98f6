import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WindowBridge } from '../../renderer/transports/desktop.ts'
import { endDesktop, noteOpened, runningPage, startDesktop, statusOf, windowState } from '../support/desktop-app.ts'
import { whyNoApp, type LaunchedApp } from '../support/launch-app.ts'

/*
 * What the window's page can and can't do. Nothing that is tried here leaves a trace, so one app is enough. Where it takes
 * the types of a browser, what runs in the page is text.
 */

declare const bridge: WindowBridge

const missing = whyNoApp()
const preload = resolve(import.meta.dirname, '../../out/preload/index.cjs')

let data: string
let launched: LaunchedApp
let page: Page

beforeEach(({ skip }) => {
  skip(missing !== undefined, missing)
})

beforeAll(async () => {
  if (missing !== undefined) return
  data = await mkdtemp(join(tmpdir(), 'desktop-'))
  launched = await startDesktop(data)
  page = await runningPage(launched)
})

afterAll(async () => {
  if (missing !== undefined) return
  await endDesktop(launched)
  await rm(data, { recursive: true, force: true })
})

describe('the page', () => {
  it('has our bridge and nothing else of the system', async () => {
    expect(
      await page.evaluate(`(() => {
        'use strict'
        let change = 'was changed'
        try { bridge.call = () => undefined } catch { change = 'is frozen' }
        const names = ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer']
        return { found: names.filter(name => name in window), bridge: Object.keys(bridge), change }
      })()`),
    ).toEqual({ found: [], bridge: ['call', 'subscribe'], change: 'is frozen' })
  })

  it('can run no script but its own, and reach nobody', async () => {
    expect(
      await page.evaluate(`(async () => {
        const seen = new Set()
        document.addEventListener('securitypolicyviolation', event => seen.add(event.effectiveDirective))
        const add = (tag, properties) => document.body.append(Object.assign(document.createElement(tag), properties))
        add('script', { textContent: 'window.injected = true' })
        add('img', { src: 'https://example.org/x' })
        add('iframe', { src: 'https://example.org/x' })
        const reached = await fetch('https://example.org/').then(() => 'reached', () => 'blocked')
        // As text that is run later: what a debugger evaluates, as this is, may do more than the page.
        setTimeout('window.evaluated = true')
        while (seen.size < 5) await new Promise(done => requestAnimationFrame(done))
        return { ran: ['injected', 'evaluated'].filter(name => name in window), reached, seen: [...seen].sort() }
      })()`),
    ).toEqual({
      ran: [],
      reached: 'blocked',
      seen: ['connect-src', 'frame-src', 'img-src', 'script-src', 'script-src-elem'],
    })
  })

  it('can’t go elsewhere or open windows', async () => {
    await page.evaluate(`
      open('https://example.org/')
      document.body.append(Object.assign(document.createElement('a'), { href: 'https://example.org/', id: 'away' }))
      document.getElementById('away').click()
      location.assign('https://example.org/')
    `)
    await expect.poll(() => windowState(launched)).toHaveLength(1)
    expect(
      await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL()),
    ).toMatch(/^app:\/\/bundle\//)
    expect((await statusOf(page)).run).toBe('running')
  })

  it('has no permissions, but to copy', async () => {
    expect(
      await page.evaluate(`(async () => {
        const names = ['geolocation', 'notifications', 'clipboard-read', 'clipboard-write', 'midi']
        const states = names.map(async name => [name, (await navigator.permissions.query({ name })).state])
        return Object.fromEntries(await Promise.all(states))
      })()`),
    ).toEqual({
      geolocation: 'denied',
      notifications: 'denied',
      'clipboard-read': 'denied',
      'clipboard-write': 'granted',
      midi: 'denied',
    })
  })

  it('opens only links that we know', async () => {
    const opened = await noteOpened(launched)
    const openLink = (link: string) =>
      page.evaluate(async name => (await bridge.call('links.open', { link: name })).ok, link)
    expect(await openLink('openai-keys')).toBe(true)
    expect(await openLink('https://evil.example/')).toBe(false)
    expect(await openLink('file:///etc/passwd')).toBe(false)
    expect(await opened()).toEqual(['https://platform.openai.com/api-keys'])
  })

  it('is refused what is no call, and what is no input of one', async () => {
    const call = (name: string, input: unknown) =>
      page.evaluate(async ([n, i]) => bridge.call(n as 'keys.guess', i as { value: string }), [name, input] as const)
    expect(await call('keys.guess', { value: 'sk-or-v1-x' })).toMatchObject({ ok: true })
    expect(await call('keys.guess', { value: 1 })).toMatchObject({ ok: false, error: { kind: 'invalid-request' } })
    expect(await call('constructor', {})).toMatchObject({ ok: false, error: { kind: 'not-found' } })
  })

  it('is the only one that is heard', async () => {
    const answer = await launched.app.evaluate(async ({ BrowserWindow }, script) => {
      const stranger = new BrowserWindow({ show: false, webPreferences: { preload: script, sandbox: true } })
      await stranger.loadURL('data:text/html,<title>stranger</title>')
      const said: unknown = await stranger.webContents.executeJavaScript(`bridge.call('app.snapshot')`)
      stranger.destroy()
      return said
    }, preload)
    expect(answer).toMatchObject({ ok: false, error: { kind: 'refused' } })
  })
})
