import type { BrowserWindowConstructorOptions } from 'electron'
import { text } from './text.ts'
import { MIN_SIZE } from './window-place.ts'

export interface WindowLook {
  readonly platform: NodeJS.Platform
  readonly isDark: boolean
  readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** The preload script. */
  readonly preload: string
  /** The picture of the window in task lists, where the system does not take it from the installed app. */
  readonly icon: string
}

/** How every window of ours is made: a page that is locked in, in the frame that its system's users know. */
export function windowOptions(look: WindowLook): BrowserWindowConstructorOptions {
  const { platform, isDark, bounds, preload, icon } = look
  return {
    ...bounds,
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    title: text.product,
    // Shown when its page is drawn; until then its ground has the page's colour, so that nothing flashes.
    show: false,
    backgroundColor: isDark ? '#0F1115' : '#F6F7F9',
    autoHideMenuBar: true,
    ...(platform === 'darwin' && { titleBarStyle: 'hiddenInset' as const }),
    ...(platform === 'linux' && { icon }),
    webPreferences: {
      preload,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      sandbox: true,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    },
  }
}
