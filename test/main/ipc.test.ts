import type { IpcMain } from 'electron'
import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { serveIpc } from '../../main/ipc.ts'
import type { App } from '../../proxy/index.ts'

const ourPage = { url: 'app://bundle/index.html', parent: null }

/** The app behind IPC, and pages that speak to it. */
function serve() {
  const handlers = {
    'keys.guess': vi.fn(() => ({ backend: 'openai' })),
    'proxy.stop': vi.fn(() => {
      throw new Error('it is stuck')
    }),
  }
  const listeners = new Map<(frame: unknown) => void, number>()
  const notices = {
    listen: (after: number, listener: (frame: unknown) => void) => {
      if (after < 0) return undefined
      listeners.set(listener, after)
      return () => void listeners.delete(listener)
    },
  }
  const channels = new EventEmitter()
  let answerCall: (...args: unknown[]) => unknown = () => undefined
  const ipcMain = Object.assign(channels, {
    handle: (_: string, handler: typeof answerCall) => {
      answerCall = handler
    },
  })
  serveIpc(ipcMain as unknown as IpcMain, { handlers, notices } as unknown as App)

  function openPage(senderFrame: unknown = ourPage) {
    const heard: unknown[][] = []
    const sender = Object.assign(new EventEmitter(), {
      isDestroyed: () => false,
      send: (...message: unknown[]) => void heard.push(message),
    })
    const event = { sender, senderFrame }
    return {
      sender,
      heard,
      call: (...args: unknown[]) => answerCall(event, ...args),
      send: (channel: string, ...args: unknown[]) => channels.emit(channel, event, ...args),
    }
  }
  const tell = (frame: unknown) => {
    for (const listener of listeners.keys()) listener(frame)
  }
  return { handlers, listeners, openPage, tell }
}

describe('a call', () => {
  it('is fulfilled for our page', async () => {
    const { openPage } = serve()
    expect(await openPage().call('keys.guess', '{"value":"sk-x"}')).toEqual({ ok: true, value: { backend: 'openai' } })
  })

  it.each([
    ['another page', { url: 'https://evil.example/', parent: null }],
    ['another host of our scheme', { url: 'app://evil/index.html', parent: null }],
    ['a frame within our page', { ...ourPage, parent: ourPage }],
    ['a frame that is gone', null],
  ])('is refused to %s', async (_, frame) => {
    const { openPage, handlers } = serve()
    expect(await openPage(frame).call('keys.guess', '{"value":"sk-x"}')).toMatchObject({
      ok: false,
      error: { kind: 'refused' },
    })
    expect(handlers['keys.guess']).not.toHaveBeenCalled()
  })

  it.each([
    ['a name that is none', ['no.such', '{}'], 'not-found'],
    ['a name of an object’s own', ['toString', ''], 'not-found'],
    ['an input of another shape', ['keys.guess', '{"value":1}'], 'invalid-request'],
    ['an input that is no JSON', ['keys.guess', '{'], 'invalid-request'],
    ['an input that is no text', ['keys.guess', { value: 'sk-x' }], 'refused'],
    ['nothing', [], 'refused'],
  ])('is refused with %s', async (_, args, kind) => {
    const { openPage, handlers } = serve()
    expect(await openPage().call(...args)).toMatchObject({ ok: false, error: { kind } })
    expect(handlers['keys.guess']).not.toHaveBeenCalled()
  })

  it('that fails says so, as a value', async () => {
    expect(await serve().openPage().call('proxy.stop', '')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('it is stuck') as string },
    })
  })
})

describe('a subscription', () => {
  it('is told every notice until it is left', () => {
    const { openPage, tell, listeners } = serve()
    const page = openPage()
    page.send('subscribe', 1, 40)
    expect([...listeners.values()]).toEqual([40])
    tell({ seq: 41 })
    page.send('unsubscribe', 1)
    tell({ seq: 42 })
    expect(page.heard).toEqual([['notice', 1, { seq: 41 }]])
  })

  it('is told to begin anew where the missed notices are gone', () => {
    const page = serve().openPage()
    page.send('subscribe', 7, -1)
    expect(page.heard).toEqual([['notice', 7, { type: 'resync' }]])
  })

  it.each(['did-navigate', 'render-process-gone', 'destroyed'])('ends with its page (%s)', event => {
    const { openPage, listeners } = serve()
    const page = openPage()
    page.send('subscribe', 1, 0)
    page.send('subscribe', 2, 0)
    page.sender.emit(event)
    expect(listeners.size).toBe(0)
  })

  it('is refused to other pages, and to messages of another shape', () => {
    const { openPage, listeners } = serve()
    openPage({ url: 'https://evil.example/', parent: null }).send('subscribe', 1, 0)
    openPage().send('subscribe', 'x', 0)
    openPage().send('subscribe', 1, '0')
    openPage().send('unsubscribe', {})
    expect(listeners.size).toBe(0)
  })
})
