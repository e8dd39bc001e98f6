import { describe, expect, it } from 'vitest'
import { windowOptions } from '../../main/window-options.ts'

const look = {
  isDark: false,
  bounds: { x: 1, y: 2, width: 1180, height: 760 },
  preload: '/app/preload.cjs',
  icon: '/app/icon.png',
}

describe('a window’s options', () => {
  it.each(['darwin', 'win32', 'linux'] as const)('lock the page in on %s', platform => {
    expect(windowOptions({ ...look, platform }).webPreferences).toEqual({
      preload: '/app/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    })
  })

  it('hide the title bar on macOS, where the page draws its own, and leave the native frame elsewhere', () => {
    expect(windowOptions({ ...look, platform: 'darwin' }).titleBarStyle).toBe('hiddenInset')
    expect(windowOptions({ ...look, platform: 'win32' })).not.toHaveProperty('titleBarStyle')
    expect(windowOptions({ ...look, platform: 'linux' })).not.toHaveProperty('titleBarStyle')
  })

  it('show nothing before the page is drawn, on a ground of the page’s colour', () => {
    const options = windowOptions({ ...look, platform: 'linux', isDark: true })
    expect(options).toMatchObject({ show: false, backgroundColor: '#0F1115', minWidth: 860, minHeight: 560 })
  })
})
