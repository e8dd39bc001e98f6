import type { App, Session } from 'electron'
import { EventEmitter } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { lockPages, lockSession } from '../../main/page-rules.ts'

/** A session on which the rules are set, and what they say. */
function lockedSession() {
  const rules: Record<string, (...args: unknown[]) => unknown> = {}
  const set = (name: string) => (rule: (...args: unknown[]) => unknown) => {
    rules[name] = rule
  }
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: set('request'),
    setPermissionCheckHandler: set('check'),
    setDevicePermissionHandler: set('device'),
    setDisplayMediaRequestHandler: vi.fn(),
  })
  lockSession(session as unknown as Session)
  return {
    session,
    asks: (permission: string, requestingUrl = 'app://bundle/index.html') => {
      let granted: unknown
      rules['request']?.({}, permission, (answer: boolean) => (granted = answer), { requestingUrl })
      return granted
    },
    has: (permission: string, origin = 'app://bundle/') => rules['check']?.({}, permission, origin),
    device: () => rules['device']?.({}),
  }
}

describe('a page', () => {
  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'fullscreen', 'openExternal', 'hid', 'unknown'])(
    'is not given %s',
    permission => {
      const { asks, has } = lockedSession()
      expect(asks(permission)).toBe(false)
      expect(has(permission)).toBe(false)
    },
  )

  it('may copy text, if it is ours', () => {
    const { asks, has } = lockedSession()
    expect(asks('clipboard-sanitized-write')).toBe(true)
    expect(has('clipboard-sanitized-write')).toBe(true)
    expect(asks('clipboard-sanitized-write', 'https://evil.example/')).toBe(false)
    expect(has('clipboard-sanitized-write', 'https://evil.example/')).toBe(false)
  })

  it('reaches no device', () => {
    expect(lockedSession().device()).toBe(false)
  })

  it('downloads nothing', () => {
    const preventDefault = vi.fn()
    lockedSession().session.emit('will-download', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
  })

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'is stopped at %s',
    event => {
      const app = new EventEmitter()
      lockPages(app as unknown as App)
      const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() })
      app.emit('web-contents-created', {}, contents)
      const preventDefault = vi.fn()
      contents.emit(event, { preventDefault })
      expect(preventDefault).toHaveBeenCalledOnce()
    },
  )

  it('opens no window', () => {
    const app = new EventEmitter()
    lockPages(app as unknown as App)
    let answer: unknown
    const setWindowOpenHandler = (handler: (details: unknown) => unknown) => {
      answer = handler({ url: 'https://example.org/' })
    }
    app.emit('web-contents-created', {}, Object.assign(new EventEmitter(), { setWindowOpenHandler }))
    expect(answer).toEqual({ action: 'deny' })
  })
})
